import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import type { Rule } from '../../../src/core/checks/finding.ts';
import { ANALYSIS, edit, FILES, findings, ROLLOUT } from './argoFiles.ts';

const TEXTS = parse(
  fs.readFileSync(path.join('questions', 'checks', 'argo-rollouts.yaml'), 'utf8'),
) as Readonly<Record<string, Rule>>;

async function errors(files: Readonly<Record<string, string>>): Promise<string[]> {
  const violations = await findings(files);
  return violations.map(({ rule }) => rule).filter((rule) => TEXTS[rule]?.severity === 'error');
}

describe('Other right shapes of a canary', () => {
  const shapes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'ping-pong services': {
      ...FILES,
      'rollout.yaml': edit(
        ROLLOUT,
        [
          '      canaryService: scorer-canary\n      stableService: scorer-stable\n',
          '      pingPong: {pingService: a, pongService: b}\n',
        ],
        [
          '        nginx:\n          stableIngress: scorer',
          '        istio:\n          virtualService: {name: scorer}',
        ],
      ),
    },
    'Istio subsets': {
      ...FILES,
      'rollout.yaml': edit(
        ROLLOUT,
        ['      canaryService: scorer-canary\n      stableService: scorer-stable\n', ''],
        [
          '        nginx:\n          stableIngress: scorer',
          '        istio:\n          virtualService: {name: s}\n          destinationRule: {name: s, canarySubsetName: c, stableSubsetName: d}',
        ],
      ),
    },
    'a cluster template': {
      'rollout.yaml': edit(ROLLOUT, [
        'templateName: health',
        'templateName: health\n            clusterScope: true',
      ]),
      'analysis.yaml': edit(ANALYSIS, ['kind: AnalysisTemplate', 'kind: ClusterAnalysisTemplate']),
    },
    'a pod template from a Deployment': {
      ...FILES,
      'rollout.yaml': edit(ROLLOUT, [
        ROLLOUT.slice(ROLLOUT.indexOf('  selector:'), ROLLOUT.indexOf('  strategy:')),
        '  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: scorer}\n',
      ]),
    },
    'inline analyses without a pause': {
      'rollout.yaml': edit(
        ROLLOUT,
        [ROLLOUT.slice(ROLLOUT.indexOf('      analysis:'), ROLLOUT.indexOf('      steps:')), ''],
        [
          '        - pause: {duration: 10m}',
          '        - analysis: &a {templates: [{templateName: health}], args: [{name: service, value: x}]}',
        ],
        ['        - pause: {duration: 10m}', '        - analysis: *a'],
      ),
      'analysis.yaml': ANALYSIS.replaceAll('      interval: 1m', '      interval: 1m\n      count: 10'),
    },
    'one measurement after a pause': {
      'rollout.yaml': edit(
        ROLLOUT,
        [ROLLOUT.slice(ROLLOUT.indexOf('      analysis:'), ROLLOUT.indexOf('      steps:')), ''],
        [
          'duration: 10m}',
          'duration: 600}\n        - analysis: {templates: [{templateName: health}], args: [{name: service, value: x}]}',
        ],
      ),
      'analysis.yaml': ANALYSIS.replaceAll('      interval: 1m\n      failureLimit: 2\n', ''),
    },
    'a template of templates, an argument with a default': {
      ...FILES,
      'rollout.yaml': edit(ROLLOUT, ['templateName: health', 'templateName: all']),
      'more.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: all}\nspec:\n  templates: [{templateName: health}]\n',
    },
    'an argument known only at run time': {
      ...FILES,
      'rollout.yaml': edit(ROLLOUT, [
        '            value: scorer-canary',
        '            valueFrom: {podTemplateHashValue: Latest}',
      ]),
    },
    'thresholds and windows as arguments': {
      'rollout.yaml': ROLLOUT,
      'analysis.yaml': edit(
        ANALYSIS,
        [
          '    - name: service\n',
          '    - name: service\n    - {name: limit, value: "0.01"}\n    - {name: window, value: 5m}\n',
        ],
        ['result[0] <= 0.01', 'result[0] <= {{args.limit}}'],
        ['[5m]))\n              /', '[{{ args.window }}]))\n              /'],
      ),
    },
    'scalar queries compared bare': {
      ...FILES,
      'analysis.yaml': edit(
        ANALYSIS,
        ['len(result) == 0 || isNaN(result[0]) || result[0] <= 0.01', 'isNaN(result) || result <= 0.01'],
        ['            sum(rate(http', '            scalar(sum(rate(http'],
        ['[5m]))\n    - name: latency', '[5m])))\n    - name: latency'],
      ),
    },
    'guards in the query': {
      ...FILES,
      'analysis.yaml': edit(
        ANALYSIS,
        ['len(result) == 0 || isNaN(result[0]) || result[0] <= 0.01', 'result[0] <= 0.01'],
        ['"}[5m]))\n    - name: latency', '"}[5m])) >= 0 or vector(0)\n    - name: latency'],
      ),
    },
    'no data taken as a failure': {
      ...FILES,
      'analysis.yaml': edit(ANALYSIS, [
        'len(result) == 0 || isNaN(result[0]) || result[0] <= 0.01',
        'len(result) > 0 && result[0] <= 0.01',
      ]),
    },
    'a range query over all its samples': {
      ...FILES,
      'analysis.yaml': edit(
        ANALYSIS,
        ['len(result) > 0 && result[0] > 0.3', '"any(result, # > 0.3)"'],
        [
          '          query: hist',
          '          rangeQuery: {start: now() - duration("5m"), end: now(), step: 1m}\n          query: hist',
        ],
      ),
    },
    'a success rate, a share of fast answers': {
      ...FILES,
      'analysis.yaml': edit(
        ANALYSIS,
        ['result[0] <= 0.01', 'result[0] >= 0.99'],
        ['code=~"5.."', 'code!~"5.."'],
        ['result[0] > 0.3', 'result[0] < 0.99'],
        [
          ANALYSIS.slice(ANALYSIS.indexOf('histogram_quantile')),
          'sum(rate(d_seconds_bucket{service="{{args.service}}",le="0.3"}[5m])) / sum(rate(d_seconds_count{service="{{args.service}}"}[5m]))\n',
        ],
      ),
    },
    'a job and a web metric beside the others': {
      ...FILES,
      'analysis.yaml': `${ANALYSIS}    - name: smoke
      interval: 5m
      provider: {job: {spec: {template: {spec: {containers: [{name: a, image: b}], restartPolicy: Never}}}}}
    - name: quality
      interval: 5m
      successCondition: result.score >= 0.9
      provider: {web: {url: "http://q/{{args.service}}", jsonPath: "{$}"}}
`,
    },
    'an experiment that compares both versions': {
      ...FILES,
      'rollout.yaml': edit(
        ROLLOUT,
        [ROLLOUT.slice(ROLLOUT.indexOf('      analysis:'), ROLLOUT.indexOf('      steps:')), ''],
        [
          '      steps:\n',
          `      steps:
        - experiment:
            duration: 30m
            templates: [{name: a, specRef: stable}, {name: b, specRef: canary}]
            analyses: [{name: h, templateName: health, args: [{name: service, value: b}]}]
`,
        ],
      ),
    },
    'a metric that has to equal one value': {
      ...FILES,
      'analysis.yaml': `${ANALYSIS}    - name: ready
      interval: 1m
      successCondition: result[0] == 7
      provider:
        prometheus: {address: "http://p", query: 'sum(ready{service="{{args.service}}"}) or vector(0)'}
`,
    },
    'numbers as strings where Kubernetes takes both': {
      ...FILES,
      'analysis.yaml': edit(ANALYSIS, ['failureLimit: 2', 'failureLimit: "2"\n      count: "10"']),
    },
  };
  for (const [name, files] of Object.entries(shapes)) {
    it(`are accepted: ${name}`, async () => assert.deepEqual(await errors(files), []));
  }

  it('are accepted as valid with both strategies', async () => {
    const blueGreen = edit(ROLLOUT, [
      ROLLOUT.slice(ROLLOUT.indexOf('    canary:')),
      '    blueGreen:\n      activeService: a\n      previewService: b\n      autoPromotionEnabled: false\n',
    ]);
    assert.deepEqual(await findings({ 'rollout.yaml': blueGreen }, { level: 'valid' }), []);
  });
});
