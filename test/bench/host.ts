// Measures from inside a fresh extension host; called by the editor as a test bundle is.
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../src/vscode/services.ts';
import { measureGrading } from './grading.ts';
import { measureStudy } from './study.ts';

/** Milliseconds, by name. */
export type Measures = Record<string, number>;

async function time(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

async function repeat(times: number, run: (i: number) => unknown): Promise<number[]> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await time(() => run(i)));
  return values;
}

/**
 * What Developer: Show Running Extensions counts: loading the file, and the call of `activate`. The rest of an
 * activation is the editor's own, the same for an empty extension.
 */
function watchActivation(main: string): { load: number; activate: number } {
  const spent = { load: 0, activate: 0 };
  const start = performance.now();
  const loaded = require(main) as { activate(context: vscode.ExtensionContext): unknown };
  spent.load = performance.now() - start;
  const cached = require.cache[require.resolve(main)];
  if (!cached) throw new Error('the module is not cached');
  cached.exports = {
    ...loaded,
    activate(context: vscode.ExtensionContext) {
      const called = performance.now();
      const services = loaded.activate(context);
      spent.activate = performance.now() - called;
      return services;
    },
  };
  return spent;
}

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension<Services>('canari.canari');
  if (!extension || extension.isActive) throw new Error('the extension is not there, or already active');
  const measures: Measures = {};
  const spent = watchActivation(path.join(extension.extensionPath, 'dist', 'extension.js'));
  measures['activate, seen from outside'] = await time(() => extension.activate());
  if (spent.activate === 0) throw new Error('the activation was not seen');
  measures['load + activate'] = spent.load + spent.activate;
  const { bank, checks, study } = extension.exports;
  measures['index'] = await time(() => bank.catalogue());
  const catalogue = await bank.catalogue();
  measures['entries'] = catalogue.entries.length;
  const queries = ['drift', 'dérive', 'canary 42', 'feature store', 'question 7', 'zzz'];
  measures['search p95'] = percentile(
    await repeat(120, (i) => catalogue.search(queries[i % queries.length] ?? '')),
    0.95,
  );
  measures['history'] = await time(() => study.history());

  const rollout = await bank.exercise('argo-canary');
  const { signal } = new AbortController();
  measures['YAML check, first'] = await time(() => checks.run(rollout, rollout.solution, signal));
  measures['YAML check p95'] = percentile(
    await repeat(40, () => checks.run(rollout, rollout.solution, signal)),
    0.95,
  );
  const feature = await bank.exercise('define-feature');
  measures['Python, first run ever'] = await time(() => checks.run(feature, feature.solution, signal));
  measures['Python, next run at once'] = await time(() => checks.run(feature, feature.solution, signal));
  checks.warm(feature);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  measures['Python, on a ready child'] = await time(() => checks.run(feature, feature.solution, signal));
  const graded = await measureGrading(extension.exports);
  measures['report p95'] = percentile(graded['report'] ?? [], 0.95);
  measures['cancel p95'] = percentile(graded['cancel'] ?? [], 0.95);
  // Three characters a token is more tokens than any tokenizer of today makes of French.
  measures['prompt tokens, median'] = percentile(graded['characters'] ?? [], 0.5) / 3;
  measures['prompt tokens, largest'] = percentile(graded['characters'] ?? [], 1) / 3;
  if (process.env['CANARI_BENCH_STUDY']) {
    const { open, append, fold } = await measureStudy();
    measures['20,000 attempts, open'] = percentile(open, 0.5);
    measures['20,000 attempts, append'] = percentile(append, 0.5);
    measures['20,000 attempts, fold'] = percentile(fold, 0.5);
  }
  fs.writeFileSync(process.env['CANARI_BENCH_OUTPUT'] ?? '', JSON.stringify(measures));
}
