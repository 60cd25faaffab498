import { type FSRSState, fsrs, Rating as Grade } from 'ts-fsrs';
import type { Rating } from '../store/events.ts';
import { addDays, type Day, daysBetween } from './day.ts';
import type { History } from './history.ts';
import { type Review, reviewsOf } from './reviews.ts';

/** What the candidate works towards, from the settings. */
export interface Plan {
  /** The day of the interview; without one there is no end. */
  readonly interview: Day | undefined;
  /** Minutes a day. */
  readonly minutes: number;
  readonly newPerDay: number;
  /** Most reviews a day, however many are due. */
  readonly cap: number;
}

/** The memory of one entry, as the scheduler models it. */
export interface Card {
  readonly id: string;
  /** Days after which recall falls to 90 %. */
  readonly stability: number;
  /** 1 (easy) to 10. */
  readonly difficulty: number;
  readonly reviews: number;
  /** How often it was forgotten. */
  readonly lapses: number;
  /** Different days with a score of .8 or more. */
  readonly goodDays: number;
  readonly last: Pick<Review, 'day' | 'ts' | 'score' | 'isUnaided' | 'rating'>;
}

/** A score from which on an answer counts as known: that of the band `good`. */
export const KNOWN = 0.8;

/** Recall on the day it counts from which on an entry is mastered. */
export const SURE = 0.9;

/** Without an interview date, an entry is mastered when it is still known in so many days. */
export const HORIZON = 21;

/** In the last days before the interview nothing new is begun: there is no second day left for it. */
export const NO_NEW_DAYS = 2;

// Day-granular: the learning steps within a day, and the scatter that spreads large decks, are off.
const scheduler = fsrs({
  request_retention: 0.9,
  enable_fuzz: false,
  enable_short_term: false,
  learning_steps: [],
  relearning_steps: [],
});

const GRADES: Readonly<Record<Rating, Grade>> = {
  again: Grade.Again,
  hard: Grade.Hard,
  good: Grade.Good,
  easy: Grade.Easy,
};

/** The memory after one more review; the first has no state before it. Days count from the review before. */
export function remember(state: FSRSState | null, days: number, rating: Rating): FSRSState {
  // A clock that was set back makes no time run backwards.
  return scheduler.next_state(state, Math.max(0, days), GRADES[rating]);
}

/** The card of an entry from its reviews, going on from what is known of those before them. */
export function cardOf(id: string, reviews: readonly Review[], before?: Card): Card | undefined {
  let card = before;
  for (const review of reviews) {
    const { day, ts, score, isUnaided, rating } = review;
    const state = card ? { stability: card.stability, difficulty: card.difficulty } : null;
    const { stability, difficulty } = remember(state, card ? daysBetween(card.last.day, day) : 0, rating);
    card = {
      id,
      stability,
      difficulty,
      reviews: (card?.reviews ?? 0) + 1,
      lapses: (card?.lapses ?? 0) + (card && rating === 'again' ? 1 : 0),
      goodDays: (card?.goodDays ?? 0) + (score >= KNOWN ? 1 : 0),
      last: { day, ts, score, isUnaided, rating },
    };
  }
  return card;
}

/** Predicted recall on a day, 0 to 1. */
export function recallOn({ stability, last }: Card, day: Day): number {
  return scheduler.forgetting_curve(Math.max(0, daysBetween(last.day, day)), stability);
}

/**
 * Days to the next review. An interview ahead bounds them to half of the days left at the last one, so that
 * everything comes round again before it.
 */
export function intervalOf({ stability, last }: Card, { interview }: Pick<Plan, 'interview'>): number {
  const days = scheduler.next_interval(stability, 0);
  const left = interview === undefined ? 0 : daysBetween(last.day, interview);
  return left > 0 ? Math.max(1, Math.min(days, Math.floor(left / 2))) : Math.max(1, days);
}

export function dueOn(card: Card, plan: Pick<Plan, 'interview'>): Day {
  return addDays(card.last.day, intervalOf(card, plan));
}

/** The day on which it has to be known: that of the interview, or in three weeks. */
export function horizon({ interview }: Pick<Plan, 'interview'>, today: Day): Day {
  return interview !== undefined && interview >= today ? interview : addDays(today, HORIZON);
}

/**
 * Mastered, the one definition: known on two different days, the last time without help, and still to be recalled
 * with a probability of .9 on the day it counts.
 */
export function isMastered(card: Card | undefined, plan: Pick<Plan, 'interview'>, today: Day): boolean {
  if (!card || card.goodDays < 2) return false;
  const { score, isUnaided } = card.last;
  return score >= KNOWN && isUnaided && recallOn(card, horizon(plan, today)) >= SURE;
}

/** Cards as other machines know them, by entry. */
export type SyncedCards = Readonly<Record<string, readonly Card[]>>;

// The one that was reviewed last counts; what was reviewed here since goes on from what the other machine knew, when
// that is more than was known here.
function merge(own: Card | undefined, other: Card, reviewsHere: () => readonly Review[]): Card {
  if (!own || own.last.ts <= other.last.ts) return other;
  const reviews = reviewsHere();
  const since = reviews.filter(({ ts, day }) => ts > other.last.ts && day > other.last.day);
  if (reviews.length - since.length >= other.reviews) return own;
  return cardOf(own.id, since, other) ?? own;
}

/** The cards of everything that was reviewed; computed when first asked for, and again after a change. */
export class Schedule {
  readonly #history: History;
  readonly #synced: SyncedCards;

  constructor(history: History, synced: SyncedCards = {}) {
    this.#history = history;
    this.#synced = synced;
  }

  card(id: string): Card | undefined {
    const own = this.#history.finding('card', id, (attempts) => cardOf(id, reviewsOf(attempts)));
    const [other] = [...(this.#synced[id] ?? [])].sort((a, b) => b.last.ts - a.last.ts);
    return other ? merge(own, other, () => reviewsOf(this.#history.entry(id).attempts)) : own;
  }

  /** The cards of these entries that have one. */
  cards(ids: Iterable<string>): Card[] {
    return [...ids].flatMap((id) => this.card(id) ?? []);
  }
}
