// What a model reads in a request for a grade, and a reply in the shape that it is asked for.

/** The parts of a prompt that a judge needs. */
export interface SeenPrompt {
  readonly nonce: string;
  readonly points: readonly string[];
  readonly pitfalls: readonly string[];
  /** The answer's lines without their marks. */
  readonly lines: readonly string[];
}

export interface Claim {
  readonly verdict: 'met' | 'not_met' | 'contradicted';
  readonly evidence?: string;
  readonly reason?: string;
}

/** Reads a prompt from the texts of its messages, the fixed part first. */
export function readPrompt(texts: readonly string[]): SeenPrompt {
  const [prefix = '', tail = ''] = texts;
  const nonce = [...tail.matchAll(/^"run" is "([A-Z0-9]+)"\.$/gm)].at(-1)?.[1] ?? '';
  const keys = (letter: string) =>
    [...prefix.matchAll(new RegExp(`^(${letter}\\d\\d): `, 'gm'))].map((match) => match[1] ?? '');
  const mark = new RegExp(`^${nonce}\\|\\d+\\| `);
  const lines = tail.split('\n').filter((line) => mark.test(line));
  return {
    nonce,
    points: keys('p'),
    pitfalls: keys('x'),
    lines: lines.map((line) => line.replace(mark, '')),
  };
}

/** A reply to a prompt; `claim` is asked for every point by its place. */
export function judge(
  prompt: SeenPrompt,
  claim: (place: number) => Claim,
  more: { pitfalls?: Readonly<Record<string, unknown>>; suspicious?: boolean; summary?: string } = {},
): Record<string, unknown> {
  const absent = Object.fromEntries(
    prompt.pitfalls.map((key) => [key, { evidence: '', verdict: 'absent' }] as const),
  );
  return {
    pitfalls: { ...absent, ...more.pitfalls },
    points: Object.fromEntries(
      prompt.points.map((key, place) => {
        const { verdict, evidence = '', reason = `Reason ${place + 1}.` } = claim(place);
        return [key, { evidence, reason, verdict }];
      }),
    ),
    run: prompt.nonce,
    summary: more.summary ?? 'A summary.',
    suspicious: more.suspicious ?? false,
  };
}
