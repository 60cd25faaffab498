import { AppError } from '../../core/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { where } from './failure.ts';

/** A reply of more characters than this is no grade: it is cut off. */
export const LONGEST_REPLY = 200_000;
/** No event of a stream, and no reply as a whole, comes near this. */
const LONGEST_LINE = 4_000_000;

export function tooMuch(endpoint: Endpoint): AppError {
  return new AppError('reply_truncated', { ...where(endpoint), detail: `over ${LONGEST_REPLY} characters` });
}

/** The lines of a body as they arrive, without their ends. */
export async function* lines(response: Response, endpoint: Endpoint): AsyncGenerator<string> {
  let rest = '';
  for await (const text of pieces(response)) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw tooMuch(endpoint);
    for (const part of parts) yield part.endsWith('\r') ? part.slice(0, -1) : part;
  }
  if (rest !== '') yield rest;
}

/** A whole body as text, up to a size that no grade has. */
export async function wholeText(response: Response, endpoint: Endpoint): Promise<string> {
  let whole = '';
  for await (const text of pieces(response)) {
    whole += text;
    if (whole.length > LONGEST_LINE) throw tooMuch(endpoint);
  }
  return whole;
}

async function* pieces(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  for await (const bytes of response.body) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

/** The data of each server-sent event; comments and names of events are left out. */
export async function* eventData(response: Response, endpoint: Endpoint): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of lines(response, endpoint)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    if (line !== '' || data.length === 0) continue;
    yield data.join('\n');
    data = [];
  }
  // The last event of a stream that was cut, or that its server did not end with an empty line.
  if (data.length > 0) yield data.join('\n');
}
