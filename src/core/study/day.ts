/** A day of the calendar where the candidate is, `YYYY-MM-DD`: what a schedule counts in. */
export type Day = string;

const DAY_MS = 86_400_000;
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether a text names a day that exists. */
export function isDay(text: string): text is Day {
  const [, year, month, date] = SHAPE.exec(text) ?? [];
  if (!year || !month || !date) return false;
  return dayAt(Date.UTC(Number(year), Number(month) - 1, Number(date))) === text;
}

/** The day of a moment in UTC (ms). Where somebody is, the day comes from the adapter that knows the zone. */
export function dayAt(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Midday in UTC of a day (ms): for formatting it, in UTC, and for arithmetic that no clock change touches. */
export function noonOf(day: Day): number {
  return Date.parse(`${day}T12:00:00Z`);
}

/** Days from one to another: calendar days, whatever the length of the hours between them. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((noonOf(to) - noonOf(from)) / DAY_MS);
}

export function addDays(day: Day, count: number): Day {
  return dayAt(noonOf(day) + count * DAY_MS);
}
