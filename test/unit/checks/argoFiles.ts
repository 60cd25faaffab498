import assert from 'node:assert/strict';
import { argoRollouts } from '../../../src/core/checks/argoRollouts.ts';
import type { CheckTools, Violation } from '../../../src/core/checks/finding.ts';

/** A canary that nothing is wrong with, as small as the rules allow. */
export const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: scorer
spec:
  replicas: 20
  selector:
    matchLabels: {app: scorer}
  template:
    metadata:
      labels: {app: scorer}
    spec:
      containers:
        - name: scorer
          image: scorer:1
  strategy:
    canary:
      canaryService: scorer-canary
      stableService: scorer-stable
      trafficRouting:
        nginx:
          stableIngress: scorer
      analysis:
        templates:
          - templateName: health
        args:
          - name: service
            value: scorer-canary
      steps:
        - setWeight: 10
        - pause: {duration: 10m}
        - setWeight: 50
        - pause: {duration: 10m}
`;

export const ANALYSIS = `apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: health
spec:
  args:
    - name: service
  metrics:
    - name: error-rate
      interval: 1m
      failureLimit: 2
      successCondition: len(result) == 0 || isNaN(result[0]) || result[0] <= 0.01
      provider:
        prometheus:
          address: http://prometheus:9090
          query: |
            sum(rate(http_requests_total{service="{{args.service}}",code=~"5.."}[5m]))
              / sum(rate(http_requests_total{service="{{args.service}}"}[5m]))
    - name: latency-p99
      interval: 1m
      failureLimit: 2
      failureCondition: len(result) > 0 && result[0] > 0.3
      provider:
        prometheus:
          address: http://prometheus:9090
          query: histogram_quantile(0.99, sum by (le) (rate(d_seconds_bucket{service="{{args.service}}"}[5m])))
`;

export const FILES = { 'rollout.yaml': ROLLOUT, 'analysis.yaml': ANALYSIS };

export const CANARY = { level: 'canary', signals: ['error-rate', 'latency-p99'] } as const;

const NO_TOOLS: CheckTools = {
  python: { run: () => Promise.reject(new Error('a pure family runs no Python')) },
};

export async function findings(
  files: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>> = CANARY,
): Promise<readonly Violation[]> {
  const outcome = await argoRollouts({ files, options }, NO_TOOLS, new AbortController().signal);
  assert.equal(outcome.state, 'ran');
  return outcome.state === 'ran' ? outcome.violations : [];
}

/** Replaces texts that must be there, once each. */
export function edit(text: string, ...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((source, [from, to]) => {
    assert.ok(source.includes(from), `no ${JSON.stringify(from)} to replace`);
    return source.replace(from, () => to);
  }, text);
}

/** The text that a violation points at, its first line only. */
export function pointedAt(files: Readonly<Record<string, string>>, { file, range }: Violation): string {
  const line = files[file]?.split('\n')[range.start.line] ?? '';
  return line.slice(range.start.column, range.end.line === range.start.line ? range.end.column : undefined);
}
