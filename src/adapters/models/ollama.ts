import { AppError, isAppError } from '../../core/errors.ts';
import type { Clock, FinishReason, ModelClient, ModelEvent, ModelRequest, Usage } from '../../core/ports.ts';
import { systemClock } from './clock.ts';
import type { Endpoint } from './endpoint.ts';
import { readRefusal, refusalError, shortly, where } from './failure.ts';
import { fields } from './fields.ts';
import { LONGEST_REPLY, lines, tooMuch, wholeText } from './lines.ts';
import type { OpenAiOptions } from './openai.ts';
import { isKnownHost, loadProfile, type Profile, type ProfileStore, profileKey } from './profile.ts';
import { WATCHDOG, Watch } from './watchdog.ts';

type OllamaOptions = OpenAiOptions;

const DETECTION_MS = 2_000;
/** Room for a grade of many points in French. */
const REPLY_TOKENS = 2_500;
const STEP = 4_096;
const MAX_DOWNGRADES = 5;

/** A request that follows no redirect and carries nothing but the key. */
function ask(
  { endpoint, apiKey }: Pick<OllamaOptions, 'endpoint' | 'apiKey'>,
  path: string,
  signal: AbortSignal,
  body?: string,
): Promise<Response> {
  return fetch(`${endpoint.origin}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body }),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    redirect: 'error',
    signal,
  });
}

/**
 * Whether Ollama's own protocol is spoken at an endpoint; asked once, then known. An endpoint that cannot be
 * reached now is asked again.
 */
export async function isOllama(
  options: Pick<OllamaOptions, 'endpoint' | 'apiKey'>,
  profiles: ProfileStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const { endpoint } = options;
  const known = loadProfile(profiles, endpoint, '').ollama;
  if (known !== undefined) return known;
  const watch = new Watch(clock, signal);
  watch.wait(DETECTION_MS);
  try {
    const response = await ask(options, '/api/version', watch.signal);
    const { version } = fields(parse(await wholeText(response, endpoint)));
    const found = response.ok && typeof version === 'string';
    remember(profiles, endpoint, found);
    return found;
  } catch {
    if (signal.aborted) throw new AppError('cancelled');
    return false;
  } finally {
    watch.close();
  }
}

/** Keeps what protocol an endpoint speaks. */
export function remember(profiles: ProfileStore, endpoint: Endpoint, ollama: boolean): void {
  profiles.set(profileKey(endpoint), { ...loadProfile(profiles, endpoint, ''), ollama });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A model of an Ollama server, by its native protocol: the only one that lets the context's size be chosen. */
export function createOllamaClient(options: OllamaOptions): ModelClient {
  const { endpoint, model } = options;
  const clock = options.clock ?? systemClock;
  const profiles: ProfileStore = options.profiles ?? new Map<string, Profile>();
  const watchdog = options.watchdog ?? WATCHDOG[endpoint.isLocal ? 'local' : 'remote'];
  // Mutable here alone: the context becomes known with the first request.
  const client: ModelClient & { contextTokens?: number } = { model, destination: endpoint.origin, stream };
  // A smaller context than before would make the server load the model again.
  let largest = 0;

  function learn(profile: Profile): Profile {
    profiles.set(profileKey(endpoint, model), profile);
    if (profile.contextTokens !== undefined) client.contextTokens = profile.contextTokens;
    return profile;
  }

  /** What the server tells of the model; a server that does not tell is asked all the same. */
  async function shown(profile: Profile, signal: AbortSignal): Promise<Profile> {
    if (profile.contextTokens !== undefined) return learn(profile);
    const watch = new Watch(clock, signal);
    watch.wait(DETECTION_MS);
    try {
      const response = await ask(options, '/api/show', watch.signal, JSON.stringify({ model }));
      const facts = readShow(parse(await wholeText(response, endpoint)));
      // What a refusal has taught counts for more than what the server says of itself.
      const think = profile.think ?? facts.think;
      return response.ok
        ? learn({ ...profile, ...facts, ...(think === undefined ? {} : { think }) })
        : profile;
    } catch {
      if (signal.aborted) throw new AppError('cancelled');
      return profile;
    } finally {
      watch.close();
    }
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    let profile = loadProfile(profiles, endpoint, model);
    if (profile.contextTokens === undefined)
      yield { type: 'sent', url: `${endpoint.origin}/api/show`, body: JSON.stringify({ model }) };
    profile = await shown(profile, signal);
    for (let downgrades = 0; ; downgrades++) {
      const watch = new Watch(clock, signal);
      let answered = false;
      try {
        largest = Math.max(largest, contextFor(request));
        const body = ollamaBody(model, request, profile, largest);
        watch.wait(body.stream ? watchdog.firstToken : watchdog.whole);
        const response = ask(options, '/api/chat', watch.signal, JSON.stringify(body));
        // Its failure is met where it is awaited.
        response.catch(() => undefined);
        yield { type: 'sent', url: `${endpoint.origin}/api/chat`, body: JSON.stringify(body) };
        const reply = new OllamaReply(endpoint);
        for await (const line of repliedLines(await response)) {
          watch.wait(watchdog.idle);
          for (const event of reply.read(line)) {
            if (!answered) learn({ ...profile, answered: true });
            answered = true;
            yield event;
          }
        }
        watch.signal.throwIfAborted();
        yield* reply.end();
        return;
      } catch (error) {
        if (signal.aborted) throw new AppError('cancelled');
        if (watch.stalled) throw new AppError('reply_stalled', where(endpoint));
        const lower =
          error instanceof OllamaRefused && !answered && downgrades < MAX_DOWNGRADES
            ? lowered(profile, error, request)
            : undefined;
        if (lower === undefined) throw explain(error, answered);
        profile = lower;
      } finally {
        watch.close();
      }
    }
  }

  async function* repliedLines(response: Response): AsyncGenerator<string> {
    if (response.ok) {
      yield* lines(response, endpoint);
      return;
    }
    const text = await wholeText(response, endpoint);
    const { error } = fields(parse(text));
    // Another server, that does not know the route.
    if (error === undefined && (response.status === 404 || response.status === 405))
      throw new AppError('endpoint_not_a_model', where(endpoint));
    throw new OllamaRefused(response.status, text, response.headers);
  }

  function explain(error: unknown, answered: boolean): Error {
    if (isAppError(error)) return error;
    if (error instanceof OllamaRefused) {
      const refusal = readRefusal(error.status, error.body);
      return refusalError(refusal, options, error.headers, error.body, clock.now());
    }
    const detail = shortly(error instanceof Error ? error.message : String(error), options.apiKey);
    const params = { ...where(endpoint), model, detail };
    return new AppError(answered ? 'reply_truncated' : 'endpoint_unreachable', params, error);
  }

  const known = loadProfile(profiles, endpoint, model).contextTokens;
  if (known !== undefined) client.contextTokens = known;
  return client;
}

class OllamaRefused extends Error {
  readonly status: number | undefined;
  readonly body: string;
  readonly headers: Headers | undefined;

  constructor(status: number | undefined, body: string, headers?: Headers) {
    super(body);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The model's own context, and how it can be told not to think. */
function readShow(body: unknown): Pick<Profile, 'contextTokens' | 'think'> {
  const { model_info, capabilities, details } = fields(body);
  const context = Object.entries(fields(model_info)).find(([name]) => name.endsWith('.context_length'))?.[1];
  // gpt-oss cannot stop thinking, only think less.
  const graded = /gpt-?oss/i.test(String(fields(details)['family']));
  const thinks = Array.isArray(capabilities) ? capabilities.includes('thinking') : undefined;
  return {
    ...(typeof context === 'number' && context > 0 ? { contextTokens: context } : {}),
    ...(graded ? { think: 'low' as const } : thinks === undefined ? {} : { think: thinks }),
  };
}

/** Tokens of context for a request and its reply: a multiple of 4096. */
function contextFor(request: ModelRequest): number {
  const characters = request.messages.reduce((sum, { text }) => sum + text.length, 0);
  const tokens = Math.ceil(characters / 3) + Math.max(REPLY_TOKENS, request.maxTokens ?? 0);
  return Math.ceil(tokens / STEP) * STEP;
}

function ollamaBody(model: string, request: ModelRequest, profile: Profile, context: number) {
  const [format] = profile.formats;
  const { think } = profile;
  return {
    model,
    messages: request.messages.map(({ role, text }) => ({ role, content: text })),
    stream: !request.whole,
    ...(request.schema && format ? { format: format === 'object' ? 'json' : request.schema } : {}),
    // A model that can think is asked not to; one that cannot is not asked. Where nothing is known, it is tried.
    ...(think === false ? {} : { think: think === 'low' ? 'low' : false }),
    // A prompt that does not fit is to be refused, not cut in silence.
    truncate: false,
    options: {
      // No model is better for more than it was made for.
      num_ctx: Math.min(context, profile.contextTokens ?? context),
      temperature: 0,
      ...(request.maxTokens === undefined ? {} : { num_predict: request.maxTokens }),
    },
  };
}

/** The profile to try after a refusal, if it is one of what can be given up. */
function lowered(
  profile: Profile,
  { status, body }: OllamaRefused,
  request: ModelRequest,
): Profile | undefined {
  const { message } = readRefusal(status, body);
  if (/\bthink(ing)?\b/i.test(message) && profile.think !== false) return { ...profile, think: false };
  const isFormat = /\bformat\b|schema|grammar/i.test(message) && request.schema && profile.formats.length > 0;
  if (!isFormat) return undefined;
  const isSchema = profile.formats[0] !== 'object';
  return { ...profile, formats: isSchema ? profile.formats.filter((name) => name === 'object') : [] };
}

/** A reply in lines of JSON, or in the one line of a whole reply. */
class OllamaReply {
  readonly #endpoint: Endpoint;
  #length = 0;
  #hasBegun = false;
  #calls: unknown[] = [];
  #finish: FinishReason | undefined;
  #usage: Usage | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  *read(line: string): Generator<ModelEvent> {
    if (line.trim() === '') return;
    const body = parse(line);
    if (typeof body !== 'object' || body === null) {
      const code = this.#hasBegun ? 'reply_truncated' : 'endpoint_not_a_model';
      throw new AppError(code, where(this.#endpoint));
    }
    const { error, message, done, done_reason, prompt_eval_count, eval_count } = fields(body);
    if (error !== undefined) throw new OllamaRefused(undefined, line);
    if (message === undefined && done === undefined)
      throw new AppError('endpoint_not_a_model', where(this.#endpoint));
    this.#hasBegun = true;
    const { content, thinking, tool_calls } = fields(message);
    if (typeof thinking === 'string' && thinking !== '')
      yield { type: 'reasoning', text: this.#count(thinking) };
    if (typeof content === 'string' && content !== '') yield { type: 'text', text: this.#count(content) };
    if (Array.isArray(tool_calls)) this.#calls.push(...tool_calls);
    if (done !== true) return;
    this.#finish = done_reason === undefined || done_reason === 'stop' ? 'stop' : 'unknown';
    if (done_reason === 'length') this.#finish = 'length';
    if (typeof eval_count === 'number')
      this.#usage = {
        // A prompt that the server still had in memory is not counted again.
        input: typeof prompt_eval_count === 'number' ? prompt_eval_count : 0,
        output: eval_count,
      };
  }

  *end(): Generator<ModelEvent> {
    if (!this.#hasBegun) throw new AppError('endpoint_not_a_model', where(this.#endpoint));
    if (this.#finish === undefined) throw new AppError('reply_truncated', where(this.#endpoint));
    if (this.#usage) yield { type: 'usage', usage: this.#usage };
    const value = fields(fields(this.#calls[0])['function'])['arguments'];
    if (value !== undefined) yield { type: 'object', value };
    yield { type: 'end', finish: this.#finish };
  }

  #count(text: string): string {
    this.#length += text.length;
    if (this.#length > LONGEST_REPLY) throw tooMuch(this.#endpoint);
    return text;
  }
}

/** Hosts whose protocol is known, and addresses below which Ollama does not live, are not asked. */
export function mayBeOllama(endpoint: Endpoint): boolean {
  return !isKnownHost(endpoint) && /^\/(v1\/?)?$/.test(new URL(endpoint.baseUrl).pathname);
}
