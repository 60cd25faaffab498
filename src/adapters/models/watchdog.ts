/** Milliseconds of silence after which a reply is given up. */
export interface Watchdog {
  readonly firstToken: number;
  readonly idle: number;
}

/** A model on this machine may have to load its weights first. */
export const WATCHDOG: Readonly<Record<'remote' | 'local', Watchdog>> = {
  remote: { firstToken: 60_000, idle: 30_000 },
  local: { firstToken: 180_000, idle: 30_000 },
};
