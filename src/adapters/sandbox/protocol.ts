import { ENDINGS, type Ending, MESSAGE_CHARS } from './limits.ts';

/**
 * What parent and child say to each other: one JSON text per line, requests on the child's stdin, answers
 * on its stdout. Plain pipes rather than Node's IPC channel: the parent counts what it reads, and the child
 * writes its result synchronously and exits, so that nothing of the learner's runs after it.
 */

/** How a child is started: its mode and its settings are its arguments. */
export type ChildMode = 'probe' | 'serve' | 'record';

export interface ChildSettings {
  /** Memory snapshot to start from (`serve`) or to write (`record`). */
  readonly snapshot?: string;
}

/** Parent to child, once. */
export interface RunRequest {
  /** JSON text for the harness; see python/harness.py. */
  readonly request: string;
  readonly softMs: number;
}

/** Child to parent. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly restored: boolean; readonly permission: boolean }
  | { readonly type: 'result'; readonly ending: Ending; readonly text: string };

type Fields = Readonly<Record<string, unknown>>;

export function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line of a child, or nothing when it is not one of its messages: a child is not trusted. */
export function parseChildMessage(line: string): ChildMessage | undefined {
  if (line.length > MESSAGE_CHARS) return undefined;
  const fields = asFields(parseJson(line));
  if (!fields) return undefined;
  const { type, restored, permission, ending, text } = fields;
  if (type === 'ready' && typeof restored === 'boolean' && typeof permission === 'boolean') {
    return { type, restored, permission };
  }
  if (type === 'result' && typeof text === 'string') {
    if (typeof ending === 'string' && Object.hasOwn(ENDINGS, ending)) {
      return { type, ending: ending as Ending, text };
    }
  }
  return undefined;
}

/** The parent's request, as the child reads it. */
export function parseRunRequest(line: string): RunRequest | undefined {
  const fields = asFields(parseJson(line));
  if (typeof fields?.['request'] !== 'string' || typeof fields['softMs'] !== 'number') return undefined;
  return { request: fields['request'], softMs: fields['softMs'] };
}
