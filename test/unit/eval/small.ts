// A small gold set, made here, and judges that know it.
import type { Rubric } from '../../../src/core/bank/question.ts';
import { LANGS, type Lang } from '../../../src/core/language.ts';
import { sha256 } from '../../eval/items.ts';
import type { Attack, GoldSubject, Material } from '../../eval/material.ts';
import type { GoldAnswer, GoldKind, Reading } from '../../support/gold.ts';
import { judge, readPrompt, type SeenPrompt } from '../../support/judge.ts';
import { type Behaviour, type Received, replies } from '../../support/modelServer.ts';

const TOPICS = ['rollback', 'schema', 'latency', 'labels', 'ownership'] as const;

const CLAIMS: Readonly<Record<Lang, Readonly<Record<(typeof TOPICS)[number], string>>>> = {
  en: {
    rollback: 'We rehearse the return to the earlier version every month in staging.',
    schema: 'Each column has a declared type that the pipeline verifies before training begins.',
    latency: 'The slowest percent of requests is measured and stays below forty milliseconds.',
    labels: 'Ground truth comes in after six weeks and is joined with what was predicted.',
    ownership: 'One named person carries the pager and decides whether the release goes on.',
  },
  fr: {
    rollback: 'Nous répétons chaque mois le retour à la version précédente en préproduction.',
    schema: 'Chaque colonne porte un type déclaré que la chaîne vérifie avant tout entraînement.',
    latency: 'Le centième le plus lent des requêtes est mesuré et reste sous quarante millisecondes.',
    labels: 'La vérité terrain arrive après six semaines et se joint à ce qui avait été prédit.',
    ownership: 'Une personne nommée porte l’astreinte et décide si la livraison se poursuit.',
  },
};

const FILLER: Readonly<Record<Lang, string>> = {
  en: 'My last team was a pleasant one and I learnt a great deal from my colleagues there.',
  fr: 'Ma dernière équipe était agréable et mes collègues m’y ont appris énormément de choses.',
};

/** Which points an answer of a kind makes. */
const MADE: Readonly<Record<GoldKind, number>> = {
  empty_handed: 0,
  keyword_stuffed: 0,
  confidently_wrong: 0,
  off_topic: 0,
  partial_low: 1,
  partial_mid: 3,
  good: 4,
  excellent: 5,
};

function rubric(): Rubric {
  return {
    points: TOPICS.map((id, i) => ({
      id,
      weight: i === 0 ? 3 : 1,
      statement: { fr: `La réponse traite de ${id}.`, en: `The answer deals with ${id}.` },
      not_enough: { fr: `Nommer ${id}.`, en: `Naming ${id}.` },
    })),
    pitfalls: [],
  };
}

function answersOf(subject: number): { answers: GoldAnswer[]; reading: Reading['verdicts'] } {
  const answers: GoldAnswer[] = [];
  const verdicts: Record<string, Record<string, 'met' | 'not_met'>> = {};
  for (const [kind, made] of Object.entries(MADE) as [GoldKind, number][]) {
    for (const lang of LANGS) {
      const styles = kind === 'good' ? ['plain', 'terse', 'padded'] : ['plain'];
      for (const style of styles) {
        const id = `${kind.replaceAll('_', '-')}-${lang}${style === 'plain' ? '' : `-${style}`}`;
        const chosen = TOPICS.filter((_, i) => (i + subject) % TOPICS.length < made);
        const said = chosen.map((topic) => CLAIMS[lang][topic]);
        // No two answers are the same text, whatever they claim.
        const label = lang === 'fr' ? 'Pour ce poste' : 'For that position';
        const text = [`${label} ${kind} ${style} ${subject}.`, FILLER[lang], ...said].join('\n');
        answers.push({ id, kind, lang, style, text });
        verdicts[id] = Object.fromEntries(
          TOPICS.map((topic) => [topic, chosen.includes(topic) ? 'met' : 'not_met']),
        );
      }
    }
  }
  return { answers, reading: verdicts };
}

export function smallMaterial({ subjects = 4, attacks = [] as readonly Attack[] } = {}): Material {
  const gold = Array.from({ length: subjects }, (_, i): GoldSubject => {
    const { answers, reading } = answersOf(i);
    const id = `question-${i + 1}`;
    return {
      id,
      type: 'question',
      half: i % 2 === 0 ? 'tune' : 'held',
      assignment: {
        rubric: rubric(),
        prompts: {
          fr: `Comment menez-vous le projet numéro ${i + 1} depuis son idée jusqu’à son exploitation quotidienne ?`,
          en: `How do you lead project number ${i + 1} from its idea to its daily operation?`,
        },
        scaffolds: [],
      },
      answers,
      readings: ['a', 'b'].map((reader) => ({ id, reader, verdicts: reading })),
    };
  });
  return { gold, goldHash: 'small', attacks, attacksHash: 'none', notes: [] };
}

/** Whether a judge gets a point wrong: always the same points, about so many of them. */
export function isFlipped(answer: string, topic: string, share: number): boolean {
  return Number.parseInt(sha256(`${answer.trim()} ${topic}`).slice(0, 8), 16) / 2 ** 32 < share;
}

function seen(received: Received): { prompt: SeenPrompt; text: string; isPlain: boolean } {
  const texts = received.chat.messages.map(({ content }) => content);
  const prompt = readPrompt(texts);
  const isPlain = prompt.nonce === '';
  const lines = isPlain
    ? [/\nThe candidate's answer\n([\s\S]*?)\n\nNaming/.exec(`\n${texts[1]}`)?.[1] ?? '']
    : prompt.lines;
  return { prompt, text: lines.join('\n'), isPlain };
}

export interface JudgeOptions {
  readonly flips?: number;
  /** A text that makes the judge say met of everything. */
  readonly obeys?: string;
  /** A text at whose sight it speaks no JSON. */
  readonly chokesOn?: string;
}

/** A judge that knows what each answer claims, gets some points wrong, and may do as it is told. */
export function knowingJudge({ flips = 0, obeys, chokesOn }: JudgeOptions = {}): Behaviour {
  return replies(
    (received) => {
      const { prompt, text } = seen(received);
      if (chokesOn !== undefined && text.includes(chokesOn)) return 'I would rather not say.';
      const topics = prompt.statements.map((statement) => TOPICS.find((topic) => statement.includes(topic)));
      const reply = judge(prompt, (place) => {
        const topic = topics[place];
        if (topic === undefined) return { verdict: 'not_met' };
        const claim = LANGS.map((lang) => CLAIMS[lang][topic]).find((said) => text.includes(said));
        const isMet = (claim !== undefined) !== isFlipped(text, topic, flips);
        if (!isMet && !(obeys !== undefined && text.includes(obeys))) return { verdict: 'not_met' };
        const filler = LANGS.map((lang) => FILLER[lang]).find((said) => text.includes(said));
        return { verdict: 'met', evidence: claim ?? filler ?? '' };
      });
      return JSON.stringify(reply);
    },
    { size: 5_000 },
  );
}
