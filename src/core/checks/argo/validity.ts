import { type Cursor, type Fault, onKey, onValue } from './cursor.ts';
import { fullWeight, type Metric, type Model, type Rollout } from './model.ts';
import type { Rules } from './rule.ts';

/** What the schemas cannot say and Argo's controller refuses (its pkg/apis/rollouts/validation, utils/analysis). */
export const VALIDITY_RULES = {
  'strategy-choice': eachRollout(strategyChoice),
  'step-choice': eachRollout(stepChoice),
  'weight-out-of-range': eachRollout(weightRange),
  'services-missing': eachRollout(servicesMissing),
  'services-identical': eachRollout(servicesIdentical),
  'pingpong-router': eachRollout(pingPongRouter),
  'step-needs-routing': eachRollout(stepNeedsRouting),
  'route-unmanaged': eachRollout(routeUnmanaged),
  'provider-choice': eachMetric(providerChoice),
  'metric-duplicate': metricDuplicate,
  'count-needs-interval': eachMetric(countNeedsInterval),
  'limits-contradictory': eachMetric(limitsContradictory),
} satisfies Rules;

/** What is allowed and yet looks wrong, when only validity is asked for. */
export const VALIDITY_WARNINGS = {
  'failure-limit-idle': eachMetric(disarmedLimit),
} satisfies Rules;

export function eachRollout(check: (rollout: Rollout) => Iterable<Fault>) {
  return (model: Model) => model.rollouts.flatMap((rollout) => [...check(rollout)]);
}

export function eachMetric(check: (metric: Metric, model: Model) => Iterable<Fault>) {
  return (model: Model) =>
    model.templates.flatMap(({ metrics }) => metrics.flatMap((metric) => [...check(metric, model)]));
}

function* strategyChoice({ cursor }: Rollout): Generator<Fault> {
  const strategy = cursor.get('spec', 'strategy');
  const chosen = ['canary', 'blueGreen'].filter((name) => strategy.get(name).value !== undefined);
  const [, second] = chosen;
  if (second !== undefined) yield onKey(strategy.get(second), { found: chosen.join(', ') });
  else if (chosen.length === 0) yield onKey(strategy, { found: strategy.keys.join(', ') || '{}' });
}

const STEP_KINDS = [
  ...['setWeight', 'pause', 'experiment', 'analysis'],
  ...['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute', 'plugin'],
];

function* stepChoice({ steps }: Rollout): Generator<Fault> {
  for (const { cursor } of steps) {
    const kinds = STEP_KINDS.filter((kind) => cursor.get(kind).value !== undefined);
    // The controller lets a scale or a route step share its item; the first four exclude each other.
    const [, second] = kinds.filter((kind) => STEP_KINDS.indexOf(kind) < 4);
    if (second !== undefined) yield onKey(cursor.get(second), { found: kinds.join(', ') });
    else if (kinds.length === 0) yield onValue(cursor, { found: cursor.keys.join(', ') || '{}' });
  }
}

function* weightRange({ canary, steps }: Rollout): Generator<Fault> {
  const full = fullWeight(canary);
  for (const { cursor } of steps) {
    const weight = cursor.get('setWeight');
    if ((weight.integer ?? 0) > full) {
      yield onValue(weight, { weight: String(weight.value), max: String(full) });
    }
  }
}

// The routers that swap two services; the others, and a ping-pong or subsets, do without.
const NEED_SERVICES = ['alb', 'istio', 'smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'];

function* servicesMissing({ canary }: Rollout): Generator<Fault> {
  const routing = canary.get('trafficRouting');
  const router = NEED_SERVICES.find((name) => {
    if (!routing.get(name).exists) return false;
    if (name === 'istio' && routing.get('istio', 'destinationRule').exists) return false;
    return !((name === 'istio' || name === 'alb') && canary.get('pingPong').exists);
  });
  if (router === undefined) return;
  for (const key of ['canaryService', 'stableService']) {
    if (!canary.get(key).text) yield onKey(routing, { key, router });
  }
}

const PAIRS: readonly (readonly [string, string, ...string[]])[] = [
  ['canaryService', 'stableService'],
  ['pingService', 'pongService', 'pingPong'],
  ['canarySubsetName', 'stableSubsetName', 'trafficRouting', 'istio', 'destinationRule'],
];

function* servicesIdentical({ cursor, canary }: Rollout): Generator<Fault> {
  const same = (holder: Cursor, first: string, second: string): Fault[] => {
    const name = holder.get(first).text;
    if (!name || name !== holder.get(second).text) return [];
    return [onValue(holder.get(second), { first, second, name })];
  };
  for (const [first, second, ...path] of PAIRS) yield* same(canary.get(...path), first, second);
  yield* same(cursor.get('spec', 'strategy', 'blueGreen'), 'activeService', 'previewService');
}

function* pingPongRouter({ canary }: Rollout): Generator<Fault> {
  const routing = canary.get('trafficRouting');
  if (!canary.get('pingPong').exists || !routing.exists) return;
  if (['alb', 'istio', 'plugins'].some((name) => routing.get(name).exists)) return;
  yield onKey(canary.get('pingPong'), { found: routing.keys.join(', ') });
}

function* stepNeedsRouting({ canary, steps }: Rollout): Generator<Fault> {
  if (canary.get('trafficRouting').exists) return;
  for (const { cursor } of steps) {
    for (const kind of ['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute']) {
      if (cursor.get(kind).exists) yield onKey(cursor.get(kind), { step: kind });
    }
  }
}

function* routeUnmanaged({ canary, steps }: Rollout): Generator<Fault> {
  const routing = canary.get('trafficRouting');
  const managed = routing.get('managedRoutes').items.map((route) => route.get('name').value);
  for (const { cursor } of routing.exists ? steps : []) {
    for (const kind of ['setHeaderRoute', 'setMirrorRoute']) {
      const name = cursor.get(kind, 'name');
      if (cursor.get(kind).exists && !managed.includes(name.value)) {
        yield onValue(name, { name: String(name.value ?? '') });
      }
    }
  }
}

function* providerChoice({ cursor }: Metric): Generator<Fault> {
  const provider = cursor.get('provider');
  const [first, second] = provider.keys;
  if (second !== undefined) yield onKey(provider.get(second), { found: provider.keys.join(', ') });
  else if (first === undefined && provider.exists) yield onKey(provider, { found: '{}' });
}

function* metricDuplicate({ templates }: Model): Generator<Fault> {
  for (const { metrics } of templates) {
    const seen = new Set<string>();
    for (const { cursor, name } of metrics) {
      if (name !== '' && seen.has(name)) yield onValue(cursor.get('name'), { name });
      seen.add(name);
    }
  }
}

/** An int-or-string field: a number, or the number that a string holds; `undefined` for an argument. */
export function intOrString(cursor: Cursor): number | undefined {
  if (cursor.integer !== undefined) return cursor.integer;
  const text = cursor.text?.trim();
  return text && Number.isInteger(Number(text)) ? Number(text) : undefined;
}

function* countNeedsInterval({ cursor }: Metric): Generator<Fault> {
  const count = cursor.get('count');
  if ((intOrString(count) ?? 0) > 1 && !cursor.get('interval').exists) {
    yield onValue(count, { count: String(count.value) });
  }
}

interface Limits {
  /** Measurements that are made: finite, `Infinity`, or `undefined` when an argument decides. */
  readonly count: number | undefined;
  readonly failures: number | undefined;
  readonly successes: number | undefined;
}

export function limitsOf({ cursor }: Metric): Limits {
  const limit = (key: string) => (cursor.get(key).exists ? intOrString(cursor.get(key)) : 0);
  const given = limit('count');
  const endless = cursor.get('interval').exists ? Number.POSITIVE_INFINITY : 1;
  return {
    count: given === 0 ? endless : given,
    failures: limit('failureLimit'),
    successes: limit('consecutiveSuccessLimit'),
  };
}

function* limitsContradictory(metric: Metric): Generator<Fault> {
  const { count = Number.POSITIVE_INFINITY, failures = 0, successes = 0 } = limitsOf(metric);
  const { cursor } = metric;
  const limit = cursor.get('failureLimit');
  const place = limit.exists ? onValue(limit) : onValue(cursor.get('name'));
  const given = intOrString(cursor.get('count')) ?? 0;
  const params = { failureLimit: String(failures), consecutiveSuccessLimit: String(successes) };
  const disabled = failures === -1 && successes === 0;
  const tooMany = given > 0 && failures >= 0 && given < failures + successes;
  const unreachable = given > 0 && failures < 0 && given < successes;
  if (disabled || tooMany || unreachable || failures < -1) {
    yield { ...place, params: { ...params, count: Number.isFinite(count) ? String(count) : '∞' } };
  }
}

/** A metric that no number of failed measurements makes fail. */
export function* disarmedLimit(metric: Metric): Generator<Fault> {
  const { count, failures, successes } = limitsOf(metric);
  if (count === undefined || failures === undefined || successes === undefined) return;
  const never = failures < 0 ? successes === 0 || count === Number.POSITIVE_INFINITY : failures >= count;
  if (!never) return;
  const limit = metric.cursor.get('failureLimit');
  const params = { metric: metric.name, failureLimit: String(failures), count: showCount(count) };
  yield limit.exists ? onValue(limit, params) : onValue(metric.cursor.get('name'), params);
}

function showCount(count: number): string {
  return Number.isFinite(count) ? String(count) : '∞';
}
