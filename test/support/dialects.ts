// Servers as their documents describe them; see test/fixtures/dialects/README.md.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ModelRequest, Usage } from '../../src/core/ports.ts';
import { type Behaviour, fails, servesText } from './modelServer.ts';

const FOLDER = path.join('test', 'fixtures', 'dialects');
const SSE = 'text/event-stream; charset=utf-8';

interface Condition {
  readonly has: string;
  readonly is?: unknown;
}

interface Refused {
  readonly when: Condition;
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body: lines of a stream. */
  readonly stream?: readonly string[];
  readonly source: string;
}

export interface Dialect {
  readonly name: string;
  readonly server: string;
  readonly protocol?: 'ollama';
  readonly baseUrl: string;
  readonly model: string;
  readonly request: Pick<ModelRequest, 'maxTokens' | 'effort'>;
  readonly path?: string;
  readonly keyHeader?: string;
  readonly sources: readonly string[];
  readonly routes?: Readonly<Record<string, { readonly status: number; readonly body: unknown }>>;
  readonly refuses: readonly Refused[];
  readonly type?: string;
  readonly stream?: readonly string[];
  readonly whole?: unknown;
  readonly says: string;
  readonly in?: 'reasoning';
  readonly usage?: Usage;
  readonly calls: readonly number[];
  readonly callsWhenUnknown?: readonly number[];
  readonly never?: string;
}

export function readDialects(): Dialect[] {
  return fs
    .readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8')) as Dialect),
      name: path.basename(file, '.json'),
    }));
}

function valueAt(body: unknown, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      body,
    );
}

function meets(body: unknown, { has, is }: Condition): boolean {
  const value = valueAt(body, has);
  return value !== undefined && (is === undefined || value === is);
}

/** Answers a chat request as the server would. */
export function speaks(dialect: Dialect): Behaviour {
  return (received, response) => {
    const refused = dialect.refuses.find(({ when }) => meets(received.chat, when));
    if (refused?.stream) return servesText(`${refused.stream.join('\n')}\n`, SSE)(received, response);
    if (refused) return fails(refused.status, refused.body)(received, response);
    if (received.chat.stream !== false && dialect.stream)
      return servesText(`${dialect.stream.join('\n')}\n`, dialect.type ?? SSE)(received, response);
    return fails(200, dialect.whole)(received, response);
  };
}

/** The server's other routes. */
export function routesOf({ routes = {} }: Dialect): Record<string, Behaviour> {
  return Object.fromEntries(
    Object.entries(routes).map(([route, { status, body }]) => [route, fails(status, body)]),
  );
}
