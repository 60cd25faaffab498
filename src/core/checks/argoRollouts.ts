import validateTemplate from 'schema:src/core/checks/schemas/analysis-template.schema.json';
import validateRollout from 'schema:src/core/checks/schemas/rollout.schema.json';
import validateService from 'schema:src/core/checks/schemas/service.schema.json';
import { CANARY_RULES, CANARY_WARNINGS } from './argo/canary.ts';
import { CONDITION_RULES, CONDITION_WARNINGS } from './argo/conditions.ts';
import type { Manifest } from './argo/cursor.ts';
import { METRIC_RULES, QUERY_RULES } from './argo/metrics.ts';
import { type Model, readModel } from './argo/model.ts';
import { type ArgoOptions, type Rules, runRules } from './argo/rule.ts';
import { VALIDITY_RULES, VALIDITY_WARNINGS } from './argo/validity.ts';
import { WIRING_RULES, WIRING_WARNINGS } from './argo/wiring.ts';
import type { CheckFamily, Violation } from './finding.ts';
import { type SchemaRule, type Validate, validateDocument } from './jsonSchema.ts';
import type { YamlProblemRule } from './yaml.ts';

const SCHEMAS: ReadonlyMap<string, Validate> = new Map([
  ['Rollout', validateRollout],
  ['AnalysisTemplate', validateTemplate],
  ['ClusterAnalysisTemplate', validateTemplate],
  ['Service', validateService],
]);

const VALID: Rules = { ...VALIDITY_RULES, ...QUERY_RULES };

const CANARY: Rules = {
  ...CANARY_RULES,
  ...WIRING_RULES,
  ...METRIC_RULES,
  ...CONDITION_RULES,
  ...CANARY_WARNINGS,
  ...WIRING_WARNINGS,
  ...CONDITION_WARNINGS,
};

const FILE_RULES: readonly (YamlProblemRule | SchemaRule)[] = [
  ...(['yaml-syntax', 'yaml-limits'] as const),
  ...(['schema-unknown-key', 'schema-missing-key', 'schema-type', 'schema-value'] as const),
];

/** The ids of every rule of the family; their texts are in questions/checks/argo-rollouts.yaml. */
export const ARGO_RULES: readonly string[] = [
  ...FILE_RULES,
  ...Object.keys({ ...VALID, ...VALIDITY_WARNINGS, ...CANARY }),
];

/**
 * Checks of Argo Rollouts manifests. Options: `level` (`valid`, or `canary`, the default) and `signals`
 * (what the analysis has to measure); see `ArgoOptions`.
 */
export const argoRollouts: CheckFamily = async ({ files, options }, _tools, signal) => {
  if (signal.aborted) return { state: 'not_run', code: 'cancelled', detail: '' };
  const { level, signals } = readOptions(options);
  const { model, violations: unreadable } = readModel(files);
  const found = [...unreadable, ...schemaViolations(model), ...runRules(VALID, model, { level, signals })];
  const rules = level === 'canary' ? CANARY : VALIDITY_WARNINGS;
  for (const violation of runRules(rules, model, { level, signals })) {
    // What a file that cannot be read may hold is not missing.
    if (unreadable.length > 0 && ABSENT.has(violation.rule)) continue;
    found.push(violation);
  }
  return { state: 'ran', violations: unique(found).toSorted(byPlace(model.files)) };
};

const ABSENT = new Set(['rollout-missing', 'template-missing', 'template-unresolved', 'template-unused']);

function readOptions(options: Readonly<Record<string, unknown>>): ArgoOptions {
  const signals = (['error-rate', 'latency-p99'] as const).filter((name) =>
    [options['signals']].flat().includes(name),
  );
  return { level: options['level'] === 'valid' ? 'valid' : 'canary', signals };
}

function schemaViolations({ manifests }: Model): Violation[] {
  return manifests.flatMap(({ file, document, kind }: Manifest) => {
    const validate = SCHEMAS.get(kind);
    if (!validate) return [];
    return validateDocument(validate, document).map(({ rule, range, params }) => ({
      rule,
      file,
      range,
      params,
    }));
  });
}

// A template that is used twice is judged once.
function unique(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map((violation) => [JSON.stringify(violation), violation])).values()];
}

function byPlace(files: readonly string[]) {
  return (a: Violation, b: Violation) =>
    files.indexOf(a.file) - files.indexOf(b.file) ||
    a.range.start.line - b.range.start.line ||
    a.range.start.column - b.range.start.column;
}
