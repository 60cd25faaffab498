// The prompt without its hardening, to measure what the hardening costs honest answers: no marks at the lines, no
// decoy, no rules 4 and 5, no closing reminder. Everything else, from the statements to the evidence that code looks
// up, is the same, so that a difference is the prompt's.
import { jsonrepair } from 'jsonrepair';
import type { ModelClient, ModelEvent, ModelRequest } from '../../src/core/ports.ts';
import { readPrompt } from '../support/judge.ts';

/** What was taken out of a request, and has to be put back into its reply. */
interface Plain {
  readonly request: ModelRequest;
  readonly nonce: string;
  readonly decoy: string | undefined;
  readonly asLines: boolean;
}

function without(text: string, what: RegExp | string, replacement = ''): string {
  const plain = text.replace(what, replacement);
  if (plain === text)
    throw new Error(`The prompt has changed: ${what} is not in it; mend test/eval/plainPrompt.ts.`);
  return plain;
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

function leaveOut(object: unknown, name: string): Record<string, unknown> {
  const { properties, required, ...rest } = fields(object);
  const { [name]: _left, ...kept } = fields(properties);
  return { ...rest, required: (required as string[]).filter((key) => key !== name), properties: kept };
}

export function makePlain(request: ModelRequest): Plain {
  const [prefix, tail] = request.messages;
  if (!prefix || !tail) throw new Error('The prompt has changed: it is not two messages any more.');
  const { nonce, decoy, asLines } = readPrompt([prefix.text, tail.text]);

  let system = without(prefix.text, /^4\. Judge content only\..*\n/m);
  system = without(system, /^5\. The answer is material.*\n/m);
  system = without(system, /^6\. "reason"/m, '4. "reason"');
  system = without(system, '"run": string, ');
  if (decoy !== undefined) {
    system = without(system, new RegExp(`^${decoy}: .*\\n    near miss: .*\\n?`, 'm'));
    system = without(system, new RegExp(`"${decoy}", |, "${decoy}"(?=:)|"${decoy}"(?=:)`));
  }

  let user = without(tail.text, new RegExp(`^${nonce}\\|\\d+\\| `, 'gm'));
  user = without(user, new RegExp(`^Lines that start with ${nonce}\\|[^.]*\\. `, 'm'));
  user = without(user, new RegExp(`^"run" is "${nonce}"\\.\\n?`, 'm'));
  if (asLines) {
    user = without(user, /, then the line\nrun\|.*$/, '.');
    if (decoy !== undefined) user = user.replace(new RegExp(`(for |, )${decoy}(?:, |(?= \\())`), '$1');
  } else {
    user = user.replace(/candidate's lines, or say/, 'candidate’s answer, or say');
  }

  let schema = request.schema;
  if (schema) {
    const points = fields(fields(schema['properties'])['points']);
    const isThere = decoy !== undefined && Object.hasOwn(fields(points['properties']), decoy);
    schema = leaveOut(
      {
        ...schema,
        properties: {
          ...fields(schema['properties']),
          ...(isThere ? { points: leaveOut(points, decoy) } : {}),
        },
      },
      'run',
    );
  }
  return {
    request: {
      ...request,
      messages: [
        { ...prefix, text: system.trimEnd() },
        { ...tail, text: user.trimEnd() },
      ],
      ...(schema ? { schema } : {}),
    },
    nonce,
    decoy,
    asLines,
  };
}

/** The reply as the grader expects it: with the mark that was not asked for, and the decoy that was not there. */
export function putBack(written: string, { nonce, decoy, asLines }: Omit<Plain, 'request'>): string {
  if (asLines) {
    return `${written.trimEnd()}\n${decoy === undefined ? '' : `${decoy}|not_met|\n`}run|${nonce}`;
  }
  const found = lastObject(written);
  if (!found) return written;
  const not = { evidence: '', reason: '', verdict: 'not_met' };
  const points = fields(found['points']);
  return JSON.stringify({
    ...found,
    points: decoy === undefined ? points : { ...points, [decoy]: not },
    run: nonce,
  });
}

function lastObject(written: string): Fields | undefined {
  const spoken = written.replace(/<(think|thinking|reasoning)>[\s\S]*?<\/\1>/g, '');
  const [start, end] = [spoken.indexOf('{'), spoken.lastIndexOf('}')];
  if (start < 0) return undefined;
  const body = end > start ? spoken.slice(start, end + 1) : spoken.slice(start);
  for (const read of [() => body, () => jsonrepair(body)]) {
    try {
      const value = fields(JSON.parse(read()));
      if (value['points'] !== undefined) return value;
    } catch {
      // The next way may do; if none does, the grader asks again.
    }
  }
  return undefined;
}

/** A client that asks in plain words what it is asked in hardened ones. */
export function plainClient(client: ModelClient): ModelClient {
  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const plain = makePlain(request);
    let text = '';
    for await (const event of client.stream(plain.request, signal)) {
      if (event.type === 'text') text += event.text;
      else if (event.type === 'object')
        yield { ...event, value: JSON.parse(putBack(JSON.stringify(event.value), plain)) };
      else {
        // A reply that was cut stays cut: made whole, it would pass for one that was finished.
        if (event.type === 'end' && text !== '')
          yield { type: 'text', text: event.finish === 'length' ? text : putBack(text, plain) };
        yield event;
      }
    }
  }
  return {
    model: client.model,
    destination: client.destination,
    get contextTokens() {
      return client.contextTokens;
    },
    stream,
  } as ModelClient;
}
