import * as vscode from 'vscode';
import { systemClock } from '../adapters/models/clock.ts';
import { WATCHDOG, type Watchdog } from '../adapters/models/watchdog.ts';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { Clock, ModelClient, ModelEvent, ModelRequest } from '../core/ports.ts';

const TOOL = 'report_verdicts';

/** Failures of the editor itself, before a provider has seen the request. */
const NEVER_LEFT: readonly ErrorCode[] = ['model_consent', 'provider_model_missing'];

/**
 * One of the editor's own models. It has no JSON mode and no system role, so it is asked to call one private
 * tool; models that answer in words all the same are read as text.
 */
export function createEditorClient(
  chat: vscode.LanguageModelChat,
  clock: Clock = systemClock,
  watchdog: Watchdog = WATCHDOG.remote,
): ModelClient {
  const destination = `vscode:${chat.vendor}`;
  // Learnt from a refusal and kept for this client's life.
  let takesTools = true;

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const source = new vscode.CancellationTokenSource();
    const onAbort = () => source.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) source.cancel();
    try {
      const messages = request.messages.map(({ text }) => vscode.LanguageModelChatMessage.User(text));
      await checkLength(chat, messages, source.token, signal);
      for (;;) {
        const tools = takesTools && request.schema ? [toolFor(request.schema)] : [];
        let hasSpoken = false;
        try {
          for await (const event of attempt(request, messages, tools, source.token, signal)) {
            hasSpoken ||= event.type !== 'sent';
            yield event;
          }
          return;
        } catch (error) {
          if (hasSpoken || tools.length === 0 || !refusesTools(error)) throw error;
          takesTools = false;
        }
      }
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled');
      throw toAppError(error, chat);
    } finally {
      signal.removeEventListener('abort', onAbort);
      source.cancel();
      source.dispose();
    }
  }

  async function* attempt(
    request: ModelRequest,
    messages: vscode.LanguageModelChatMessage[],
    tools: vscode.LanguageModelChatTool[],
    token: vscode.CancellationToken,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent> {
    const sent: ModelEvent = {
      type: 'sent',
      url: `${destination}/${chat.id}`,
      body: JSON.stringify({
        messages: request.messages.map(({ text }) => ({ role: 'user', content: text })),
        ...(tools.length > 0 ? { tools } : {}),
      }),
    };
    const options: vscode.LanguageModelChatRequestOptions = {
      justification: 'Canari',
      ...(tools.length > 0 ? { tools, toolMode: vscode.LanguageModelChatToolMode.Required } : {}),
    };
    let response: vscode.LanguageModelChatResponse;
    try {
      // The consent dialog waits for a person: the clock starts with the answer.
      response = await orAbort(Promise.resolve(chat.sendRequest(messages, options, token)), signal);
    } catch (error) {
      if (!signal.aborted && !NEVER_LEFT.includes(codeOf(error))) yield sent;
      throw error;
    }
    yield sent;
    const parts = response.stream[Symbol.asyncIterator]();
    let limit = watchdog.firstToken;
    for (;;) {
      const next = await within(parts.next(), limit, signal);
      if (next.done) break;
      limit = watchdog.idle;
      if (next.value instanceof vscode.LanguageModelTextPart) yield { type: 'text', text: next.value.value };
      else if (next.value instanceof vscode.LanguageModelToolCallPart)
        yield { type: 'object', value: next.value.input };
    }
    if (signal.aborted) throw new AppError('cancelled');
    yield { type: 'end', finish: 'stop' };
  }

  /** A provider that falls silent must not keep the candidate waiting for ever. */
  async function within<T>(work: Promise<T>, milliseconds: number, signal: AbortSignal): Promise<T> {
    let callOff: () => void = () => undefined;
    const limit = new Promise<never>((_, reject) => {
      callOff = clock.after(milliseconds, () => reject(new AppError('reply_stalled', { url: destination })));
    });
    try {
      return await orAbort(Promise.race([work, limit]), signal);
    } finally {
      callOff();
    }
  }

  return { model: chat.name, destination, contextTokens: chat.maxInputTokens, stream };
}

function toolFor(schema: object): vscode.LanguageModelChatTool {
  return { name: TOOL, description: 'Reports the verdict of every point.', inputSchema: schema };
}

/** @throws prompt_too_long, where the provider can count and the messages do not fit. */
async function checkLength(
  chat: vscode.LanguageModelChat,
  messages: vscode.LanguageModelChatMessage[],
  token: vscode.CancellationToken,
  signal: AbortSignal,
): Promise<void> {
  let length = 0;
  try {
    for (const message of messages)
      length += await orAbort(Promise.resolve(chat.countTokens(message, token)), signal);
  } catch (error) {
    // Not every provider can count; the model itself will say when it is too much.
    if (signal.aborted) throw error;
    return;
  }
  if (length <= chat.maxInputTokens) return;
  throw new AppError('prompt_too_long', {
    model: chat.name,
    needed: String(length),
    limit: String(chat.maxInputTokens),
  });
}

/** No provider may outlive a cancel. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AppError('cancelled'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** An error's own words and those of its causes: the editor hides the provider's error in there. */
function wordsOf(error: unknown, depth = 4): string {
  if (!(error instanceof Error) || depth === 0) return typeof error === 'string' ? error : '';
  // A name of its own, such as `ChatRateLimited`, says more than the message does.
  const name = /^(Error|LanguageModelError)$/.test(error.name) ? '' : error.name;
  return `${name} ${error.message} ${wordsOf(error.cause, depth - 1)}`.trim();
}

function refusesTools(error: unknown): boolean {
  const words = wordsOf(error);
  return (
    /\btool(s|_choice| ?mode)?\b|function.?call/i.test(words) &&
    /support|not (available|allowed)/i.test(words)
  );
}

function codeOf(error: unknown): ErrorCode {
  const words = wordsOf(error);
  if (error instanceof vscode.LanguageModelError) {
    if (error.code === vscode.LanguageModelError.NoPermissions.name) return 'model_consent';
    if (error.code === vscode.LanguageModelError.NotFound.name) return 'provider_model_missing';
  }
  if (/rate.?limit|too many requests|\b429\b/i.test(words)) return 'provider_rate_limited';
  if (error instanceof vscode.LanguageModelError && error.code === vscode.LanguageModelError.Blocked.name)
    return 'provider_quota';
  if (/quota/i.test(words)) return 'provider_quota';
  if (/contained no choices/i.test(words)) return 'reply_empty';
  return 'provider_failed';
}

function toAppError(error: unknown, chat: vscode.LanguageModelChat): Error {
  if (error instanceof AppError) return error;
  const detail = (wordsOf(error) || String(error)).replace(/\s+/g, ' ').slice(0, 300);
  return new AppError(codeOf(error), { model: chat.name, url: `vscode:${chat.vendor}`, detail }, error);
}
