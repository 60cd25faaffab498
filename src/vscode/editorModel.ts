import * as vscode from 'vscode';
import { WATCHDOG, type Watchdog } from '../adapters/models/watchdog.ts';
import { AppError } from '../core/errors.ts';
import type { ModelClient, ModelEvent, ModelRequest } from '../core/ports.ts';

const TOOL = 'report_verdicts';

/**
 * One of the editor's own models. It has no JSON mode and no system role, so it is asked to call one private
 * tool; models that answer in words all the same are read as text.
 */
export function createEditorClient(
  chat: vscode.LanguageModelChat,
  watchdog: Watchdog = WATCHDOG.remote,
): ModelClient {
  const destination = `vscode:${chat.vendor}`;

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const source = new vscode.CancellationTokenSource();
    const onAbort = () => source.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) source.cancel();
    try {
      const messages = request.messages.map(({ text }) => vscode.LanguageModelChatMessage.User(text));
      const length = await count(chat, messages, source.token);
      if (length > chat.maxInputTokens) {
        throw new AppError('prompt_too_long', {
          model: chat.name,
          needed: String(length),
          limit: String(chat.maxInputTokens),
        });
      }
      // The consent dialog waits for a person: the clock starts with the answer.
      const response = await chat.sendRequest(
        messages,
        {
          justification: 'Canari',
          tools: [
            { name: TOOL, description: 'Reports the verdict of every point.', inputSchema: request.schema },
          ],
          toolMode: vscode.LanguageModelChatToolMode.Required,
        },
        source.token,
      );
      const parts = response.stream[Symbol.asyncIterator]();
      let limit = watchdog.firstToken;
      for (;;) {
        const next = await within(parts.next(), limit, signal, destination);
        if (next.done) break;
        limit = watchdog.idle;
        if (next.value instanceof vscode.LanguageModelTextPart)
          yield { type: 'text', text: next.value.value };
        else if (next.value instanceof vscode.LanguageModelToolCallPart)
          yield { type: 'object', value: next.value.input };
      }
      if (signal.aborted) throw new AppError('cancelled');
      yield { type: 'end', finish: 'stop' };
    } catch (error) {
      if (signal.aborted) throw new AppError('cancelled');
      throw toAppError(error, chat);
    } finally {
      signal.removeEventListener('abort', onAbort);
      source.cancel();
      source.dispose();
    }
  }
  return { model: chat.name, destination, stream };
}

async function count(
  chat: vscode.LanguageModelChat,
  messages: vscode.LanguageModelChatMessage[],
  token: vscode.CancellationToken,
): Promise<number> {
  let sum = 0;
  for (const message of messages) sum += await chat.countTokens(message, token);
  return sum;
}

/** A provider that falls silent must not keep the candidate waiting for ever, nor outlive a cancel. */
async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  signal: AbortSignal,
  url: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('reply_stalled', { url })), milliseconds);
    onAbort = () => reject(new AppError('cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

function toAppError(error: unknown, chat: vscode.LanguageModelChat): Error {
  if (error instanceof AppError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const params = { model: chat.name, url: `vscode:${chat.vendor}`, detail: detail.slice(0, 300) };
  if (error instanceof vscode.LanguageModelError) {
    if (error.code === vscode.LanguageModelError.NoPermissions.name)
      return new AppError('model_consent', params, error);
    if (error.code === vscode.LanguageModelError.Blocked.name)
      return new AppError('provider_quota', params, error);
    if (error.code === vscode.LanguageModelError.NotFound.name)
      return new AppError('provider_model_missing', params, error);
  }
  return new AppError('provider_failed', params, error);
}
