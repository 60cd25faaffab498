import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { AppError, isAppError } from '../../core/errors.ts';
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

function connect({ endpoint, apiKey }: Pick<OpenAiOptions, 'endpoint' | 'apiKey'>): OpenAI {
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    apiKey: apiKey ?? 'none',
    // The SDK would send these from the environment to any server.
    organization: null,
    project: null,
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
        // Servers send an error, or a string of HTML, where a chunk should be.
        if (typeof chunk !== 'object' || chunk === null)
          throw new AppError('endpoint_not_a_model', where(endpoint));
        if ('error' in chunk)
          throw new AppError('provider_failed', { ...where(endpoint), detail: messageOf(chunk.error) });
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
      throw toAppError(error, endpoint, model, seen);
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
    throw toAppError(error, options.endpoint, '', false);
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

/** A server's own words, short, on one line. */
function messageOf(error: unknown): string {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return message.replace(/\s+/g, ' ').slice(0, 300);
}

function toAppError(error: unknown, endpoint: Endpoint, model: string, answered: boolean): AppError {
  if (isAppError(error)) return error;
  const params = { ...where(endpoint), model, detail: messageOf(error) };
  if (error instanceof APIConnectionError) return new AppError('endpoint_unreachable', params, error);
  if (error instanceof APIError && error.status !== undefined) {
    const { status, code } = error;
    if (status === 401 || status === 403) return new AppError('provider_auth', params, error);
    if (status === 404) return new AppError('provider_model_missing', params, error);
    if (status === 429 && code === 'insufficient_quota') return new AppError('provider_quota', params, error);
    if (status === 429) return new AppError('provider_rate_limited', params, error);
    if (status >= 500) return new AppError('provider_failed', params, error);
    return new AppError('provider_rejected', params, error);
  }
  // A stream that breaks off after its start is a cut reply; before it, there was no model to talk to.
  if (answered) return new AppError('reply_truncated', { ...params, characters: '0' }, error);
  if (error instanceof SyntaxError) return new AppError('endpoint_not_a_model', params, error);
  return new AppError('endpoint_unreachable', params, error);
}
