import type { ErrorCode, ErrorParams } from './errors.ts';

/** Milliseconds since 1970, UTC. */
export interface Clock {
  now(): number;
}

/** Unguessable short texts: ids of attempts and nonces of prompts. */
export interface Random {
  /** `length` characters of A-Z and 2-9. */
  token(length: number): string;
}

export interface ModelMessage {
  readonly role: 'system' | 'user';
  readonly text: string;
}

/** One question to a model that must answer with a JSON object of a given shape. */
export interface ModelRequest {
  readonly messages: readonly ModelMessage[];
  /** A JSON Schema in the subset that strict servers take: all keys required, no extra ones. */
  readonly schema: Readonly<Record<string, unknown>>;
}

export type FinishReason = 'stop' | 'length' | 'refusal' | 'unknown';

export type ModelEvent =
  | { readonly type: 'text'; readonly text: string }
  /** A reply that came as an object at once (a tool call). */
  | { readonly type: 'object'; readonly value: unknown }
  | { readonly type: 'end'; readonly finish: FinishReason };

/**
 * A model that grades. A stream ends with one `end` event, or throws an `AppError`: every failure of a
 * server has a code, and a stream that stops without a word is a failure too.
 */
export interface ModelClient {
  /** The name shown beside the grade. */
  readonly model: string;
  /** Where the answer goes: an origin, or the name of the editor's provider. */
  readonly destination: string;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** A failure as data, to be stored or sent to the panel. */
export interface Failure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}
