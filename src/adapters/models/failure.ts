import { AppError, type ErrorCode, type ErrorParams } from '../../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { type HeaderLookup, retryAfter } from './retryAfter.ts';

/** What a server said when it would not answer, whatever the shape it said it in. */
export interface Refusal {
  /** None for an error inside a stream that had begun well. */
  readonly status: number | undefined;
  /** The parameter that it names; '' if none. */
  readonly param: string;
  /** Its codes and types, in one text. */
  readonly code: string;
  readonly message: string;
}

interface Said {
  param: string;
  codes: string[];
  messages: string[];
}

/** Reads an error body: an object or a bare text, alone, in a list, below `error` or `detail`, or as JSON in a text. */
export function readRefusal(status: number | undefined, body: unknown): Refusal {
  const said: Said = { param: '', codes: [], messages: [] };
  collect(body, said, 8);
  const message = said.messages.join(' ');
  // Pydantic's errors arrive as Python in a text, together with the whole of what was sent.
  const located = /['"]loc['"]:\s*[[(]\s*['"]body['"],\s*['"](\w+)/.exec(message)?.[1];
  const numeric = said.codes.map(Number).find((code) => code >= 400 && code < 600);
  return {
    status: status === undefined || status < 400 ? numeric : status,
    param: said.param || (located ?? ''),
    code: said.codes.join(' '),
    message,
  };
}

function collect(body: unknown, said: Said, depth: number): void {
  if (depth === 0 || body === null || body === undefined) return;
  if (typeof body === 'string') {
    const inner = /^\s*[[{]/.test(body) ? parse(body) : undefined;
    if (inner === undefined) said.messages.push(body);
    else collect(inner, said, depth - 1);
    return;
  }
  if (Array.isArray(body)) {
    for (const item of body.slice(0, 5)) collect(item, said, depth - 1);
    return;
  }
  if (typeof body !== 'object') return;
  const { param, loc, code, type, status, message, msg, error, detail, metadata } = body as Readonly<
    Record<string, unknown>
  >;
  if (typeof param === 'string') said.param ||= param;
  if (Array.isArray(loc)) said.param ||= loc.filter((part) => part !== 'body').join('.');
  for (const word of [code, type, status])
    if (typeof word === 'string' || typeof word === 'number') said.codes.push(String(word));
  collect(message ?? msg, said, depth - 1);
  collect(error, said, depth - 1);
  collect(detail, said, depth - 1);
  // OpenRouter passes the words of the provider behind it on.
  if (typeof metadata === 'object' && metadata !== null && 'raw' in metadata)
    collect(metadata.raw, said, depth - 1);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whom a failure is about, and what must not be in its words. */
export interface Asked {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly apiKey: string | undefined;
}

export function where(endpoint: Endpoint): { url: string } {
  return { url: endpoint.origin };
}

/** A server's own words, short, on one line; the key, which some servers repeat, is taken out. */
export function shortly(text: string, apiKey: string | undefined): string {
  const safe = apiKey ? text.replaceAll(apiKey, '…') : text;
  return safe.replace(/\s+/g, ' ').trim().slice(0, 300);
}

/** The failure that a refusal is. `now` and the headers tell when to come back. */
export function refusalError(
  refusal: Refusal,
  asked: Asked,
  headers: HeaderLookup | undefined,
  body: string,
  now: number,
): AppError {
  const code = codeOf(refusal);
  const size = code === 'provider_rejected' ? tooLong(refusal) : undefined;
  if (size) return new AppError('prompt_too_long', { ...where(asked.endpoint), model: asked.model, ...size });
  const wait =
    headers && (code === 'provider_rate_limited' || code === 'provider_failed')
      ? retryAfter(headers, body, now)
      : undefined;
  const params: ErrorParams = {
    ...where(asked.endpoint),
    model: asked.model,
    detail: shortly(`${refusal.status ?? ''} ${refusal.message}`, asked.apiKey),
    ...(refusal.status === undefined ? {} : { status: String(refusal.status) }),
    ...(wait === undefined ? {} : { retryAfter: wait }),
  };
  return new AppError(code, params);
}

function codeOf({ status, code }: Refusal): ErrorCode {
  if (status === 402 || /insufficient_quota|billing_hard_limit|insufficient_credits/i.test(code))
    return 'provider_quota';
  if (status === 401 || status === 403) return 'provider_auth';
  if (status === 404) return 'provider_model_missing';
  if (status === 429) return 'provider_rate_limited';
  // Worth another try, as a failure of the server is; an error inside a stream has no status.
  if (status === undefined || status >= 500 || status === 408 || status === 409) return 'provider_failed';
  return 'provider_rejected';
}

const SIZES = [
  /request \((?<needed>\d+) tokens\) exceeds the available context size \((?<limit>\d+) tokens\)/i,
  /maximum context length is (?<limit>\d+) tokens.*?(?:resulted in|requested|contains(?: at least)?) (?<needed>\d+)/i,
  /context length of only (?<limit>\d+) tokens/i,
];

/** How much too long the prompt was, where the server says so in numbers. */
function tooLong({ message }: Refusal): { needed: string; limit: string } | undefined {
  for (const size of SIZES) {
    const { needed = '?', limit } = size.exec(message)?.groups ?? {};
    if (limit !== undefined) return { needed, limit };
  }
  return undefined;
}
