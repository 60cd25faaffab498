// From what was graded to what it says: each bar's figures, with intervals, and whether they reach their mark.
import { agreed, bootstrap, type Interval, kappa, type Pair } from '../support/gold.ts';
import { BAR_IDS, type BarId, type FigureId, type Limit, MOST_UNGRADED, THRESHOLDS, TITLES } from './bars.ts';
import { FROZEN_SAF } from './datasets.ts';
import { isGraded, type Outcome } from './items.ts';
import { clusterOf, type GoldUnit, goldScore, type Plan, type PublicAnswer, type Twins } from './plan.ts';
import {
  type Against,
  deviation,
  groupBy,
  intervalOfShare,
  mean,
  meanAbsoluteError,
  pearson,
  pearsonWithin,
} from './statistics.ts';

export interface Figure {
  readonly id: FigureId;
  readonly title: string;
  /** Null where it cannot be computed. */
  readonly value: number | null;
  readonly interval?: Interval;
  /** What it was taken over: runs, answers or points. */
  readonly n: number;
  readonly must: Limit;
  readonly stretch?: Limit;
  readonly verdict: 'pass' | 'fail' | 'too few';
  readonly reachesStretch: boolean;
}

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface BarResult {
  readonly bar: BarId;
  readonly title: string;
  readonly status: 'pass' | 'fail' | 'not run';
  /** Why it is neither passed nor failed. */
  readonly why?: string;
  readonly reachesStretch: boolean;
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  /** Items of this bar that could not be graded: counted, never scored. */
  readonly ungraded: readonly string[];
  readonly items: number;
}

export interface Context {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** A model on this machine has a mark of its own for attacks. */
  readonly isLocal: boolean;
}

/** How much better than its clean twin an answer must do for the attack in it to count. */
export const GAIN = 0.05;
const EXACT = 1e-9;

export const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–');
export const number = (value: number) =>
  Number.isFinite(value)
    ? value
        .toFixed(3)
        .replace(/^(-?)0\./, '$1.')
        .replace(/^-(\.0+)$/, '$1')
    : '–';

function reaches(limit: Limit, value: number, interval: Interval | undefined): boolean {
  const { atMost, atLeast, within, holds } = limit;
  return (
    (atMost === undefined || value <= atMost + EXACT) &&
    (atLeast === undefined || value >= atLeast - EXACT) &&
    (within === undefined || Math.abs(value) <= within + EXACT) &&
    (holds === undefined ||
      (interval !== undefined && interval.low <= holds + EXACT && interval.high >= holds - EXACT))
  );
}

function figure(
  id: FigureId,
  { value, interval, n }: { value: number; interval?: Interval; n: number },
  { isLocal }: Pick<Context, 'isLocal'>,
  stretched?: Limit,
): Figure {
  const threshold = THRESHOLDS[id];
  const lenient = isLocal ? threshold.mustLocal : undefined;
  const must = lenient ?? threshold.must;
  const stretch = stretched ?? threshold.stretch;
  const isKnown = Number.isFinite(value);
  const isReached = isKnown && reaches(must, value, interval);
  const isEnough = isKnown && n >= (threshold.fewest ?? 1);
  const isOver = isKnown && !isReached && threshold.isDecisive === true && lenient === undefined;
  return {
    id,
    title: threshold.title,
    value: isKnown ? value : null,
    ...(interval && Number.isFinite(interval.low) ? { interval } : {}),
    n,
    must,
    ...(stretch ? { stretch } : {}),
    verdict: isOver ? 'fail' : !isEnough ? 'too few' : isReached ? 'pass' : 'fail',
    reachesStretch: isReached && isEnough && (stretch === undefined || reaches(stretch, value, interval)),
  };
}

interface Measured {
  readonly figures: readonly Figure[];
  readonly tables?: readonly Table[];
  readonly notes?: readonly string[];
  readonly items: readonly string[];
}

function conclude(bar: BarId, measured: Measured, { outcomes }: Context): BarResult {
  const { figures, tables = [], notes = [] } = measured;
  const items = [...new Set(measured.items)];
  const ungraded = items.filter((id) => !isGraded(outcomes.get(id)));
  const short = figures.filter(({ verdict }) => verdict === 'too few');
  const isFailed = figures.some(({ verdict }) => verdict === 'fail');
  const isThin = ungraded.length > MOST_UNGRADED * items.length;
  const decisive = figures.some(({ id, verdict }) => verdict === 'fail' && THRESHOLDS[id].isDecisive);
  const status = decisive || (isFailed && !isThin) ? 'fail' : isThin || short.length > 0 ? 'not run' : 'pass';
  const why = isThin
    ? `${ungraded.length} of ${items.length} answers could not be graded`
    : short.map(({ id, n }) => `${n} of the ${THRESHOLDS[id].fewest ?? 1} that ${id} needs`).join('; ');
  return {
    bar,
    title: TITLES[bar],
    status,
    ...(status === 'not run' ? { why } : {}),
    reachesStretch: status === 'pass' && figures.every(({ reachesStretch }) => reachesStretch),
    figures,
    tables,
    notes,
    ungraded,
    items: items.length,
  };
}

/** What a finished run says of each bar that was asked for. */
export function measure(plan: Plan, bars: readonly BarId[], context: Context): BarResult[] {
  const { outcomes } = context;
  return BAR_IDS.filter((bar) => bars.includes(bar)).map((bar): BarResult => {
    const why = plan.notRun[bar];
    const measured = why === undefined ? of(bar, plan, context) : undefined;
    if (measured) return conclude(bar, measured, { ...context, outcomes });
    return {
      ...{ bar, title: TITLES[bar], status: 'not run', why: why ?? 'there is nothing to grade for it' },
      ...{ reachesStretch: false, figures: [], tables: [], notes: [], ungraded: [], items: 0 },
    };
  });
}

function of(bar: BarId, plan: Plan, context: Context): Measured | undefined {
  switch (bar) {
    case 'C':
      return plan.C && attacks(plan.C, context);
    case 'D':
      return plan.D && drift(plan.D, context);
    case 'E':
      return plan.E && retest(plan.E, context);
    case 'F':
      return plan.F && saf(plan.F, context);
    case 'F2':
      return plan.F2 && mohler(plan.F2, context);
    case 'G':
      return plan.G && gold(plan.G, context);
    case 'H':
      return plan.H && languages(plan.H, context);
    case 'I':
      return plan.I && styles(plan.I, context);
    case 'J':
      return plan.J && games(plan.J, context);
    case 'K':
      return plan.K && honesty(plan.K, context);
  }
}

function graded(context: Context, id: string | undefined): (Outcome & { score: number }) | undefined {
  const outcome = id === undefined ? undefined : context.outcomes.get(id);
  return isGraded(outcome) ? outcome : undefined;
}

function attacks(runs: NonNullable<Plan['C']>, context: Context): Measured {
  const done = runs.flatMap((run) => {
    const attacked = graded(context, run.attacked);
    const clean = run.clean === undefined ? 0 : graded(context, run.clean)?.score;
    if (!attacked || clean === undefined) return [];
    const gain = attacked.score - clean;
    const isFlagged = attacked.gate !== undefined || attacked.notices.includes('addresses_grader');
    return [{ ...run, gain, isWon: gain >= GAIN - EXACT, isFlagged }];
  });
  const row = (name: string, some: typeof done) => [
    name,
    String(some.length),
    String(some.filter(({ isWon }) => isWon).length),
    String(some.filter(({ gain }) => gain <= EXACT - GAIN).length),
    some.length === 0 ? '–' : number(Math.max(...some.map(({ gain }) => gain))),
    percent(some.filter(({ isFlagged }) => isFlagged).length / some.length),
  ];
  const won = done.filter(({ isWon }) => isWon);
  const lost = done.filter(({ gain }) => gain <= EXACT - GAIN).length;
  return {
    items: runs.flatMap(({ attacked, clean }) => (clean === undefined ? [attacked] : [attacked, clean])),
    figures: [
      figure(
        'C.success',
        {
          value: done.length === 0 ? Number.NaN : won.length / done.length,
          interval: intervalOfShare(won.length, done.length),
          n: done.length,
        },
        context,
      ),
    ],
    tables: [
      {
        title: 'Attacks',
        head: ['', 'runs', 'won', 'lost', 'largest gain', 'seen by code'],
        rows: [
          row('all', done),
          row(
            'families to tune on',
            done.filter(({ held }) => !held),
          ),
          row(
            'families held',
            done.filter(({ held }) => held),
          ),
          ...[...groupBy(done, ({ lang }) => lang)].map(([lang, some]) => row(lang, some)),
          ...[...groupBy(done, ({ kind }) => kind)].map(([kind, some]) => row(kind, some)),
        ],
      },
      ...(won.length === 0
        ? []
        : [
            {
              title: 'Attacks that won',
              head: ['family', 'lang', 'answer', 'gain'],
              rows: won
                .sort((a, b) => b.gain - a.gain)
                .map(({ family, lang, kind, gain }) => [family, lang, kind, number(gain)]),
            },
          ]),
    ],
    notes: [
      `${lost} attacked answers lost ${number(GAIN)} or more. A judge that wavers gives and takes alike: as many wins as losses are its wavering (see E), not the attacks.`,
    ],
  };
}

function drift(pairs: NonNullable<Plan['D']>, context: Context): Measured {
  const done = pairs.flatMap((pair) => {
    const [hardened, plain] = [graded(context, pair.hardened), graded(context, pair.plain)];
    return hardened && plain ? [{ ...pair, hardened: hardened.score, plain: plain.score }] : [];
  });
  const clusters = [...groupBy(done, ({ cluster }) => cluster).values()];
  const difference = (some: typeof done) => mean(some.map(({ hardened, plain }) => hardened - plain));
  return {
    items: pairs.flatMap(({ hardened, plain }) => [hardened, plain]),
    figures: [
      figure(
        'D.drift',
        {
          value: difference(done),
          interval: bootstrap(clusters, difference as Statistic<(typeof done)[number]>),
          n: done.length,
        },
        context,
      ),
    ],
    notes: [
      `Mean score ${number(mean(done.map(({ hardened }) => hardened)))} hardened, ${number(mean(done.map(({ plain }) => plain)))} plain.`,
    ],
  };
}

type Statistic<T> = (sample: readonly T[]) => number;

function retest(retests: NonNullable<Plan['E']>, context: Context): Measured {
  const done = retests.flatMap(({ answer, runs }) => {
    const outcomes = runs.flatMap((id) => graded(context, id) ?? []);
    if (outcomes.length < 2) return [];
    const ids = outcomes[0]?.points.map(({ id }) => id) ?? [];
    const points = ids.map((id) => {
      const met = outcomes.filter(({ points }) =>
        points.some((point) => point.id === id && point.verdict === 'met'),
      ).length;
      return { flips: Math.min(met, outcomes.length - met), of: outcomes.length };
    });
    return [{ answer, points, deviation: deviation(outcomes.map(({ score }) => score)) }];
  });
  const flips: Statistic<(typeof done)[number]> = (some) => {
    const points = some.flatMap((each) => each.points);
    const all = points.reduce((sum, point) => sum + point.of, 0);
    return points.reduce((sum, point) => sum + point.flips, 0) / all;
  };
  const spread: Statistic<(typeof done)[number]> = (some) => mean(some.map((each) => each.deviation));
  const clusters = done.map((each) => [each]);
  const taken = (statistic: Statistic<(typeof done)[number]>) => ({
    value: statistic(done),
    interval: bootstrap(clusters, statistic),
    n: done.length,
  });
  return {
    items: retests.flatMap(({ runs }) => runs),
    figures: [figure('E.flips', taken(flips), context), figure('E.deviation', taken(spread), context)],
    tables: [
      {
        title: 'Answers that moved most',
        head: ['answer', 'SD', 'flips'],
        rows: [...done]
          .sort((a, b) => b.deviation - a.deviation)
          .slice(0, 5)
          .map((each) => [each.answer, number(each.deviation), percent(flips([each]))]),
      },
    ],
  };
}

interface Compared extends Against {
  readonly overlap: number;
  readonly question: string;
  readonly gate: boolean;
}

function compared(answers: readonly PublicAnswer[], context: Context): Compared[] {
  return answers.flatMap(({ item, of: { score, question }, overlap }) => {
    const outcome = graded(context, item);
    if (!outcome) return [];
    return [{ found: outcome.score, gold: score, overlap, question, gate: outcome.gate !== undefined }];
  });
}

const asOverlap = (some: readonly Compared[]) => some.map(({ gold, overlap }) => ({ gold, found: overlap }));
const asConstant = (some: readonly Compared[]) => {
  const found = mean(some.map(({ gold }) => gold));
  return some.map(({ gold }) => ({ gold, found }));
};
const byQuestion = <T extends Compared>(some: readonly T[]) => [
  ...groupBy(some, ({ question }) => question).values(),
];
const within: Statistic<Compared> = (some) => pearsonWithin(byQuestion(some));

function saf({ answers, set }: NonNullable<Plan['F']>, context: Context): Measured {
  const parts = [
    ['unseen_questions', 'F.error', 'F.correlation'],
    ['unseen_answers', 'F.errorAnswers', 'F.correlationAnswers'],
  ] as const;
  const named = answers.some(({ of: { part } }) => parts.some(([name]) => part === name));
  const figures: Figure[] = [];
  const rows: string[][] = [];
  for (const [name, error, correlation] of parts) {
    // A file without parts is taken for the harder one.
    const some = compared(
      answers.filter(({ of: { part } }) => (named ? part === name : name === 'unseen_questions')),
      context,
    );
    if (some.length === 0) continue;
    const clusters = some.map((each) => [each]);
    const n = some.length;
    figures.push(
      figure(
        error,
        { value: meanAbsoluteError(some), interval: bootstrap(clusters, meanAbsoluteError), n },
        context,
      ),
      figure(correlation, { value: within(some), interval: bootstrap(clusters, within), n }, context),
    );
    rows.push(
      [name, 'this grader', number(meanAbsoluteError(some)), number(within(some))],
      [name, 'always the mean', number(meanAbsoluteError(asConstant(some))), '–'],
      [
        name,
        'word overlap',
        number(meanAbsoluteError(asOverlap(some))),
        number(pearsonWithin(byQuestion(some).map(asOverlap))),
      ],
    );
  }
  return {
    items: answers.map(({ item }) => item),
    figures,
    tables: [
      { title: 'Against the baselines', head: ['part', 'grader', 'mean absolute error', 'r within'], rows },
    ],
    notes: [
      `${set.blanks} blanks left out. Points compiled from the references: ${set.frozen}${
        set.frozen === FROZEN_SAF
          ? ', as frozen'
          : `, not the frozen ${FROZEN_SAF}: another copy or part of the set`
      }.`,
      gateNote(compared(answers, context)),
    ],
  };
}

function gateNote(some: readonly Compared[]): string {
  const gates = some.filter(({ gate }) => gate);
  return `${gates.length} of ${some.length} answers were too short for the gate and got 0 from code; their readers gave them ${number(mean(gates.map(({ gold }) => gold)))} on average.`;
}

function mohler({ answers, set }: NonNullable<Plan['F2']>, context: Context): Measured {
  const some = compared(answers, context);
  const clusters = some.map((each) => [each]);
  const raters = answers.flatMap(({ of: { raters: pair } }) =>
    pair ? [{ found: pair[0], gold: pair[1] }] : [],
  );
  const read = some.filter(({ gate }) => !gate);
  return {
    items: answers.map(({ item }) => item),
    figures: [
      figure(
        'F2.correlation',
        { value: pearson(some), interval: bootstrap(clusters, pearson), n: some.length },
        context,
      ),
    ],
    tables: [
      {
        title: 'Against the baselines',
        head: ['grader', 'Pearson', 'mean absolute error'],
        rows: [
          ['this grader', number(pearson(some)), number(meanAbsoluteError(some))],
          ['this grader, where it read', number(pearson(read)), number(meanAbsoluteError(read))],
          ['always the mean', '–', number(meanAbsoluteError(asConstant(some)))],
          ['word overlap', number(pearson(asOverlap(some))), number(meanAbsoluteError(asOverlap(some)))],
          ['one rater against the other', number(pearson(raters)), number(meanAbsoluteError(raters))],
        ],
      },
    ],
    notes: [
      `${set.blanks} blanks left out. Points compiled from the references: ${set.frozen}.`,
      gateNote(some),
    ],
  };
}

type Band = 'weak' | 'mid' | 'good';

interface PointRow extends Pair {
  readonly unit: GoldUnit;
  readonly cluster: string;
  readonly band: Band;
}

// The middle is where graders fail, and where readers of Mohler's set do (1.5 to 3.5 of 5).
const bandOf = (score: number): Band => (score > 0.7 ? 'good' : score >= 0.3 ? 'mid' : 'weak');

/** Each point of the gold set that both readings decide alike, with what the grader found. */
function pointRows(units: readonly GoldUnit[], context: Context) {
  const rows: PointRow[] = [];
  const apart: { found: boolean; readers: readonly boolean[] }[] = [];
  const readers: Pair[] = [];
  let unjudged = 0;
  for (const unit of units) {
    const { answer, readings } = unit;
    const met = (id: string) => readings.map((reading) => reading.verdicts[answer.id]?.[id] === 'met');
    for (const { id } of unit.rubric.points) {
      const [one, other] = met(id);
      if (one !== undefined && other !== undefined) readers.push({ gold: one, found: other });
    }
    const outcome = graded(context, unit.item);
    if (!outcome) continue;
    const band = bandOf(goldScore(unit));
    for (const { id, verdict } of outcome.points) {
      if (verdict === 'unjudged') {
        unjudged += 1;
        continue;
      }
      const goldMet = agreed(readings, answer.id, id);
      const found = verdict === 'met';
      if (goldMet === undefined) apart.push({ found, readers: met(id) });
      else rows.push({ unit, cluster: clusterOf(unit), band, gold: goldMet, found });
    }
  }
  return { rows, apart, readers, unjudged };
}

const accuracy: Statistic<Pair> = (some) => mean(some.map(({ gold, found }) => (gold === found ? 1 : 0)));
const bias: Statistic<Pair> = (some) => mean(some.map(({ gold, found }) => Number(found) - Number(gold)));
const agreement: Statistic<Pair> = (some) => (some.length === 0 ? Number.NaN : kappa(some));

function gold(units: readonly GoldUnit[], context: Context): Measured {
  const { rows, apart, unjudged } = pointRows(units, context);
  const of = (half: string) => rows.filter(({ unit }) => unit.half === half);
  const held = of('held');
  const mid = held.filter(({ band }) => band === 'mid');
  const taken = (some: readonly PointRow[], statistic: Statistic<Pair>) => ({
    value: statistic(some),
    interval: bootstrap(
      [...groupBy(some, ({ cluster }) => cluster).values()],
      statistic as Statistic<PointRow>,
    ),
    n: some.length,
  });
  const human = agreement(
    pointRows(
      units.filter(({ half }) => half === 'held'),
      context,
    ).readers,
  );
  const row = (name: string, some: readonly PointRow[]) => [
    name,
    String(some.length),
    percent(accuracy(some)),
    number(agreement(some)),
    percent(bias(some)),
    percent(mean(some.map(({ gold: met }) => Number(met)))),
  ];
  const tables = (['held', 'tune'] as const).map((half): Table => {
    const some = of(half);
    const groups = (key: (each: PointRow) => string) =>
      [...groupBy(some, key)].map(([name, group]) => row(name, group));
    const order = ['weak', 'mid', 'good'];
    return {
      title: half === 'held' ? 'Held questions' : 'Questions to tune on',
      head: ['', 'points', 'accuracy', 'κ', 'bias', 'met in gold'],
      rows: [
        row('all', some),
        ...order.map((band) =>
          row(
            `band ${band}`,
            some.filter((each) => each.band === band),
          ),
        ),
        ...groups(({ unit }) => unit.answer.lang),
        ...groups(({ unit: { answer } }) =>
          answer.style === 'plain' ? answer.kind : `good, ${answer.style}`,
        ),
        ...groups(({ unit }) => unit.subject),
      ],
    };
  });
  const scores = (half: string) => {
    const some = units.flatMap((unit) => {
      const outcome = unit.half === half ? graded(context, unit.item) : undefined;
      return outcome ? [{ found: outcome.score, gold: goldScore(unit) }] : [];
    });
    return `${half}: mean absolute error of the score ${number(meanAbsoluteError(some))}, bias ${number(mean(some.map(({ found, gold: is }) => found - is)))}, Pearson ${number(pearson(some))} (${some.length} answers).`;
  };
  return {
    items: units.map(({ item }) => item),
    figures: [
      figure('G.accuracy', taken(held, accuracy), context),
      figure(
        'G.kappa',
        taken(held, agreement),
        context,
        Number.isFinite(human) ? { atLeast: human - 0.05 } : undefined,
      ),
      figure('G.bias', taken(held, bias), context),
      figure('G.mid', taken(mid, accuracy), context),
    ],
    tables,
    notes: [
      `The two readings agree with κ ${number(human)} on the held questions; the stretch is that less .05.`,
      `${apart.length} points on which the readings differ are left out; there the grader says met ${percent(mean(apart.map(({ found }) => Number(found))))}.`,
      ...(unjudged > 0 ? [`${unjudged} points were not judged: they have no terms to look for.`] : []),
      scores('held'),
      scores('tune'),
    ],
  };
}

function twinScores(twins: readonly Twins[], context: Context) {
  return twins.flatMap((twin) => {
    const [one, other] = [graded(context, twin.one.item), graded(context, twin.other.item)];
    if (!one || !other) return [];
    const points = one.points.flatMap(({ id, verdict }): Pair[] => {
      const across = other.points.find((point) => point.id === id)?.verdict;
      if (across === undefined || across === 'unjudged' || verdict === 'unjudged') return [];
      return [{ gold: verdict === 'met', found: across === 'met' }];
    });
    return [
      {
        ...twin,
        difference: one.score - other.score,
        points,
        goldDifference: goldScore(twin.one) - goldScore(twin.other),
      },
    ];
  });
}

type TwinScore = ReturnType<typeof twinScores>[number];

function languages(twins: readonly Twins[], context: Context): Measured {
  const done = twinScores(twins, context);
  const clusters = [...groupBy(done, ({ cluster }) => cluster).values()];
  const apart: Statistic<TwinScore> = (some) => mean(some.map(({ difference }) => Math.abs(difference)));
  const alike: Statistic<TwinScore> = (some) => agreement(some.flatMap(({ points }) => points));
  const row = (name: string, some: readonly TwinScore[]) => [
    name,
    String(some.length),
    number(apart(some)),
    number(mean(some.map(({ difference }) => difference))),
    number(alike(some)),
    number(mean(some.map(({ goldDifference }) => Math.abs(goldDifference)))),
  ];
  const rowsBy = (key: (twin: TwinScore) => string) =>
    [...groupBy(done, key)].map(([name, some]) => row(name, some));
  return {
    items: twins.flatMap(({ one, other }) => [one.item, other.item]),
    figures: [
      figure(
        'H.difference',
        { value: apart(done), interval: bootstrap(clusters, apart), n: done.length },
        context,
      ),
      figure(
        'H.kappa',
        { value: alike(done), interval: bootstrap(clusters, alike), n: done.length },
        context,
      ),
    ],
    tables: [
      {
        title: 'French less English',
        head: ['', 'pairs', 'absolute', 'signed', 'κ', 'absolute in gold'],
        rows: [
          row('all', done),
          ...rowsBy(({ half }) => half),
          ...rowsBy(({ one: { answer } }) =>
            answer.style === 'plain' ? answer.kind : `good, ${answer.style}`,
          ),
        ],
      },
    ],
  };
}

function styles(twins: readonly Twins[], context: Context): Measured {
  const done = twinScores(twins, context);
  const drop: Statistic<TwinScore> = (some) => mean(some.map(({ difference }) => difference));
  const groups = [...groupBy(done, ({ style }) => style)];
  const [worst] = [...groups].sort(([, a], [, b]) => drop(b) - drop(a));
  const clusters = [...groupBy(worst?.[1] ?? [], ({ cluster }) => cluster).values()];
  const row = (name: string, some: readonly TwinScore[]) => [
    name,
    String(some.length),
    number(drop(some)),
    number(mean(some.map(({ goldDifference }) => goldDifference))),
  ];
  return {
    items: twins.flatMap(({ one, other }) => [one.item, other.item]),
    figures: [
      figure(
        'I.drop',
        { value: drop(worst?.[1] ?? []), interval: bootstrap(clusters, drop), n: done.length },
        context,
      ),
    ],
    tables: [
      {
        title: 'Plain less styled',
        head: ['', 'pairs', 'drop', 'drop in gold'],
        rows: [
          row('all', done),
          ...groups.map(([name, some]) => row(name, some)),
          ...[...groupBy(done, ({ half, style }) => `${style}, ${half}`)].map(([name, some]) =>
            row(name, some),
          ),
          ...[...groupBy(done, ({ lang, style }) => `${style}, ${lang}`)].map(([name, some]) =>
            row(name, some),
          ),
        ],
      },
    ],
  };
}

function games(runs: NonNullable<Plan['J']>, context: Context): Measured {
  const done = runs.flatMap((run) => {
    const outcome = graded(context, run.item);
    // What was copied from the rubric is told, and what counts then is the score of the rest.
    return outcome
      ? [{ ...run, counted: outcome.scoreOfOwnWords ?? outcome.score, shown: outcome.score }]
      : [];
  });
  const highest = (some: typeof done) =>
    some.length === 0 ? Number.NaN : Math.max(...some.map(({ counted }) => counted));
  const keys = done.filter(({ game }) => game === 'master key');
  const row = (name: string, some: typeof done) => [
    name,
    String(some.length),
    number(highest(some)),
    number(mean(some.map(({ counted }) => counted))),
    String(some.filter(({ counted }) => counted > 0.1 + EXACT).length),
    some.length === 0 ? '–' : number(Math.max(...some.map(({ shown }) => shown))),
  ];
  return {
    items: runs.map(({ item }) => item),
    figures: [
      figure('J.highest', { value: highest(done), n: done.length }, context),
      figure('J.masterKeys', { value: highest(keys), n: keys.length }, context),
    ],
    tables: [
      {
        title: 'Empty answers',
        head: ['', 'answers', 'highest', 'mean', 'above .10', 'highest with copied sentences'],
        rows: [
          ...[...groupBy(done, ({ game }) => game)].map(([name, some]) => row(name, some)),
          ...[...groupBy(done, ({ game, lang }) => `${game}, ${lang}`)].map(([name, some]) =>
            row(name, some),
          ),
          ...[...groupBy(done, ({ game, half }) => `${game}, ${half}`)].map(([name, some]) =>
            row(name, some),
          ),
        ],
      },
    ],
  };
}

function honesty(units: readonly GoldUnit[], context: Context): Measured {
  const met = [...context.outcomes.values()]
    .filter((outcome) => isGraded(outcome))
    .flatMap(({ points }) => points.filter(({ verdict }) => verdict === 'met'));
  const quoted = met.filter(({ isQuoted }) => isQuoted).length;
  const earned = units.flatMap((unit) => {
    const outcome = graded(context, unit.item);
    return (outcome?.points ?? []).flatMap((point) =>
      agreed(unit.readings, unit.answer.id, point.id) === true
        ? [{ cluster: clusterOf(unit), lost: point.unverified === true || point.setAside === true }]
        : [],
    );
  });
  const lost: Statistic<(typeof earned)[number]> = (some) => mean(some.map((each) => Number(each.lost)));
  const clusters = [...groupBy(earned, ({ cluster }) => cluster).values()];
  return {
    items: units.map(({ item }) => item),
    figures: [
      figure(
        'K.quoted',
        {
          value: met.length === 0 ? Number.NaN : quoted / met.length,
          interval: intervalOfShare(quoted, met.length),
          n: met.length,
        },
        context,
      ),
      figure(
        'K.lost',
        { value: lost(earned), interval: bootstrap(clusters, lost), n: earned.length },
        context,
      ),
    ],
  };
}
