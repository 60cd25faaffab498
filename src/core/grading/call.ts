import { AppError, asAppError, type ErrorCode } from '../errors.ts';
import type { Clock, Failure, FinishReason, ModelClient, ModelRequest, Usage } from '../ports.ts';
import type { Exchange, Purpose } from './trace.ts';

/** What one grade's calls share: the model, the time they may take together, and who is told. */
export interface Line {
  readonly client: ModelClient;
  readonly clock: Clock;
  /** Aborted by the candidate or when the time is up. */
  readonly signal: AbortSignal;
  readonly onWaiting: (until: number, failure: Failure) => void;
  readonly onExchange: (exchange: Exchange) => void;
}

/** What came back from one call that was not refused. */
export interface Heard {
  readonly text: string;
  readonly reasoning: string;
  /** A reply that came as a value at once. */
  readonly object: unknown;
  readonly finish: FinishReason;
  readonly usage: Usage | undefined;
  /** The stream broke off or fell silent after it had begun, or ended without a reply in it. */
  readonly brokenOff: Failure | undefined;
}

// What passes by itself. A quota, a refused key or a refused request do not.
const PASSING: readonly ErrorCode[] = ['endpoint_unreachable', 'provider_rate_limited', 'provider_failed'];

/** Milliseconds before the second and the third try, when the server names no time. */
const PAUSES = [1_000, 4_000] as const;

/** The longest that a candidate is kept waiting for a server that says when to come back. */
const LONGEST_PAUSE = 60_000;

/**
 * One call of the model, tried up to three times while the failure is one that passes; the waiting is told,
 * so that it can be shown.
 * @throws the last failure, at once when it is not one that passes or when the server asks for over a minute
 */
export async function call(
  line: Line,
  request: ModelRequest,
  purpose: Purpose,
  onText: (piece: string) => void,
): Promise<Heard> {
  for (let tries = 0; ; tries++) {
    try {
      return await once(line, request, purpose, onText);
    } catch (error) {
      const { code, params } = asAppError(error);
      const named = params['retryAfter'] === undefined ? undefined : Number(params['retryAfter']) * 1000;
      const pause = named !== undefined && Number.isFinite(named) && named >= 0 ? named : PAUSES[tries];
      if (!PASSING.includes(code) || tries >= PAUSES.length || pause === undefined || pause > LONGEST_PAUSE)
        throw error;
      line.onWaiting(line.clock.now() + pause, { code, params });
      await sleep(line, pause);
    }
  }
}

async function once(
  { client, clock, signal, onExchange }: Line,
  request: ModelRequest,
  purpose: Purpose,
  onText: (piece: string) => void,
): Promise<Heard> {
  if (signal.aborted) throw new AppError('cancelled');
  const startedAt = clock.now();
  const sent: { url: string; body: string }[] = [];
  let [text, reasoning] = ['', ''];
  let object: unknown;
  let usage: Usage | undefined;
  let finish: FinishReason | undefined;
  let failure: Failure | undefined;
  try {
    for await (const event of client.stream(request, signal)) {
      if (event.type === 'sent') sent.push({ url: event.url, body: event.body });
      else if (event.type === 'text') {
        text += event.text;
        onText(event.text);
      } else if (event.type === 'reasoning') reasoning += event.text;
      else if (event.type === 'object') object = event.value;
      else if (event.type === 'usage') usage = event.usage;
      else finish = event.finish;
    }
    if (signal.aborted) throw new AppError('cancelled');
    if (finish === undefined) throw new AppError('reply_truncated', { characters: String(text.length) });
  } catch (error) {
    // Whatever a client throws once it was told to stop: it was told to stop.
    const { code, params } = signal.aborted ? new AppError('cancelled') : asAppError(error);
    failure = { code, params };
    const hasBegun = text !== '' || reasoning !== '' || object !== undefined;
    const isBroken = code === 'reply_truncated' || code === 'reply_stalled';
    // A reply without any words is one all the same: it is asked for again as others are.
    const isEmpty = code === 'reply_empty';
    if (signal.aborted) throw new AppError('cancelled', {}, error);
    if (!(isEmpty || (isBroken && (hasBegun || !request.whole)))) throw error;
  } finally {
    const received = object === undefined ? text : text + JSON.stringify(object);
    onExchange({
      purpose,
      startedAt,
      milliseconds: clock.now() - startedAt,
      sent,
      received,
      ...(reasoning === '' ? {} : { reasoning }),
      ...(finish ? { finish } : {}),
      ...(usage ? { usage } : {}),
      ...(failure ? { failure } : {}),
    });
  }
  return { text, reasoning, object, finish: finish ?? 'unknown', usage, brokenOff: failure };
}

function sleep({ clock, signal }: Line, milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      callOff();
      reject(new AppError('cancelled'));
    };
    const callOff = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
