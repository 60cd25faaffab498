import { droppedBuckets } from '../promql/results.ts';
import type { Signal } from '../promql/signal.ts';
import { type Fault, onKey, onText, onValue } from './cursor.ts';
import { judgements } from './judgement.ts';
import type { AnalysisUse, Metric, Model, Template } from './model.ts';
import type { ArgoOptions, Rules } from './rule.ts';
import { disarmedLimit, eachMetric, limitsOf } from './validity.ts';
import { mergedFor } from './wiring.ts';

/** Whether queries are PromQL that Prometheus accepts. */
export const QUERY_RULES = {
  'promql-syntax': promqlFaults('syntax'),
  'promql-type': promqlFaults('type'),
} satisfies Rules;

/** Whether the metrics measure what is asked, for long enough, and can fail. */
export const METRIC_RULES = {
  'metrics-missing': metricsMissing,
  'histogram-without-le': histogramWithoutLe,
  'condition-missing': eachMetric(conditionMissing),
  'single-measurement': eachUsed(singleMeasurement),
  'endless-inline-analysis': eachUsed(endlessInline),
  'failure-limit-disarmed': eachMetric(disarmedLimit),
  'dry-run': dryRun,
  'error-rate-missing': signalMissing('error-rate', isErrorRate, ({ kind }) => kind === 'errors'),
  'latency-p99-missing': signalMissing('latency-p99', isTailLatency, ({ kind }) => kind === 'latency'),
} satisfies Rules;

function promqlFaults(kind: 'syntax' | 'type') {
  return function* (model: Model): Generator<Fault> {
    for (const { query, queryCursor, metric } of judgements(model)) {
      for (const { from, to, message } of query.diagnostics.filter((fault) => fault.kind === kind)) {
        yield onText(queryCursor, from, to, { metric: metric.name, detail: message });
      }
      if (kind === 'type' && query.type === 'string') {
        yield onValue(queryCursor, { metric: metric.name, detail: 'the expression is a string' });
      }
    }
  };
}

function* metricsMissing(model: Model): Generator<Fault> {
  const templates = templatesInUse(model);
  const [first] = templates;
  if (!first || templates.some(({ metrics }) => metrics.length > 0)) return;
  yield onKey(first.cursor.get('spec', 'metrics'));
}

function* histogramWithoutLe(model: Model): Generator<Fault> {
  for (const { query, queryCursor, metric } of judgements(model)) {
    const aggregation = droppedBuckets(query);
    if (!aggregation) continue;
    const { from, to } = query.placeOf(aggregation);
    yield onText(queryCursor, from, to, { metric: metric.name });
  }
}

// These providers decide by themselves; a plugin may.
const SELF_JUDGING = ['job', 'kayenta', 'plugin'];

function* conditionMissing({ cursor, name, provider }: Metric): Generator<Fault> {
  if (provider === '' || SELF_JUDGING.includes(provider)) return;
  if (['successCondition', 'failureCondition'].some((key) => cursor.get(key).exists)) return;
  yield onValue(cursor.get('name'), { metric: name });
}

function eachUsed(check: (metric: Metric, use: AnalysisUse, model: Model) => Iterable<Fault>) {
  return function* (model: Model): Generator<Fault> {
    for (const use of model.rollouts.flatMap(({ uses }) => uses)) {
      for (const { metrics } of mergedFor(model, use.references)) {
        for (const metric of metrics) yield* check(metric, use, model);
      }
    }
  };
}

// One measurement at the start of a background run says nothing of the rest; in a step, it must come after
// some traffic.
function* singleMeasurement(metric: Metric, use: AnalysisUse, model: Model): Generator<Fault> {
  const { cursor, name, provider } = metric;
  if (provider === 'job' || cursor.get('interval').exists || cursor.get('initialDelay').exists) return;
  if (use.mode === 'inline' && (cursor.get('count').exists || followsTimedPause(use, model))) return;
  if (use.mode === 'background' || use.mode === 'inline') {
    yield onValue(cursor.get('name'), { metric: name, mode: use.mode });
  }
}

function followsTimedPause(use: AnalysisUse, model: Model): boolean {
  const rollout = model.rollouts.find(({ uses }) => uses.includes(use));
  const step = rollout?.steps[use.step];
  return (
    rollout?.steps.some(
      ({ cursor, index, share }) =>
        index < use.step && share === step?.share && cursor.get('pause', 'duration').exists,
    ) ?? false
  );
}

// In a step, an interval without a count never ends, so that the rollout never goes on.
function* endlessInline(metric: Metric, use: AnalysisUse): Generator<Fault> {
  const { count, successes } = limitsOf(metric);
  if (use.mode !== 'inline' || count !== Number.POSITIVE_INFINITY || successes !== 0) return;
  const { cursor, name } = metric;
  const given = cursor.get('count');
  yield onKey(given.exists ? given : cursor.get('interval'), { metric: name });
}

function* dryRun(model: Model): Generator<Fault> {
  const names = new Set(model.templates.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
  const lists = [
    ...model.rollouts.flatMap(({ uses }) => uses.map(({ cursor }) => cursor.get('dryRun'))),
    ...model.templates.map(({ cursor }) => cursor.get('spec', 'dryRun')),
  ];
  for (const entry of lists.flatMap((list) => list.items)) {
    const name = entry.get('metricName');
    // The name is a regular expression; only the usual ways to write one are looked at.
    if (name.text !== undefined && (names.has(name.text) || ['.*', '*', '.+'].includes(name.text))) {
      yield onValue(name, { metric: name.text });
    }
  }
}

function isErrorRate({ signal, metric }: Named): boolean {
  if (signal) return signal.kind === 'errors' && signal.isShare;
  return /err|fail|success|availab|5xx/i.test(metric.name);
}

function isTailLatency({ signal, metric }: Named): boolean {
  if (!signal) return /p99|latenc/i.test(metric.name);
  if (signal.kind !== 'latency') return false;
  const { statistic } = signal;
  return (
    statistic === undefined || statistic === 'share' || (typeof statistic === 'number' && statistic >= 0.99)
  );
}

interface Named {
  readonly metric: Metric;
  readonly signal: Signal | undefined;
}

function signalMissing(
  wanted: ArgoOptions['signals'][number],
  isIt: (candidate: Named) => boolean,
  isNear: (signal: Signal) => boolean,
) {
  return function* (model: Model, { signals }: ArgoOptions): Generator<Fault> {
    const templates = templatesInUse(model);
    const [first] = templates;
    if (!signals.includes(wanted) || !first) return;
    const read = [...judgements(model)].filter(({ metric }) => templates.includes(metric.template));
    const others = templates
      .flatMap(({ metrics }) => metrics)
      .filter((metric) => !read.some((judgement) => judgement.metric === metric))
      .map((metric): Named => ({ metric, signal: undefined }));
    if ([...read, ...others].some(isIt)) return;
    const near = read.find(({ signal }) => signal && isNear(signal));
    yield near ? onValue(near.queryCursor) : onKey(first.cursor.get('spec', 'metrics'));
  };
}

// Before any template is wired, what the files hold is what there is to judge.
function templatesInUse(model: Model): readonly Template[] {
  const used = new Set(
    model.rollouts.flatMap(({ uses }) => uses.flatMap(({ references }) => mergedFor(model, references))),
  );
  return used.size > 0 ? [...used] : model.templates;
}
