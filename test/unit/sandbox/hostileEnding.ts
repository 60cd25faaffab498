import assert from 'node:assert/strict';
import type { Hostile } from '../../fixtures/sandbox/hostile.ts';
import type { Observed } from '../../support/sandbox.ts';

/** Asserts that a hostile program ended in one of its ways. */
export function endsAsExpected({ name, ends }: Hostile, { outcome, error }: Observed): void {
  const ended =
    outcome.state === 'not_run' ? { code: outcome.code } : { error: error.split(':')[0]?.trim() ?? '' };
  const told = JSON.stringify({ ended, error, outcome }).slice(0, 400);
  assert.ok(
    ends.some((way) => JSON.stringify(way) === JSON.stringify(ended)),
    `${name} ended otherwise: ${told}`,
  );
}
