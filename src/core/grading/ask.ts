import { AppError } from '../errors.ts';
import type { ModelRequest, Random, Usage } from '../ports.ts';
import { call, type Heard, type Line } from './call.ts';
import { buildRequest, estimateTokens, type Follow, type PromptInput } from './prompt.ts';
import {
  type Expected,
  extractReply,
  type ModelPoint,
  type ModelReply,
  PartialReader,
  readLines,
  readReply,
} from './reply.ts';
import type { Sheet } from './sheet.ts';
import type { Purpose } from './trace.ts';

/** Calls of the model that one reading may take before it is given up. */
export const MOST_CALLS = 4;

/** Room for a reply after one that was cut, in tokens: at least this, and twice what it had used. */
const ROOM = 4_096;

/** Tokens of a reply to one whole sheet; a point with its quote and its reason takes some 60 to 90. */
const replyTokens = (sheet: Sheet) => 300 + 110 * (sheet.rows.length + sheet.pitfalls.length);

/** A reading of an answer: what to ask, and the texts to be read. */
export type Reading = Omit<PromptInput, 'sheet' | 'nonce'>;

export interface Asking {
  readonly line: Line;
  readonly random: Random;
  readonly onAsking: (purpose: Purpose) => void;
  /** Verdicts that have come in so far, by their places; provisional. */
  readonly onReading: (purpose: Purpose, characters: number, points: ReadonlyMap<number, ModelPoint>) => void;
}

/** Whether one request with its reply fits into what the model is known to hold. */
export function fits({ line, random }: Asking, reading: Reading, sheet: Sheet): boolean {
  const { contextTokens } = line.client;
  if (contextTokens === undefined) return true;
  const { messages } = buildRequest({ ...reading, sheet, nonce: random.token(5) });
  const prompt = messages.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  return prompt + replyTokens(sheet) <= contextTokens;
}

/** The reply was cut for its length, also with twice the room: the sheet is too much for this model. */
export class TooMuch extends Error {}

/**
 * One reading of the answer by the model, down the ladder: a broken stream is asked for in one piece, a reply
 * that was cut gets more room, one that cannot be read is asked for again with its faults named, then as
 * plain lines. Four calls at most, unless fewer are left.
 * @throws TooMuch when the reply does not fit; an AppError when there is no reply to be had
 */
export async function ask(
  asking: Asking,
  reading: Reading,
  sheet: Sheet,
  purpose: Purpose,
  most: number = MOST_CALLS,
): Promise<ModelReply> {
  const { line } = asking;
  let more: Partial<Pick<ModelRequest, 'whole' | 'maxTokens' | 'effort'>> = {};
  let follow: Follow | undefined;
  let last = new AppError('reply_empty');
  for (let calls = 0; calls < most; calls++) {
    const expected: Expected = { sheet, nonce: asking.random.token(5) };
    const request = { ...buildRequest({ ...reading, ...expected }, follow), ...more };
    const heard = await listen(asking, request, expected, calls === 0 ? purpose : 'mend');
    if (heard.finish === 'refusal') throw new AppError('model_refused');
    if (wasPromptCut(line, request, heard.usage)) throw new TooMuch();
    const read = readHeard(heard, expected, follow);
    if ('reply' in read) return read.reply;

    const characters = String(heard.text.length);
    if (heard.finish === 'length') {
      last = new AppError('reply_truncated', { characters });
      if (more.maxTokens !== undefined) throw new TooMuch();
      more = { ...more, maxTokens: Math.max(ROOM, 2 * (heard.usage?.output ?? 0)), effort: 'low' };
    } else if (heard.brokenOff && heard.brokenOff.code !== 'reply_empty') {
      last = new AppError(heard.brokenOff.code, heard.brokenOff.params);
      if (more.whole) throw last;
      more = { ...more, whole: true };
    } else {
      const isEmpty = heard.text.trim() === '' && heard.reasoning.trim() === '' && heard.object === undefined;
      last = new AppError(
        isEmpty ? 'reply_empty' : 'reply_malformed',
        heard.brokenOff?.params ?? { characters },
      );
      if (follow?.kind === 'lines') throw last;
      follow = follow ? { kind: 'lines' } : { kind: 'mend', faults: read.faults.slice(0, 6) };
    }
  }
  throw last;
}

/** Asks once more for the passages of some rows; what is not to be had stays as it was. */
export async function askEvidence(
  asking: Asking,
  reading: Reading,
  sheet: Sheet,
  places: readonly number[],
): Promise<ReadonlyMap<number, ModelPoint>> {
  const keys = sheet.rows.flatMap(({ key, place }) =>
    place !== 'decoy' && places.includes(place) ? [key] : [],
  );
  const expected: Expected = { sheet, nonce: asking.random.token(5), keys };
  const request = buildRequest({ ...reading, ...expected }, { kind: 'evidence', keys });
  const heard = await listen(asking, request, expected, 'evidence');
  const read = readHeard(heard, expected, undefined);
  return 'reply' in read ? read.reply.points : new Map();
}

function readHeard({ object, text, reasoning }: Heard, expected: Expected, follow: Follow | undefined) {
  if (follow?.kind === 'lines') {
    const read = readLines(text, expected);
    if ('reply' in read) return read;
  }
  if (object !== undefined) {
    const read = readReply(object, expected);
    if ('reply' in read || text === '') return read;
  }
  const read = extractReply(text, expected);
  // Some servers put the reply where they put the thinking.
  if ('reply' in read || reasoning === '') return read;
  const thought = extractReply(reasoning, expected);
  return 'reply' in thought ? thought : read;
}

function listen(asking: Asking, request: ModelRequest, expected: Expected, purpose: Purpose): Promise<Heard> {
  asking.onAsking(purpose);
  const reader = new PartialReader(expected);
  let characters = 0;
  return call(asking.line, request, purpose, (piece) => {
    characters += piece.length;
    reader.feed(piece);
    asking.onReading(purpose, characters, reader.points);
  });
}

/** Tokens that a prompt takes at least, in any language and by any tokenizer. */
const fewestTokens = (characters: number) => characters / 4.5;

// A server that drops what does not fit says so by its count alone: far fewer tokens than there were, or a
// total that is exactly its window.
function wasPromptCut({ client }: Line, { messages }: ModelRequest, usage: Usage | undefined): boolean {
  if (!usage || client.contextTokens !== undefined) return false;
  const characters = messages.reduce((sum, { text }) => sum + text.length, 0);
  const { input } = usage;
  const isWindow = [2_048, 4_096, 8_192].includes(usage.input + usage.output);
  return input > 0 && (input < 0.7 * fewestTokens(characters) || (isWindow && usage.output < ROOM));
}
