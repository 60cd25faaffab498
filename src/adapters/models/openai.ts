import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { AppError, type ErrorCode, isAppError } from '../../core/errors.ts';
import type { FinishReason, ModelClient, ModelEvent, ModelRequest } from '../../core/ports.ts';
import type { Endpoint } from './endpoint.ts';
import { WATCHDOG, type Watchdog } from './watchdog.ts';

export interface OpenAiOptions {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** Absent for servers on this machine that need none. */
  readonly apiKey: string | undefined;
  readonly watchdog?: Watchdog;
}

type Format = NonNullable<ChatCompletionCreateParamsStreaming['response_format']>;

// What a server needs to know of a request, beside the key.
const HEADERS = ['accept', 'content-type', 'user-agent'] as const;

function connect({ endpoint, apiKey = 'none' }: Pick<OpenAiOptions, 'endpoint' | 'apiKey'>): OpenAI {
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    apiKey,
    // The SDK would send these from the environment to any server.
    organization: null,
    project: null,
    // And these: OPENAI_CUSTOM_HEADERS, which may replace the key, and headers that describe this machine.
    fetch: (url, init) => {
      const given = new Headers(init?.headers);
      const headers = new Headers({ authorization: `Bearer ${apiKey}` });
      for (const name of HEADERS) headers.set(name, given.get(name) ?? '');
      return fetch(url, { ...init, headers });
    },
    // Retries are ours to show; a redirect could carry the answer elsewhere.
    maxRetries: 0,
    fetchOptions: { redirect: 'error' },
    logLevel: 'off',
  });
}

/** The ladder of reply formats: the strictest that the server has not refused. */
function formats(request: ModelRequest): (Format | undefined)[] {
  const schema = { name: 'grade', strict: true, schema: request.schema as Record<string, unknown> };
  return [{ type: 'json_schema', json_schema: schema }, undefined];
}

/** A model behind an OpenAI-compatible endpoint (chat completions, streamed). */
export function createOpenAiClient(options: OpenAiOptions): ModelClient {
  const { endpoint, model } = options;
  const client = connect(options);
  const watchdog = options.watchdog ?? WATCHDOG[endpoint.isLocal ? 'local' : 'remote'];
  // Learnt from a refusal and kept for this client's life.
  let refusedFormats = 0;

  async function open(request: ModelRequest, signal: AbortSignal) {
    for (;;) {
      const format = formats(request)[refusedFormats];
      try {
        return await client.chat.completions.create(
          {
            model,
            stream: true,
            messages: request.messages.map(({ role, text }) => ({ role, content: text })),
            ...(format ? { response_format: format } : {}),
          },
          { signal },
        );
      } catch (error) {
        const refused = error instanceof APIError && (error.status === 400 || error.status === 422);
        if (!refused || format === undefined || !aboutFormat(error)) throw error;
        refusedFormats += 1;
      }
    }
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const abort = new AbortController();
    const onAbort = () => abort.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) abort.abort();
    let stalled = false;
    let timer: NodeJS.Timeout | undefined;
    const wait = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        abort.abort();
      }, milliseconds);
    };
    let finish: FinishReason | undefined;
    let seen = false;
    try {
      wait(watchdog.firstToken);
      for await (const chunk of await open(request, abort.signal)) {
        wait(watchdog.idle);
        seen = true;
        // Servers send other things where a chunk should be.
        if (typeof chunk !== 'object' || chunk === null)
          throw new AppError('endpoint_not_a_model', where(endpoint));
        const choice = chunk.choices?.[0];
        if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
        if (choice?.delta?.refusal) finish = 'refusal';
        if (choice?.finish_reason) finish = finishOf(choice.finish_reason, finish);
      }
      // After an abort the SDK's stream just ends, and a cut connection looks the same.
      if (signal.aborted) throw new AppError('cancelled');
      if (stalled) throw new AppError('reply_stalled', where(endpoint));
      if (!seen) throw new AppError('endpoint_not_a_model', where(endpoint));
      yield finish ? { type: 'end', finish } : { type: 'end', finish: 'length' };
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled');
      if (stalled) throw new AppError('reply_stalled', where(endpoint));
      throw toAppError(error, options, seen);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      abort.abort();
    }
  }
  return { model, destination: endpoint.origin, stream };
}

/** Names of the models that the endpoint offers, in its own order. */
export async function listModels(
  options: Pick<OpenAiOptions, 'endpoint' | 'apiKey'>,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const page = await connect(options).models.list({ signal, timeout: 15_000 });
    const names = (page.data ?? []).flatMap((model) => (typeof model?.id === 'string' ? [model.id] : []));
    if (names.length === 0) throw new AppError('endpoint_not_a_model', where(options.endpoint));
    return names;
  } catch (error) {
    if (signal.aborted) throw new AppError('cancelled');
    throw toAppError(error, { ...options, model: '' }, false);
  }
}

function finishOf(reason: string, before: FinishReason | undefined): FinishReason {
  if (before === 'refusal' || reason === 'content_filter') return 'refusal';
  if (reason === 'length') return 'length';
  return reason === 'stop' ? 'stop' : 'unknown';
}

function aboutFormat(error: APIError): boolean {
  return /response_format|json_schema|schema|grammar|structured/i.test(
    `${error.param ?? ''} ${messageOf(error)}`,
  );
}

function where(endpoint: Endpoint): { url: string } {
  return { url: endpoint.origin };
}

/** A server's own words, short, on one line; the key, which some servers repeat, is taken out. */
function messageOf(error: unknown, apiKey?: string): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  const safe = apiKey ? message.replaceAll(apiKey, '…') : message;
  return safe.replace(/\s+/g, ' ').slice(0, 300);
}

function toAppError(
  error: unknown,
  { endpoint, model, apiKey }: Omit<OpenAiOptions, 'watchdog'>,
  answered: boolean,
): AppError {
  if (isAppError(error)) return error;
  const params = { ...where(endpoint), model, detail: messageOf(error, apiKey) };
  const cause = error instanceof Error && error.message.includes(apiKey ?? '\0') ? undefined : error;
  return new AppError(codeOf(error, answered), params, cause);
}

function codeOf(error: unknown, answered: boolean): ErrorCode {
  if (error instanceof APIConnectionError) return 'endpoint_unreachable';
  if (error instanceof APIError) {
    const { status, code } = error;
    if (status === 401 || status === 403) return 'provider_auth';
    if (status === 404) return 'provider_model_missing';
    if (status === 429) return code === 'insufficient_quota' ? 'provider_quota' : 'provider_rate_limited';
    // Without a status, it was an error where a chunk of the stream should have been.
    return status === undefined || status >= 500 ? 'provider_failed' : 'provider_rejected';
  }
  // A stream that breaks off after its start is a cut reply; before it, there was no model to talk to.
  if (answered) return 'reply_truncated';
  return error instanceof SyntaxError ? 'endpoint_not_a_model' : 'endpoint_unreachable';
}
