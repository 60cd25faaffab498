import type { CheckFamily } from './finding.ts';

/** Milliseconds that a learner's program may run unless its exercise says otherwise. */
const TIMEOUT_MS = 5000;

const textList = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/**
 * Runs the learner's program in the sandbox, then the exercise's own check of it.
 * Options: `entry` (the file that is run), `check` (source of the check program), `provides` (stand-in
 * packages), `timeoutMs`.
 */
export const python: CheckFamily = async ({ files, options }, tools, signal) => {
  const { entry, check, provides, timeoutMs } = options;
  if (typeof entry !== 'string' || typeof check !== 'string') {
    return { state: 'not_run', code: 'sandbox_crashed', detail: 'the exercise names no entry or no check' };
  }
  return tools.python.run(
    {
      files,
      entry,
      provides: textList(provides),
      check,
      timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : TIMEOUT_MS,
    },
    signal,
  );
};
