import { parseEndpoint } from '../../src/adapters/models/endpoint.ts';
import { BAR_IDS, type BarId, OFFLINE_BARS } from './bars.ts';

/** What is wrong with a command, or kept it from running: one line for a person, exit code 2. */
export class Trouble extends Error {}

export interface Options {
  readonly mode: 'live' | 'replay' | 'offline';
  /** As given; '' where nobody is asked. */
  readonly baseUrl: string;
  readonly model: string;
  /** Name of the environment variable that holds the key. */
  readonly keyEnv: string | undefined;
  readonly bars: readonly BarId[];
  readonly out: string;
  /** Units per bar, spread over all that there are. */
  readonly limit: number | undefined;
  readonly saf: string | undefined;
  readonly mohler: string | undefined;
  /** Where replies are written down, or read from when `mode` is `replay`. */
  readonly recordings: string | undefined;
  /** Money per million tokens. */
  readonly priceIn: number | undefined;
  readonly priceOut: number | undefined;
  readonly parallel: number;
  readonly yes: boolean;
  readonly fresh: boolean;
}

export const USAGE = `npm run eval -- --base-url <url> --model <name> [options]   grades through an endpoint
npm run eval -- --replay <folder> --model <name> [options]  plays recorded replies back
npm run eval -- --offline [options]                         the rung without a model (bars G to J)

  --key-env NAME        environment variable that holds the key; without it none is sent
  --bars C,D,E,…        of ${BAR_IDS.join(', ')}; all of them by default
  --limit N             at most N units per bar, spread over all: a trial, too small to pass most bars
  --saf <path>          SAF: its repository, a folder of its XML files, or JSON lines or CSV of its columns
  --mohler <path>       Mohler: JSON lines or CSV
  --out <folder>        where results go (eval-results)
  --record <folder>     writes every reply down, for --replay
  --price-in, --price-out  money per million tokens, for the estimate
  --parallel N          answers graded at a time (4; 1 for a model on this machine)
  --fresh               begins anew instead of going on
  --yes                 does not ask before it starts`;

const WITH_VALUE = [
  'base-url',
  'model',
  'key-env',
  'bars',
  'limit',
  'saf',
  'mohler',
  'out',
  'record',
  'replay',
  'price-in',
  'price-out',
  'parallel',
] as const;
const FLAGS = ['offline', 'yes', 'fresh'] as const;

/** @throws Trouble when the command makes no sense */
export function parseOptions(argv: readonly string[]): Options {
  const given = new Map<string, string>();
  const flags = new Set<string>();
  for (let i = 0; i < argv.length; i++) {
    const [name = '', attached] = splitOnce(argv[i] ?? '');
    if ((FLAGS as readonly string[]).includes(name) && attached === undefined) flags.add(name);
    else if ((WITH_VALUE as readonly string[]).includes(name)) {
      const next = argv[i + 1];
      const value = attached ?? (next?.startsWith('--') ? undefined : next);
      if (value === undefined || value === '') throw new Trouble(`--${name} needs a value.\n\n${USAGE}`);
      if (attached === undefined) i += 1;
      given.set(name, value);
    } else throw new Trouble(`There is no option ${argv[i]}.\n\n${USAGE}`);
  }
  const mode = flags.has('offline') ? 'offline' : given.has('replay') ? 'replay' : 'live';
  if (mode === 'live' && !given.has('base-url')) throw new Trouble(`--base-url is missing.\n\n${USAGE}`);
  if (mode !== 'offline' && !given.has('model')) throw new Trouble(`--model is missing.\n\n${USAGE}`);
  if (given.has('record') && mode !== 'live') throw new Trouble('--record needs an endpoint to record.');
  const baseUrl = mode === 'live' ? (given.get('base-url') ?? '') : '';
  const isLocal = mode === 'live' && endpointOf(baseUrl).isLocal;
  return {
    mode,
    baseUrl,
    model: mode === 'offline' ? 'offline' : (given.get('model') ?? ''),
    keyEnv: given.get('key-env'),
    bars: barsOf(given.get('bars'), mode),
    out: given.get('out') ?? 'eval-results',
    limit: whole('limit', given.get('limit')),
    saf: given.get('saf'),
    mohler: given.get('mohler'),
    recordings: given.get('record') ?? given.get('replay'),
    priceIn: money('price-in', given.get('price-in')),
    priceOut: money('price-out', given.get('price-out')),
    parallel: whole('parallel', given.get('parallel')) ?? (mode === 'live' && isLocal ? 1 : 4),
    yes: flags.has('yes'),
    fresh: flags.has('fresh'),
  };
}

/** @throws Trouble when no answer may be sent there */
export function endpointOf(baseUrl: string): ReturnType<typeof parseEndpoint> {
  try {
    return parseEndpoint(baseUrl);
  } catch {
    throw new Trouble(`${baseUrl} is no address to send answers to: https, or http to this machine.`);
  }
}

function splitOnce(argument: string): [string, string | undefined] {
  const match = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(argument);
  return match ? [match[1] ?? '', match[2]] : ['', undefined];
}

function barsOf(list: string | undefined, mode: Options['mode']): BarId[] {
  const possible = mode === 'offline' ? OFFLINE_BARS : BAR_IDS;
  if (list === undefined) return [...possible];
  const names = list.split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.filter((name) => !(BAR_IDS as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Trouble(`There is no bar ${unknown.join(', ')}: ${BAR_IDS.join(', ')}.`);
  const out = names.filter((name) => !(possible as readonly string[]).includes(name));
  if (out.length > 0)
    throw new Trouble(`Bar ${out.join(', ')} is about a model; offline has ${possible.join(', ')}.`);
  return BAR_IDS.filter((id) => names.includes(id));
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Trouble(`--${name} ${text}: a whole number from 1.`);
  return value;
}

function money(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Trouble(`--${name} ${text}: a price, such as 0.15.`);
  return value;
}
