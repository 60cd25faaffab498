import { ANALYSIS, edit, FILES, ROLLOUT } from './argoFiles.ts';

/** A mistake in otherwise good files, and what its rule must point at. */
export interface Mistake {
  readonly files: Readonly<Record<string, string>>;
  /** The text of the range, its first line. */
  readonly at: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

type Change = readonly [from: string, to: string];

const rollout = (at: string, ...changes: readonly Change[]): Mistake => ({
  files: { ...FILES, 'rollout.yaml': edit(ROLLOUT, ...changes) },
  at,
});

const analysis = (at: string, ...changes: readonly Change[]): Mistake => ({
  files: { ...FILES, 'analysis.yaml': edit(ANALYSIS, ...changes) },
  at,
});

const ERROR_CONDITION = 'len(result) == 0 || isNaN(result[0]) || result[0] <= 0.01';
const BACKGROUND = ROLLOUT.slice(ROLLOUT.indexOf('      analysis:'), ROLLOUT.indexOf('      steps:'));
const STEPS = ROLLOUT.slice(ROLLOUT.indexOf('      steps:'));
const P99 = ANALYSIS.slice(ANALYSIS.indexOf('histogram_quantile')).trimEnd();
const INLINE =
  '        - analysis: {templates: [{templateName: health}], args: [{name: service, value: x}]}\n';

/** One mistake for each rule of the family. */
export const MISTAKES: Readonly<Record<string, Mistake>> = {
  'yaml-syntax': rollout('replicas', ['  replicas: 20', '  replicas: 20\n  replicas: 3']),
  'yaml-limits': rollout('', ['scorer:1', 'x'.repeat(1_000_001)]),
  'schema-unknown-key': rollout('step', ['      steps:', '      step:']),
  'schema-missing-key': rollout('spec', ['  selector:\n    matchLabels: {app: scorer}\n', '']),
  'schema-type': rollout('"10"', ['setWeight: 10', 'setWeight: "10"']),
  'schema-value': rollout('1d', ['{duration: 10m}', '{duration: 1d}']),
  'strategy-choice': rollout('blueGreen', ['    canary:', '    blueGreen: {activeService: a}\n    canary:']),
  'step-choice': rollout('pause', ['        - pause: {duration: 10m}', '          pause: {duration: 10m}']),
  'weight-out-of-range': rollout('101', ['setWeight: 50', 'setWeight: 101']),
  'services-missing': rollout('trafficRouting', ['      stableService: scorer-stable\n', '']),
  'services-identical': rollout('scorer-canary', ['scorer-stable', 'scorer-canary']),
  'pingpong-router': rollout('pingPong', [
    '      trafficRouting:',
    '      pingPong: {pingService: a, pongService: b}\n      trafficRouting:',
  ]),
  'step-needs-routing': rollout(
    'setCanaryScale',
    ['      trafficRouting:\n        nginx:\n          stableIngress: scorer\n', ''],
    ['      steps:\n', '      steps:\n        - setCanaryScale: {replicas: 1}\n'],
  ),
  'route-unmanaged': rollout('by-header', [
    '      steps:\n',
    '      steps:\n        - setHeaderRoute: {name: by-header}\n',
  ]),
  'provider-choice': analysis('prometheus', [
    '        prometheus:',
    '        web: {url: "http://x"}\n        prometheus:',
  ]),
  'metric-duplicate': analysis('error-rate', ['name: latency-p99', 'name: error-rate']),
  'count-needs-interval': analysis('5', ['      interval: 1m', '      count: 5']),
  'limits-contradictory': analysis('-1', ['failureLimit: 2', 'failureLimit: -1']),
  'promql-syntax': analysis(')', ['"}[5m]))\n    - name', '"}[5m])))\n    - name']),
  'promql-type': analysis('d_seconds_bucket{service="{{args.service}}"}', [
    'd_seconds_bucket{service="{{args.service}}"}[5m]',
    'd_seconds_bucket{service="{{args.service}}"}',
  ]),
  'failure-limit-idle': {
    ...analysis('2', ['failureLimit: 2', 'failureLimit: 2\n      count: 2']),
    options: { level: 'valid' },
  },
  'rollout-missing': rollout('Deployment', [
    'argoproj.io/v1alpha1\nkind: Rollout',
    'apps/v1\nkind: Deployment',
  ]),
  'canary-missing': rollout('strategy', [
    ROLLOUT.slice(ROLLOUT.indexOf('    canary:')),
    '    blueGreen: {activeService: a}\n',
  ]),
  'no-partial-weight': rollout('100', [STEPS, '      steps:\n        - setWeight: 100\n']),
  'weights-not-increasing': rollout('10', ['setWeight: 50', 'setWeight: 10']),
  'manual-gates-only': rollout('pause', ['{duration: 10m}', '{}'], ['{duration: 10m}', '{}']),
  'no-bake-time': rollout('steps', [
    STEPS,
    '      steps:\n        - setWeight: 10\n        - setWeight: 50\n',
  ]),
  'analysis-missing': rollout('canary', [BACKGROUND, '']),
  'analysis-too-late': rollout('analysis', [
    '      analysis:\n',
    '      analysis:\n        startingStep: 4\n',
  ]),
  'template-missing': { files: { 'rollout.yaml': ROLLOUT }, at: 'analysis' },
  'template-unresolved': rollout('heath', ['templateName: health', 'templateName: heath']),
  'template-scope': analysis('health', ['kind: AnalysisTemplate', 'kind: ClusterAnalysisTemplate']),
  'argument-undeclared': analysis('{{args.svc}}', ['{{args.service}}', '{{args.svc}}']),
  'argument-unused': analysis('spare', [
    '    - name: service\n',
    '    - name: service\n    - {name: spare, value: x}\n',
  ]),
  'argument-not-given': analysis('args', [
    '    - name: service\n',
    '    - name: service\n    - name: spare\n',
  ]),
  'argument-unexpected': rollout('servce', [
    '          - name: service',
    '          - {name: servce, value: x}\n          - name: service',
  ]),
  'metrics-missing': analysis('metrics', [ANALYSIS.slice(ANALYSIS.indexOf('  metrics:')), '  metrics: []\n']),
  'histogram-without-le': analysis('sum(rate(d_seconds_bucket{service="{{args.service}}"}[5m]))', [
    'sum by (le) (',
    'sum(',
  ]),
  'condition-missing': analysis('error-rate', [`      successCondition: ${ERROR_CONDITION}\n`, '']),
  'single-measurement': analysis('error-rate', [
    '      interval: 1m\n      failureLimit: 2\n      success',
    '      success',
  ]),
  'endless-inline-analysis': rollout('', [
    '      steps:\n',
    `      steps:\n        - setWeight: 5\n${INLINE}`,
  ]),
  'failure-limit-disarmed': analysis('2', ['failureLimit: 2', 'failureLimit: 2\n      count: 2']),
  'dry-run': rollout('.*', ['        templates:', '        dryRun: [{metricName: .*}]\n        templates:']),
  'error-rate-missing': analysis('|', [
    '              / sum(rate(http_requests_total{service="{{args.service}}"}[5m]))\n',
    '',
  ]),
  'latency-p99-missing': analysis(P99.replace('0.99', '0.5'), [
    'histogram_quantile(0.99',
    'histogram_quantile(0.5',
  ]),
  'condition-invalid': analysis('results[0] <= 0.01', [ERROR_CONDITION, 'results[0] <= 0.01']),
  'vector-compared-bare': analysis('result <= 0.01', [ERROR_CONDITION, 'result <= 0.01']),
  'scalar-indexed': analysis('len(result) > 0 && result[0] > 0.3', [P99, `scalar(${P99})`]),
  'empty-result-unguarded': analysis('isNaN(result[0]) || result[0] <= 0.01', [
    'len(result) == 0 || isNaN',
    'isNaN',
  ]),
  'nan-result-unguarded': analysis('len(result) == 0 || result[0] <= 0.01', [' || isNaN(result[0])', '']),
  'condition-inverted': analysis('len(result) > 0 && result[0] < 0.3', [
    'result[0] > 0.3',
    'result[0] < 0.3',
  ]),
  'condition-never-fails': analysis('len(result) > 0 && result[0] > 300', [
    'result[0] > 0.3',
    'result[0] > 300',
  ]),
  'condition-never-passes': analysis('len(result) > 0 && result[0] >= 0', [
    'result[0] > 0.3',
    'result[0] >= 0',
  ]),
  'manual-gate': rollout('pause', ['{duration: 10m}', '{}']),
  'weight-needs-replicas': rollout(
    '10',
    ['      trafficRouting:\n        nginx:\n          stableIngress: scorer\n', ''],
    ['replicas: 20', 'replicas: 3'],
  ),
  'template-unused': {
    files: {
      ...FILES,
      'analysis.yaml': `${ANALYSIS}---\n${edit(ANALYSIS, ['name: health', 'name: spare'])}`,
    },
    at: 'spare',
  },
  'first-series-only': analysis('len(result) > 0 && result[0] > 0.3', [
    'sum by (le) (',
    'sum by (le, pod) (',
  ]),
};
