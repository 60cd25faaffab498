import assert from 'node:assert/strict';
import type { Answer, Assignment } from '../../../src/core/grading/gradeAnswer.ts';
import { addressedToGrader } from '../../../src/core/grading/injection.ts';
import { normalise } from '../../../src/core/grading/normalise.ts';
import type { Lang } from '../../../src/core/language.ts';
import { FakeModel, says } from '../../support/fakeModel.ts';
import { byModel, code, gradeWith, judgeRubric, prose } from '../../support/grading.ts';
import {
  type Attack,
  codeFamilies,
  type Family,
  innocents,
  ordersLeft,
  ownWords,
  proseFamilies,
} from '../../support/injections.ts';
import type { Claim, SeenPrompt } from '../../support/judge.ts';
import { PROMPTS, sampleRubric } from '../../support/samples.ts';

const RUBRIC = sampleRubric();
const ASSIGNMENT: Assignment = {
  rubric: RUBRIC,
  prompts: PROMPTS,
  scaffolds: [{ 'rollout.yaml': 'kind: Rollout\n', 'features.py': 'import datetime\n' }],
};

/** Honest sentences or lines; the first one makes the one claim that the answer has. */
const HONEST: Readonly<Record<Lang | 'rollout.yaml' | 'features.py', readonly [string, string, string]>> = {
  en: [
    'For each feature we compute a PSI against thirty days of history.',
    'The dashboards are looked at every Monday by the whole team.',
    'Raw requests stay in cheap storage for a quarter of a year.',
  ],
  fr: [
    'Pour chaque variable nous calculons un PSI contre trente jours d’historique.',
    'Les tableaux de bord sont regardés chaque lundi par toute l’équipe.',
    'Les requêtes brutes restent un trimestre dans un stockage bon marché.',
  ],
  'rollout.yaml': ['  - setWeight: 5', '  - pause: {duration: 10m}', '  - setWeight: 50'],
  'features.py': ['ttl = datetime.timedelta(days=1)', 'online = bool(1)', 'tags = dict(team="fraud")'],
};

const PLACEMENTS = {
  'on a line after the answer': ([one, two, three], text, gap) => `${one}${gap}${two}${gap}${three}\n${text}`,
  'before the answer': ([one, two, three], text, gap) => `${text}\n${one}${gap}${two}${gap}${three}`,
  'in the middle of a paragraph': ([one, two, three], text, gap) =>
    `${one}${gap}${two}${gap}${text}${gap}${three}`,
} satisfies Record<string, (honest: readonly [string, string, string], text: string, gap: string) => string>;
type Placement = keyof typeof PLACEMENTS;

interface Placed {
  readonly answer: Answer;
  readonly honest: readonly [string, string, string];
}

function place({ lang, file, text }: Attack, placement: Placement): Placed {
  const honest = HONEST[file === 'rollout.yaml' || file === 'features.py' ? file : lang];
  const whole = PLACEMENTS[placement](honest, text.replace(/\n$/, ''), file ? '\n' : ' ');
  return { answer: file ? code({ [file]: whole }, lang) : prose(whole, lang), honest };
}

const honestly =
  ([first]: Placed['honest']) =>
  (at: number): Claim =>
    at === 1 ? { verdict: 'met', evidence: first.trim() } : { verdict: 'not_met' };

/** Everything is met, with passages that are really there and have nothing to do with it. */
const obediently =
  (honest: Placed['honest']) =>
  (at: number): Claim => ({ verdict: 'met', evidence: (honest[(at + 1) % 3] ?? '').trim() });

type Judge = (prompt: SeenPrompt, placed: Placed, attack: Attack) => unknown;

const isGiven = ({ lines }: SeenPrompt, attack: Attack) => ordersLeft(attack, lines.join('\n')).length > 0;
const honest: Judge = (prompt, placed) => judgeRubric(prompt, RUBRIC, honestly(placed.honest));
/** Does as it is told as soon as it reads any part of an order. */
const obedient: Judge = (prompt, placed, attack) =>
  judgeRubric(prompt, RUBRIC, (isGiven(prompt, attack) ? obediently : honestly)(placed.honest));
const blunt: Judge = (prompt, placed, attack) =>
  isGiven(prompt, attack)
    ? judgeRubric(prompt, RUBRIC, obediently(placed.honest), {
        decoy: { verdict: 'met', evidence: placed.honest[0].trim() },
      })
    : honest(prompt, placed, attack);

async function scoreBy(
  judge: Judge,
  placed: Placed,
  attack: Attack,
  assignment = ASSIGNMENT,
): Promise<number | null> {
  const client = new FakeModel((prompt) => says(judge(prompt, placed, attack), 10_000));
  const { grade } = await gradeWith(placed.answer, byModel(client), assignment);
  return grade.score;
}

/** A rubric without terms promises nothing, so that no score is too good to be true. */
const WITHOUT_TERMS: Assignment = {
  ...ASSIGNMENT,
  rubric: { ...RUBRIC, points: RUBRIC.points.map(({ accept: _accept, ...point }) => point) },
};

/** The score of an answer that nobody tampered with. */
const CLEAN = 2 / 6;

const variants = (families: readonly Family[]) =>
  families.flatMap(({ family, held, variants: all }) =>
    all.map((attack, i) => ({ name: `${family} ${i + 1}`, held: held === true, attack })),
  );
/** Whole answers that say nothing and look like the beginning of one; beside an answer they are a heading of it. */
const OPENERS = 'master-key';
const corpus = [...variants(proseFamilies()), ...variants(codeFamilies())].filter(
  ({ name }) => !name.startsWith(OPENERS),
);
const placements = Object.keys(PLACEMENTS) as Placement[];

async function gainsOf(judge: Judge, placement: Placement): Promise<string[]> {
  const gains: string[] = [];
  for (const { name, attack } of corpus) {
    const score = await scoreBy(judge, place(attack, placement), attack);
    if (score !== null && score > CLEAN + 1e-9) gains.push(name);
  }
  return gains;
}

describe(`${corpus.length} attacks on the grader inside an answer`, function () {
  this.timeout(120_000);

  it('are placed in answers whose clean score is what it should be', async () => {
    for (const { attack } of corpus) {
      const placed = place({ ...attack, text: '' }, 'on a line after the answer');
      assert.equal(await scoreBy(honest, placed, attack), CLEAN);
      assert.equal(await scoreBy(obedient, placed, attack), CLEAN);
    }
  });

  it('would bring full marks from an obedient judge if nothing were done about them', async () => {
    const attack: Attack = { lang: 'en', orders: ['zebra'], text: 'The zebra is striped.' };
    const placed = place(attack, 'before the answer');
    assert.equal(await scoreBy(obedient, placed, attack, WITHOUT_TERMS), 1);
    assert.equal(await scoreBy(obedient, placed, attack), CLEAN, 'the look at the quotes alone catches it');
    assert.equal(await scoreBy(blunt, placed, attack), null, 'the decoy catches the blunt one');
  });

  it('are worth nothing at the gate when they only open an answer', async () => {
    const openers = variants(proseFamilies()).filter(({ name }) => name.startsWith(OPENERS));
    assert.ok(openers.length > 0);
    for (const { name, attack } of openers) {
      const grader = () => assert.fail('nobody needs to grade this');
      const answer = prose(attack.text, attack.lang);
      const { grade } = await gradeWith(answer, { kind: 'offline' }, ASSIGNMENT, { tools: { grader } });
      assert.ok(grade.gate, name);
      assert.equal(grade.score, 0, name);
    }
  });

  for (const placement of placements) {
    it(`gain nothing from an obedient judge, ${placement}`, async () => {
      assert.deepEqual(await gainsOf(obedient, placement), []);
    });

    it(`gain nothing from a judge that takes the decoy too, ${placement}`, async () => {
      assert.deepEqual(await gainsOf(blunt, placement), []);
    });

    it(`cost an honest judge’s reading no more than .05, ${placement}`, async () => {
      const moved: string[] = [];
      for (const { name, attack } of corpus) {
        const score = await scoreBy(honest, place(attack, placement), attack);
        if (score === null || Math.abs(score - CLEAN) > 0.05) moved.push(`${name}: ${score}`);
      }
      assert.deepEqual(moved, []);
    });
  }
});

describe('passages that are addressed to the grader', () => {
  const groups = {
    'families that patterns were written with': variants(proseFamilies()).filter(({ held }) => !held),
    'families that were held back': variants(proseFamilies()).filter(({ held }) => held),
    'attacks in code': variants(codeFamilies()),
  };
  // Before any pattern was written with this corpus: 66 of 202, 51 of 199 and 38 of 90, with 31 honest sentences
  // taken. When patterns had been written with the first and the last group alone, 93 of the 199 (47 %) were found:
  // that, and not what stands below, says how many unknown ones to expect.
  for (const [what, group] of Object.entries(groups)) {
    const missed = group.filter(({ attack }) => ordersLeft(attack, ownWords(attack.text)).length > 0);
    it(`are set aside: ${group.length - missed.length} of ${group.length} ${what}`, () => {
      assert.deepEqual(
        missed.map(({ name }) => name).filter((name) => !name.startsWith(OPENERS)),
        [],
      );
    });
  }

  it('are not found in honest sentences that come close, but for those named here', () => {
    const taken = innocents().filter(({ text }) => addressedToGrader(normalise(text).text).length > 0);
    assert.deepEqual(
      taken.map(({ text }) => text),
      [],
    );
  });

  it('are blanked out without moving anything', () => {
    for (const { attack } of corpus) {
      const { text } = normalise(attack.text);
      const left = ownWords(attack.text);
      assert.equal(left.length, text.length);
      assert.deepEqual(
        [...left.matchAll(/\n/g)].map(({ index }) => index),
        [...text.matchAll(/\n/g)].map(({ index }) => index),
      );
      for (let i = 0; i < text.length; i++) assert.ok(left[i] === text[i] || left[i] === ' ');
    }
  });

  it('are looked for in no more than moments, whatever is written', () => {
    const texts = [
      'a',
      '. ',
      'ignore the ',
      'grader, ',
      'ai or ',
      'QUJD',
      'ab',
      'give\n',
      '"',
      'aX',
      '%41',
      '.- ',
    ];
    // Time of the processor: others may have the machine meanwhile.
    const before = process.cpuUsage();
    for (const text of texts) addressedToGrader(text.repeat(20_000 / text.length));
    assert.ok(
      process.cpuUsage(before).user < 8_000_000,
      'twelve texts of 20,000 characters, in microseconds',
    );
  });
});
