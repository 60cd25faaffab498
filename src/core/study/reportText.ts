import type { Kind, Level } from '../bank/question.ts';
import type { Delivery } from '../grading/delivery.ts';
import type { CheckResult, GateReason, Provenance } from '../grading/grade.ts';
import type { Lang, Localized } from '../language.ts';
import type { Failure } from '../ports.ts';
import type { InterviewPlan, Role } from '../store/events.ts';
import type { Day } from './day.ts';
import type {
  Clarity,
  InterviewReport,
  Mean,
  Moment,
  NextStep,
  ReportedAnswer,
  ReportedPoint,
  TimeUse,
} from './interviewReport.ts';

/** Strings of the report itself, by key. */
export const REPORT_KEYS = [
  'report.acronyms',
  'report.answers',
  'report.assistantOther',
  'report.assistantUnknown',
  'report.best',
  'report.clarity',
  'report.clarityNote',
  'report.competence',
  'report.competences',
  'report.conditions',
  'report.counted',
  'report.each',
  'report.fact',
  'report.footer',
  'report.fromJob',
  'report.fromModel',
  'report.fromRole',
  'report.grader',
  'report.heading',
  'report.hedges',
  'report.interviewMode',
  'report.kindBehavioural',
  'report.kindCode',
  'report.kindComparison',
  'report.kindConcept',
  'report.kindScenario',
  'report.kindTooling',
  'report.lang',
  'report.langEn',
  'report.langFr',
  'report.length',
  'report.lengthLong',
  'report.lengthShort',
  'report.lengthValue',
  'report.mean',
  'report.mixed',
  'report.momentIn',
  'report.next',
  'report.noNext',
  'report.noScore',
  'report.none',
  'report.nothing',
  'report.ofTotal',
  'report.opening',
  'report.openingAnswers',
  'report.openingHedges',
  'report.openingPreamble',
  'report.openingRestates',
  'report.outcomeFailed',
  'report.outcomeNotReached',
  'report.outcomeOpen',
  'report.outcomeSkipped',
  'report.outcomeWaiting',
  'report.pitfall',
  'report.question',
  'report.quoted',
  'report.reason',
  'report.recovered',
  'report.roleData',
  'report.roleLlmops',
  'report.roleMlEngineer',
  'report.roleMlPlatform',
  'report.roleMlops',
  'report.score',
  'report.scoreOf',
  'report.source',
  'report.stepAnswerNotReached',
  'report.stepAnswerSkipped',
  'report.stepLearn',
  'report.stepPractise',
  'report.stepRedo',
  'report.stepShorten',
  'report.stepStructure',
  'report.structure',
  'report.structureClear',
  'report.structureNone',
  'report.structureSome',
  'report.suggestionsOn',
  'report.summary',
  'report.time',
  'report.timeOver',
  'report.timePlanned',
  'report.timeTaken',
  'report.timeTotal',
  'report.timeUse',
  'report.title',
  'report.track',
  'report.tracks',
  'report.ungraded',
  'report.useOver',
  'report.useUnanswered',
  'report.useUnder',
  'report.useWithin',
  'report.whyMissed',
  'report.whyOpening',
  'report.whyPractise',
  'report.whyShorten',
  'report.whyStructure',
  'report.worst',
  'report.yourAnswer',
] as const;

/** The report's own strings, and those that it shares with the page of a grade. */
export type ReportKey =
  | (typeof REPORT_KEYS)[number]
  | `level.${Level}`
  | `verdict.${ReportedPoint['verdict']}`
  | `gate.${GateReason}`
  | `outcome.${CheckResult['outcome']}`
  | `by.${Exclude<Provenance['by'], 'none'>}`
  | 'by.checks';

/** The words of the reader's language: nothing here is written for people but by them. */
export interface ReportWords {
  readonly lang: Lang;
  readonly t: (key: ReportKey, params?: Readonly<Record<string, string | number>>) => string;
  readonly percent: (share: number) => string;
  /** A time in words, from seconds. */
  readonly duration: (seconds: number) => string;
  readonly date: (day: Day) => string;
  readonly pick: (text: Localized) => string;
  /** The title of a track, or its id when there is none. */
  readonly track: (id: string) => string;
  /** A failure in words. */
  readonly message: (failure: Failure) => string;
}

const ROLES: Readonly<Record<Role, ReportKey>> = {
  mlops: 'report.roleMlops',
  'ml-platform': 'report.roleMlPlatform',
  'ml-engineer': 'report.roleMlEngineer',
  data: 'report.roleData',
  llmops: 'report.roleLlmops',
};

const KINDS: Readonly<Record<Kind, ReportKey>> = {
  concept: 'report.kindConcept',
  scenario: 'report.kindScenario',
  comparison: 'report.kindComparison',
  tooling: 'report.kindTooling',
  code: 'report.kindCode',
  behavioural: 'report.kindBehavioural',
};

const SOURCES: Readonly<Record<InterviewPlan['from'], ReportKey>> = {
  role: 'report.fromRole',
  job: 'report.fromJob',
  model: 'report.fromModel',
};

const OUTCOMES: Readonly<Record<Exclude<ReportedAnswer['outcome'], 'graded'>, ReportKey>> = {
  open: 'report.outcomeOpen',
  failed: 'report.outcomeFailed',
  waiting: 'report.outcomeWaiting',
  skipped: 'report.outcomeSkipped',
  not_reached: 'report.outcomeNotReached',
};

export const USES: Readonly<Record<TimeUse, ReportKey>> = {
  over: 'report.useOver',
  under: 'report.useUnder',
  within: 'report.useWithin',
  unanswered: 'report.useUnanswered',
};

const STEPS: Readonly<Record<Exclude<NextStep['kind'], 'answer'>, ReportKey>> = {
  learn: 'report.stepLearn',
  redo: 'report.stepRedo',
  practise: 'report.stepPractise',
  shorten: 'report.stepShorten',
  structure: 'report.stepStructure',
};

const OPENINGS: Readonly<Record<Delivery['opening'], ReportKey>> = {
  answers: 'report.openingAnswers',
  restates_question: 'report.openingRestates',
  hedges: 'report.openingHedges',
  preamble: 'report.openingPreamble',
};

const STRUCTURES: Readonly<Record<Delivery['structure'], ReportKey>> = {
  clear: 'report.structureClear',
  some: 'report.structureSome',
  none: 'report.structureNone',
};

/** The name of a role, also for where it is chosen. */
export function roleKey(role: Role): ReportKey {
  return ROLES[role];
}

/** The name of a kind of question. */
export function kindKey(kind: Kind): ReportKey {
  return KINDS[kind];
}

/** A cell of a table; `share` (0 to 1) is drawn as a bar where that can be. */
interface Cell {
  readonly text: string;
  readonly share?: number;
}

interface PointLine {
  readonly mark: string;
  readonly tone: 'good' | 'bad' | 'open';
  readonly verdict: string;
  readonly statement: string;
  readonly notes: readonly string[];
  readonly quote?: string;
}

/** A part of the document, as plain text: each renderer escapes all of it, whoever wrote it. */
type Block =
  | { readonly is: 'heading'; readonly level: 2 | 3; readonly text: string; readonly anchor?: string }
  | { readonly is: 'text'; readonly text: string; readonly isMuted?: true }
  | { readonly is: 'score'; readonly label: string; readonly text: string; readonly share: number | null }
  | { readonly is: 'facts'; readonly facts: readonly { readonly name: string; readonly value: string }[] }
  | { readonly is: 'list'; readonly items: readonly string[] }
  | {
      readonly is: 'steps';
      readonly steps: readonly {
        readonly text: string;
        readonly id: string;
        readonly anchor?: string;
        readonly reasons: readonly string[];
      }[];
    }
  | {
      readonly is: 'table';
      readonly caption: string;
      readonly head: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly is: 'points'; readonly points: readonly PointLine[] }
  | { readonly is: 'quote'; readonly text: string }
  | { readonly is: 'card'; readonly blocks: readonly Block[] };

interface Page {
  readonly lang: Lang;
  readonly title: string;
  readonly subtitle: string;
  readonly blocks: readonly Block[];
  readonly footer: string;
}

/** The report as Markdown. Nothing that a candidate or a model wrote is a link, HTML or a heading in it. */
export function toMarkdown(report: InterviewReport, words: ReportWords): string {
  const { title, subtitle, blocks, footer } = pageOf(report, words);
  const fact = (name: string, value: string) => words.t('report.fact', { name, value });
  const parts = [
    `# ${within(title)}`,
    inline(subtitle),
    ...blocks.flatMap((block) => markdownOf(block, fact)),
    '---',
    inline(footer),
  ];
  return `${parts.join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}

/** The report as one HTML file: no script, nothing from elsewhere, fit to be printed. */
export function toHtml(report: InterviewReport, words: ReportWords): string {
  const { lang, title, subtitle, blocks, footer } = pageOf(report, words);
  return `<!DOCTYPE html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="muted">${escapeHtml(subtitle)}</p>
</header>
${blocks.map(htmlOf).join('\n')}
</main>
<footer><p class="muted">${escapeHtml(footer)}</p></footer>
</body>
</html>
`;
}

function pageOf(report: InterviewReport, words: ReportWords): Page {
  const { t } = words;
  const { day, role, level, time } = report;
  return {
    lang: words.lang,
    title: t('report.title'),
    subtitle: [words.date(day), t(ROLES[role]), t(`level.${level}`), words.duration(time.length)].join(' · '),
    blocks: [
      ...overallBlocks(report, words),
      ...nextBlocks(report, words),
      ...momentBlocks(report, words),
      ...meanBlocks(report, words),
      ...timeBlocks(report, words),
      ...(report.clarity ? clarityBlocks(report.clarity, words) : []),
      ...ungradedBlocks(report, words),
      ...conditionBlocks(report, words),
      ...answerBlocks(report, words),
    ],
    footer: t('report.footer'),
  };
}

function heading(text: string): Block {
  return { is: 'heading', level: 2, text };
}

function overallBlocks({ overall, graders, isMixed }: InterviewReport, words: ReportWords): Block[] {
  const { t } = words;
  const { mean, graded, asked } = overall;
  return [
    {
      is: 'score',
      label: t('report.score'),
      text: mean === null ? t('report.none') : words.percent(mean),
      share: mean,
    },
    { is: 'text', text: mean === null ? t('report.noScore') : t('report.scoreOf', { graded, asked }) },
    ...(graders.length === 0
      ? []
      : [
          {
            is: 'list' as const,
            items: graders.map(({ provenance, byChecks, answers }) =>
              t('report.grader', { grader: graderText(provenance, byChecks, words), n: answers }),
            ),
          },
        ]),
    ...(isMixed ? [{ is: 'text' as const, text: t('report.mixed') }] : []),
  ];
}

export function graderText(provenance: Provenance, byChecks: boolean, { t }: ReportWords): string {
  if (byChecks) return t('by.checks');
  if (provenance.by === 'none') return t('report.none');
  if (provenance.by !== 'model') return t(`by.${provenance.by}`);
  const { model, destination } = provenance;
  return t('by.model', { model, destination });
}

function nextBlocks({ next, overall, answers }: InterviewReport, words: ReportWords): Block[] {
  const { t } = words;
  if (next.length === 0 && overall.graded === 0) return [];
  const steps = next.map((step) => {
    const at = answers.findIndex(({ id }) => id === step.id);
    return {
      text: stepText(step, words),
      id: step.id,
      ...(at < 0 ? {} : { anchor: anchorOf(at) }),
      reasons: reasonsOf(step, words),
    };
  });
  return [
    heading(t('report.next')),
    steps.length === 0 ? { is: 'text', text: t('report.noNext') } : { is: 'steps', steps },
  ];
}

function anchorOf(place: number): string {
  return `answer-${place + 1}`;
}

export function stepText(step: NextStep, { t, pick }: ReportWords): string {
  const title = pick(step.title);
  if (step.kind !== 'answer') return t(STEPS[step.kind], { title });
  return t(step.reason === 'skipped' ? 'report.stepAnswerSkipped' : 'report.stepAnswerNotReached', { title });
}

export function reasonsOf(step: NextStep, { t, pick }: ReportWords): string[] {
  switch (step.kind) {
    case 'answer':
      return [];
    case 'learn':
    case 'redo':
      return [
        ...step.missed.map((statement) => t('report.whyMissed', { statement: pick(statement) })),
        ...step.claimed.map((statement) => t('report.pitfall', { statement: pick(statement) })),
      ];
    case 'practise':
      return [t('report.whyPractise', { title: pick(step.question) })];
    case 'shorten':
      return [t('report.whyShorten', { words: step.words, high: step.high })];
    case 'structure':
      return [
        ...(step.opening === 'answers' ? [] : [t('report.whyOpening')]),
        ...(step.structure === 'none' ? [t('report.whyStructure')] : []),
      ];
  }
}

function momentBlocks({ best, worst }: InterviewReport, words: ReportWords): Block[] {
  const { t, pick } = words;
  const card = (label: string, { what, statement, quote, title }: Moment): Block => ({
    is: 'card',
    blocks: [
      heading(label),
      {
        is: 'points',
        points: [
          {
            ...(what === 'pitfall'
              ? pitfallLine(pick(statement), words)
              : { ...MARKS[what], verdict: t(`verdict.${what}`), statement: pick(statement) }),
            notes: [],
            ...(quote === undefined ? {} : { quote }),
          },
        ],
      },
      { is: 'text', text: t('report.momentIn', { title: pick(title) }), isMuted: true },
    ],
  });
  return [
    ...(best ? [card(t('report.best'), best)] : []),
    ...(worst ? [card(t('report.worst'), worst)] : []),
  ];
}

const MARKS: Readonly<Record<ReportedPoint['verdict'], Pick<PointLine, 'mark' | 'tone'>>> = {
  met: { mark: '✓', tone: 'good' },
  not_met: { mark: '✗', tone: 'bad' },
  contradicted: { mark: '✗', tone: 'bad' },
  unverified: { mark: '✗', tone: 'bad' },
  set_aside: { mark: '✗', tone: 'bad' },
  unjudged: { mark: '?', tone: 'open' },
};

function pitfallLine(statement: string, { t }: ReportWords): Omit<PointLine, 'notes' | 'quote'> {
  return { mark: '!', tone: 'bad', verdict: '', statement: t('report.pitfall', { statement }) };
}

function meanBlocks({ competences, tracks }: InterviewReport, words: ReportWords): Block[] {
  const { t } = words;
  const rows = (list: readonly (Mean & { readonly name: string })[]) =>
    list.map(({ name, mean, graded, asked }): Cell[] => [
      { text: name },
      mean === null ? { text: t('report.none') } : { text: words.percent(mean), share: mean },
      { text: t('report.ofTotal', { n: graded, total: asked }) },
    ]);
  const table = (
    caption: string,
    first: string,
    list: readonly (Mean & { readonly name: string })[],
  ): Block[] =>
    list.length === 0
      ? []
      : [
          heading(caption),
          { is: 'table', caption, head: [first, t('report.mean'), t('report.counted')], rows: rows(list) },
        ];
  return [
    ...table(
      t('report.competences'),
      t('report.competence'),
      competences.map((one) => ({ ...one, name: t(KINDS[one.kind]) })),
    ),
    ...table(
      t('report.tracks'),
      t('report.track'),
      tracks.map((one) => ({ ...one, name: words.track(one.track) })),
    ),
  ];
}

function timeBlocks({ time, answers }: InterviewReport, words: ReportWords): Block[] {
  const { t, duration } = words;
  const { spent, length } = time;
  return [
    heading(t('report.time')),
    {
      is: 'text',
      text: [
        t('report.timeTotal', { spent: duration(spent), length: duration(length) }),
        ...(spent > length ? [t('report.timeOver', { over: duration(spent - length) })] : []),
      ].join(' '),
    },
    {
      is: 'table',
      caption: t('report.time'),
      head: [t('report.question'), t('report.timeTaken'), t('report.timePlanned'), t('report.timeUse')],
      rows: answers.map((answer) => [
        { text: titleOf(answer, words) },
        { text: answer.outcome === 'not_reached' ? t('report.none') : duration(answer.seconds) },
        { text: duration(answer.allotted) },
        { text: t(USES[answer.use]) },
      ]),
    },
  ];
}

export function titleOf({ title, id }: ReportedAnswer, { pick }: ReportWords): string {
  return title ? pick(title) : id;
}

export function clarityBlocks(clarity: Clarity, words: ReportWords): Block[] {
  const { t } = words;
  const { openings, structures, lengths, target, hedges, acronyms } = clarity;
  const counts = <Name extends string>(
    keys: Readonly<Record<Name, ReportKey>>,
    numbers: Readonly<Record<Name, number>>,
  ) =>
    (Object.keys(keys) as Name[])
      .filter((name) => numbers[name] > 0)
      .map((name) => t('report.fact', { name: t(keys[name]), value: numbers[name] }))
      .join(', ');
  const listed = (texts: readonly string[]) => (texts.length === 0 ? t('report.nothing') : texts.join(', '));
  return [
    heading(t('report.clarity')),
    { is: 'text', text: t('report.clarityNote', { n: clarity.answers }), isMuted: true },
    {
      is: 'facts',
      facts: [
        { name: t('report.opening'), value: counts(OPENINGS, openings) },
        { name: t('report.structure'), value: counts(STRUCTURES, structures) },
        {
          name: t('report.length'),
          value: listed([
            t('report.lengthValue', { words: clarity.words, low: target.low, high: target.high }),
            ...(lengths.short > 0 ? [t('report.lengthShort', { n: lengths.short })] : []),
            ...(lengths.long > 0 ? [t('report.lengthLong', { n: lengths.long })] : []),
          ]),
        },
        {
          name: t('report.hedges'),
          value: listed(
            hedges.map(({ text, count }) => {
              const quoted = t('report.quoted', { text });
              return count > 1 ? t('report.each', { text: quoted, n: count }) : quoted;
            }),
          ),
        },
        { name: t('report.acronyms'), value: listed(acronyms) },
      ],
    },
  ];
}

function ungradedBlocks({ answers }: InterviewReport, words: ReportWords): Block[] {
  const { t } = words;
  const items = answers
    .filter(({ outcome }) => outcome !== 'graded')
    .map((answer) => {
      const { outcome, failure } = answer;
      const value = outcome === 'failed' && failure ? words.message(failure) : outcomeText(answer, words);
      return t('report.fact', { name: titleOf(answer, words), value });
    });
  return items.length === 0 ? [] : [heading(t('report.ungraded')), { is: 'list', items }];
}

export function outcomeText({ outcome, score, failure }: ReportedAnswer, words: ReportWords): string {
  if (outcome === 'graded') return score === null ? words.t('report.none') : words.percent(score);
  if (outcome === 'failed' && failure) return words.t('report.reason', { reason: words.message(failure) });
  return words.t(OUTCOMES[outcome]);
}

export function conditionBlocks(
  { assistance, lang, from, terms }: InterviewReport,
  words: ReportWords,
): Block[] {
  const { t } = words;
  const { answers, observed, interviewMode, suggestionsOn, assistants } = assistance;
  const ofTotal = (n: number) => t('report.ofTotal', { n, total: observed });
  return [
    heading(t('report.conditions')),
    {
      is: 'facts',
      facts: [
        { name: t('report.lang'), value: t(lang === 'fr' ? 'report.langFr' : 'report.langEn') },
        {
          name: t('report.source'),
          value:
            terms.length === 0
              ? t(SOURCES[from])
              : t('report.fact', { name: t(SOURCES[from]), value: terms.join(', ') }),
        },
        ...(observed > 0
          ? [
              { name: t('report.interviewMode'), value: ofTotal(interviewMode) },
              { name: t('report.suggestionsOn'), value: ofTotal(suggestionsOn) },
            ]
          : []),
      ],
    },
    ...assistants.map(
      (assistant): Block => ({ is: 'text', text: t('report.assistantOther', { assistant }) }),
    ),
    ...(observed < answers
      ? [
          {
            is: 'text' as const,
            text: t('report.assistantUnknown', { n: answers - observed, total: answers }),
          },
        ]
      : []),
  ];
}

function answerBlocks({ answers }: InterviewReport, words: ReportWords): Block[] {
  const { t } = words;
  return [
    heading(t('report.answers')),
    ...answers.flatMap((answer, place): Block[] => [
      { is: 'card', blocks: [...answerHead(answer, place, words), ...answerPoints(answer, words)] },
      ...(answer.text.trim() === ''
        ? []
        : [
            { is: 'text' as const, text: t('report.yourAnswer'), isMuted: true as const },
            { is: 'quote' as const, text: answer.text },
          ]),
    ]),
  ];
}

function answerHead(answer: ReportedAnswer, place: number, words: ReportWords): Block[] {
  const { t } = words;
  const { track, kind, level, provenance, byChecks, outcome, gate, summary } = answer;
  const about = [
    ...(track ? [words.track(track)] : []),
    ...(kind ? [t(KINDS[kind])] : []),
    ...(level ? [t(`level.${level}`)] : []),
  ];
  const isJudged = provenance && (outcome === 'graded' || outcome === 'open');
  const result = [outcomeText(answer, words), ...(isJudged ? [graderText(provenance, byChecks, words)] : [])];
  return [
    {
      is: 'heading',
      level: 3,
      text: t('report.heading', { n: place + 1, title: titleOf(answer, words) }),
      anchor: anchorOf(place),
    },
    ...(about.length > 0 ? [{ is: 'text' as const, text: about.join(' · '), isMuted: true as const }] : []),
    { is: 'text', text: result.join(' · ') },
    ...(gate ? [{ is: 'text' as const, text: t(`gate.${gate}`) }] : []),
    ...(summary ? [{ is: 'text' as const, text: t('report.summary', { summary }) }] : []),
  ];
}

function answerPoints({ points, pitfalls, checks }: ReportedAnswer, words: ReportWords): Block[] {
  const { t, pick } = words;
  const lines = [
    ...checks.map(
      ({ title, outcome }): PointLine => ({
        ...MARKS[outcome === 'passed' ? 'met' : outcome === 'failed' ? 'not_met' : 'unjudged'],
        verdict: t(`outcome.${outcome}`),
        statement: pick(title),
        notes: [],
      }),
    ),
    ...points.map(
      ({ verdict, statement, quote, reason, recovered }): PointLine => ({
        ...MARKS[verdict],
        verdict: t(`verdict.${verdict}`),
        statement: pick(statement),
        notes: [...(recovered ? [t('report.recovered')] : []), ...(reason ? [reason] : [])],
        ...(quote === undefined ? {} : { quote }),
      }),
    ),
    ...pitfalls.map(
      ({ statement, quote }): PointLine => ({
        ...pitfallLine(pick(statement), words),
        notes: [],
        ...(quote === undefined ? {} : { quote }),
      }),
    ),
  ];
  return lines.length === 0 ? [] : [{ is: 'points', points: lines }];
}

// Markdown

type Fact = (name: string, value: string) => string;

function markdownOf(block: Block, fact: Fact): string[] {
  switch (block.is) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${within(block.text)}`];
    case 'text':
      return [inline(block.text)];
    case 'score':
      return [`**${within(fact(block.label, block.text))}**`];
    case 'facts':
      return [block.facts.map(({ name, value }) => `- ${inline(fact(name, value))}`).join('\n')];
    case 'list':
      return [block.items.map((item) => `- ${inline(item)}`).join('\n')];
    case 'steps':
      return [
        block.steps
          .map(({ text, id, reasons }, i) =>
            [
              `${i + 1}. ${inline(text)} (${code(id)})`,
              ...reasons.map((reason) => `   - ${inline(reason)}`),
            ].join('\n'),
          )
          .join('\n'),
      ];
    case 'table': {
      const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
      return [
        [
          row(block.head.map(within)),
          row(block.head.map(() => '---')),
          ...block.rows.map((cells) => row(cells.map(({ text }) => within(text)))),
        ].join('\n'),
      ];
    }
    case 'points':
      return [block.points.map(markdownPoint).join('\n')];
    case 'quote':
      return [quoted(block.text)];
    case 'card':
      return block.blocks.flatMap((inner) => markdownOf(inner, fact));
  }
}

function markdownPoint({ mark, verdict, statement, notes, quote }: PointLine): string {
  const label = [mark, verdict].filter(Boolean).join(' ');
  return [
    `- **${within(label)}** ${within(statement)}`,
    ...notes.map((note) => `  - ${inline(note)}`),
    ...(quote === undefined ? [] : ['', indented(quoted(quote), '  '), '']),
  ].join('\n');
}

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
}

/** Characters that no text shows, a null among them; a line break is a line break, and a tab stays. */
function plain(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/(?![\t\n])\p{Cc}|\p{Bidi_Control}/gu, '\ufffd');
}

/** A text on one line of Markdown that shows as it was written. */
function inline(text: string): string {
  return marked(oneLine(text), true);
}

/** The same where a line has begun: in a heading, or in the cell of a table. */
function within(text: string): string {
  return marked(oneLine(text), false);
}

function oneLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** A text of several lines as a quotation, its line breaks and indentation kept. */
function quoted(text: string): string {
  const lines = plain(text)
    .replace(/^\n+|\s+$/g, '')
    .split('\n');
  return lines
    .map((line, i) => {
      const indent = /^[ \t]*/.exec(line)?.[0].replace(/\t/g, '    ').length ?? 0;
      const words = marked(line.trim(), true);
      if (words === '') return '>';
      // A backslash at its end breaks a line; a paragraph ends without.
      const breaks = (lines[i + 1] ?? '').trim() === '' ? '' : '\\';
      return `> ${'\u00a0'.repeat(indent)}${words}${breaks}`;
    })
    .join('\n');
}

// Renderers make links of what looks like an address, also of a bare name such as feature.py; in code none does.
const LINKABLE = /\/\/|@|www\.|[\p{L}\p{N}_-]\.\p{L}[\p{L}\p{N}-]/iu;

/** One line of Markdown, every mark of it escaped. */
function marked(line: string, isStart: boolean): string {
  return line
    .split(/([^\s`|\\]+)/)
    .map((part, i) => {
      if (!LINKABLE.test(part)) return escaped(part, isStart && i <= 1);
      const [, before = '', core = '', after = ''] =
        /^([("'«“‘[{<]*)(.*?)([)"'»”’\]}>.,;:!?…]*)$/u.exec(part) ?? [];
      return escaped(before, false) + code(core) + escaped(after, false);
    })
    .join('');
}

function escaped(text: string, isStart: boolean): string {
  const safe = text
    .replace(/[\\`*_[\]~$#]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\|/g, '&#124;');
  // What opens a heading, a list or a rule does so at the start of a line alone.
  return isStart ? safe.replace(/^[+=:-]/, '\\$&').replace(/^(\d+)([.)])/, '$1\\$2') : safe;
}

/** Code on one line, which nothing of it can end. */
function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'")}\``;
}

// HTML

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

function htmlOf(block: Block): string {
  switch (block.is) {
    case 'heading': {
      const id = block.anchor === undefined ? '' : ` id="${escapeHtml(block.anchor)}"`;
      return `<h${block.level}${id}>${escapeHtml(block.text)}</h${block.level}>`;
    }
    case 'text':
      return `<p${block.isMuted ? ' class="muted"' : ''}>${escapeHtml(block.text)}</p>`;
    case 'score':
      return `<p class="score"><span>${escapeHtml(block.label)}</span> <strong>${escapeHtml(block.text)}</strong></p>${bar(block.share)}`;
    case 'facts':
      return `<dl>${block.facts.map(({ name, value }) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'steps':
      return `<ol class="steps">${block.steps.map(htmlStep).join('')}</ol>`;
    case 'table':
      return htmlTable(block);
    case 'points':
      return `<ul class="points">${block.points.map(htmlPoint).join('')}</ul>`;
    case 'quote':
      return `<blockquote>${escapeHtml(block.text.replace(/^\n+|\s+$/g, ''))}</blockquote>`;
    case 'card':
      return `<section class="card">${block.blocks.map(htmlOf).join('')}</section>`;
  }
}

function htmlStep({ text, id, anchor, reasons }: Extract<Block, { is: 'steps' }>['steps'][number]): string {
  const name =
    anchor === undefined ? escapeHtml(text) : `<a href="#${escapeHtml(anchor)}">${escapeHtml(text)}</a>`;
  const list =
    reasons.length === 0
      ? ''
      : `<ul>${reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`;
  return `<li>${name} <code>${escapeHtml(id)}</code>${list}</li>`;
}

function htmlTable({ caption, head, rows }: Extract<Block, { is: 'table' }>): string {
  const cell = ({ text, share }: Cell, i: number) =>
    i === 0
      ? `<th scope="row">${escapeHtml(text)}</th>`
      : `<td>${escapeHtml(text)}${share === undefined ? '' : bar(share)}</td>`;
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr></thead><tbody>${rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`).join('')}</tbody></table>`;
}

function htmlPoint({ mark, tone, verdict, statement, notes, quote }: PointLine): string {
  const label = [mark, verdict].filter(Boolean).join(' ');
  return `<li class="${tone}"><strong>${escapeHtml(label)}</strong> ${escapeHtml(statement)}${notes.map((note) => `<p class="muted">${escapeHtml(note)}</p>`).join('')}${quote === undefined ? '' : `<blockquote>${escapeHtml(quote)}</blockquote>`}</li>`;
}

// The number stands beside it.
function bar(share: number | null): string {
  return share === null
    ? ''
    : `<span class="bar" aria-hidden="true"><span style="width:${Math.round(share * 100)}%"></span></span>`;
}

// Verdicts are told by a mark and a word as well as by a colour, so that grey paper says the same.
const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --muted: #57606a; --back: #ffffff; --line: #8c959f; --soft: #f6f8fa; --good: #116329; --bad: #a40e26; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --back: #0d1117; --line: #6e7681; --soft: #161b22; --good: #56d364; --bad: #ff8f87; --link: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0; color: var(--text); background: var(--back); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main, footer { max-width: 48rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 2rem 0 .6rem; font-size: 1.25rem; }
h3 { margin: 0 0 .3rem; font-size: 1.05rem; }
h1, h2, h3 { break-after: avoid; }
p { margin: .4rem 0; }
a { color: var(--link); }
.muted { color: var(--muted); }
.score { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; margin: 1.25rem 0 .4rem; }
.score strong { font-size: 2.4rem; line-height: 1.1; font-variant-numeric: tabular-nums; }
.bar { display: block; height: .5rem; margin: .25rem 0; border: 1px solid var(--line); border-radius: 3px; overflow: hidden; }
.bar span { display: block; height: 100%; background: var(--text); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
table { width: 100%; margin: .6rem 0; border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-variant-numeric: tabular-nums; }
th, td { overflow-wrap: break-word; }
tbody th { font-weight: normal; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
thead { display: table-header-group; }
dl { margin: .6rem 0; }
dl div { margin: .4rem 0; break-inside: avoid; }
dt { font-weight: 600; }
dd { margin: 0; }
ul, ol { margin: .4rem 0; padding-left: 1.4rem; }
.steps > li { margin: .6rem 0; break-inside: avoid; }
.points { padding: 0; list-style: none; }
.points > li { margin: .6rem 0; padding-left: .75rem; border-left: 3px solid var(--line); break-inside: avoid; }
.points > .good { border-left-color: var(--good); }
.points > .bad { border-left: 3px double var(--bad); }
.points > .open { border-left-style: dotted; }
.good > strong { color: var(--good); }
.bad > strong { color: var(--bad); }
.card { margin: 1rem 0; padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: 6px; break-inside: avoid; }
.card > h2 { margin-top: 0; }
blockquote { margin: .4rem 0; padding: .5rem .75rem; border-left: 3px solid var(--line); background: var(--soft); white-space: pre-wrap; }
code { font-size: .9em; color: var(--muted); }
@page { margin: 18mm; }
@media print {
  :root { color-scheme: light; --text: #000000; --muted: #333333; --back: #ffffff; --line: #666666; --soft: #ffffff; --good: #000000; --bad: #000000; --link: #000000; }
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
}
`;
