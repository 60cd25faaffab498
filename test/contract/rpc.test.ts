import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AppError, asAppError } from '../../src/core/errors.ts';
import type { Handlers, RequestName, ToPanel } from '../../src/shared/protocol.ts';
import { type HostSide, hostEvent, PanelClient, serve } from '../../src/shared/rpc.ts';

const DONE = async () => null;
const HANDLERS: Handlers = {
  'grade/cancel': DONE,
  'ticks/save': DONE,
  'place/open': DONE,
  'finding/open': DONE,
  'step/take': DONE,
  'entry/open': DONE,
  'speak/reveal': DONE,
  'speak/save': DONE,
  'speak/skip': DONE,
  'history/compare': DONE,
  'note/save': DONE,
  'command/run': DONE,
};

/** What crosses the border between the two: JSON, and nothing else. */
function overTheWire<T>(message: T): T {
  const text = JSON.stringify(message);
  assert.deepEqual(JSON.parse(text), message, 'a message survives the way as it is');
  return JSON.parse(text) as T;
}

interface Joined {
  readonly client: PanelClient;
  readonly events: readonly (readonly [string, unknown])[];
  readonly replies: readonly ToPanel[];
}

/** A panel and a host, joined; `deliver` may hold replies back. */
function join(
  handlers: Partial<Handlers>,
  { timeoutMs = 5_000, deliver = (send: () => void) => send() } = {},
): Joined {
  const events: [string, unknown][] = [];
  const replies: ToPanel[] = [];
  const side: HostSide = {
    handlers: { ...HANDLERS, ...handlers },
    onEvent: (type, data) => events.push([type, data]),
    toError: (thrown) => ({ code: asAppError(thrown).code, message: `told: ${asAppError(thrown).code}` }),
  };
  const client = new PanelClient((message) => {
    void serve(overTheWire(message), side, (reply) => {
      replies.push(reply);
      deliver(() => client.receive(overTheWire(reply)));
    });
  }, timeoutMs);
  return { client, events, replies };
}

const rejects = (promise: Promise<unknown>, code: string | undefined, message: RegExp) =>
  assert.rejects(promise, (error: Error & { code?: string }) => {
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });

describe('a request of the panel', () => {
  it('reaches its handler with its parameters, and brings the result back', async () => {
    const seen: unknown[] = [];
    const { client } = join({
      'ticks/save': async (params) => {
        seen.push(params);
        return null;
      },
    });
    assert.equal(await client.request('ticks/save', { attempt: 'a1', met: ['x', 'é\u202e"'] }), null);
    assert.deepEqual(seen, [{ attempt: 'a1', met: ['x', 'é\u202e"'] }]);
  });

  it('gets its own reply, whatever the order in which replies come', async () => {
    const held: (() => void)[] = [];
    const order: string[] = [];
    const { client } = join(
      {
        'entry/open': async ({ id }) => {
          order.push(id);
          return id as unknown as null;
        },
      },
      { deliver: (send) => held.push(send) },
    );
    const results = Promise.all(['a', 'b', 'c'].map((id) => client.request('entry/open', { id })));
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const send of held.reverse()) send();
    assert.deepEqual(await results, ['a', 'b', 'c']);
    assert.deepEqual(order, ['a', 'b', 'c']);
  });

  it('fails with the code of what its handler threw', async () => {
    const { client } = join({
      'step/take': async () => {
        throw new AppError('practice_folder_foreign', { path: '/home' });
      },
      'place/open': () => {
        throw new TypeError('at once');
      },
    });
    await rejects(client.request('step/take', { index: 0 }), 'practice_folder_foreign', /^told: practice/);
    await rejects(
      client.request('place/open', { file: '', start: 0, end: 1 }),
      'internal',
      /^told: internal/,
    );
    assert.equal(await client.request('grade/cancel', {}), null, 'the next one works');
  });

  for (const name of ['grade/run', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '']) {
    it(`that nobody knows ("${name}") is refused, not left open`, async () => {
      const { client } = join({});
      await rejects(client.request(name as RequestName, {} as never), 'invalid_input', /unknown request/);
    });
  }

  it('fails when no reply comes in time', async () => {
    const { client } = join({ 'grade/cancel': () => new Promise(() => undefined) }, { timeoutMs: 20 });
    await rejects(client.request('grade/cancel', {}), undefined, /^grade\/cancel: no reply$/);
  });

  it('ignores a reply that comes too late, and answers the next request by its own', async () => {
    const held: (() => void)[] = [];
    const { client } = join({}, { timeoutMs: 20, deliver: (send) => held.push(send) });
    await rejects(client.request('grade/cancel', {}), undefined, /no reply/);
    for (const send of held.splice(0)) send();
    const next = client.request('grade/cancel', {});
    setTimeout(
      () =>
        held.splice(0).forEach((send) => {
          send();
        }),
      1,
    );
    assert.equal(await next, null);
  });

  it('fails at once, with all others, when the panel is disposed', async () => {
    const { client } = join({ 'entry/open': () => new Promise(() => undefined) });
    const open = ['a', 'b'].map((id) => client.request('entry/open', { id }));
    const outcomes = Promise.all(open.map((promise) => rejects(promise, undefined, /^disposed$/)));
    client.dispose();
    await outcomes;
    client.dispose();
  });

  it('is not failed by its time limit once it was answered', async () => {
    const { client } = join({}, { timeoutMs: 20 });
    assert.equal(await client.request('grade/cancel', {}), null);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(await client.request('grade/cancel', {}), null);
  });
});

describe('the host', () => {
  const side = (onEvent: HostSide['onEvent'] = () => undefined): HostSide => ({
    handlers: HANDLERS,
    onEvent,
    toError: () => ({ code: 'internal', message: '' }),
  });

  it('hears the panel’s events, and answers none of them', async () => {
    const { client, events, replies } = join({});
    client.tell('ready', { protocol: 1 });
    client.tell('link/open', { href: 'https://example.org' });
    client.tell('crash', { message: 'boom' });
    assert.deepEqual(events, [
      ['ready', { protocol: 1 }],
      ['link/open', { href: 'https://example.org' }],
      ['crash', { message: 'boom' }],
    ]);
    assert.deepEqual(replies, []);
  });

  it('hears no event that it does not know', async () => {
    const heard: string[] = [];
    for (const type of ['constructor', '__proto__', 'panel/state', 7, null]) {
      await serve(
        { kind: 'event', type, data: {} },
        side((name) => heard.push(name)),
        () => assert.fail(),
      );
    }
    assert.deepEqual(heard, []);
  });

  it('answers nothing that is no message, and never throws on one', async () => {
    const messages = fc.oneof(
      fc.anything(),
      fc.record({
        kind: fc.constantFrom('request', 'event', 'reply', 7),
        id: fc.anything(),
        type: fc.anything(),
      }),
    );
    await fc.assert(
      fc.asyncProperty(messages, async (message) => {
        const replies: ToPanel[] = [];
        await serve(message, side(), (reply) => replies.push(reply));
        for (const reply of replies) assert.equal(reply.kind, 'reply');
      }),
    );
  });

  it('does not take a panel that is gone for a failure of the handler', async () => {
    const told: unknown[] = [];
    const gone = new Error('Webview is disposed');
    const deaf: HostSide = {
      ...side(),
      toError: (thrown) => ({ code: String(told.push(thrown)), message: '' }),
    };
    const post = () => {
      throw gone;
    };
    await assert.rejects(
      serve({ kind: 'request', id: 1, type: 'grade/cancel', params: {} }, deaf, post),
      gone,
    );
    assert.deepEqual(told, []);
  });
});

describe('a message of the host', () => {
  it('is a reply only when it answers a request', () => {
    const { client } = join({});
    const state = { ref: { page: 'diagnosis' as const }, lang: 'fr' as const, strings: {} };
    const page = { page: 'missing' as const, title: '', message: '' };
    assert.equal(client.receive(overTheWire(hostEvent('panel/state', { ...state, state: page }))), false);
    assert.equal(client.receive({ kind: 'reply', id: 99, result: null }), true);
    for (const message of [
      null,
      undefined,
      'reply',
      1,
      [],
      {},
      { kind: 'reply' },
      { kind: 'reply', id: '1' },
    ]) {
      assert.equal(client.receive(message), false);
    }
  });
});
