import type { Grade } from '../core/grading/grade.ts';
import type { Exchange, Purpose, Trace } from '../core/grading/trace.ts';
import type { Key, Localizer } from './l10n.ts';
import type { Reporter } from './report.ts';

/** A grade with the calls behind it, or behind the grade that it repeats. */
export interface TraceRecord {
  readonly grade: Grade;
  /** Absent when nothing was sent, or when its record is gone. */
  readonly trace?: Trace;
}

const PURPOSES: Readonly<Record<Purpose, Key>> = {
  reading: 'trace.reading',
  mend: 'trace.mend',
  evidence: 'trace.evidence',
  set_aside: 'trace.setAside',
  own_words: 'trace.ownWords',
  quotes: 'trace.quotes',
  decoy: 'trace.decoy',
  vote: 'trace.vote',
};

/**
 * What left the machine for a grade and what came back, as a Markdown document. Everything that was sent or
 * received stands in fences that it cannot close, so that none of it is a link, an image or a heading.
 */
export function traceText(
  { grade, trace, title }: TraceRecord & { readonly title: string },
  l10n: Pick<Localizer, 't' | 'lang'>,
  report: Pick<Reporter, 'message'>,
): string {
  const { t } = l10n;
  const number = new Intl.NumberFormat(l10n.lang, { maximumFractionDigits: 1 });
  const moment = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'medium', timeStyle: 'medium' });
  const fact = (name: Key, value: string) => `- ${t('trace.fact', { name: t(name), value })}`;

  const call = (exchange: Exchange, i: number, all: readonly Exchange[]) => {
    const { purpose, startedAt, milliseconds, sent, received, reasoning, usage, failure } = exchange;
    const last = sent.at(-1);
    const urls = [...new Set(sent.map(({ url }) => url))];
    const facts = [
      fact('trace.time', moment.format(startedAt)),
      fact('trace.duration', t('panel.elapsed', { seconds: number.format(milliseconds / 1000) })),
      ...(usage
        ? [
            fact(
              'trace.tokens',
              t('trace.tokensValue', {
                input: number.format(usage.input),
                output: number.format(usage.output),
              }),
            ),
          ]
        : []),
      ...urls.map((url) => fact('trace.address', inline(url))),
      ...(failure ? [fact('trace.failure', inline(report.message(failure)))] : []),
    ];
    return [
      `## ${t('trace.call', { n: i + 1, total: all.length, purpose: t(PURPOSES[purpose]) })}`,
      facts.join('\n'),
      ...(sent.length === 0 ? [t('trace.notSent')] : []),
      ...(last
        ? messagesOf(last.body).flatMap(({ role, text }) => [
            `### ${t('trace.message', { role })}`,
            fenced(text),
          ])
        : []),
      ...sent.flatMap(({ body }, k) => [
        `### ${sent.length === 1 ? t('trace.sent') : t('trace.sentForm', { n: k + 1, total: sent.length })}`,
        request(body),
      ]),
      ...(reasoning ? [`### ${t('trace.thinking')}`, fenced(reasoning)] : []),
      `### ${t('trace.received')}`,
      received === '' ? t('trace.empty') : fenced(received),
    ];
  };

  const exchanges = trace?.exchanges ?? [];
  const isByModel = grade.provenance.by === 'model';
  const parts = [
    `# ${t('trace.title', { title })}`,
    ...(grade.repeats === undefined ? [] : [t('trace.kept', { date: moment.format(grade.repeats) })]),
    ...(exchanges.length > 0 ? [] : [t(isByModel && !trace ? 'trace.lost' : 'trace.nothing')]),
    ...exchanges.flatMap(call),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The messages of a chat request with their line breaks, for reading; the exact request stands below them. */
function messagesOf(body: string): { readonly role: string; readonly text: string }[] {
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch {
    return [];
  }
  const messages = (sent as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message: unknown) => {
    const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
    return typeof role === 'string' && typeof content === 'string' ? [{ role, text: content }] : [];
  });
}

/** What we wrote ourselves, on several lines: nothing is lost by that. */
function request(body: string): string {
  try {
    return fenced(JSON.stringify(JSON.parse(body), null, 2), 'json');
  } catch {
    return fenced(body);
  }
}

function fenced(text: string, language = 'text'): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function inline(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const mark = '`'.repeat(longestRun(line) + 1);
  // A mark of its own at an end would run into ours.
  const room = line.includes('`') ? ' ' : '';
  return `${mark}${room}${line}${room}${mark}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
