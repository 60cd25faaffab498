// What a model reads in a request for a grade, and a reply in the shape that it is asked for.

/** The parts of a prompt that a judge needs. */
export interface SeenPrompt {
  readonly nonce: string;
  /** Keys of the rubric's points, in their order. */
  readonly points: readonly string[];
  /** What these points claim, in the same order. */
  readonly statements: readonly string[];
  /** Key of the point that nobody can meet. */
  readonly decoy: string | undefined;
  /** The keys that this request asks for, when it does not ask for all. */
  readonly only: readonly string[] | undefined;
  /** Whether plain lines are asked for in place of JSON. */
  readonly asLines: boolean;
  readonly pitfalls: readonly string[];
  /** The answer's lines without their marks. */
  readonly lines: readonly string[];
}

export interface Claim {
  readonly verdict: 'met' | 'not_met' | 'contradicted';
  readonly evidence?: string;
  readonly reason?: string;
}

// The invented names that src/core/grading/sheet.ts draws from; a test there keeps the two lists the same.
export const DECOY = /Orlin|Kessarin|Veltrane|Maubrec|Tildorf|Quenby|Sarvane|Pellorin/;

/** Reads a prompt from the texts of its messages, the fixed part first. */
export function readPrompt(texts: readonly string[]): SeenPrompt {
  const [prefix = '', tail = ''] = texts;
  const nonce = [...tail.matchAll(/^"run" is "([A-Z0-9]+)"\.$/gm)].at(-1)?.[1] ?? '';
  const rows = (letter: string) => [...prefix.matchAll(new RegExp(`^(${letter}\\d\\d): (.*)$`, 'gm'))];
  const keys = (letter: string) => rows(letter).map((match) => match[1] ?? '');
  const decoy = rows('p').find((match) => DECOY.test(match[2] ?? ''))?.[1];
  const asked = /^This time "points" has these keys alone: ([^;]*);/m.exec(tail)?.[1];
  const mark = new RegExp(`^${nonce}\\|\\d+\\| `);
  const lines = tail.split('\n').filter((line) => mark.test(line));
  return {
    nonce,
    points: keys('p').filter((key) => key !== decoy),
    statements: rows('p').flatMap((match) => (match[1] === decoy ? [] : [match[2] ?? ''])),
    decoy,
    only: asked === undefined ? undefined : [...asked.matchAll(/p\d\d/g)].map(String),
    asLines: tail.includes('\nDo not write JSON this time.'),
    pitfalls: keys('x'),
    lines: lines.map((line) => line.replace(mark, '')),
  };
}

/**
 * A reply to a prompt; `claim` is asked for every point by its place in the rubric. The decoy is not met
 * unless `decoy` says otherwise. A request for some points alone is answered for these.
 */
export function judge(
  prompt: SeenPrompt,
  claim: (place: number) => Claim,
  more: {
    pitfalls?: Readonly<Record<string, unknown>>;
    suspicious?: boolean;
    summary?: string;
    decoy?: Claim;
  } = {},
): Record<string, unknown> {
  const absent = Object.fromEntries(
    prompt.pitfalls.map((key) => [key, { evidence: '', verdict: 'absent' }] as const),
  );
  const claims = prompt.points.map((key, place) => [key, place, claim(place)] as const);
  if (prompt.decoy) claims.push([prompt.decoy, -1, more.decoy ?? { verdict: 'not_met' }]);
  return {
    pitfalls: prompt.only ? {} : { ...absent, ...more.pitfalls },
    points: Object.fromEntries(
      claims
        .filter(([key]) => prompt.only?.includes(key) ?? true)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, place, { verdict, evidence = '', reason = `Reason ${place + 1}.` }]) => [
          key,
          { evidence, reason, verdict },
        ]),
    ),
    run: prompt.nonce,
    summary: more.summary ?? 'A summary.',
    suspicious: more.suspicious ?? false,
  };
}
