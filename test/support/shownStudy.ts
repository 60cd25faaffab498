// Pages of the study loop as the panel is given them, in both languages, with long words and hostile texts.
import type { Lang } from '../../src/core/language.ts';
import { addDays, type Day, daysBetween, noonOf } from '../../src/core/study/day.ts';
import type { DrillPage } from '../../src/shared/protocol.ts';
import type {
  BarView,
  DebriefPage,
  EvePage,
  HistoryPage,
  InterviewPage,
  ProgressPage,
  ReportPage,
  SegmentView,
  SpeakPage,
  StackView,
  SubjectRef,
} from '../../src/shared/studyPages.ts';
import { wordsIn } from './words.ts';

/** A Friday. */
const TODAY: Day = '2026-11-20';
const INTERVIEW: Day = '2026-11-30';
const MODEL = 'qwen3-32b';
export const HOSTILE = '<img src=x onerror="document.title=1"><b>bold</b>';

const question = (id: string): SubjectRef => ({ type: 'question', id });
const say = (lang: Lang) => (en: string, fr: string) => (lang === 'fr' ? fr : en);

function dated(lang: Lang, day: Day, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(lang, { ...options, timeZone: 'UTC' }).format(noonOf(day));
}

const short = (lang: Lang, day: Day) => dated(lang, day, { day: 'numeric', month: 'short' });
const long = (lang: Lang, day: Day) => dated(lang, day, { weekday: 'long', day: 'numeric', month: 'long' });
const ofWeek = (lang: Lang, day: Day) =>
  `${dated(lang, day, { weekday: 'short' })} ${dated(lang, day, { day: 'numeric' })}`;

function stack(lang: Lang, label: string, counts: readonly number[]): StackView {
  const s = say(lang);
  const kinds = ['mastered', 'good', 'to_review', 'started', 'new'] as const;
  const words: Readonly<Record<SegmentView['kind'], string>> = {
    mastered: s('mastered', 'acquises'),
    good: s('passed', 'réussies'),
    to_review: s('to review', 'à revoir'),
    started: s('started', 'commencées'),
    new: s('new', 'nouvelles'),
  };
  const segments = kinds.map((kind, i) => {
    const count = counts[i] ?? 0;
    return { kind, count, text: `${count} ${words[kind]}` };
  });
  const total = segments.reduce((sum, { count }) => sum + count, 0);
  const mastered = counts[0] ?? 0;
  return {
    label,
    segments,
    text: s(`${mastered} of ${total} mastered`, `${mastered} acquises sur ${total}`),
  };
}

const TRACKS: readonly (readonly [en: string, fr: string, ...counts: number[]])[] = [
  ['CI/CD for machine learning', 'CI/CD pour le machine learning', 3, 2, 1, 1, 4],
  ['Data contracts and reproducibility', 'Contrats de données et reproductibilité', 1, 0, 3, 0, 6],
  ['Rollout strategies', 'Stratégies de déploiement', 5, 2, 0, 0, 1],
  ['Monitoring and drift', 'Monitoring et dérive', 4, 3, 2, 1, 3],
  ['SLOs and incident response', 'SLO et réponse aux incidents', 0, 0, 1, 0, 7],
  ['Feature store', 'Feature store', 2, 4, 1, 0, 9],
  ['LLMOps', 'LLMOps', 0, 0, 0, 0, 8],
];

const COMPETENCES: readonly (readonly [en: string, fr: string, ...counts: number[]])[] = [
  ['Explaining a concept', 'Expliquer un concept', 7, 5, 2, 1, 12],
  ['Acting in a scenario', 'Agir dans un scénario', 4, 3, 4, 0, 9],
  ['Comparing solutions', 'Comparer des solutions', 2, 2, 1, 0, 7],
  ['Writing code', 'Écrire du code', 2, 1, 1, 1, 10],
];

const DUE = [6, 3, 4, 0, 8, 2, 1, 5, 3, 0, 2, 4, 1, 12];

function calendarOf(lang: Lang, isEmpty: boolean): ProgressPage['calendar'] {
  const s = say(lang);
  const first: Day = '2026-08-31';
  return Array.from({ length: 12 }, (_, week) => {
    const monday = addDays(first, week * 7);
    return {
      label: short(lang, monday),
      days: Array.from({ length: 7 }, (_, i) => addDays(monday, i))
        .filter((day) => day <= TODAY)
        .map((day) => {
          const n = daysBetween(first, day);
          const count = isEmpty || n < 30 || n % 5 === 0 ? 0 : (n * 7) % 9;
          return {
            day,
            count,
            level: Math.min(4, Math.ceil(count / 2)),
            text: s(`${long(lang, day)}: answers: ${count}`, `${long(lang, day)} : réponses : ${count}`),
          };
        }),
    };
  });
}

function lineOf(lang: Lang, grader: string, from: Day, values: readonly number[]) {
  return {
    grader,
    values: values.map((value, i) => {
      const day = addDays(from, i * 2);
      return { day, label: short(lang, day), value, text: wordsIn(lang).percent(value) };
    }),
  };
}

export function progressPage(lang: Lang): ProgressPage {
  const s = say(lang);
  return {
    page: 'progress',
    title: s('Progress', 'Progression'),
    subtitle: s('10 days to the interview', '10 jours avant l’entretien'),
    facts: [
      { name: s('Interview', 'Entretien'), value: long(lang, INTERVIEW) },
      { name: s('Mastered', 'Acquises'), value: s('15 of 75', '15 sur 75') },
      { name: s('Days in a row', 'Jours d’affilée'), value: '6' },
      { name: s('Last 7 days', '7 derniers jours'), value: '3 h 40 min' },
    ],
    tracks: TRACKS.map(([en, fr, ...counts]) => stack(lang, s(en, fr), counts)),
    competences: COMPETENCES.map(([en, fr, ...counts]) => stack(lang, s(en, fr), counts)),
    ahead: DUE.map((due, i) => {
      const day = addDays(TODAY, i);
      return {
        day,
        label: ofWeek(lang, day),
        due,
        text: s(due === 1 ? '1 review' : `${due} reviews`, due < 2 ? `${due} révision` : `${due} révisions`),
        ...(day === INTERVIEW ? { isInterview: true as const } : {}),
      };
    }),
    calendar: calendarOf(lang, false),
    weekdays: Array.from({ length: 7 }, (_, i) =>
      dated(lang, addDays('2026-11-16', i), { weekday: 'short' }),
    ),
    scores: [
      lineOf(
        lang,
        MODEL,
        '2026-10-20',
        [0.42, 0.5, 0.38, 0.55, 0.61, 0.58, 0.66, 0.72, 0.7, 0.78, 0.74, 0.81],
      ),
      lineOf(lang, s('Offline estimate', 'Estimation hors ligne'), '2026-10-01', [0.3, 0.45, 0.4, 0.52, 0.6]),
      lineOf(lang, s('Self-assessed', 'Autoévaluation'), '2026-11-06', [0.9, 1, 0.75]),
    ],
    weakest: [
      {
        subject: question('drift-signals'),
        title: s('Signals of data drift', 'Signaux d’une dérive des données'),
        point: s(
          'The answer turns the distance into an alert by a threshold set from history.',
          'La réponse transforme l’écart en alerte par un seuil calé sur l’historique.',
        ),
        text: s(
          'Missed 3 times in the last 3 answers, last score 55%',
          'Manqué 3 fois sur les 3 dernières réponses, dernier score 55 %',
        ),
      },
      {
        subject: question('drift-signals'),
        title: s('Signals of data drift', 'Signaux d’une dérive des données'),
        point: s(
          'The answer ties drift to its effect, by weighting features by importance.',
          'La réponse relie la dérive à son effet, en pondérant les variables par leur importance.',
        ),
        text: s(
          'Missed 2 times in the last 3 answers, last score 55%',
          'Manqué 2 fois sur les 3 dernières réponses, dernier score 55 %',
        ),
      },
      {
        subject: { type: 'exercise', id: 'canary-config' },
        title: s('A canary configuration', 'Une configuration de déploiement canari'),
        point: s(
          'The rollback is automatic, on a threshold of the error rate.',
          'Le retour arrière est automatique, sur un seuil du taux d’erreur.',
        ),
        text: s('Missed once, last score 70%', 'Manqué une fois, dernier score 70 %'),
      },
    ],
  };
}

/** The page of somebody who has just come. */
export function emptyProgress(lang: Lang): ProgressPage {
  const full = progressPage(lang);
  const untouched = (list: readonly (readonly [string, string, ...number[]])[]) =>
    list.map(([en, fr, ...counts]) =>
      stack(lang, say(lang)(en, fr), [0, 0, 0, 0, counts.reduce((sum, n) => sum + n, 0)]),
    );
  return {
    ...full,
    subtitle: say(lang)('No interview date yet', 'Pas encore de date d’entretien'),
    facts: [],
    tracks: untouched(TRACKS),
    competences: untouched(COMPETENCES),
    ahead: full.ahead.map(({ isInterview: _, ...day }) => ({ ...day, due: 0 })),
    calendar: calendarOf(lang, true),
    scores: [],
    weakest: [],
  };
}

export function evePage(lang: Lang): EvePage {
  const s = say(lang);
  const { weakest } = progressPage(lang);
  return {
    page: 'eve',
    title: s('The evening before', 'La veille'),
    subtitle: s('Interview tomorrow, Monday, November 30', 'Entretien demain, lundi 30 novembre'),
    weakest: weakest.map(({ subject, title, point }) => ({ subject, title, point })),
    takeaways: [
      {
        track: s('Monitoring and drift', 'Monitoring et dérive'),
        untrustedText: s(
          `A model fails **silently**: monitor the service, the data, the predictions, the quality, and the business effect. ${HOSTILE}`,
          `Un modèle échoue **en silence** : surveillez le service, les données, les prédictions, la qualité et l’effet métier. ${HOSTILE}`,
        ),
      },
      {
        track: s('Rollout strategies', 'Stratégies de déploiement'),
        untrustedText: s(
          'Separate deploying from releasing, and decide the rollback before the release.',
          'Séparez le déploiement de la mise en service, et décidez du retour arrière avant la mise en service.',
        ),
      },
    ],
    numbers: [
      {
        text: s(
          'A PSI above 0.2 is commonly read as a major shift; below 0.1 as none.',
          'Un PSI au-dessus de 0,2 se lit d’ordinaire comme un écart majeur ; sous 0,1, comme aucun.',
        ),
        reference: { title: 'Evidently, data drift', url: 'https://docs.evidentlyai.com/' },
      },
      {
        text: s(
          'An SLO of 99.9% over 30 days leaves 43 minutes of error budget.',
          'Un SLO de 99,9 % sur 30 jours laisse 43 minutes de budget d’erreur.',
        ),
        reference: { title: 'Google SRE Workbook', url: 'https://sre.google/workbook/' },
      },
    ],
    toAsk: [
      s(
        'How long does a model take from a merged commit to production, and who approves it?',
        'Combien de temps sépare un commit fusionné de la production, et qui l’approuve ?',
      ),
      s(
        'What was your last incident caused by a model, and what changed since?',
        'Quel a été votre dernier incident dû à un modèle, et qu’est-ce qui a changé depuis ?',
      ),
    ],
  };
}

/** A question to answer aloud; `passed` are the seconds since it was put. */
export function speakPage(lang: Lang, { isRevealed = false, isLast = false, passed = 12 } = {}): SpeakPage {
  const s = say(lang);
  const startedAt = 1_000_000;
  return {
    page: 'speak',
    title: s('Signals of data drift', 'Signaux d’une dérive des données'),
    subtitle: isLast ? '5 / 5' : '2 / 5',
    subject: question('drift-signals'),
    untrustedPrompt: s(
      `Which signals do you watch to detect data drift in production, and how do you turn them into useful alerts? ${HOSTILE}`,
      `Quels signaux surveiller pour détecter une dérive des données en production, et comment en faire des alertes utiles ? ${HOSTILE}`,
    ),
    seconds: 120,
    startedAt,
    now: startedAt + passed * 1000,
    ...(isRevealed
      ? {
          revealed: {
            points: [
              {
                id: 'reference-window',
                statement: s(
                  'The answer compares recent data with an explicit reference (training data or a healthy period).',
                  'La réponse compare les données récentes à une référence explicite (données d’entraînement ou période saine).',
                ),
              },
              {
                id: 'prediction-drift',
                statement: s(
                  'The answer follows the distribution of predictions or scores.',
                  'La réponse suit la distribution des prédictions ou des scores.',
                ),
              },
              {
                id: 'actionable-alert',
                statement: s(
                  'The answer turns the distance into an alert by a threshold set from history.',
                  'La réponse transforme l’écart en alerte par un seuil calé sur l’historique.',
                ),
              },
            ],
            untrustedAnswer: s(
              'I keep a **reference window** and compare each day with it.\n\n- PSI per feature\n- share of missing values',
              'Je garde une **fenêtre de référence** et je lui compare chaque journée.\n\n- PSI par variable\n- part de valeurs manquantes',
            ),
          },
        }
      : {}),
    isLast,
  };
}

export function historyPage(lang: Lang): HistoryPage {
  const s = say(lang);
  const at = (day: Day, time: string) => `${dated(lang, day, { dateStyle: 'long' })}, ${time}`;
  const { percent, t } = wordsIn(lang);
  return {
    page: 'history',
    title: s('Signals of data drift', 'Signaux d’une dérive des données'),
    subtitle: s('4 attempts', '4 tentatives'),
    subject: question('drift-signals'),
    untrustedNote: s('Say the threshold first.', 'Dire le seuil d’abord.'),
    facts: [
      {
        name: s('Mastered', 'Acquise'),
        value: s(
          'Not yet: one good answer without help, two are needed on different days',
          'Pas encore : une bonne réponse sans aide, il en faut deux à des jours différents',
        ),
      },
      {
        name: s('Due', 'À revoir'),
        value: s('Tuesday, November 24, in 4 days', 'mardi 24 novembre, dans 4 jours'),
      },
    ],
    improved: [
      {
        kind: 'gained',
        text: s(
          'The answer compares recent data with an explicit reference.',
          'La réponse compare les données récentes à une référence explicite.',
        ),
      },
      {
        kind: 'lost',
        text: s(
          'The answer also follows input quality, be it the rate of missing values, out-of-range values or unseen categories.',
          'La réponse suit aussi la qualité des entrées, qu’il s’agisse du taux de valeurs manquantes, des valeurs hors plage ou des catégories inconnues.',
        ),
      },
      {
        kind: 'open',
        text: s(
          'The answer turns the distance into an alert by a threshold set from history.',
          'La réponse transforme l’écart en alerte par un seuil calé sur l’historique.',
        ),
      },
    ],
    caution: s(
      'Careful: the first attempt was graded by another grader.',
      'Prudence : la première tentative a été évaluée par un autre évaluateur.',
    ),
    attempts: [
      {
        id: 'a4',
        when: at('2026-11-20', '14:02'),
        score: percent(0.82),
        value: 0.82,
        gradedBy: t('by.model', { model: MODEL, destination: 'http://127.0.0.1:11434' }),
        details: [
          s('6 min', '6 min'),
          s('no hint', 'aucun indice'),
          s('inline suggestions off', 'suggestions en ligne désactivées'),
          s('rated good', 'appréciation : bien'),
        ],
        isSpoken: false,
      },
      {
        id: 'a3',
        when: at('2026-11-17', '08:30'),
        score: percent(0.67),
        value: 0.67,
        gradedBy: t('by.self'),
        details: [s('said aloud', 'dite à voix haute')],
        isSpoken: true,
      },
      {
        id: 'a2',
        when: at('2026-11-14', '19:41'),
        score: percent(0.58),
        value: 0.58,
        gradedBy: t('by.model', { model: MODEL, destination: 'http://127.0.0.1:11434' }),
        details: [s('9 min', '9 min'), s('2 hints', '2 indices')],
        isSpoken: false,
      },
      {
        id: 'a1',
        when: at('2026-11-12', '18:05'),
        score: '–',
        gradedBy: t('by.none'),
        details: [],
        isSpoken: false,
      },
    ],
  };
}

export function debriefPage(lang: Lang): DebriefPage {
  const s = say(lang);
  return {
    page: 'debrief',
    title: s('Debrief: Acme', 'Compte rendu : Acme'),
    subtitle: s('November 18, 2026, 3 questions', '18 novembre 2026, 3 questions'),
    rows: [
      {
        untrustedText: s(
          `How would you detect drift without labels? ${HOSTILE}`,
          `Comment détecter une dérive sans étiquettes ? ${HOSTILE}`,
        ),
        matches: [
          {
            subject: question('drift-signals'),
            title: s('Signals of data drift', 'Signaux d’une dérive des données'),
            score: wordsIn(lang).percent(0.55),
            weak: [
              s(
                'The answer follows the distribution of predictions or scores.',
                'La réponse suit la distribution des prédictions ou des scores.',
              ),
            ],
          },
          {
            subject: question('late-labels'),
            title: s('Labels that come late', 'Des étiquettes qui arrivent tard'),
            score: '–',
            weak: [],
          },
        ],
      },
      {
        untrustedText: s('Why do you want to leave your job?', 'Pourquoi voulez-vous quitter votre poste ?'),
        matches: [],
        own: {
          subject: question('own-x1'),
          title: s('Why do you want to leave your job?', 'Pourquoi voulez-vous quitter votre poste ?'),
        },
      },
      { untrustedText: s('Do you know COBOL?', 'Connaissez-vous le COBOL ?'), matches: [] },
    ],
  };
}

export function interviewPage(lang: Lang, changes: Partial<InterviewPage> = {}): InterviewPage {
  const s = say(lang);
  return {
    page: 'interview',
    title: s('Question 2 of 6', 'Question 2 sur 6'),
    subtitle: s('Mock interview, MLOps engineer, senior', 'Entretien blanc, ingénieur MLOps, senior'),
    untrustedPrompt: s(
      `Your fraud model's **alert rate** doubled overnight. What do you do in the first hour? ${HOSTILE}`,
      `Le **taux d’alertes** de votre modèle de fraude a doublé pendant la nuit. Que faites-vous dans la première heure ? ${HOSTILE}`,
    ),
    isFollowUp: false,
    paused: false,
    questionLeft: 245,
    totalLeft: 1830,
    now: 5_000_000,
    assistance: s(
      'Inline suggestions are off for this answer. The assistant of Cursor is not under our switch.',
      'Les suggestions en ligne sont désactivées pour cette réponse. L’assistant de Cursor ne dépend pas de notre interrupteur.',
    ),
    ...changes,
  };
}

function bar(lang: Lang, label: string, value?: number): BarView {
  return value === undefined
    ? { label, text: say(lang)('not asked', 'non abordé') }
    : { label, value, text: wordsIn(lang).percent(value) };
}

export function reportPage(lang: Lang): ReportPage {
  const s = say(lang);
  const { percent, t } = wordsIn(lang);
  const by = t('by.model', { model: MODEL, destination: 'http://127.0.0.1:11434' });
  const drift = s('Signals of data drift', 'Signaux d’une dérive des données');
  const rollback = s('Rollback plan for a model', 'Plan de retour arrière d’un modèle');
  const reference = s(
    'The answer compares recent data with an explicit reference.',
    'La réponse compare les données récentes à une référence explicite.',
  );
  const alert = s(
    'The answer turns the distance into an alert by a threshold set from history.',
    'La réponse transforme l’écart en alerte par un seuil calé sur l’historique.',
  );
  return {
    page: 'report',
    title: s('Interview report', 'Bilan de l’entretien'),
    subtitle: s('MLOps engineer, senior, November 20, 2026', 'Ingénieur MLOps, senior, 20 novembre 2026'),
    headline: {
      score: percent(0.64),
      value: 0.64,
      band: 'partial',
      bandText: t('band.partial'),
      gradedBy: by,
      note: s('Mean of 3 of 4 answers; one was skipped.', 'Moyenne de 3 réponses sur 4 ; une a été passée.'),
    },
    competences: [
      bar(lang, s('Explaining a concept', 'Expliquer un concept'), 0.82),
      bar(lang, s('Acting in a scenario', 'Agir dans un scénario'), 0.46),
      bar(lang, s('Comparing solutions', 'Comparer des solutions')),
    ],
    tracks: [
      bar(lang, s('Monitoring and drift', 'Monitoring et dérive'), 0.7),
      bar(lang, s('Rollout strategies', 'Stratégies de déploiement'), 0.52),
    ],
    best: {
      title: drift,
      statement: reference,
      untrustedQuote: s(
        `I compare each day with the training window. ${HOSTILE}`,
        `Je compare chaque journée à la fenêtre d’entraînement. ${HOSTILE}`,
      ),
    },
    worst: {
      title: rollback,
      statement: s(
        'The answer names what triggers the rollback.',
        'La réponse nomme ce qui déclenche le retour arrière.',
      ),
    },
    time: {
      text: s(
        '18 of 25 minutes; one answer ran over by 1:10.',
        '18 minutes sur 25 ; une réponse a dépassé de 1:10.',
      ),
      rows: [
        { title: drift, used: 240, given: 300, text: s('4:00 of 5:00', '4:00 sur 5:00') },
        {
          title: s('Follow-up: labels', 'Relance : les étiquettes'),
          used: 60,
          given: 120,
          text: s('1:00 of 2:00', '1:00 sur 2:00'),
        },
        {
          title: rollback,
          used: 370,
          given: 300,
          text: s('6:10 of 5:00, over by 1:10', '6:10 sur 5:00, dépassé de 1:10'),
        },
        { title: 'SLO', used: 0, given: 300, text: s('skipped', 'passée') },
      ],
    },
    clarity: [
      {
        name: s('First sentences', 'Premières phrases'),
        value: s('2 of 3 answer at once', '2 sur 3 répondent d’emblée'),
      },
      { name: s('Hedges', 'Formules de prudence'), value: s('“maybe” (3)', '« peut-être » (3)') },
    ],
    answers: [
      {
        subject: question('drift-signals'),
        title: drift,
        isFollowUp: false,
        score: percent(0.82),
        gradedBy: by,
        points: [
          {
            verdict: 'met',
            verdictText: t('verdict.met'),
            statement: reference,
            untrustedQuote: `${s('I compare each day.', 'Je compare chaque journée.')} ${HOSTILE}`,
          },
          { verdict: 'not_met', verdictText: t('verdict.not_met'), statement: alert },
        ],
      },
      {
        subject: question('drift-signals'),
        title: drift,
        isFollowUp: true,
        score: percent(0.5),
        gradedBy: by,
        points: [{ verdict: 'unjudged', verdictText: t('verdict.unjudged'), statement: alert }],
      },
      {
        subject: question('rollback-plan'),
        title: rollback,
        isFollowUp: false,
        score: '–',
        gradedBy: t('by.none'),
        points: [],
      },
    ],
    next: [
      {
        subject: question('rollback-plan'),
        title: rollback,
        why: s('Your lowest score', 'Votre score le plus bas'),
      },
      {
        subject: { type: 'exercise', id: 'canary-config' },
        title: s('A canary configuration', 'Une configuration de déploiement canari'),
        why: s('The same point, as code', 'Le même point, en code'),
      },
      {
        subject: question('late-labels'),
        title: s('Labels that come late', 'Des étiquettes qui arrivent tard'),
        why: s('What the follow-up was about', 'Ce que demandait la relance'),
      },
    ],
  };
}

/** The summary of a diagnostic. */
export function diagnosticPage(lang: Lang): DrillPage {
  const s = say(lang);
  const { tracks, next } = reportPage(lang);
  return {
    page: 'drill',
    title: s('Diagnostic', 'Diagnostic'),
    subtitle: s('2 of 2 graded', '2 évaluées sur 2'),
    rows: [
      {
        subject: question('drift-signals'),
        title: s('Signals of data drift', 'Signaux d’une dérive des données'),
        score: wordsIn(lang).percent(0.7),
        gradedBy: MODEL,
        missed: [s('No threshold was set from history.', 'Aucun seuil n’est calé sur l’historique.')],
      },
    ],
    allMet: s('No point missed.', 'Aucun point manqué.'),
    tracks,
    next,
  };
}
