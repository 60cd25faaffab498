import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the server received it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
  /** Becomes true when the client hangs up before the reply has ended. */
  aborted: boolean;
}

export type Behaviour = (response: http.ServerResponse, request: Received) => void | Promise<void>;

export interface ModelServer {
  /** Base URL, with /v1. */
  readonly url: string;
  readonly requests: Received[];
  /** Replies to come, one per request; the last one is repeated. Forgets earlier replies and requests. */
  script(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

/** A real HTTP server on this machine that speaks streamed chat completions, with their real failures. */
export async function startModelServer(): Promise<ModelServer> {
  const requests: Received[] = [];
  let behaviours: Behaviour[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const text = Buffer.concat(chunks).toString('utf8');
      const body = (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
      const received: Received = { method, url, headers, body, aborted: false };
      requests.push(received);
      response.on('close', () => {
        received.aborted = !response.writableEnded;
      });
      const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
      if (behaviour) void behaviour(response, received);
      else response.writeHead(500).end('nothing scripted');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    script(...next) {
      behaviours = next;
      requests.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** One streamed chunk. */
export function chunk(delta: object, finish: string | null = null): object {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'test',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

export function openStream(response: http.ServerResponse): (data: object | string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  return (data) => response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

/** A whole reply, a few characters at a time, with the finish reason at its end. */
export function streamed(
  text: string,
  { finish = 'stop', size = 24 }: { finish?: string; size?: number } = {},
): Behaviour {
  return (response) => {
    const send = openStream(response);
    for (let at = 0; at < text.length; at += size) send(chunk({ content: text.slice(at, at + size) }));
    send(chunk({}, finish));
    send('[DONE]');
    response.end();
  };
}

/** A plain refusal: a status and a body. */
export function status(
  code: number,
  body: object | string,
  headers: Readonly<Record<string, string>> = {},
): Behaviour {
  return (response) => {
    const isText = typeof body === 'string';
    response.writeHead(code, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** The first words, then silence. */
export function stalled(text: string): Behaviour {
  return (response) => {
    openStream(response)(chunk({ content: text }));
  };
}

/** The first words, then the connection is cut. */
export function cut(text: string): Behaviour {
  return (response) => {
    openStream(response)(chunk({ content: text }));
    setTimeout(() => response.destroy(), 20);
  };
}
