import type { Exercise, FamilyName } from '../bank/question.ts';
import type { CheckResult } from '../grading/grade.ts';
import { argoRollouts } from './argoRollouts.ts';
import type { CheckFamily, CheckTools, FamilyOutcome, Violation } from './finding.ts';
import { python } from './python.ts';

const FAMILIES: Readonly<Record<FamilyName, CheckFamily>> = { 'argo-rollouts': argoRollouts, python };

export interface CheckRun {
  readonly results: readonly CheckResult[];
  /** Everything that was found, also by rules that no check names (a warning, a syntax error). */
  readonly violations: readonly Violation[];
}

/**
 * Runs the checks of an exercise, each family once. A check passes when its family ran and broke none of
 * its rules with severity `error`; when the family could not run, the check says so instead of passing.
 */
export async function runChecks(
  exercise: Exercise,
  files: Readonly<Record<string, string>>,
  tools: CheckTools,
  signal: AbortSignal,
): Promise<CheckRun> {
  const outcomes = new Map<FamilyName, FamilyOutcome>();
  for (const family of new Set(exercise.checks.map((check) => check.family))) {
    const options = exercise.options[family] ?? {};
    outcomes.set(family, await FAMILIES[family]({ files, options }, tools, signal));
  }
  const isError = ({ rule }: Violation) => exercise.rules[rule]?.severity === 'error';
  const named = new Set(exercise.checks.flatMap((check) => check.rules));
  const results = exercise.checks.map(({ id, family, rules }): CheckResult => {
    const outcome = outcomes.get(family);
    if (outcome?.state !== 'ran') {
      const code = outcome?.code ?? 'internal';
      return {
        id,
        outcome: 'not_run',
        violations: [],
        failure: { code, params: { detail: outcome?.detail ?? '' } },
      };
    }
    const violations = outcome.violations.filter(({ rule }) => rules.includes(rule));
    // An error that no check names (a file that does not parse) leaves nothing for the others to vouch for.
    const blocked = outcome.violations.some((violation) => !named.has(violation.rule) && isError(violation));
    const failed = blocked || violations.some(isError);
    return { id, outcome: failed ? 'failed' : 'passed', violations };
  });
  const violations = [...outcomes.values()].flatMap((outcome) =>
    outcome.state === 'ran' ? outcome.violations : [],
  );
  return { results, violations };
}
