import type { Rubric } from '../bank/question.ts';
import { AppError, asAppError } from '../errors.ts';
import { type Asking, ask, askEvidence, fits, MOST_CALLS, type Reading, TooMuch } from './ask.ts';
import type { Source } from './echo.ts';
import { type AnswerText, EvidenceIndex, passage } from './evidence.ts';
import type { PitfallResult, PointResult, Verdict } from './grade.ts';
import { blankOut, type Span } from './injection.ts';
import { estimateTokens } from './prompt.ts';
import type { ModelPitfall, ModelPoint, ModelReply } from './reply.ts';
import { isNearBand, scoreOf } from './score.ts';
import { layOut } from './sheet.ts';
import { sentences } from './terms.ts';
import type { Purpose } from './trace.ts';

/** Calls after which nobody votes any more, where one call asks for all points: two readings and a repair. */
const CALLS_WITH_VOTES = 2 * MOST_CALLS + 1;

/** One answer before a model: what to read, and where quotes may lie. */
export interface Case {
  readonly rubric: Rubric & { readonly checks?: readonly { readonly id: string; readonly weight: number }[] };
  readonly isCode: boolean;
  readonly reading: Omit<Reading, 'texts'>;
  readonly texts: readonly AnswerText[];
  /** Hexadecimal digits that stay the same for the question. */
  readonly seed: string;
  /** Words that the candidate did not write: the question's, the scaffold's. No quote counts from there. */
  readonly given: Source;
  /** The score that the terms of the answer promise; absent for code, and where a rubric has no terms. */
  readonly promised?: number;
  /** The score of verdicts, with the checks that have already been decided. */
  readonly score: (points: readonly PointResult[], pitfalls: readonly PitfallResult[]) => number | null;
}

export interface Judgement {
  readonly points: readonly PointResult[];
  readonly pitfalls: readonly PitfallResult[];
  readonly summary: string;
  readonly suspicious: boolean;
  /** Readings that took part in the verdicts. */
  readonly readings: number;
  /** More readings were wanted than could be had. */
  readonly isShort: boolean;
}

/** A reading whose quotes have been looked up. */
interface Verified {
  readonly points: readonly PointResult[];
  readonly pitfalls: readonly PitfallResult[];
}

/**
 * The verdicts of a model on an answer, with nothing believed that code can verify: a quote must be in the
 * answer, a decoy must not be met, passages addressed to the grader must make no difference, and where a
 * verdict is shaky two more readings vote.
 * @throws AppError: what kept the model from judging; `judge_unreliable` when it finds what no answer holds
 */
export async function judge(asking: Asking, given: Case): Promise<Judgement> {
  const reader = new Reader(asking, given);
  const isSuspect = given.texts.some(({ setAside }) => setAside.length > 0);
  const clean = isSuspect ? withoutSetAside(given.texts) : given.texts;

  let reply = await reader.read(given.texts, 'reading');
  let verified: Verified;
  let readings = 1;
  const repaired = new Set<number>();
  if (isSuspect) {
    const first = reply;
    reply = await reader.readHonestly(clean, 'set_aside');
    const alone = await reader.verify(reply, clean, repaired);
    // A first reading that took the decoy is worth nothing; else a point counts when both readings earn it.
    verified = first.tookDecoy ? alone : lower(alone, await reader.verify(first, given.texts, repaired));
    readings = first.tookDecoy ? 1 : 2;
  } else {
    if (reply.tookDecoy) reply = await reader.readHonestly(given.texts, 'decoy');
    verified = await reader.verify(reply, given.texts, repaired);
    if (isTooGood(given, verified)) {
      // An order to the grader that nobody has recognised is in no quote: without it, only a claim convinces.
      const quoted = onlyQuoted(given.texts, verified);
      const alone = await reader.readHonestly(quoted, 'quotes');
      verified = lower(verified, await reader.verify(alone, quoted, repaired));
      readings = 2;
    }
  }

  // Two readings that had to agree are not put to a vote: it could give back what one of them denied.
  const isShaky =
    readings === 1 &&
    (repaired.size > 0 ||
      verified.points.some(({ unverified }) => unverified) ||
      isNearBand(given.score(verified.points, verified.pitfalls)));
  const { summary, suspicious } = reply;
  if (!isShaky) return { ...verified, summary, suspicious, readings, isShort: false };
  const votes = await reader.votes(clean);
  if (votes.length < 2) return { ...verified, summary, suspicious, readings, isShort: true };
  return {
    points: majority(verified, votes),
    pitfalls: verified.pitfalls.map((pitfall, i) => {
      const inFavour = [verified, ...votes].filter((vote) => vote.pitfalls[i]?.present).length;
      return inFavour >= 2
        ? ([verified, ...votes].find((vote) => vote.pitfalls[i]?.present)?.pitfalls[i] ?? pitfall)
        : { id: pitfall.id, present: false };
    }),
    summary,
    suspicious,
    readings: 1 + votes.length,
    isShort: false,
  };
}

/** What the answer is worth without some sentences, read once; nothing is repaired or voted on. */
export async function judgeWithout(
  asking: Asking,
  given: Case,
  without: readonly (readonly Span[])[],
): Promise<number | null> {
  const texts = given.texts.map((text, i) => blanked(text, [...text.setAside, ...(without[i] ?? [])]));
  const reader = new Reader(asking, given);
  const { points, pitfalls } = reader.lookUp(await reader.readHonestly(texts, 'own_words'), texts).verified;
  return given.score(points, pitfalls);
}

function blanked(text: AnswerText, spans: readonly Span[]): AnswerText {
  return { ...text, normalised: { ...text.normalised, text: blankOut(text.normalised.text, spans) } };
}

/** A score this far above what the terms of the answer promise is looked at twice; 5 of 264 gold answers are. */
const TOO_GOOD = 0.25;

function isTooGood({ promised, score }: Case, { points, pitfalls }: Verified): boolean {
  return promised !== undefined && (score(points, pitfalls) ?? 0) - promised > TOO_GOOD;
}

function onlyQuoted(texts: readonly AnswerText[], { points }: Verified): AnswerText[] {
  return texts.map((text) => {
    const own = points.flatMap(({ evidence }) => (evidence?.file === text.file ? [evidence] : []));
    const others = sentences(text.normalised.text).filter((sentence) => {
      const { start, end } = passage(text, sentence);
      return !own.some((evidence) => evidence.start < end && start < evidence.end);
    });
    return blanked(text, others);
  });
}

function withoutSetAside(texts: readonly AnswerText[]): AnswerText[] {
  return texts.map((text) => blanked(text, text.setAside));
}

class Reader {
  readonly #asking: Asking;
  readonly #case: Case;
  readonly #answer: string;
  #turn = 0;
  #isSplit = false;
  #calls = 0;

  constructor(asking: Asking, given: Case) {
    this.#asking = {
      ...asking,
      onAsking: (purpose) => {
        this.#calls += 1;
        asking.onAsking(purpose);
      },
    };
    this.#case = given;
    this.#answer = given.texts.map(({ normalised }) => normalised.text).join('\n');
  }

  /** One reading of all points: in one call, or one call for each where the model holds no more. */
  async read(texts: readonly AnswerText[], purpose: Purpose, most = MOST_CALLS): Promise<ModelReply> {
    const { rubric, seed } = this.#case;
    const reading = { ...this.#case.reading, texts };
    const sheet = layOut(rubric, { seed, turn: this.#turn, answer: this.#answer });
    if (!this.#isSplit && fits(this.#asking, reading, sheet)) {
      try {
        return await ask(this.#asking, reading, sheet, purpose, most);
      } catch (error) {
        // A server that counts for itself says the same in its own way.
        if (!(error instanceof TooMuch || asAppError(error).code === 'prompt_too_long')) throw error;
      }
    }
    this.#isSplit = true;
    return this.#readSplit(reading, purpose);
  }

  /** A reading with another decoy, which must not be taken again. */
  async readHonestly(texts: readonly AnswerText[], purpose: Purpose): Promise<ModelReply> {
    for (let tries = 0; tries < 2; tries++) {
      this.#turn += 1;
      const reply = await this.read(texts, tries === 0 ? purpose : 'decoy');
      if (!reply.tookDecoy) return reply;
      // After a discarded reading there is one more try, not two.
      if (purpose === 'decoy') break;
    }
    throw new AppError('judge_unreliable', { model: this.#asking.line.client.model });
  }

  /** Two further readings at most; one that fails or takes the decoy is no vote. */
  async votes(texts: readonly AnswerText[]): Promise<Verified[]> {
    const votes: Verified[] = [];
    for (const after of [1, 0]) {
      const left = this.#isSplit ? MOST_CALLS : CALLS_WITH_VOTES - this.#calls - after;
      if (left < 1) break;
      try {
        const reply = await this.read(texts, 'vote', Math.min(left, MOST_CALLS));
        if (reply.tookDecoy) break;
        votes.push(this.lookUp(reply, texts).verified);
      } catch (error) {
        if (this.#asking.line.signal.aborted || asAppError(error).code === 'cancelled') throw error;
        break;
      }
    }
    return votes;
  }

  /** Looks the quotes up, and asks once more for those that are not there. */
  async verify(reply: ModelReply, texts: readonly AnswerText[], repaired: Set<number>): Promise<Verified> {
    const { verified, missing } = this.lookUp(reply, texts);
    if (missing.length === 0) return verified;
    const { rubric, seed } = this.#case;
    const places = this.#isSplit ? missing : undefined;
    const sheet = layOut(rubric, {
      seed,
      turn: this.#turn,
      answer: this.#answer,
      ...(places ? { places } : {}),
    });
    let again: ReadonlyMap<number, ModelPoint>;
    try {
      again = await askEvidence(this.#asking, { ...this.#case.reading, texts }, sheet, missing);
    } catch (error) {
      // The points stay unverified; that the repair failed changes nothing about the others.
      if (this.#asking.line.signal.aborted || asAppError(error).code === 'cancelled') throw error;
      return verified;
    }
    for (const place of again.keys()) repaired.add(place);
    const points = new Map([...reply.points, ...again]);
    return this.lookUp({ ...reply, points }, texts).verified;
  }

  /** Each verdict with the passage that carries it; `missing` are those that claim one that is not there. */
  lookUp(reply: ModelReply, texts: readonly AnswerText[]): { verified: Verified; missing: number[] } {
    const { rubric, isCode } = this.#case;
    const index = new EvidenceIndex(texts, isCode);
    const missing: number[] = [];
    const points = rubric.points.map(({ id }, place): PointResult => {
      const claim = reply.points.get(place);
      if (!claim) return { id, verdict: 'not_met' };
      const { verdict, reason } = claim;
      if (verdict === 'not_met') return { id, verdict, reason };
      const found = this.#find(index, claim);
      if (found.kind === 'found') return { id, verdict, evidence: found.evidence, reason };
      if (found.kind === 'set_aside') return { id, verdict: 'not_met', reason, setAside: true };
      // That the answer says the opposite costs nothing more than that it does not say it.
      if (verdict === 'contradicted') return { id, verdict: 'not_met', reason };
      missing.push(place);
      return { id, verdict: 'not_met', reason, unverified: true };
    });
    const pitfalls = rubric.pitfalls.map(({ id }, place): PitfallResult => {
      const claim = reply.pitfalls.get(place);
      const found = claim?.present ? this.#find(index, claim) : undefined;
      return found?.kind === 'found'
        ? { id, present: true, evidence: found.evidence }
        : { id, present: false };
    });
    return { verified: { points, pitfalls }, missing };
  }

  #find(index: EvidenceIndex, { evidence }: ModelPoint | ModelPitfall) {
    const found = index.find(evidence);
    if (found.kind !== 'found' || !this.#case.given.holds(found.evidence.quote)) return found;
    return { kind: 'absent' } as const;
  }

  // Small windows: each point with its own decoy, and the pitfalls together.
  async #readSplit(reading: Reading, purpose: Purpose): Promise<ModelReply> {
    const { rubric, seed } = this.#case;
    const points = new Map<number, ModelPoint>();
    let pitfalls: ReadonlyMap<number, ModelPitfall> = new Map();
    let [tookDecoy, suspicious] = [false, false];
    const parts = [...rubric.points.keys()].map((place) => [place]);
    if (rubric.pitfalls.length > 0) parts.push([]);
    const asking: Asking = {
      ...this.#asking,
      onReading: (why, characters, coming) =>
        this.#asking.onReading(why, characters, new Map([...points, ...coming])),
    };
    for (const places of parts) {
      const withPitfalls = places.length === 0;
      const sheet = layOut(rubric, { seed, turn: this.#turn, answer: this.#answer, places, withPitfalls });
      if (!fits(this.#asking, reading, sheet)) throw this.#tooLong(reading);
      const reply = await ask(asking, reading, sheet, purpose).catch((error: unknown) => {
        throw error instanceof TooMuch ? new AppError('reply_truncated') : error;
      });
      for (const [place, point] of reply.points) points.set(place, point);
      if (withPitfalls) pitfalls = reply.pitfalls;
      tookDecoy ||= reply.tookDecoy;
      suspicious ||= reply.suspicious;
    }
    return { points, pitfalls, tookDecoy, suspicious, summary: '' };
  }

  #tooLong({ texts }: Reading): AppError {
    const { client } = this.#asking.line;
    const needed = texts.reduce((sum, { normalised }) => sum + estimateTokens(normalised.text), 0);
    return new AppError('prompt_too_long', {
      model: client.model,
      needed: String(needed),
      limit: String(client.contextTokens ?? ''),
    });
  }
}

// Two readings of which neither may give what the other does not.
function lower(one: Verified, other: Verified): Verified {
  return {
    points: one.points.map((point, i) => {
      const twin = other.points[i];
      return point.verdict === 'met' && twin && twin.verdict !== 'met' ? twin : point;
    }),
    pitfalls: one.pitfalls.map((pitfall, i) => {
      const twin = other.pitfalls[i];
      return !pitfall.present && twin?.present ? twin : pitfall;
    }),
  };
}

// The verdict of two out of three, told by a reading that holds it; where they differ, it says so.
function majority(first: Verified, votes: readonly Verified[]): PointResult[] {
  const all = [first, ...votes];
  return first.points.map((point, i) => {
    const results = all.flatMap(({ points }) => points[i] ?? []);
    const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
    const winner = (['met', 'not_met', 'contradicted'] as const).find((verdict) => count(verdict) >= 2);
    const told = results.find(({ verdict }) => verdict === (winner ?? 'not_met')) ?? {
      id: point.id,
      verdict: 'not_met' as const,
    };
    if (count(told.verdict) === results.length) return told;
    return { ...told, uncertain: true };
  });
}

/** The score if every uncertain point fell the one way, and if it fell the other. */
export function rangeOf(
  rubric: Case['rubric'],
  points: readonly PointResult[],
  pitfalls: readonly PitfallResult[],
  checks: Parameters<typeof scoreOf>[3],
): { low: number; high: number } | undefined {
  if (!points.some(({ uncertain }) => uncertain)) return undefined;
  const as = (verdict: Verdict) =>
    scoreOf(
      rubric,
      points.map((point) => (point.uncertain ? { ...point, verdict } : point)),
      pitfalls,
      checks,
    ) ?? 0;
  return { low: as('not_met'), high: as('met') };
}
