import { type Fault, onKey, onValue } from './cursor.ts';
import type { AnalysisUse, Model, Rollout, Step } from './model.ts';
import type { Rules } from './rule.ts';
import { intOrString } from './validity.ts';

/** Whether the steps make a canary that is watched, and that needs nobody to go on. */
export const CANARY_RULES = {
  'rollout-missing': rolloutMissing,
  'canary-missing': eachCanary(canaryMissing, true),
  'no-partial-weight': eachCanary(noPartialWeight),
  'weights-not-increasing': eachCanary(weightsNotIncreasing),
  'manual-gates-only': eachCanary(manualGatesOnly),
  'no-bake-time': eachCanary(noBakeTime),
  'analysis-missing': eachCanary(analysisMissing),
  'analysis-too-late': eachCanary(analysisTooLate),
} satisfies Rules;

export const CANARY_WARNINGS = {
  'manual-gate': eachCanary(manualGate),
  'weight-needs-replicas': eachCanary(weightNeedsReplicas),
} satisfies Rules;

function eachCanary(check: (rollout: Rollout, model: Model) => Iterable<Fault>, any = false) {
  return (model: Model) =>
    model.rollouts
      .filter(({ canary }) => any || canary.exists)
      .flatMap((rollout) => [...check(rollout, model)]);
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

function* rolloutMissing({ rollouts, manifests, files }: Model): Generator<Fault> {
  if (rollouts.length > 0) return;
  const other = manifests.find(({ kind }) => WORKLOADS.includes(kind)) ?? manifests[0];
  const start = { line: 0, column: 0 };
  yield {
    file: other?.file ?? files[0] ?? '',
    range: other ? other.document.rangeOf(['kind']) : { start, end: start },
    params: { found: other?.kind || '-' },
  };
}

function* canaryMissing({ cursor, canary }: Rollout): Generator<Fault> {
  const strategy = cursor.get('spec', 'strategy');
  if (!canary.exists) yield onKey(strategy, { found: strategy.keys.join(', ') || '-' });
}

function isPartial({ share }: Step): boolean {
  return share > 0 && share < 1;
}

function* noPartialWeight({ canary, steps }: Rollout): Generator<Fault> {
  if (steps.some(isPartial)) return;
  // A weight of another type is the schema's business.
  if (steps.some(({ cursor }) => cursor.get('setWeight').text !== undefined)) return;
  const first = steps.map(({ cursor }) => cursor.get('setWeight')).find((weight) => weight.exists);
  yield first ? onValue(first) : onKey(canary.get('steps'));
}

function* weightsNotIncreasing({ steps }: Rollout): Generator<Fault> {
  let before = -1;
  for (const { cursor } of steps) {
    const weight = cursor.get('setWeight');
    if (weight.integer === undefined) continue;
    if (weight.integer <= before) {
      yield onValue(weight, { weight: String(weight.integer), before: String(before) });
    }
    before = weight.integer;
  }
}

function pauses(steps: readonly Step[]): { readonly step: Step; readonly timed: boolean }[] {
  return steps
    .filter(({ cursor }) => cursor.get('pause').value !== undefined)
    .map((step) => ({ step, timed: isTimed(step) }));
}

function isTimed({ cursor }: Step): boolean {
  const duration = cursor.get('pause', 'duration');
  return duration.exists && duration.value !== 0 && duration.value !== '0';
}

/** An inline analysis that lasts gives the canary its time as a pause does; so does a timed experiment. */
function lasts(step: Step, rollout: Rollout, model: Model): boolean {
  if (step.cursor.get('experiment', 'duration').exists) return true;
  return rollout.uses
    .filter(({ mode, step: index }) => mode === 'inline' && index === step.index)
    .some((use) =>
      metricsOf(use, model).some(({ cursor }) => {
        const repeated = cursor.get('interval').exists && (intOrString(cursor.get('count')) ?? 2) > 1;
        return repeated || cursor.get('initialDelay').exists;
      }),
    );
}

function metricsOf(use: AnalysisUse, model: Model) {
  const names = new Set(use.references.map(({ name }) => name));
  return model.templates.filter(({ name }) => names.has(name)).flatMap(({ metrics }) => metrics);
}

function isObserved(rollout: Rollout, model: Model): boolean {
  return rollout.steps.some((step) => isPartial(step) && (isTimed(step) || lasts(step, rollout, model)));
}

function* manualGatesOnly(rollout: Rollout, model: Model): Generator<Fault> {
  const gates = pauses(rollout.steps);
  const [first] = gates;
  if (!first || gates.some(({ timed }) => timed) || isObserved(rollout, model)) return;
  yield onKey(first.step.cursor.get('pause'), { count: String(gates.length) });
}

function* manualGate(rollout: Rollout, model: Model): Generator<Fault> {
  if (!isObserved(rollout, model)) return;
  for (const { step, timed } of pauses(rollout.steps)) {
    if (!timed) yield onKey(step.cursor.get('pause'), { step: String(step.index + 1) });
  }
}

function* noBakeTime(rollout: Rollout, model: Model): Generator<Fault> {
  const { canary, steps } = rollout;
  const manual = pauses(steps).length > 0 && !pauses(steps).some(({ timed }) => timed);
  if (manual || !steps.some(isPartial) || isObserved(rollout, model)) return;
  yield onKey(canary.get('steps'));
}

function* analysisMissing({ canary, uses }: Rollout): Generator<Fault> {
  if (!uses.some(({ references }) => references.length > 0)) yield onKey(canary);
}

function* analysisTooLate({ steps, uses }: Rollout): Generator<Fault> {
  if (!steps.some(isPartial)) return;
  const watches = (use: AnalysisUse) => {
    if (use.mode === 'experiment') return true;
    const from = steps.slice(use.step);
    return use.mode === 'inline' ? from[0] !== undefined && isPartial(from[0]) : from.some(isPartial);
  };
  const [first] = uses;
  if (!first || uses.some(watches)) return;
  const percent = Math.round((steps[first.step]?.share ?? 1) * 100);
  yield onKey(first.cursor, { weight: String(percent) });
}

// Without a router, a weight is met by whole pods: one of three is a third of the traffic, not five percent.
function* weightNeedsReplicas({ cursor, canary, steps }: Rollout): Generator<Fault> {
  const replicas = cursor.get('spec', 'replicas').integer ?? 1;
  if (canary.get('trafficRouting').exists || replicas === 0) return;
  const weight = steps.find(isPartial)?.cursor.get('setWeight');
  if (weight?.integer === undefined || weight.integer * replicas >= 100) return;
  const least = String(Math.round(100 / replicas));
  yield onValue(weight, { weight: String(weight.integer), replicas: String(replicas), least });
}
