import type { Rubric } from '../bank/question.ts';
import { pitfallKey, pointKey } from './prompt.ts';

export interface ModelPoint {
  readonly evidence: string;
  readonly reason: string;
  readonly verdict: 'met' | 'not_met' | 'contradicted';
}

/** A reply that holds everything asked for, in the order of the rubric; nothing in it is believed yet. */
export interface ModelReply {
  readonly points: readonly ModelPoint[];
  readonly pitfalls: readonly { readonly evidence: string; readonly present: boolean }[];
  readonly summary: string;
  readonly suspicious: boolean;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

// A model that copies whole lines copies their marks too; these are ours, not the candidate's.
function withoutMarks(evidence: string, nonce: string): string {
  return evidence.replaceAll(new RegExp(`${nonce}\\|\\d+\\| ?`, 'g'), '');
}

/** The reply as a value of the right shape, with the nonce of this very call; else nothing. */
export function readReply(value: unknown, rubric: Rubric, nonce: string): ModelReply | undefined {
  const reply = record(value);
  const points = record(reply?.['points']);
  const pitfalls = record(reply?.['pitfalls']) ?? {};
  if (!reply || !points || reply['run'] !== nonce) return undefined;
  const readPoints: ModelPoint[] = [];
  for (const i of rubric.points.keys()) {
    const point = readPoint(points[pointKey(i)]);
    if (!point) return undefined;
    readPoints.push({ ...point, evidence: withoutMarks(point.evidence, nonce) });
  }
  const readPitfalls = rubric.pitfalls.map((_, i) => {
    const pitfall = record(pitfalls[pitfallKey(i)]);
    const evidence = withoutMarks(text(pitfall?.['evidence']) ?? '', nonce);
    return { evidence, present: pitfall?.['verdict'] === 'present' };
  });
  return {
    points: readPoints,
    pitfalls: readPitfalls,
    summary: text(reply['summary']) ?? '',
    suspicious: reply['suspicious'] === true,
  };
}

function readPoint(value: unknown): ModelPoint | undefined {
  const point = record(value);
  const verdict = point?.['verdict'];
  if (!point || (verdict !== 'met' && verdict !== 'not_met' && verdict !== 'contradicted')) return undefined;
  return { evidence: text(point['evidence']) ?? '', reason: text(point['reason']) ?? '', verdict };
}

// Where each balanced object that starts at the outermost level ends; strings and escapes are stepped over.
function* objects(source: string): Generator<string> {
  let start = -1;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < source.length; i++) {
    const char = source[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') {
      inString = depth > 0;
    } else if (char === '{') {
      if (depth === 0) start = i;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) yield source.slice(start, i + 1);
    }
  }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/**
 * The reply inside what a model wrote: fences, thoughts and words around it are dropped, and of several
 * objects the last one with this call's nonce counts, so that one quoted from the answer never does.
 */
export function extractReply(written: string, rubric: Rubric, nonce: string): ModelReply | undefined {
  const spoken = written
    .replace(/^\ufeff/, '')
    .replace(/<think>[\s\S]*?(<\/think>|$)/g, (thought, end: string) =>
      // An unclosed thought may hold the reply itself.
      end === '' ? thought.slice('<think>'.length) : '',
    );
  let found: ModelReply | undefined;
  for (const candidate of objects(spoken)) found = readReply(parse(candidate), rubric, nonce) ?? found;
  return found;
}

/** Verdicts that are already complete in a reply that is still being written, by place in the rubric. */
export function completedPoints(partial: string, count: number): ReadonlyMap<number, ModelPoint> {
  const found = new Map<number, ModelPoint>();
  for (let i = 0; i < count; i++) {
    const at = partial.lastIndexOf(`"${pointKey(i)}"`);
    if (at < 0) continue;
    const first = objects(partial.slice(at)).next();
    const point = first.done ? undefined : readPoint(parse(first.value));
    if (point) found.set(i, point);
  }
  return found;
}
