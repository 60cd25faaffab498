/** The one method of `Headers` that is needed. */
export interface HeaderLookup {
  get(name: string): string | null;
}

/**
 * When a server wants to be asked again, in whole seconds as text; none when it does not say.
 * @param body what came with the refusal, as text: Gemini says it there.
 */
export function retryAfter(headers: HeaderLookup, body: string, now: number): string | undefined {
  const seconds =
    inMilliseconds(headers.get('retry-after-ms')) ??
    inSecondsOrDate(headers.get('retry-after'), now) ??
    duration(/"retryDelay"\s*:\s*"([^"]+)"/.exec(body)?.[1]) ??
    exhausted(headers, 'requests') ??
    exhausted(headers, 'tokens');
  return seconds === undefined ? undefined : String(Math.max(0, Math.ceil(seconds)));
}

function inMilliseconds(text: string | null): number | undefined {
  const value = number(text);
  return value === undefined ? undefined : value / 1000;
}

function inSecondsOrDate(text: string | null, now: number): number | undefined {
  const seconds = number(text);
  if (seconds !== undefined || text === null) return seconds;
  // A bare number that is no number of seconds would be read as a year.
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : (date - now) / 1000;
}

/** OpenAI resets two budgets; only the one that is used up matters. */
function exhausted(headers: HeaderLookup, what: 'requests' | 'tokens'): number | undefined {
  if (number(headers.get(`x-ratelimit-remaining-${what}`)) !== 0) return undefined;
  return duration(headers.get(`x-ratelimit-reset-${what}`));
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };

/** `1h2m3.5s`, `20ms`. */
function duration(text: string | null | undefined): number | undefined {
  if (!text || !/^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g))
    seconds += Number(value) * (UNIT_SECONDS[unit ?? ''] ?? 0);
  return seconds;
}

function number(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
