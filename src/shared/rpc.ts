import type {
  FromPanel,
  Handlers,
  HostEvents,
  PanelEvents,
  PanelRequests,
  RequestName,
  ToPanel,
  WireError,
} from './protocol.ts';

function isMessage(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Requests the panel makes; each settles, by a reply, by `dispose`, or by the time limit. */
export class PanelClient {
  readonly #post: (message: FromPanel) => void;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #next = 1;

  constructor(post: (message: FromPanel) => void, timeoutMs = 30_000) {
    this.#post = post;
    this.#timeoutMs = timeoutMs;
  }

  request<Name extends RequestName>(
    type: Name,
    params: PanelRequests[Name]['params'],
  ): Promise<PanelRequests[Name]['result']> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#settle(id)?.reject(new Error(`${type}: no reply`)),
        this.#timeoutMs,
      );
      this.#pending.set(id, {
        resolve: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#post({ kind: 'request', id, type, params });
    });
  }

  tell<Name extends keyof PanelEvents>(type: Name, data: PanelEvents[Name]): void {
    this.#post({ kind: 'event', type, data });
  }

  /** Takes a message of the host; true when it was a reply to one of our requests. */
  receive(message: unknown): boolean {
    if (!isMessage(message) || message['kind'] !== 'reply' || typeof message['id'] !== 'number') return false;
    const pending = this.#settle(message['id']);
    const error = message['error'] as WireError | undefined;
    if (error) pending?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else pending?.resolve(message['result'] as never);
    return true;
  }

  dispose(): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new Error('disposed'));
  }

  #settle(id: number) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

export interface HostSide {
  readonly handlers: Handlers;
  readonly onEvent: <Name extends keyof PanelEvents>(type: Name, data: PanelEvents[Name]) => void;
  readonly toError: (thrown: unknown) => WireError;
}

const EVENTS: Readonly<Record<keyof PanelEvents, true>> = { ready: true, 'link/open': true, crash: true };

/** Answers one message of the panel. A handler that throws, or a request nobody knows, becomes an error reply. */
export async function serve(
  message: unknown,
  side: HostSide,
  post: (message: ToPanel) => void,
): Promise<void> {
  if (!isMessage(message)) return;
  const { kind, type, id, params, data } = message;
  if (kind === 'event' && typeof type === 'string' && Object.hasOwn(EVENTS, type)) {
    side.onEvent(type as keyof PanelEvents, data as never);
    return;
  }
  if (kind !== 'request' || typeof id !== 'number') return;
  if (typeof type !== 'string' || !Object.hasOwn(side.handlers, type)) {
    post({
      kind: 'reply',
      id,
      error: { code: 'invalid_input', message: `unknown request: ${String(type)}` },
    });
    return;
  }
  let reply: ToPanel;
  try {
    const handler = side.handlers[type as RequestName] as (params: unknown) => Promise<unknown>;
    reply = { kind: 'reply', id, result: await handler(params) };
  } catch (error) {
    reply = { kind: 'reply', id, error: side.toError(error) };
  }
  // Outside the `try`: a panel that is gone is no failure of the handler.
  post(reply);
}

export function hostEvent<Name extends keyof HostEvents>(type: Name, data: HostEvents[Name]): ToPanel {
  return { kind: 'event', type, data };
}
