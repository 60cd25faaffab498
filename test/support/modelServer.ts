// A server on this machine that speaks as servers of models do, and fails as they do.
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client sends to `…/chat/completions`, or to Ollama's `/api/chat`. */
export interface ChatBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly strict?: boolean } };
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly reasoning_effort?: string;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly provider?: { readonly require_parameters?: boolean };
  readonly format?: unknown;
  readonly think?: unknown;
  readonly options?: { readonly num_ctx?: number; readonly num_predict?: number };
}

/** A request as it arrived, kept in the order of arrival. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** The body as text; '' when there is none. */
  readonly text: string;
  /** The body of a chat request; an empty one for anything else. */
  readonly chat: ChatBody;
  /** Settles when the exchange is over: `finished` by the server's end, `cut` when the client left before. */
  readonly closed: Promise<'finished' | 'cut'>;
}

/** How one request is answered. */
export type Behaviour = (received: Received, response: http.ServerResponse) => void | Promise<void>;

/** A text, or one made from what was asked. */
export type Text = string | ((received: Received) => string);

const SSE = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
const NO_CHAT: ChatBody = { model: '', messages: [] };

const textOf = (text: Text, received: Received) => (typeof text === 'string' ? text : text(received));
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function json(response: http.ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Writes one event in two pieces, cut where no character ends, as networks do. */
async function send(response: http.ServerResponse, data: unknown): Promise<void> {
  const bytes = Buffer.from(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  const cut = Math.floor(bytes.length / 2);
  response.write(bytes.subarray(0, cut));
  await pause(0);
  response.write(bytes.subarray(cut));
  await pause(0);
}

function chunk(delta: Readonly<Record<string, unknown>>, finish: string | null = null): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'test-model',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

async function sendText(response: http.ServerResponse, text: string, size: number, delayMs = 0) {
  if (!response.headersSent) response.writeHead(200, SSE);
  await send(response, chunk({ role: 'assistant', content: '' }));
  for (let i = 0; i < text.length && !response.destroyed; i += size) {
    await send(response, chunk({ content: text.slice(i, i + size) }));
    if (delayMs > 0) await pause(delayMs);
  }
}

async function finishStream(response: http.ServerResponse, reason: string): Promise<void> {
  await send(response, chunk({}, reason));
  await send(response, '[DONE]');
  response.end();
}

/** A streamed reply in small pieces, ended as it should be. */
export function replies(text: Text, { size = 40, delayMs = 0 } = {}): Behaviour {
  return async (received, response) => {
    await sendText(response, textOf(text, received), size, delayMs);
    await finishStream(response, 'stop');
  };
}

/** A streamed reply that ends for another reason: `length`, `content_filter`. */
export function finishes(text: Text, reason: string): Behaviour {
  return async (received, response) => {
    await sendText(response, textOf(text, received), 40);
    await finishStream(response, reason);
  };
}

/** The whole reply at once, for a request without a stream; `extra` goes beside the choices. */
export function repliesWhole(message: unknown, extra: object = {}, reason: unknown = 'stop'): Behaviour {
  return (_received, response) => {
    const choices = [{ index: 0, message, finish_reason: reason }];
    json(response, 200, { id: 'chatcmpl-1', object: 'chat.completion', choices, ...extra });
  };
}

/** A stream of these chunks, whatever they are, then `[DONE]`. */
export function streams(...chunks: readonly unknown[]): Behaviour {
  return async (_received, response) => {
    response.writeHead(200, SSE);
    for (const data of chunks) await send(response, data);
    await send(response, '[DONE]');
    response.end();
  };
}

/** One chunk of a stream. */
export { chunk };

/** A status of 200 and a body as it is: lines of JSON, or anything else. */
export function servesText(text: string, type = 'application/x-ndjson'): Behaviour {
  return (_received, response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(text);
  };
}

/** The refusal channel of newer models. */
export function refuses(words: string): Behaviour {
  return async (_received, response) => {
    response.writeHead(200, SSE);
    await send(response, chunk({ refusal: words }));
    await finishStream(response, 'stop');
  };
}

/** A first chunk without choices (filter results), then a reply. */
export function startsWithoutChoices(text: Text): Behaviour {
  return async (received, response) => {
    response.writeHead(200, SSE);
    await send(response, { id: '', object: '', choices: [], prompt_filter_results: [] });
    await sendText(response, textOf(text, received), 40);
    await finishStream(response, 'stop');
  };
}

/** An error status with a body: an object as JSON, a string as it is. */
export function fails(status: number, body: unknown, headers: Record<string, string> = {}): Behaviour {
  return (_received, response) => {
    if (typeof body !== 'string') return json(response, status, body, headers);
    response.writeHead(status, { 'content-type': 'text/plain', ...headers });
    response.end(body);
  };
}

/** The error body of OpenAI's own API. */
export function apiError(message: string, code: string | null = null, param: string | null = null): object {
  return { error: { message, type: 'error', code, param } };
}

/** A web page where a model was expected. */
export function servesHtml(): Behaviour {
  return (_received, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html>\n<html><body><h1>Welcome to nginx</h1>\n</body></html>\n');
  };
}

/** A status of 200, then an error where a chunk should be; `text` comes before it. */
export function failsInStream(message: string, text = ''): Behaviour {
  return async (_received, response) => {
    response.writeHead(200, SSE);
    if (text !== '') await sendText(response, text, 40);
    await send(response, { error: { message, code: 502 } });
    response.end();
  };
}

/** Begins, then says nothing more and keeps the connection. */
export function stalls(text = 'a beginning'): Behaviour {
  return (_received, response) => sendText(response, text, 40);
}

/** Takes the request and never answers, not even with headers. */
export function staysSilent(): Behaviour {
  return () => undefined;
}

/** Breaks the connection off in the middle of the reply. */
export function breaksOff(text = 'a beginning'): Behaviour {
  return async (_received, response) => {
    await sendText(response, text, 40);
    response.destroy();
  };
}

/** Ends the stream in good order, but without a reason and without `[DONE]`. */
export function endsWithoutReason(text: Text): Behaviour {
  return async (received, response) => {
    await sendText(response, textOf(text, received), 40);
    response.end();
  };
}

/** Sends the client elsewhere. */
export function redirects(to: string): Behaviour {
  return (_received, response) => {
    response.writeHead(307, { location: to });
    response.end();
  };
}

/** Refuses any reply format, as servers do that do not know it, then behaves. */
export function refusesFormat(then: Behaviour, message = "'response_format.type' must be 'text'"): Behaviour {
  return (received, response) =>
    received.chat.response_format ? json(response, 400, { error: message }) : then(received, response);
}

/** The names that `GET …/models` lists. */
export function lists(...names: readonly string[]): Behaviour {
  return (_received, response) =>
    json(response, 200, { object: 'list', data: names.map((id) => ({ id, object: 'model' })) });
}

function isChatPath(path: string): boolean {
  const route = path.split('?')[0] ?? '';
  return route.endsWith('/chat/completions') || route === '/api/chat';
}

/** The server itself: answers chat requests by its script, the last behaviour again and again. */
export class ModelServer {
  /** Every request, in the order of arrival. */
  readonly requests: Received[] = [];
  /** How `GET …/models` is answered. */
  models: Behaviour = lists('test-model');
  /** Other routes, by path. */
  routes: Readonly<Record<string, Behaviour>> = {};
  readonly #server: http.Server;
  #script: Behaviour[] = [];

  private constructor() {
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  static async start(...script: readonly Behaviour[]): Promise<ModelServer> {
    const server = new ModelServer();
    server.answer(...script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get baseUrl(): string {
    return `${this.origin}/v1`;
  }

  /** The chat requests alone. */
  get chats(): Received[] {
    return this.requests.filter(({ path }) => isChatPath(path));
  }

  /** Replaces the script; each chat request takes one behaviour, the last one stays. */
  answer(...script: readonly Behaviour[]): void {
    this.#script = [...script];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #next(): Behaviour | undefined {
    return this.#script.length > 1 ? this.#script.shift() : this.#script[0];
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const closed = new Promise<'finished' | 'cut'>((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'finished' : 'cut'));
    });
    response.on('error', () => undefined);
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += String(part);
    const path = request.url ?? '';
    const isChat = isChatPath(path);
    const chat = isChat ? (JSON.parse(text) as ChatBody) : NO_CHAT;
    const { method = '', headers } = request;
    const received: Received = { method, path, headers, text, chat, closed };
    this.requests.push(received);
    const behaviour = isChat ? this.#next() : path.endsWith('/models') ? this.models : this.routes[path];
    if (behaviour) await behaviour(received, response);
    else json(response, 404, apiError(`no such route: ${path}`));
  }
}
