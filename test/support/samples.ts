// Small pieces of a bank: a rubric, a question, an exercise, as values and as the files that hold them.
import { stringify } from 'yaml';
import type {
  Accept,
  BankEntry,
  Pitfall,
  Point,
  Question,
  Rubric,
  Track,
} from '../../src/core/bank/question.ts';
import type { Rule } from '../../src/core/checks/finding.ts';
import type { Localized } from '../../src/core/language.ts';

const both = (fr: string, en: string): Localized => ({ fr, en });

export function samplePoint(id: string, weight: number, change: Partial<Point> = {}): Point {
  return {
    id,
    weight,
    statement: both(`La réponse dit ${id}.`, `The answer says ${id}.`),
    accept: accept([[id]], [[id]]),
    not_enough: both(`Nommer ${id} seulement.`, `Naming ${id} only.`),
    ...change,
  };
}

export function samplePitfall(id: string, penalty: number, change: Partial<Pitfall> = {}): Pitfall {
  return {
    id,
    penalty,
    statement: both(`La réponse affirme ${id}.`, `The answer claims ${id}.`),
    accept: accept([[id]], [[id]]),
    ...change,
  };
}

export function accept(fr: readonly (readonly string[])[], en: readonly (readonly string[])[]): Accept {
  return { fr, en };
}

/** Three points of weights 3, 2 and 1, and two pitfalls. */
export function sampleRubric(): Rubric {
  return {
    points: [
      samplePoint('reference', 3, {
        statement: both(
          'La réponse compare à une référence explicite.',
          'The answer compares with an explicit reference.',
        ),
        accept: accept(
          [
            ['fenêtre de référence', 'données d’entraînement'],
            ['comparer', 'écart'],
          ],
          [
            ['reference window', 'training data'],
            ['compare', 'difference'],
          ],
        ),
        not_enough: both('Dire que l’on surveille les données.', 'Saying that one watches the data.'),
      }),
      samplePoint('statistic', 2, {
        statement: both('La réponse nomme une mesure d’écart.', 'The answer names a measure of distance.'),
        accept: accept([['psi', 'kolmogorov']], [['psi', 'kolmogorov']]),
      }),
      samplePoint('alert', 1, {
        statement: both('La réponse règle un seuil d’alerte.', 'The answer sets an alert threshold.'),
        accept: accept([['seuil d’alerte', 'alerter']], [['threshold', 'alert']]),
      }),
    ],
    pitfalls: [
      samplePitfall('always-retrain', 0.25, {
        statement: both('La réponse réentraîne à chaque dérive.', 'The answer retrains at every drift.'),
        accept: accept([['réentraîner toujours']], [['always retrain']]),
      }),
      samplePitfall('mean-only', 0.1, {
        statement: both('La réponse ne suit que la moyenne.', 'The answer follows the mean only.'),
        accept: accept([['seulement la moyenne']], [['only the mean']]),
      }),
    ],
  };
}

export const PROMPTS: Localized = {
  fr: 'Quels signaux surveiller pour détecter une dérive des données en production, et comment alerter ?',
  en: 'Which signals do you watch to detect data drift in production, and how do you alert on them?',
};

/** An answer that makes every claim of the sample rubric. */
export const FULL_ANSWER = [
  'I compare the last day with a reference window taken from the training data.',
  'For each feature I compute a PSI and look at its size.',
  'A threshold that holds for three windows raises an alert.',
].join('\n');

export function sampleQuestion(id: string, track: string, change: Partial<Question> = {}): Question {
  const rubric = sampleRubric();
  return {
    id,
    track,
    level: 'mid',
    kind: 'concept',
    seeds: [],
    core: true,
    tags: ['drift'],
    minutes: 4,
    title: both(`Titre de ${id}`, `Title of ${id}`),
    prompt: PROMPTS,
    points: [...rubric.points, samplePoint('impact', 1)],
    pitfalls: rubric.pitfalls,
    hints: [both('Un.', 'One.'), both('Deux.', 'Two.'), both('Trois.', 'Three.')],
    model_answer: both('Une réponse.', 'An answer.'),
    follow_ups: [
      { point: 'reference', ask: both('Laquelle ?', 'Which one?') },
      { point: 'alert', ask: both('Quel seuil ?', 'Which threshold?') },
    ],
    references: [{ title: 'A page', url: 'https://example.org/page' }],
    exercises: [],
    checked: '2026-11',
    ...change,
  };
}

export function sampleTrack(id: string, change: Partial<Track> = {}): Track {
  return {
    id,
    title: both(`Parcours ${id}`, `Track ${id}`),
    introduction: both('Une introduction.', 'An introduction.'),
    takeaway: both('À retenir.', 'To remember.'),
    figure: { caption: both('Une figure.', 'A figure.'), diagram: both('a → b', 'a → b') },
    order: 2,
    numbers: [1, 2, 3].map((value) => ({
      text: both(`Par défaut, ${value} s.`, `${value} s by default.`),
      reference: { title: 'A page', url: 'https://example.org/page' },
    })),
    to_ask: [both('Qui est d’astreinte ?', 'Who is on call?'), both('Depuis quand ?', 'Since when?')],
    resources: [
      { type: 'book', title: 'A book', url: 'https://example.org/book', why: both('Utile.', 'Useful.') },
      { type: 'video', title: 'A video', url: 'https://example.org/video', why: both('Court.', 'Short.') },
    ],
    checked: '2026-11',
    ...change,
  };
}

export function sampleRule(change: Partial<Rule> = {}): Rule {
  return {
    severity: 'error',
    message: both('C’est faux.', 'This is wrong.'),
    why: both('La production tombe.', 'Production goes down.'),
    link: { title: 'The manual', url: 'https://example.org/manual' },
    ...change,
  };
}

/** `exercise.yaml` as a value; its folder needs `scaffold/a.py`, `solution/a.py` and `check.py`. */
export function sampleExerciseHead(id: string, track: string): Record<string, unknown> {
  return {
    id,
    track,
    level: 'mid',
    kind: 'code',
    seeds: [],
    core: false,
    tags: ['feast'],
    minutes: 20,
    title: both('Un exercice', 'An exercise'),
    prompt: both('Compléter le fichier.', 'Complete the file.'),
    files: ['a.py'],
    strings: { todo: both('à compléter', 'to complete') },
    checks: ['runs', 'types', 'tests'].map((check) => ({
      id: check,
      title: both(`Contrôle ${check}`, `Check ${check}`),
      weight: 1,
      family: 'python',
      rules: ['wrong'],
    })),
    options: { python: { entry: 'a.py', check: 'check.py' } },
    rules: { wrong: sampleRule() },
    points: [samplePoint('choice', 1), samplePoint('reason', 1)],
    pitfalls: [],
    hints: [both('Un.', 'One.'), both('Deux.', 'Two.'), both('Trois.', 'Three.')],
    solution_note: both('Parce que.', 'Because.'),
    diagram: both('flowchart LR\n  a["Code"] --> b["Service"]', 'flowchart LR\n  a["Code"] --> b["Service"]'),
    references: [{ title: 'A page', url: 'https://example.org/page' }],
    checked: '2026-11',
  };
}

export function sampleEntry(id: string, change: Partial<BankEntry> = {}): BankEntry {
  return {
    id,
    type: 'question',
    track: 'monitoring',
    level: 'mid',
    kind: 'concept',
    core: false,
    minutes: 4,
    tags: [],
    title: both(`Titre ${id}`, `Title ${id}`),
    ...change,
  };
}

/** A value as the bank's files write it. */
export function yamlOf(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}
