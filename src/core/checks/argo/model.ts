import type { Violation } from '../finding.ts';
import { valueAt } from '../jsonSchema.ts';
import { parseYaml } from '../yaml.ts';
import { Cursor, type Manifest } from './cursor.ts';

export interface AnalysisReference {
  readonly cursor: Cursor;
  readonly name: string;
  readonly cluster: boolean;
}

/** A place where a rollout runs analysis templates. */
export interface AnalysisUse {
  readonly mode: 'background' | 'inline' | 'experiment' | 'promotion';
  readonly cursor: Cursor;
  readonly references: readonly AnalysisReference[];
  /** Index of the step that holds it, or of the step at which a background analysis starts. */
  readonly step: number;
}

export interface Step {
  readonly cursor: Cursor;
  readonly index: number;
  /** Share of the traffic in force once the step is reached, 0 to 1. */
  readonly share: number;
}

export interface Rollout {
  readonly cursor: Cursor;
  /** `spec.strategy.canary`; check `exists`. */
  readonly canary: Cursor;
  readonly steps: readonly Step[];
  readonly uses: readonly AnalysisUse[];
}

export interface Metric {
  readonly cursor: Cursor;
  readonly template: Template;
  readonly name: string;
  readonly provider: string;
}

export interface Template {
  readonly cursor: Cursor;
  readonly name: string;
  readonly cluster: boolean;
  readonly metrics: readonly Metric[];
  readonly args: readonly Cursor[];
  readonly references: readonly AnalysisReference[];
}

/** What the rules read: every object of the files, and those of Argo Rollouts in a handier form. */
export interface Model {
  /** The paths given, in their order. */
  readonly files: readonly string[];
  readonly manifests: readonly Manifest[];
  readonly rollouts: readonly Rollout[];
  readonly templates: readonly Template[];
}

export interface Reading {
  readonly model: Model;
  /** Files that are not YAML, or that are refused. */
  readonly violations: readonly Violation[];
}

/** Reads the YAML files; kinds that are not known stay in `manifests` and are otherwise ignored. */
export function readModel(files: Readonly<Record<string, string>>): Reading {
  const manifests: Manifest[] = [];
  const violations: Violation[] = [];
  const paths = Object.keys(files).filter((path) => path.endsWith('.yaml') || path.endsWith('.yml'));
  for (const file of paths) {
    const { documents, problems } = parseYaml(files[file] ?? '');
    violations.push(
      ...problems.map(({ rule, range, detail }) => ({ rule, file, range, params: { detail } })),
    );
    for (const document of documents) {
      const text = (...path: string[]) => {
        const value = valueAt(document.value, path);
        return typeof value === 'string' ? value : '';
      };
      const kind = kindOf(text('apiVersion'), text('kind'));
      manifests.push({ file, document, kind, name: text('metadata', 'name') });
    }
  }
  const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
  const templates = [...ofKind('AnalysisTemplate'), ...ofKind('ClusterAnalysisTemplate')].map(readTemplate);
  return {
    model: { files: paths, manifests, rollouts: ofKind('Rollout').map(readRollout), templates },
    violations,
  };
}

// Others use the same words: a Knative Service, a Rollout of OpenKruise. Those keep their group.
function kindOf(apiVersion: string, kind: string): string {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && group !== 'argoproj.io' ? `${kind}.${group}` : kind;
}

function readTemplate(manifest: Manifest): Template {
  const cursor = new Cursor(manifest);
  const spec = cursor.get('spec');
  const metrics: Metric[] = [];
  const template: Template = {
    cursor,
    name: manifest.name,
    cluster: manifest.kind === 'ClusterAnalysisTemplate',
    metrics,
    args: spec.get('args').items,
    references: readReferences(spec.get('templates')),
  };
  for (const metric of spec.get('metrics').items) {
    const name = metric.get('name').text ?? '';
    metrics.push({ cursor: metric, template, name, provider: metric.get('provider').keys[0] ?? '' });
  }
  return template;
}

function readReferences(list: Cursor): AnalysisReference[] {
  return list.items.map((cursor) => ({
    cursor,
    name: cursor.get('templateName').text ?? '',
    cluster: cursor.get('clusterScope').flag,
  }));
}

function readRollout(manifest: Manifest): Rollout {
  const cursor = new Cursor(manifest);
  const canary = cursor.get('spec', 'strategy', 'canary');
  const steps = readSteps(canary);
  return { cursor, canary, steps, uses: readUses(cursor.get('spec', 'strategy'), steps) };
}

/** The traffic weight that stands for all of it. */
export function fullWeight(canary: Cursor): number {
  return canary.get('trafficRouting', 'maxTrafficWeight').integer ?? 100;
}

function readSteps(canary: Cursor): Step[] {
  const full = fullWeight(canary);
  let share = 0;
  return canary.get('steps').items.map((cursor, index) => {
    const weight = cursor.get('setWeight').integer;
    if (weight !== undefined) share = weight / full;
    return { cursor, index, share };
  });
}

function readUses(strategy: Cursor, steps: readonly Step[]): AnalysisUse[] {
  const use = (mode: AnalysisUse['mode'], cursor: Cursor, step: number): AnalysisUse[] =>
    cursor.exists ? [{ mode, cursor, step, references: readReferences(cursor.get('templates')) }] : [];
  const background = strategy.get('canary', 'analysis');
  const blueGreen = strategy.get('blueGreen');
  return [
    ...use('background', background, background.get('startingStep').integer ?? 0),
    ...steps.flatMap(({ cursor, index }) => [
      ...use('inline', cursor.get('analysis'), index),
      ...cursor.get('experiment', 'analyses').items.map(
        (analysis): AnalysisUse => ({
          mode: 'experiment',
          cursor: analysis,
          step: index,
          // An analysis of an experiment is a reference itself.
          references: [
            {
              cursor: analysis,
              name: analysis.get('templateName').text ?? '',
              cluster: analysis.get('clusterScope').flag,
            },
          ],
        }),
      ),
    ]),
    ...use('promotion', blueGreen.get('prePromotionAnalysis'), 0),
    ...use('promotion', blueGreen.get('postPromotionAnalysis'), 0),
  ];
}
