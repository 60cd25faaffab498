import type { ModelRequest } from '../../core/ports.ts';
import type { Endpoint } from './endpoint.ts';
import type { Refusal } from './failure.ts';

const REPLY_FORMATS = ['strict', 'schema', 'object'] as const;
const LENGTH_NAMES = ['max_completion_tokens', 'max_tokens'] as const;
const SUPPORTS = ['untried', 'yes', 'no'] as const;

/** A schema that binds, a schema, any JSON object. Below them all: no format, and the prompt alone says it. */
export type ReplyFormat = (typeof REPLY_FORMATS)[number];
export type LengthName = (typeof LENGTH_NAMES)[number];
/** Something untried is sent once the server has answered without it, and its refusal costs one more request. */
export type Support = (typeof SUPPORTS)[number];

/** What a model at an endpoint is known to accept. */
export interface Profile {
  /** What may still be asked for, the best first; none left: no format is sent. */
  readonly formats: readonly ReplyFormat[];
  /** Names that the limit of the reply's length may still have, the likelier first. */
  readonly lengths: readonly LengthName[];
  readonly temperature: Support;
  /** `stream_options.include_usage`. */
  readonly usage: Support;
  readonly effort: Support;
  readonly stream: boolean;
  /** Messages of the role `system`. */
  readonly system: boolean;
  /** OpenRouter's own: no provider that would drop a parameter in silence. */
  readonly routing: boolean;
  /** Whether it has ever answered. */
  readonly answered: boolean;
  /** Of an endpoint: whether Ollama's own protocol is spoken there. */
  readonly ollama?: boolean;
  /** Of an Ollama model: its own context. */
  readonly contextTokens?: number;
  /** Of an Ollama model: whether it can be told not to think, or only to think less. */
  readonly think?: boolean | 'low';
}

/** Where profiles are kept; what it gives back is checked before it is used. */
export interface ProfileStore {
  get(key: string): Profile | undefined;
  set(key: string, profile: Profile): void;
}

/** Of a model, or of the endpoint itself when no model is given. */
export function profileKey(endpoint: Endpoint, model = ''): string {
  return `${endpoint.origin} ${model}`;
}

/** What is known of a model: what was learnt, or else what its host lets one expect. */
export function loadProfile(store: ProfileStore, endpoint: Endpoint, model: string): Profile {
  return parseProfile(store.get(profileKey(endpoint, model))) ?? preset(endpoint, model);
}

/** A profile that was stored, if it is one. */
export function parseProfile(stored: unknown): Profile | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { formats, lengths, temperature, usage, effort, stream, system, routing, answered, ...rest } =
    stored as Readonly<Record<string, unknown>>;
  if (!isListOf(REPLY_FORMATS, formats) || !isListOf(LENGTH_NAMES, lengths)) return undefined;
  if (!isOneOf(SUPPORTS, temperature) || !isOneOf(SUPPORTS, usage) || !isOneOf(SUPPORTS, effort))
    return undefined;
  if (typeof stream !== 'boolean' || typeof system !== 'boolean') return undefined;
  if (typeof routing !== 'boolean' || typeof answered !== 'boolean') return undefined;
  const { ollama, contextTokens, think } = rest;
  return {
    ...{ formats, lengths, temperature, usage, effort, stream, system, routing, answered },
    ...(typeof ollama === 'boolean' ? { ollama } : {}),
    ...(typeof contextTokens === 'number' && contextTokens > 0 ? { contextTokens } : {}),
    ...(typeof think === 'boolean' || think === 'low' ? { think } : {}),
  };
}

function isOneOf<Word extends string>(words: readonly Word[], value: unknown): value is Word {
  return (words as readonly unknown[]).includes(value);
}

function isListOf<Word extends string>(words: readonly Word[], value: unknown): value is Word[] {
  return Array.isArray(value) && value.every((item) => isOneOf(words, item));
}

const UNKNOWN: Profile = {
  formats: REPLY_FORMATS,
  lengths: ['max_tokens', 'max_completion_tokens'],
  temperature: 'untried',
  usage: 'untried',
  effort: 'untried',
  stream: true,
  system: true,
  routing: false,
  answered: false,
};

const MODERN: Pick<Profile, 'lengths'> = { lengths: ['max_completion_tokens', 'max_tokens'] };

/** First guesses for the usual ports of the usual servers on one's own machine. */
const LOCAL_PORTS: Readonly<Record<string, Partial<Profile>>> = {
  // Ollama
  '11434': { lengths: ['max_tokens'], temperature: 'yes', usage: 'yes' },
  // LM Studio answers `json_object` with a 400 (lmstudio-bug-tracker#189).
  '1234': { formats: ['strict', 'schema'], lengths: ['max_tokens'], temperature: 'yes' },
  // vLLM
  '8000': { temperature: 'yes', usage: 'yes' },
  // llama.cpp
  '8080': { lengths: ['max_tokens'], temperature: 'yes', usage: 'yes' },
};

/** What the host alone lets one expect. An unknown one is first sent nothing but what is needed. */
export function preset(endpoint: Endpoint, model: string): Profile {
  const { hostname, port } = new URL(endpoint.origin);
  if (hostname === 'api.openai.com') {
    // Models that think take no temperature but their own; the others know no effort.
    const thinks = !/^(ft:)?(gpt-3|gpt-4|chatgpt-4)/.test(model);
    const known = { temperature: thinks ? 'no' : 'yes', effort: thinks ? 'yes' : 'no' } as const;
    return { ...UNKNOWN, ...MODERN, ...known, usage: 'yes' };
  }
  if (isAzure(endpoint)) return { ...UNKNOWN, ...MODERN };
  if (hostname === 'generativelanguage.googleapis.com') {
    // Google warns of loops when Gemini 3 and later is given a temperature below its own.
    const temperature = /gemini-[12]\b/.test(model) ? 'yes' : 'no';
    return { ...UNKNOWN, temperature, usage: 'yes' };
  }
  // OpenRouter counts tokens unasked.
  if (hostname === 'openrouter.ai') return { ...UNKNOWN, routing: true, usage: 'no' };
  return endpoint.isLocal ? { ...UNKNOWN, ...LOCAL_PORTS[port] } : UNKNOWN;
}

/** Hosts of which it is known what they speak. */
export function isKnownHost(endpoint: Endpoint): boolean {
  const { hostname } = new URL(endpoint.origin);
  return (
    ['api.openai.com', 'generativelanguage.googleapis.com', 'openrouter.ai'].includes(hostname) ||
    isAzure(endpoint)
  );
}

/** Azure wants the key in a header of its own. */
export function isAzure(endpoint: Endpoint): boolean {
  return /\.(openai|cognitiveservices|services\.ai)\.azure\.com$/.test(new URL(endpoint.origin).hostname);
}

const FEATURES = [
  'format',
  'length',
  'temperature',
  'usage',
  'effort',
  'stream',
  'system',
  'routing',
] as const;
/** What a request has in it beyond the bare question. */
export type Feature = (typeof FEATURES)[number];

function isSent(support: Support, answered: boolean): boolean {
  return support === 'yes' || (support === 'untried' && answered);
}

/** The features that a request has under a profile. */
export function features(profile: Profile, request: ModelRequest): ReadonlySet<Feature> {
  const streams = profile.stream && !request.whole;
  const has: Readonly<Record<Feature, boolean>> = {
    format: request.schema !== undefined && profile.formats.length > 0,
    length: request.maxTokens !== undefined && profile.lengths.length > 0,
    temperature: isSent(profile.temperature, profile.answered),
    usage: streams && isSent(profile.usage, profile.answered),
    // Asked for only after trouble, so it is worth trying at once.
    effort: request.effort !== undefined && profile.effort !== 'no',
    stream: streams,
    system: profile.system && request.messages.some(({ role }) => role === 'system'),
    routing: profile.routing,
  };
  return new Set(FEATURES.filter((feature) => has[feature]));
}

/** The body of a chat completion as the profile allows it. */
export function chatBody(model: string, request: ModelRequest, profile: Profile): Record<string, unknown> {
  const sent = features(profile, request);
  const [length] = profile.lengths;
  return {
    model,
    stream: sent.has('stream'),
    messages: chatMessages(request, profile),
    ...(sent.has('format') ? { response_format: responseFormat(profile, request) } : {}),
    ...(sent.has('temperature') ? { temperature: 0 } : {}),
    ...(sent.has('length') && length ? { [length]: request.maxTokens } : {}),
    ...(sent.has('effort') ? { reasoning_effort: request.effort } : {}),
    ...(sent.has('usage') ? { stream_options: { include_usage: true } } : {}),
    ...(sent.has('routing') ? { provider: { require_parameters: true } } : {}),
  };
}

function chatMessages({ messages }: ModelRequest, profile: Profile): { role: string; content: string }[] {
  if (profile.system) return messages.map(({ role, text }) => ({ role, content: text }));
  return [{ role: 'user', content: messages.map(({ text }) => text).join('\n\n') }];
}

function responseFormat({ formats: [format] }: Profile, { schema }: ModelRequest): object {
  if (format === 'object') return { type: 'json_object' };
  const strict = format === 'strict' ? { strict: true } : {};
  return { type: 'json_schema', json_schema: { name: 'grade', ...strict, schema } };
}

/** After an answer: what was tried with it is accepted. */
export function confirm(profile: Profile, sent: ReadonlySet<Feature>): Profile {
  const settled = (feature: 'temperature' | 'usage' | 'effort') =>
    sent.has(feature) ? 'yes' : profile[feature];
  return {
    ...profile,
    temperature: settled('temperature'),
    usage: settled('usage'),
    effort: settled('effort'),
    answered: true,
  };
}

const NAMED: Readonly<Record<Feature, RegExp>> = {
  format:
    /response.?format|json_?schema|json_object|json mode|grammar|guided|structured|(invalid|unsupported) (json )?schema/i,
  length: /max_(completion_|output_|new_)?tokens/i,
  temperature: /temperature/i,
  usage: /stream_options|include_usage/i,
  effort: /reasoning|thinking|\beffort\b/i,
  stream: /\bto stream\b|\bstream(ing)?\b.*(not|un)/i,
  system: /'system'|system (role|message|prompt)|roles must alternate/i,
  routing: /require_parameters/i,
};
const PARAM: Readonly<Record<Feature, RegExp>> = {
  ...NAMED,
  stream: /^stream$/,
  system: /role|messages/,
  routing: /^provider/,
};
// OpenRouter, when no provider of the model takes all that the request has.
const NO_ROUTE = /no endpoints (found|available)[^.]*(parameters|support)/i;

/**
 * What to try after a refusal: a profile that asks for less. None when nothing of what was sent is to blame,
 * or nothing is left to give up. What has been given up never comes back.
 */
export function downgrade(
  profile: Profile,
  refusal: Refusal,
  sent: ReadonlySet<Feature>,
): Profile | undefined {
  const { status } = refusal;
  if (NO_ROUTE.test(refusal.message)) return withoutRoute(profile, refusal, sent);
  const isRequestFault = status === 400 || status === 422;
  // A server that breaks over a grammar says so with a 500, or in a stream that had begun well.
  if (!isRequestFault && status !== undefined && status !== 500 && status !== 501) return undefined;
  const named = blamed(refusal, sent);
  if (named.length > 0) return giveUp(profile, named, refusal);
  const onTrial = TRIALS.filter((feature) => sent.has(feature) && profile[feature] === 'untried');
  const mayBeOnTrial = isRequestFault && onTrial.length > 0 && !TOO_LONG.test(refusal.message);
  return mayBeOnTrial ? giveUp(profile, onTrial, refusal) : undefined;
}

const TOO_LONG = /context|too long|too large/i;
const TRIALS = ['temperature', 'usage', 'effort'] as const;

function blamed({ param, message, code }: Refusal, sent: ReadonlySet<Feature>): Feature[] {
  const byParam = param === '' ? [] : FEATURES.filter((name) => sent.has(name) && PARAM[name].test(param));
  if (byParam.length > 0) return byParam;
  return FEATURES.filter((name) => sent.has(name) && NAMED[name].test(`${code} ${message}`));
}

function withoutRoute(profile: Profile, refusal: Refusal, sent: ReadonlySet<Feature>): Profile | undefined {
  const extras = (['temperature', 'effort', 'length'] as const).filter((name) => sent.has(name));
  if (extras.length > 0) return giveUp({ ...profile, lengths: [] }, extras, refusal);
  const next = (['format', 'routing'] as const).find((name) => sent.has(name));
  return next && giveUp(profile, [next], refusal);
}

function giveUp(profile: Profile, what: readonly Feature[], { message, code, param }: Refusal): Profile {
  const given = new Set(what);
  const said = `${code} ${param} ${message}`;
  return {
    ...profile,
    formats: given.has('format') ? lowerFormats(profile.formats, said) : profile.formats,
    lengths: given.has('length') ? lowerLengths(profile.lengths, said) : profile.lengths,
    temperature: given.has('temperature') ? 'no' : profile.temperature,
    usage: given.has('usage') ? 'no' : profile.usage,
    effort: given.has('effort') ? 'no' : profile.effort,
    stream: profile.stream && !given.has('stream'),
    system: profile.system && !given.has('system'),
    routing: profile.routing && !given.has('routing'),
  };
}

function lowerFormats(formats: readonly ReplyFormat[], said: string): readonly ReplyFormat[] {
  const below = formats.slice(1);
  const offered =
    /(?:must be|expected|one of|supported (?:values|types)|allowed)(.*)/is.exec(said)?.[1] ?? '';
  if (/\b(text|json_object|json_schema)\b/.test(offered)) {
    return below.filter((format) => offered.includes(format === 'object' ? 'json_object' : 'json_schema'));
  }
  // The schema itself, or that it should bind: the same without the promise may do.
  if (/\bstrict\b|invalid_json_schema|invalid schema/i.test(said)) return below;
  return below.filter((format) => format === 'object');
}

function lowerLengths(lengths: readonly LengthName[], said: string): readonly LengthName[] {
  // The number was refused, not the name: the server's own limit is the better one.
  return /too (large|big|high|long)|at most|exceeds?|less than|maximum/i.test(said) ? [] : lengths.slice(1);
}

/** How much could still be given up: every downgrade lowers it. */
export function rank(profile: Profile): number {
  const supports = [profile.temperature, profile.usage, profile.effort].filter((support) => support !== 'no');
  const flags = [profile.stream, profile.system, profile.routing].filter(Boolean);
  return profile.formats.length + profile.lengths.length + supports.length + flags.length;
}
