import type { Day } from '../study/day.ts';
import { type StudyEvent, TYPES, VERSION } from './events.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What a migration may ask: the candidate's day at a moment (ms, UTC), as the machine knows its zone. */
export type DayOf = (ts: number) => Day;

/** From each version to the next. A record is never changed on the disk: it is brought up to date as it is read. */
const STEPS: Readonly<Record<number, (record: Raw, dayOf: DayOf) => Raw>> = {
  // Version 1 had no days, and one kind of drill.
  1: (record, dayOf) => ({
    ...record,
    v: 2,
    day: dayOf(Number(record['ts'])),
    ...(record['type'] === 'drill' ? { kind: 'track', feedback: 'now' } : {}),
  }),
};

export type ReadLine =
  | { readonly event: StudyEvent }
  /** Written by a newer version: kept, not understood. */
  | { readonly newer: true }
  | { readonly unreadable: string };

/** One line of the journal. Only its frame is checked: what we wrote ourselves is trusted beyond it. */
export function readLine(line: string, dayOf: DayOf): ReadLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { unreadable: 'not JSON' };
  }
  return readRecord(value, dayOf);
}

/** A record of any version as an event of this one. */
export function readRecord(value: unknown, dayOf: DayOf): ReadLine {
  if (typeof value !== 'object' || value === null) return { unreadable: 'not a record' };
  let record = value as Raw;
  const { v, id, ts, type } = record;
  if (typeof v !== 'number' || typeof id !== 'string' || typeof ts !== 'number')
    return { unreadable: 'no stamp' };
  if (v > VERSION || !TYPES.some((known) => known === type)) return { newer: true };
  for (let version = v; version < VERSION; version++) {
    const step = STEPS[version];
    if (!step) return { unreadable: `no such version: ${v}` };
    record = step(record, dayOf);
  }
  if (typeof record['day'] !== 'string') return { unreadable: 'no day' };
  return { event: record as unknown as StudyEvent };
}
