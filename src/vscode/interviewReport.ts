import { AppError } from '../core/errors.ts';
import { noonOf } from '../core/study/day.ts';
import type { InterviewAnswer, InterviewReport } from '../core/study/interviewReport.ts';
import type { ReportWords } from '../core/study/reportText.ts';
import { load } from '../load.ts';
import type { Services } from './services.ts';

/** The report of an interview from what was stored of it. @throws not_found */
export async function buildReport({ bank, study }: Services, id: string): Promise<InterviewReport> {
  const core = load('study');
  const record = (await study.history()).interview(id);
  if (!record) throw new AppError('not_found', { id });
  const catalogue = await bank.catalogue();
  const answers: InterviewAnswer[] = [];
  for (const { subject, attempt, seconds } of record.steps) {
    const place = core.parseFollowUpId(subject.id);
    const entry = catalogue.get(place?.question ?? subject.id);
    const item = await bank.item(subject).catch(() => undefined);
    if (!entry || !item || attempt === null) continue;
    const head = (await study.history()).attempt(attempt);
    const whole = head && (await study.whole(head));
    const texts = whole ? await study.readTexts(whole.texts) : {};
    answers.push({
      entry,
      item,
      grade: whole?.grade,
      text: Object.values(texts).join('\n\n'),
      seconds,
      isFollowUp: place !== undefined,
      observed: head?.observed,
    });
  }
  return core.reportOf(record, answers, (entry) => catalogue.get(entry));
}

/** The words that reports are written with, those of the interface. */
export async function reportWords({ bank, l10n, report }: Services): Promise<ReportWords> {
  const { tracks } = await bank.catalogue();
  const titles = new Map(tracks.map(({ id, title }) => [id, l10n.pick(title)]));
  const date = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'long', timeZone: 'UTC' });
  return {
    lang: l10n.lang,
    t: (key, params) => l10n.t(key, params),
    percent: (share) => l10n.percent(share),
    duration: durationText,
    date: (day) => date.format(noonOf(day)),
    pick: (text) => l10n.pick(text),
    track: (id) => titles.get(id) ?? id,
    message: (failure) => report.message(failure),
  };
}

/** A time in minutes and seconds; the seconds of a long one are left out. */
export function durationText(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  if (minutes === 0) return `${rest}\u00a0s`;
  return rest === 0 || minutes >= 10 ? `${minutes}\u00a0min` : `${minutes}\u00a0min ${rest}\u00a0s`;
}
