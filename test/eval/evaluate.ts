// One evaluation: the plan, what is left of it, the grading, the report.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createEndpointClient } from '../../src/adapters/models/endpointClient.ts';
import { createRecordedClient } from '../../src/adapters/models/recorded.ts';
import type { Watchdog } from '../../src/adapters/models/watchdog.ts';
import { type ErrorCode, isAppError } from '../../src/core/errors.ts';
import { type Grader, type Progress, rubricHash } from '../../src/core/grading/gradeAnswer.ts';
import { PROMPT_VERSION } from '../../src/core/grading/prompt.ts';
import type { Clock, Failure, ModelClient } from '../../src/core/ports.ts';
import { readMohler, readSaf } from './datasets.ts';
import { type Estimate, estimateRun } from './estimate.ts';
import { type Grading, gradeItem, type Item, isGraded, keyOf, type Outcome, sha256 } from './items.ts';
import { loadMaterial, type Material } from './material.ts';
import { type BarResult, measure } from './measure.ts';
import { endpointOf, type Options, Trouble } from './options.ts';
import { plainClient } from './plainPrompt.ts';
import { makePlan, type Plan, planHash } from './plan.ts';
import { markdown, type RunFile, summary } from './report.ts';
import { Store } from './store.ts';

export interface World {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line for the person, and one that takes the place of the last of its kind. */
  readonly say: (text: string) => void;
  readonly status: (text: string) => void;
  /** Asks before money is spent; absent where nobody can answer. */
  readonly confirm?: (question: string) => Promise<boolean>;
  readonly signal: AbortSignal;
  readonly material?: Material;
  readonly watchdog?: Watchdog;
  /** Another client than the one at the endpoint. */
  readonly client?: ModelClient;
}

export const EXIT = { ok: 0, failed: 1, trouble: 2, stopped: 130 } as const;

/** Failures that the next answer would meet as well. */
const HOPELESS: readonly ErrorCode[] = [
  'endpoint_invalid',
  'endpoint_not_a_model',
  'provider_auth',
  'provider_model_missing',
  'provider_quota',
  'no_api_key',
];
/** Answers in a row that may fail before the run is given up; it goes on from there when it is started again. */
const PATIENCE = 8;

export interface Finished {
  readonly code: number;
  /** The files that were written. */
  readonly json?: string;
  readonly markdown?: string;
  readonly run?: RunFile;
}

/** @throws Trouble for everything that keeps a run from its end, but for a person who stops it */
export async function evaluate(options: Options, world: World): Promise<Finished> {
  const { say } = world;
  const material = world.material ?? loadMaterial();
  const saf = options.saf !== undefined && options.bars.includes('F') ? readSaf(options.saf) : undefined;
  const mohler =
    options.mohler !== undefined && options.bars.includes('F2') ? readMohler(options.mohler) : undefined;
  const plan = makePlan(options, material, { saf, mohler });
  if (plan.items.length === 0) throw new Trouble(`There is nothing to grade: ${reasons(plan, material)}.`);
  const grading = gradingOf(options, world);

  const fingerprint = sha256(
    JSON.stringify([
      options.mode,
      options.baseUrl,
      options.model,
      options.bars,
      options.limit,
      planHash(plan),
    ]),
  ).slice(0, 12);
  const name = fileName(options.model);
  const progressFile = path.join(options.out, 'progress', `${name}-${fingerprint}.jsonl`);
  const store = new Store(progressFile, world.clock.now(), options.fresh);
  if (store.broken > 0) say(`${store.broken} unreadable lines in ${progressFile} are left out.`);

  const left = plan.items.filter((item) => !isGraded(store.get(keyOf(item))));
  const done = plan.items.length - left.length;
  if (options.mode === 'live') say(announce(estimateRun(left, options), left.length, done, options));
  else say(`${left.length} answers to grade${done > 0 ? `, ${done} done before` : ''}.`);
  if (options.mode === 'live' && !options.yes && left.length > 0 && world.confirm) {
    if (!(await world.confirm('Start? [y/N] '))) return { code: EXIT.ok };
  }

  const runner = new Runner(left, options, grading, store, world);
  const ended = await runner.run();
  if (ended === 'stopped') {
    say(
      `Stopped. What is finished is kept (${done + runner.finished} of ${plan.items.length}); the same command goes on from there.`,
    );
    return { code: EXIT.stopped };
  }

  const outcomes = new Map<string, Outcome>();
  for (const item of plan.items) {
    const outcome = store.get(keyOf(item));
    if (outcome) outcomes.set(item.id, outcome);
  }
  const isLocal = options.mode === 'live' && endpointOf(options.baseUrl).isLocal;
  const bars = measure(plan, options.bars, { outcomes, isLocal });
  const run = runFile(options, material, plan, bars, outcomes, store.startedAt, fingerprint);
  const files = write(run, options.out, name, fingerprint);
  say(`\n${summary(run)}\nThe whole report is ${files.markdown}; every verdict is in ${files.json}.`);
  return { code: bars.some(({ status }) => status === 'fail') ? EXIT.failed : EXIT.ok, ...files, run };
}

function reasons({ notRun }: Plan, { notes }: Material): string {
  return (
    [...Object.entries(notRun).map(([bar, why]) => `${bar}: ${why}`), ...notes].join('; ') ||
    'no bar was asked for'
  );
}

function gradingOf(options: Options, world: World): Omit<Grading, 'onProgress'> {
  const { clock } = world;
  if (options.mode === 'offline') return { clock, grader: (): Grader => ({ kind: 'offline' }) };
  const client = world.client ?? clientOf(options, world);
  const plain = plainClient(client);
  return {
    clock,
    grader: (prompt): Grader => ({ kind: 'model', client: prompt === 'plain' ? plain : client }),
  };
}

function clientOf(options: Options, { clock, env, watchdog }: World): ModelClient {
  const { model, recordings, keyEnv } = options;
  if (options.mode === 'replay') return createRecordedClient({ folder: recordings ?? '', model });
  const apiKey = keyEnv === undefined ? undefined : env[keyEnv];
  if (keyEnv !== undefined && !apiKey)
    throw new Trouble(`The environment variable ${keyEnv} is empty: the key goes there.`);
  const live = createEndpointClient({
    endpoint: endpointOf(options.baseUrl),
    model,
    apiKey,
    clock,
    profiles: new Map(),
    ...(watchdog ? { watchdog } : {}),
  });
  return recordings === undefined ? live : createRecordedClient({ folder: recordings, model, live });
}

function announce(
  { calls, input, output, money }: Estimate,
  left: number,
  done: number,
  options: Options,
): string {
  const rounded = (value: number) =>
    value < 10_000 ? String(value) : `${Math.round(value / 1000)} thousand`;
  const cost = money === undefined ? '' : `, about ${money.toFixed(2)} in money`;
  return `${left} answers to grade with ${options.model} at ${endpointOf(options.baseUrl).origin}${
    done > 0 ? `, ${done} done before` : ''
  }: about ${rounded(calls)} calls, ${rounded(input)} tokens in and ${rounded(output)} out${cost}.`;
}

class Runner {
  readonly #items: readonly Item[];
  readonly #options: Options;
  readonly #grading: Omit<Grading, 'onProgress'>;
  readonly #store: Store;
  readonly #world: World;
  readonly #abort = new AbortController();
  readonly #startedAt: number;
  finished = 0;
  #next = 0;
  #ungraded = 0;
  #inARow = 0;
  #answered = false;
  #trouble: Trouble | undefined;
  /** Nothing that still hangs may keep a person waiting who has pressed Ctrl-C. */
  readonly #cut = new Promise<undefined>((resolve) => {
    this.#abort.signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

  constructor(
    items: readonly Item[],
    options: Options,
    grading: Omit<Grading, 'onProgress'>,
    store: Store,
    world: World,
  ) {
    this.#items = items;
    this.#options = options;
    this.#grading = grading;
    this.#store = store;
    this.#world = world;
    this.#startedAt = world.clock.now();
  }

  async run(): Promise<'finished' | 'stopped'> {
    const { signal } = this.#world;
    const stop = () => this.#abort.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      // One at a time until the model has answered: what is wrong with the address or the key shows there.
      while (this.#hasMore && !this.#answered) await this.#one();
      const workers = Array.from({ length: this.#options.parallel }, async () => {
        while (this.#hasMore) await this.#one();
      });
      await Promise.all(workers);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#world.status('');
    }
    if (signal.aborted) return 'stopped';
    if (this.#trouble) throw this.#trouble;
    return 'finished';
  }

  get #hasMore(): boolean {
    return this.#next < this.#items.length && !this.#abort.signal.aborted;
  }

  async #one(): Promise<void> {
    const item = this.#items[this.#next];
    this.#next += 1;
    if (!item) return;
    const outcome = await this.#grade(item);
    // What was cut off is graded again by the next run.
    if (!outcome || this.#abort.signal.aborted) return;
    this.#store.add(outcome);
    this.finished += 1;
    if (outcome.failure) this.#failed(outcome.failure);
    else if (outcome.gate === undefined) {
      this.#answered = true;
      this.#inARow = 0;
    }
    this.#tell();
  }

  async #grade(item: Item): Promise<Outcome | undefined> {
    const { signal } = this.#abort;
    const onProgress = (progress: Progress) => {
      // A server that was never there is not waited for.
      if (progress.phase !== 'waiting' || this.#answered) return;
      if (progress.failure.code === 'endpoint_unreachable') this.#giveUp(progress.failure);
    };
    const graded = gradeItem(item, { ...this.#grading, onProgress }, signal).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'cancelled') return undefined;
      throw error;
    });
    return Promise.race([graded, this.#cut]);
  }

  #failed(failure: Failure): void {
    this.#ungraded += 1;
    this.#inARow += 1;
    const isPlayedOut = this.#options.mode === 'replay' && failure.code === 'internal';
    if (HOPELESS.includes(failure.code) || isPlayedOut || this.#inARow >= PATIENCE) this.#giveUp(failure);
  }

  #giveUp(failure: Failure): void {
    this.#trouble ??= new Trouble(words(failure, this.#options));
    this.#abort.abort();
  }

  #tell(): void {
    const { clock, status } = this.#world;
    const all = this.#items.length;
    const minutes = (clock.now() - this.#startedAt) / 60_000;
    const rate = this.finished / Math.max(minutes, 1e-6);
    const left = (all - this.finished) / Math.max(rate, 1e-6);
    const ungraded = this.#ungraded > 0 ? `, ${this.#ungraded} not graded` : '';
    const time = left < 1.5 ? `${Math.ceil(left * 60)} s` : `${Math.ceil(left)} min`;
    status(
      `${this.finished}/${all} (${Math.floor((100 * this.finished) / all)} %)${ungraded}, ${rate < 100 ? rate.toFixed(1) : Math.round(rate)} a minute, ${time} left`,
    );
  }
}

/** What is wrong, in one line, and what to do. */
export function words(
  { code, params }: Failure,
  options: Pick<Options, 'model' | 'baseUrl' | 'keyEnv' | 'recordings'>,
): string {
  const { model, baseUrl, keyEnv } = options;
  const detail = params['detail'] ?? params['message'] ?? '';
  const said = detail === '' ? '' : ` (${detail})`;
  switch (code) {
    case 'endpoint_unreachable':
      return `No server answers at ${baseUrl}${said}: is it running, and is the address right?`;
    case 'endpoint_not_a_model':
      return `What answers at ${baseUrl} is no model${said}: a base URL ends in /v1, as a rule.`;
    case 'provider_auth':
    case 'no_api_key':
      return keyEnv === undefined
        ? `${baseUrl} wants a key${said}: name the variable that holds it with --key-env.`
        : `${baseUrl} refuses the key in ${keyEnv}${said}.`;
    case 'provider_model_missing':
      return `${baseUrl} has no model ${model}${said}.`;
    case 'provider_quota':
      return `${baseUrl}: the quota is used up${said}. What is finished is kept; the same command goes on from there.`;
    case 'internal':
      return `${detail || 'Something went wrong inside'}.`;
    default:
      return `${PATIENCE} answers in a row could not be graded, the last one for ${code}${said}. What is finished is kept; the same command goes on from there.`;
  }
}

function fileName(model: string): string {
  return model.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'model';
}

function runFile(
  options: Options,
  material: Material,
  plan: Plan,
  bars: readonly BarResult[],
  outcomes: ReadonlyMap<string, Outcome>,
  startedAt: string,
  fingerprint: string,
): RunFile & { readonly fingerprint: string } {
  const items = [...outcomes.values()];
  const sum = (of: (outcome: Outcome) => number | undefined) =>
    items.reduce((total, outcome) => total + (of(outcome) ?? 0), 0);
  const rubrics = new Map(
    plan.items.map(({ answer, assignment }) => [
      answer.subject.id,
      rubricHash(assignment, sha256).slice(0, 16),
    ]),
  );
  const { mode, bars: asked, limit, parallel, saf, mohler } = options;
  return {
    v: 1,
    fingerprint,
    model: options.model,
    origin: mode === 'live' ? endpointOf(options.baseUrl).origin : mode,
    date: startedAt,
    promptVersion: PROMPT_VERSION,
    goldHash: material.goldHash,
    attacksHash: material.attacksHash,
    rubrics: Object.fromEntries([...rubrics].sort()),
    options: {
      ...{ mode, bars: asked, limit: limit ?? null, parallel },
      ...{ saf: saf === undefined ? null : path.basename(saf) },
      ...{ mohler: mohler === undefined ? null : path.basename(mohler) },
    },
    bars,
    tokens: {
      calls: sum(({ cost }) => cost?.calls),
      input: sum(({ cost }) => cost?.input),
      output: sum(({ cost }) => cost?.output),
      incomplete: items.filter(({ cost }) => cost && !cost.isComplete).length,
    },
    milliseconds: sum(({ milliseconds }) => milliseconds),
    notes: material.notes,
    ungraded: items
      .filter((outcome) => !isGraded(outcome))
      .map(({ id, failure }) => ({
        id,
        code: failure?.code ?? 'unjudged',
        detail: failure?.params['detail'] ?? failure?.params['message'] ?? '',
      })),
    items,
  };
}

// The name says the day and the model; of two runs that share both, each has its own.
function write(
  run: RunFile,
  out: string,
  model: string,
  fingerprint: string,
): { json: string; markdown: string } {
  const day = run.date.slice(0, 10);
  for (let i = 1; ; i++) {
    const base = path.join(out, `${day}-${model}${i === 1 ? '' : `-${i}`}`);
    if (isTaken(`${base}.json`, fingerprint, run.date)) continue;
    fs.mkdirSync(out, { recursive: true });
    fs.writeFileSync(`${base}.json`, `${JSON.stringify(run, null, 1)}\n`);
    fs.writeFileSync(`${base}.md`, markdown(run));
    return { json: `${base}.json`, markdown: `${base}.md` };
  }
}

function isTaken(file: string, fingerprint: string, date: string): boolean {
  if (!fs.existsSync(file)) return false;
  try {
    const other = JSON.parse(fs.readFileSync(file, 'utf8')) as { fingerprint?: unknown; date?: unknown };
    return other.fingerprint !== fingerprint || other.date !== date;
  } catch {
    return true;
  }
}
