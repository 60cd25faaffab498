import type { ErrorCode, ErrorParams } from './errors.ts';

/** Time, so that tests need none of it to pass. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Runs something once after so many milliseconds; what it returns calls that off. */
  after(milliseconds: number, run: () => void): () => void;
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
  /** A JSON Schema in the subset that strict servers take: all keys required, no extra ones. None: plain lines. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** One whole reply rather than a stream: some servers fall silent only when they stream. */
  readonly whole?: true;
  /** Room for the reply in tokens, asked for only after a reply that was cut for its length. */
  readonly maxTokens?: number;
  /** Less thinking, where the server lets itself be told so; asked for together with `maxTokens`. */
  readonly effort?: 'low';
}

export type FinishReason = 'stop' | 'length' | 'refusal' | 'unknown';

/** Tokens as the server counted them. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  /** Part of `input` that the server had kept from an earlier request. */
  readonly cached?: number;
  /** Part of `output` that went into thinking. */
  readonly reasoning?: number;
}

export type ModelEvent =
  /** Exactly what has just left the machine; a request that is sent again in another form comes again. */
  | { readonly type: 'sent'; readonly url: string; readonly body: string }
  | { readonly type: 'text'; readonly text: string }
  /** What a server calls thinking; the reply itself has been seen there. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** A reply that came as an object at once (a tool call). */
  | { readonly type: 'object'; readonly value: unknown }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'end'; readonly finish: FinishReason };

/**
 * A model that grades. A stream ends with one `end` event, or throws an `AppError`: every failure of a
 * server has a code, and a stream that breaks off is a failure too (`reply_truncated`). Where the server
 * names a time to come back, `params.retryAfter` holds it in seconds.
 */
export interface ModelClient {
  /** The name shown beside the grade. */
  readonly model: string;
  /** Where the answer goes: an origin, or the name of the editor's provider. */
  readonly destination: string;
  /** Tokens that fit into one request with its reply, where that is known. */
  readonly contextTokens?: number;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** A failure as data, to be stored or sent to the panel. */
export interface Failure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}
