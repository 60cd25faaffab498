import { Source } from './echo.ts';
import type { GateReason } from './grade.ts';
import { contentWords, fold } from './terms.ts';

/** Fewer words of content than this cannot carry a point. */
const FEWEST_WORDS = 6;

// Openers that a hurried judge takes for an answer (master keys), in both languages.
const OPENERS =
  /^(thought process|solution|answer|reponse|let'?s think step by step|step by step|voici (ma|la) reponse|here is (my|the) answer|reflechissons( etape par etape)?)?[\s:.,…!-]*$/;

// Share of the answer's five-word runs that stand in the prompt: .8 is a copy with a word changed. An answer
// too short for a run is a copy when it stands there whole.
function isCopy(answer: string, prompt: string): boolean {
  const source = new Source([prompt]);
  return source.share(answer) >= 0.8 || source.holds(answer);
}

/**
 * What can be said of a prose answer before anybody reads it: the reason why it is worth nothing, or nothing.
 * `prompts` are all the texts of the question that the candidate could see.
 */
export function gateProse(answer: string, prompts: readonly string[]): GateReason | undefined {
  if (answer.trim() === '') return 'blank';
  if (OPENERS.test(fold(answer).trim())) return 'opener_only';
  if (prompts.some((prompt) => isCopy(answer, prompt))) return 'copied_question';
  if (contentWords(answer) < FEWEST_WORDS) return 'near_empty';
  return undefined;
}

/** The same for an exercise: all files blank, or none changed since it was created, in whichever language. */
export function gateFiles(
  files: Readonly<Record<string, string>>,
  scaffolds: readonly Readonly<Record<string, string>>[],
): GateReason | undefined {
  const bare = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();
  const paths = Object.keys(files);
  if (paths.every((path) => bare(files[path]) === '')) return 'blank';
  const untouched = paths.every((path) =>
    scaffolds.some((scaffold) => bare(files[path]) === bare(scaffold[path])),
  );
  return untouched ? 'untouched_scaffold' : undefined;
}
