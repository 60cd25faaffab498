// The one platform type that the domain passes along; it only reads `aborted`.
interface AbortSignal {
  readonly aborted: boolean;
}
