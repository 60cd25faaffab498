import type { EntryState } from '../bank/catalogue.ts';
import type { BankEntry } from '../bank/question.ts';
import { type Day, daysBetween } from './day.ts';
import type { AttemptHead, History } from './history.ts';
import { countedScore, reviewsOf } from './reviews.ts';
import {
  type Card,
  dueOn,
  isMastered,
  KNOWN,
  NO_NEW_DAYS,
  type Plan,
  recallOn,
  type Schedule,
} from './schedule.ts';

/** What is known of the study on a day: what lists, plans and pages are made from. */
export interface Studied {
  readonly entries: readonly BankEntry[];
  readonly history: History;
  readonly schedule: Schedule;
  readonly plan: Plan;
  readonly today: Day;
}

/** Why an entry is on today's list, the strongest reason. */
export type Reason = 'due' | 'asked' | 'weak' | 'new';

export interface TodayItem {
  readonly entry: BankEntry;
  readonly reason: Reason;
  /** What it takes at the desk. */
  readonly minutes: number;
  /** Present for what was reviewed before. */
  readonly card?: Card;
  /** Days since it was due; 0 on the day. */
  readonly overdue?: number;
  /** Predicted recall today, 0 to 1. */
  readonly recall?: number;
}

export interface Today {
  /** What fills the minutes, in the order to be done. */
  readonly items: readonly TodayItem[];
  /** Entries reviewed today. */
  readonly done: readonly string[];
  /** Minutes of `items`. */
  readonly minutes: number;
  /** How many are due in all; those beyond the cap or the minutes wait. */
  readonly due: number;
}

/**
 * Minutes that an entry takes at the desk: a question's are those of an answer that is spoken. The first time takes
 * half as long again, since what was missed is to be read and learnt; after that an answer is known, and is short.
 */
export function deskMinutes({ type, minutes }: BankEntry, isFirst = true): number {
  return type === 'question' && isFirst ? Math.ceil(minutes * 1.5) : minutes;
}

/** Mean of the last scores of a track's entries, 0 to 1; nothing for a track that was never tried. */
export function trackScores(entries: readonly BankEntry[], history: History): ReadonlyMap<string, number> {
  const last = (attempts: readonly AttemptHead[]) =>
    attempts.map(countedScore).findLast((score) => score !== undefined) ?? null;
  const scores = new Map<string, number[]>();
  for (const { id, track } of entries) {
    const score = history.finding('countedScore', id, last);
    if (score !== null) scores.set(track, [...(scores.get(track) ?? []), score]);
  }
  return new Map(
    [...scores].map(([track, list]) => [track, list.reduce((sum, score) => sum + score, 0) / list.length]),
  );
}

/** How many new entries a day may bring: with an interview ahead at least what the core path still needs. */
export function newToday(plan: Plan, untouchedCore: number, today: Day): number {
  const left = plan.interview === undefined ? undefined : daysBetween(today, plan.interview);
  if (left === undefined || left < 0) return plan.newPerDay;
  if (left < NO_NEW_DAYS) return 0;
  // The days that are left for beginning, with a margin for the second time round.
  const days = Math.max(1, Math.floor((left - NO_NEW_DAYS) * 0.6));
  return Math.max(plan.newPerDay, Math.ceil(untouchedCore / days));
}

/**
 * What to do today: what is due first, the most forgotten ahead, then what a real interview asked for, then new
 * entries of the core path from the weakest tracks, then what is weak, and last what is due and will be known on the
 * day it counts anyway; until the minutes are full, with room kept for one new entry. Nothing that was reviewed today
 * comes again.
 */
export function planToday({ entries, history, schedule, plan, today }: Studied): Today {
  // Where the clock was set back, or in another zone, the last review may be of a day that has not come yet.
  const days = (attempts: readonly AttemptHead[]) => reviewsOf(attempts).map(({ day }) => day);
  const isDone = (id: string) =>
    schedule.card(id)?.last.day === today || history.finding('days', id, days).includes(today);
  const done = entries.filter(({ id }) => isDone(id));
  const isBegun = ({ id }: BankEntry) => schedule.card(id)?.reviews === 1;
  const spent = done.reduce((sum, entry) => sum + deskMinutes(entry, isBegun(entry)), 0);
  const open = entries.filter(({ id }) => !isDone(id));

  const known = open.flatMap((entry): (TodayItem & { card: Card; recall: number })[] => {
    const card = schedule.card(entry.id);
    if (!card) return [];
    const overdue = daysBetween(dueOn(card, plan), today);
    const minutes = deskMinutes(entry, false);
    return [{ entry, reason: 'due', minutes, card, overdue, recall: recallOn(card, today) }];
  });
  const isSure = ({ card }: { readonly card: Card }) => isMastered(card, plan, today);
  const due = known
    .filter(({ overdue = 0 }) => overdue >= 0)
    .sort((a, b) => Number(isSure(a)) - Number(isSure(b)) || a.recall - b.recall || order(a, b));
  const capped = due.slice(0, Math.max(0, plan.cap - done.length));

  const asked = askedFor(open, history, schedule).map((entry): TodayItem => {
    const reviewed = known.find((item) => item.entry === entry);
    return { ...(reviewed ?? { entry, minutes: deskMinutes(entry) }), reason: 'asked' };
  });
  const untouched = open.filter(({ id }) => !schedule.card(id));
  const core = untouched.filter((entry) => entry.core);
  const unasked = (core.length > 0 ? core : untouched).filter(
    (entry) => !asked.some((item) => item.entry === entry),
  );
  const begun = done.filter(isBegun).length;
  const fresh = pickNew(
    unasked,
    entries,
    history,
    // What was begun today was untouched this morning.
    Math.max(0, newToday(plan, core.length + begun, today) - begun),
  ).map((entry): TodayItem => ({ entry, reason: 'new', minutes: deskMinutes(entry) }));
  const weak = known
    .filter(({ card, overdue = 0 }) => overdue < 0 && card.last.score < KNOWN)
    .sort((a, b) => a.card.last.score - b.card.last.score || order(a, b))
    .map((item): TodayItem => ({ ...item, reason: 'weak' }));

  const [urgent, sure] = [capped.filter((item) => !isSure(item)), capped.filter(isSure)];
  const inOrder = [...urgent, ...asked, ...fresh, ...weak, ...sure];
  // A day full of reviews begins something all the same, as long as it takes but a quarter of the day: otherwise the
  // core path stands still, and is then begun in one go.
  const kept = fresh.slice(0, 1).filter((item) => begun === 0 && item.minutes <= plan.minutes / 4);
  const chosen: TodayItem[] = [];
  let minutes = 0;
  for (const item of [...kept, ...inOrder]) {
    if (chosen.some(({ entry }) => entry.id === item.entry.id)) continue;
    // The first item always fits: a day with too few minutes still has one question.
    const isFirst = chosen.length === 0 && done.length === 0;
    if (!isFirst && spent + minutes + item.minutes > plan.minutes) continue;
    chosen.push(item);
    minutes += item.minutes;
  }
  const items = inOrder.filter((item) => chosen.includes(item));
  return { items, done: done.map(({ id }) => id), minutes, due: due.length };
}

/** Entries that real interviews asked for and that were not mastered or answered well since. */
function askedFor(open: readonly BankEntry[], history: History, schedule: Schedule): BankEntry[] {
  const wanted = new Map<string, Day>();
  for (const { date, asked } of history.debriefs)
    for (const { matches, own } of asked)
      for (const id of [...matches, ...(own ? [own.id] : [])]) wanted.set(id, date);
  return open.filter(({ id }) => {
    const date = wanted.get(id);
    const card = schedule.card(id);
    return date !== undefined && (!card || card.last.day < date);
  });
}

// From the weakest track, then the next: each pick makes its track a little less urgent.
function pickNew(
  candidates: readonly BankEntry[],
  entries: readonly BankEntry[],
  history: History,
  count: number,
): BankEntry[] {
  const scores = trackScores(entries, history);
  const sizes = new Map<string, number>();
  for (const { track, core } of entries) if (core) sizes.set(track, (sizes.get(track) ?? 0) + 1);
  const left = [...candidates];
  const taken = new Map<string, number>();
  const urgency = ({ track }: BankEntry) => {
    const size = Math.max(1, sizes.get(track) ?? 1);
    const begun = size - left.filter((entry) => entry.track === track).length;
    return (scores.get(track) ?? 0.5) + begun / size + (taken.get(track) ?? 0) / size;
  };
  const picked: BankEntry[] = [];
  while (picked.length < count && left.length > 0) {
    const next = left.reduce((best, entry) => (urgency(entry) < urgency(best) ? entry : best));
    picked.push(next);
    left.splice(left.indexOf(next), 1);
    taken.set(next.track, (taken.get(next.track) ?? 0) + 1);
  }
  return picked;
}

function order(a: TodayItem, b: TodayItem): number {
  return a.entry.id < b.entry.id ? -1 : 1;
}

/** How far the candidate is with an entry, for every list: what is due comes before what it is worth. */
export function standingOf(
  id: string,
  { history, schedule, plan, today }: Omit<Studied, 'entries'>,
): EntryState {
  const card = schedule.card(id);
  if (card && dueOn(card, plan) <= today && card.last.day !== today) return 'due';
  if (isMastered(card, plan, today)) return 'mastered';
  return history.state(id);
}
