// What a run will send, before it sends anything: the prompts themselves, counted.
import { Source } from '../../src/core/grading/echo.ts';
import { gateFiles, gateProse } from '../../src/core/grading/gate.ts';
import { rubricHash } from '../../src/core/grading/gradeAnswer.ts';
import { addressedToGrader, blankOut } from '../../src/core/grading/injection.ts';
import { normalise } from '../../src/core/grading/normalise.ts';
import { buildRequest } from '../../src/core/grading/prompt.ts';
import { isNearBand } from '../../src/core/grading/score.ts';
import { layOut } from '../../src/core/grading/sheet.ts';
import { type Item, sha256 } from './items.ts';
import { makePlain } from './plainPrompt.ts';

export interface Estimate {
  readonly calls: number;
  readonly input: number;
  readonly output: number;
  readonly money: number | undefined;
}

/** Characters that a token stands for, in a prompt of English rules whose answer is in French as often as not. */
export const CHARACTERS_PER_TOKEN = 3.8;

/** Calls beside those that can be foreseen: quotes asked for again, replies that could not be read. */
const UNFORESEEN = 1.05;

/** Tokens of a reply: a verdict with its quote and reason, a pitfall, the rest. */
const REPLY = { point: 55, pitfall: 16, rest: 70 } as const;

/** The calls that one item takes, and the size of each, in characters. */
export function foresee(item: Item): { calls: number; characters: number; replyTokens: number } {
  const { assignment, answer } = item;
  const { rubric, prompts, scaffolds } = assignment;
  const isCode = answer.subject.type === 'exercise';
  const texts = Object.entries(answer.files).map(([file, text]) => ({ file, normalised: normalise(text) }));
  const asides = texts.map(({ normalised }) => addressedToGrader(normalised.text));
  const own = texts.map(({ normalised }, i) => blankOut(normalised.text, asides[i] ?? []));
  const asked = Object.values(prompts);
  const gate = isCode
    ? gateFiles(Object.fromEntries(texts.map(({ file, normalised }) => [file, normalised.text])), scaffolds)
    : (gateProse(texts[0]?.normalised.text ?? '', asked) ?? gateProse(own[0] ?? '', asked));
  if (gate) return { calls: 0, characters: 0, replyTokens: 0 };

  const whole = texts.map(({ normalised }) => normalised.text).join('\n');
  const seed = rubricHash({ rubric, prompts }, sha256);
  const sheet = layOut(rubric, { seed, answer: whole });
  const { lang, feedbackLang } = answer;
  const request = buildRequest({
    ...{ sheet, prompt: prompts[lang], lang, feedbackLang, texts, facts: [], nonce: 'N7F3A' },
  });
  const { messages } = item.prompt === 'plain' ? makePlain(request).request : request;

  const isSuspect = asides.some((spans) => spans.length > 0);
  const votes = isNearBand(item.expected ?? null) ? 2 : 0;
  const given = new Source([
    ...(assignment.reference ?? []),
    ...rubric.points.flatMap(({ statement }) => Object.values(statement)),
  ]);
  // Copied sentences are taken out and the rest is read once more, if any is left.
  const isCopied = !isCode && given.share(whole) > 0.5;
  const isLeft = isCopied && gateProse(blankOut(whole, given.copied(whole)), []) === undefined;
  return {
    calls: 1 + (isSuspect ? 1 : 0) + votes + (isLeft ? 1 : 0),
    characters: messages.reduce((sum, { text }) => sum + text.length, 0),
    replyTokens: REPLY.point * sheet.rows.length + REPLY.pitfall * sheet.pitfalls.length + REPLY.rest,
  };
}

export function estimateRun(
  items: readonly Item[],
  prices: { readonly priceIn: number | undefined; readonly priceOut: number | undefined },
): Estimate {
  let [calls, input, output] = [0, 0, 0];
  for (const item of items) {
    const foreseen = foresee(item);
    calls += foreseen.calls;
    input += foreseen.calls * (foreseen.characters / CHARACTERS_PER_TOKEN);
    output += foreseen.calls * foreseen.replyTokens;
  }
  [calls, input, output] = [calls, input, output].map((value) => Math.round(value * UNFORESEEN)) as [
    number,
    number,
    number,
  ];
  const { priceIn, priceOut } = prices;
  const isPriced = priceIn !== undefined || priceOut !== undefined;
  const money = isPriced ? (input * (priceIn ?? 0) + output * (priceOut ?? 0)) / 1e6 : undefined;
  return { calls, input, output, money };
}
