import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { AppError, isAppError } from '../../core/errors.ts';
import type { Clock, FinishReason, ModelClient, ModelEvent, ModelRequest, Usage } from '../../core/ports.ts';
import { systemClock } from './clock.ts';
import type { Endpoint } from './endpoint.ts';
import { type Asked, type Refusal, readRefusal, refusalError, shortly, where } from './failure.ts';
import { type Fields, fields } from './fields.ts';
import { eventData, LONGEST_REPLY, tooMuch, wholeText } from './lines.ts';
import {
  chatBody,
  confirm,
  downgrade,
  features,
  isAzure,
  loadProfile,
  type Profile,
  type ProfileStore,
  profileKey,
} from './profile.ts';
import { WATCHDOG, Watch, type Watchdog } from './watchdog.ts';

export interface OpenAiOptions {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** Absent for servers on this machine that need none. */
  readonly apiKey: string | undefined;
  readonly clock?: Clock;
  /** What has been learnt of servers; without it, it is learnt anew by each client. */
  readonly profiles?: ProfileStore;
  readonly watchdog?: Watchdog;
}

// What a server needs to know of a request, beside the key.
const HEADERS = ['accept', 'content-type', 'user-agent'] as const;
const MAX_DOWNGRADES = 5;

function keyHeader(endpoint: Endpoint, apiKey: string | undefined): Record<string, string> {
  if (!isAzure(endpoint)) return { authorization: `Bearer ${apiKey ?? 'none'}` };
  return apiKey === undefined ? {} : { 'api-key': apiKey };
}

/** @param onSend hears of each request in the moment it leaves. */
function connect(
  { endpoint, apiKey }: Pick<OpenAiOptions, 'endpoint' | 'apiKey'>,
  signal: AbortSignal,
  onSend?: (url: string, body: string) => void,
): OpenAI {
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    apiKey: apiKey ?? 'none',
    // The SDK would send these from the environment to any server.
    organization: null,
    project: null,
    // And these: OPENAI_CUSTOM_HEADERS, which may replace the key, and headers that describe this machine.
    fetch: (url, init) => {
      const given = new Headers(init?.headers);
      const headers = new Headers(keyHeader(endpoint, apiKey));
      for (const name of HEADERS) headers.set(name, given.get(name) ?? '');
      // A redirect could carry the answer, and Azure's key, elsewhere.
      const sending = fetch(url, {
        ...init,
        headers,
        redirect: 'error',
        signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal,
      });
      onSend?.(String(url), typeof init?.body === 'string' ? init.body : '');
      return sending;
    },
    // Retries are ours to show.
    maxRetries: 0,
    logLevel: 'off',
  });
}

/** A model behind an OpenAI-compatible endpoint (chat completions). */
export function createOpenAiClient(options: OpenAiOptions): ModelClient {
  const { endpoint, model } = options;
  const clock = options.clock ?? systemClock;
  const profiles: ProfileStore = options.profiles ?? new Map<string, Profile>();
  const watchdog = options.watchdog ?? WATCHDOG[endpoint.isLocal ? 'local' : 'remote'];

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    let profile = loadProfile(profiles, endpoint, model);
    for (let downgrades = 0; ; downgrades++) {
      const watch = new Watch(clock, signal);
      const sent = features(profile, request);
      let answered = false;
      try {
        const body = chatBody(model, request, profile);
        watch.wait(sent.has('stream') ? watchdog.firstToken : watchdog.whole);
        for await (const event of attempt(options, body, watch, watchdog)) {
          if (event.type !== 'sent' && !answered) {
            answered = true;
            profiles.set(profileKey(endpoint, model), confirm(profile, sent));
          }
          yield event;
        }
        return;
      } catch (error) {
        if (signal.aborted) throw new AppError('cancelled');
        if (watch.stalled) throw new AppError('reply_stalled', where(endpoint));
        const refused = error instanceof Refused ? error : undefined;
        const lower =
          refused && !answered && downgrades < MAX_DOWNGRADES
            ? downgrade(profile, refused.refusal, sent)
            : undefined;
        if (lower === undefined) throw refused ? refused.toAppError(options, clock.now()) : error;
        profile = lower;
      } finally {
        watch.close();
      }
    }
  }
  return { model, destination: endpoint.origin, stream };
}

/** A server's no, before it is known whether something can be given up for a yes. */
class Refused extends Error {
  readonly refusal: Refusal;
  readonly #headers: Headers | undefined;
  readonly #body: string;

  constructor(refusal: Refusal, body: string, headers: Headers | undefined) {
    super('refused');
    this.refusal = refusal;
    this.#headers = headers;
    this.#body = body;
  }

  toAppError(asked: Asked, now: number): AppError {
    return refusalError(this.refusal, asked, this.#headers, this.#body, now);
  }
}

/** One request and its reply. */
async function* attempt(
  options: OpenAiOptions,
  body: Record<string, unknown>,
  watch: Watch,
  watchdog: Watchdog,
): AsyncGenerator<ModelEvent> {
  const { endpoint } = options;
  let tell: (event: ModelEvent) => void = () => undefined;
  const left = new Promise<ModelEvent>((resolve) => {
    tell = resolve;
  });
  const client = connect(options, watch.signal, (url, text) => {
    tell({ type: 'sent', url: withoutKey(url, options.apiKey), body: text });
  });
  const opening = client.post('/chat/completions', { body, signal: watch.signal }).asResponse();
  // Should it fail before it leaves, that is met below.
  const first = await Promise.race([left, opening.then(() => undefined)]).catch(() => undefined);
  if (first) yield first;

  const reply = new Reply(endpoint);
  try {
    const response = await opening;
    const type = response.headers.get('content-type') ?? '';
    if (/html/i.test(type)) throw notAModel(endpoint);
    if (/json/i.test(type) || (body['stream'] === false && !/event-stream/i.test(type))) {
      yield* reply.readWhole(await wholeText(response, endpoint));
      return;
    }
    for await (const data of eventData(response, endpoint)) {
      if (data === '[DONE]') break;
      for (const event of reply.readChunk(JSON.parse(data))) yield event;
      watch.wait(reply.hasSpoken ? watchdog.idle : watchdog.firstToken);
    }
    watch.signal.throwIfAborted();
    yield* reply.endStream();
  } catch (error) {
    throw explain(error, options, reply.hasBegun);
  }
}

function withoutKey(url: string, apiKey: string | undefined): string {
  return apiKey ? url.replaceAll(apiKey, '…') : url;
}

function notAModel(endpoint: Endpoint): AppError {
  return new AppError('endpoint_not_a_model', where(endpoint));
}

/** What a failure means that no server put into words. */
function explain(error: unknown, asked: Asked, hasBegun: boolean): Error {
  if (isAppError(error) || error instanceof Refused) return error;
  const { endpoint, model, apiKey } = asked;
  const said = error instanceof Error ? error.message : String(error);
  const params = { ...where(endpoint), model, detail: shortly(said, apiKey) };
  const cause = apiKey && said.includes(apiKey) ? undefined : error;
  // A refused redirect: trying again would meet the same.
  if (isRedirect(error)) return new AppError('endpoint_not_a_model', params, cause);
  if (error instanceof APIConnectionError || error instanceof APIUserAbortError)
    return new AppError('endpoint_unreachable', params, cause);
  if (error instanceof APIError) {
    const body: unknown = error.error ?? error.message.replace(/^\d+ /, '');
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return new Refused(readRefusal(error.status, body), text, error.headers);
  }
  // A stream that breaks off after its start is a cut reply; before it, there was no model to talk to.
  if (hasBegun) return new AppError('reply_truncated', params, cause);
  return new AppError(
    error instanceof SyntaxError ? 'endpoint_not_a_model' : 'endpoint_unreachable',
    params,
    cause,
  );
}

function isRedirect(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (/unexpected redirect/i.test(cause.message)) return true;
  return false;
}

/** What has been heard of a reply so far, in pieces or at once. */
class Reply {
  readonly #endpoint: Endpoint;
  #finish: FinishReason | undefined;
  #usage: Usage | undefined;
  /** Arguments of tool calls, by their place. */
  readonly #calls = new Map<number, string>();
  #length = 0;
  #hasChoice = false;
  #hasBegun = false;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** Whether anything came that a model's reply consists of. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether the model itself has said something: servers open the stream before it does. */
  get hasSpoken(): boolean {
    return this.#length > 0;
  }

  *readChunk(chunk: unknown): Generator<ModelEvent> {
    this.#refuseError(chunk);
    // Servers send other things where a chunk should be.
    if (typeof chunk !== 'object' || chunk === null) throw notAModel(this.#endpoint);
    this.#hasBegun = true;
    const { choices, usage } = fields(chunk);
    this.#readUsage(usage);
    const choice = Array.isArray(choices) ? fields(choices[0]) : {};
    yield* this.#readChoice(choice, choice['delta'] ?? choice['message'] ?? choice['text']);
  }

  *endStream(): Generator<ModelEvent> {
    if (!this.#hasBegun) throw notAModel(this.#endpoint);
    if (!this.#hasChoice) throw new AppError('reply_empty', where(this.#endpoint));
    // A cut connection looks like an end; only the reason tells them apart.
    if (this.#finish === undefined) throw new AppError('reply_truncated', where(this.#endpoint));
    yield* this.#end(this.#finish);
  }

  *readWhole(text: string): Generator<ModelEvent> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch (error) {
      throw new AppError('endpoint_not_a_model', where(this.#endpoint), error);
    }
    this.#refuseError(body);
    const { choices, usage } = fields(body);
    if (!Array.isArray(choices)) throw notAModel(this.#endpoint);
    if (choices.length === 0) throw new AppError('reply_empty', where(this.#endpoint));
    this.#hasBegun = true;
    this.#readUsage(usage);
    const choice = fields(choices[0]);
    yield* this.#readChoice(choice, choice['message'] ?? choice['delta'] ?? choice['text']);
    yield* this.#end(this.#finish ?? 'unknown');
  }

  *#end(finish: FinishReason): Generator<ModelEvent> {
    if (this.#usage) yield { type: 'usage', usage: this.#usage };
    const [call] = this.#calls.values();
    if (call !== undefined) yield* this.#toolCall(call);
    yield { type: 'end', finish: call !== undefined && finish === 'unknown' ? 'stop' : finish };
  }

  *#toolCall(call: string): Generator<ModelEvent> {
    try {
      yield { type: 'object', value: JSON.parse(call) };
    } catch {
      yield { type: 'text', text: call };
    }
  }

  /** Some servers put an error where their reply should be, under a status of 200. */
  #refuseError(body: unknown): void {
    const { error, object } = fields(body);
    if (!error && object !== 'error') return;
    throw new Refused(readRefusal(undefined, body), JSON.stringify(body), undefined);
  }

  *#readChoice(choice: Fields, message: unknown): Generator<ModelEvent> {
    if (Object.keys(choice).length === 0) return;
    this.#hasChoice = true;
    const { content, reasoning, reasoning_content, refusal, tool_calls } =
      typeof message === 'string' ? { content: message } : fields(message);
    const thought = textOf(reasoning ?? reasoning_content);
    if (thought !== '') yield { type: 'reasoning', text: this.#count(thought) };
    const text = textOf(content);
    if (text !== '') yield { type: 'text', text: this.#count(text) };
    if (Array.isArray(tool_calls)) for (const call of tool_calls) this.#readCall(fields(call));
    if (refusal) this.#finish = 'refusal';
    const reason = choice['finish_reason'];
    if (reason === 'error') throw new AppError('provider_failed', where(this.#endpoint));
    if (typeof reason === 'string' && reason !== '') this.#finish = finishOf(reason, this.#finish);
  }

  #readCall(call: Fields): void {
    const { arguments: given } = fields(call['function']);
    if (given === undefined || given === null) return;
    const index = typeof call['index'] === 'number' ? call['index'] : this.#calls.size;
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    this.#calls.set(index, (this.#calls.get(index) ?? '') + this.#count(text));
  }

  #count(text: string): string {
    this.#length += text.length;
    if (this.#length > LONGEST_REPLY) throw tooMuch(this.#endpoint);
    return text;
  }

  #readUsage(usage: unknown): void {
    const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } =
      fields(usage);
    if (typeof prompt_tokens !== 'number' || typeof completion_tokens !== 'number') return;
    const { cached_tokens: cached } = fields(prompt_tokens_details);
    const { reasoning_tokens: reasoning } = fields(completion_tokens_details);
    this.#usage = {
      input: prompt_tokens,
      output: completion_tokens,
      ...(typeof cached === 'number' ? { cached } : {}),
      ...(typeof reasoning === 'number' ? { reasoning } : {}),
    };
  }
}

/** A text, or the texts of a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => textOf(fields(part)['text'])).join('');
}

function finishOf(reason: string, before: FinishReason | undefined): FinishReason {
  if (before === 'refusal' || /content_filter|safety|refusal/i.test(reason)) return 'refusal';
  if (/^(length|max_tokens|max_output_tokens)$/i.test(reason)) return 'length';
  return /^(stop|eos|eos_token|end_turn|stop_sequence)$/i.test(reason) ? 'stop' : 'unknown';
}

/** Names of the models that the endpoint offers, in its own order; none is an answer too. */
export async function listModels(
  options: Pick<OpenAiOptions, 'endpoint' | 'apiKey' | 'clock'>,
  signal: AbortSignal,
): Promise<string[]> {
  const { endpoint, apiKey, clock = systemClock } = options;
  const asked: Asked = { endpoint, apiKey, model: '' };
  const watch = new Watch(clock, signal);
  watch.wait(15_000);
  try {
    const response = await connect(options, watch.signal)
      .get('/models', { signal: watch.signal })
      .asResponse();
    return modelNames(JSON.parse(await wholeText(response, endpoint)), endpoint);
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled');
    if (watch.stalled) throw new AppError('endpoint_unreachable', where(endpoint));
    const explained = explain(error, asked, false);
    throw explained instanceof Refused ? explained.toAppError(asked, clock.now()) : explained;
  } finally {
    watch.close();
  }
}

function modelNames(body: unknown, endpoint: Endpoint): string[] {
  const { data, object, error } = fields(body);
  if (error) throw new Refused(readRefusal(undefined, body), JSON.stringify(body), undefined);
  // Ollama without a model says `null` for an empty list.
  if (data === null && object === 'list') return [];
  if (!Array.isArray(data)) throw notAModel(endpoint);
  return data.flatMap((model) => {
    const { id } = fields(model);
    return typeof id === 'string' ? [id] : [];
  });
}
