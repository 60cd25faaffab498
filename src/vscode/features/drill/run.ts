import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type BankEntry, LEVELS } from '../../../core/bank/question.ts';
import { AppError } from '../../../core/errors.ts';
import type { FeedbackTime } from '../../../core/store/events.ts';
import type { DrillWish } from '../../../core/study/drill.ts';
import type { DrillRecord } from '../../../core/study/history.ts';
import { load } from '../../../load.ts';
import type { Graded } from '../../grading.ts';
import { openEntry } from '../../openEntry.ts';
import { pickStep } from '../../pickStep.ts';
import type { Services } from '../../services.ts';
import { readSetting } from '../../settings.ts';

const COUNTS = [3, 5, 10] as const;

/** What the candidate chose: which questions, how they are answered, and when the grades are told. */
interface Wanted {
  readonly wish: DrillWish;
  readonly isSpoken: boolean;
  readonly feedback: FeedbackTime;
}

/** Starts a drill; without a wish the candidate is asked for one. */
export async function startDrill(services: Services, wish?: DrillWish): Promise<void> {
  const { bank, l10n, study } = services;
  const wanted = wish ? await complete(services, wish) : await askTrack(services);
  if (!wanted) return;
  const { entries } = await bank.catalogue();
  const subjects = load('study').planDrill(wanted.wish, {
    entries,
    history: await study.history(),
    schedule: await study.schedule(),
    plan: study.plan,
    today: study.today,
    draw: Math.random,
  });
  const { kind } = wanted.wish;
  if (subjects.length === 0) {
    const reason = kind === 'due' || kind === 'today' || kind === 'weakest' ? kind : 'other';
    void vscode.window.showInformationMessage(l10n.t(`empty.${reason}`));
    return;
  }
  const { feedback, isSpoken } = wanted;
  const spoken = isSpoken ? ({ spoken: true } as const) : {};
  await study.record({ type: 'drill', drill: randomUUID(), subjects, kind, feedback, ...spoken });
  await resumeDrill(services);
}

// A diagnostic may be said or written: ten minutes are short for writing, and only what is written is graded.
async function complete({ l10n }: Services, wish: DrillWish): Promise<Wanted | undefined> {
  const feedback = readSetting('drillFeedback');
  if (wish.kind !== 'diagnostic') return { wish, feedback, isSpoken: wish.kind === 'speak' };
  const step = { title: l10n.t('drill.diagnostic'), step: 1, of: 1, placeholder: l10n.t('drill.way') };
  const isSpoken = await pickStep(step, [
    { label: l10n.t('drill.spoken'), description: l10n.t('drill.spokenWhy'), value: true },
    { label: l10n.t('drill.written'), description: l10n.t('drill.writtenWhy'), value: false },
  ]);
  return isSpoken === undefined ? undefined : { wish, isSpoken, feedback: 'end' };
}

async function askTrack({ bank, l10n }: Services): Promise<Wanted | undefined> {
  const { tracks, entries } = await bank.catalogue();
  const questions = entries.filter(({ type }) => type === 'question');
  const steps = { title: l10n.t('drill.pick'), of: 4 };
  const available = (list: readonly BankEntry[]) => l10n.count('count.question', list.length);

  const track = await pickStep({ ...steps, step: 1, placeholder: l10n.t('drill.pickTrack') }, [
    { label: l10n.t('drill.allTracks'), description: available(questions), value: '' },
    ...tracks
      .map((head) => ({ head, own: questions.filter((entry) => entry.track === head.id) }))
      .filter(({ own }) => own.length > 0)
      .map(({ head, own }) => ({
        label: l10n.pick(head.title),
        description: available(own),
        value: head.id,
      })),
  ]);
  if (track === undefined) return undefined;
  const inTrack = questions.filter((entry) => track === '' || entry.track === track);

  const level = await pickStep({ ...steps, step: 2, placeholder: l10n.t('drill.pickLevel') }, [
    { label: l10n.t('drill.allLevels'), description: available(inTrack), value: '' as const },
    ...LEVELS.map((value) => ({ value, own: inTrack.filter((entry) => entry.level === value) }))
      .filter(({ own }) => own.length > 0)
      .map(({ value, own }) => ({ label: l10n.t(`level.${value}`), description: available(own), value })),
  ]);
  if (level === undefined) return undefined;
  const chosen = inTrack.filter((entry) => level === '' || entry.level === level);

  const count = await pickStep(
    { ...steps, step: 3, placeholder: l10n.t('drill.pickCount') },
    COUNTS.map((value) => {
      const minutes = average(chosen) * Math.min(value, chosen.length);
      return {
        label: l10n.count('count.question', Math.min(value, chosen.length)),
        description: l10n.t('entry.minutes', { minutes: Math.round(minutes) }),
        value,
      };
    }).filter((_, i) => i === 0 || (COUNTS[i - 1] ?? 0) < chosen.length),
  );
  if (count === undefined) return undefined;

  const way = await pickStep({ ...steps, step: 4, placeholder: l10n.t('drill.way') }, [
    { label: l10n.t('drill.feedbackNow'), value: 'now' as const },
    { label: l10n.t('drill.feedbackEnd'), value: 'end' as const },
    { label: l10n.t('drill.spoken'), description: l10n.t('drill.spokenWhy'), value: 'spoken' as const },
  ]);
  if (way === undefined) return undefined;
  const wish: DrillWish = {
    kind: 'track',
    count,
    ...(track === '' ? {} : { track }),
    ...(level === '' ? {} : { level }),
  };
  return { wish, isSpoken: way === 'spoken', feedback: way === 'spoken' ? 'now' : way };
}

function average(entries: readonly BankEntry[]): number {
  return entries.reduce((sum, { minutes }) => sum + minutes, 0) / Math.max(1, entries.length);
}

async function requireDrill({ study }: Services): Promise<DrillRecord> {
  const drill = (await study.history()).openDrill;
  if (!drill) throw new AppError('not_found', { id: 'drill' });
  return drill;
}

/** Opens the next question, or ends the drill when there is none. */
export async function resumeDrill(services: Services): Promise<void> {
  const drill = await requireDrill(services);
  const subject = load('study').nextSubject(drill);
  if (!subject) await stopDrill(services);
  else if (drill.spoken) services.panel.show({ page: 'speak', drill: drill.id }, { focus: true });
  else await openEntry(services, subject.id, { fresh: 'review' });
}

/** Goes on to the next question; the one that was not answered counts as skipped. */
export async function nextOfDrill(services: Services): Promise<void> {
  const { study, practice, speaking } = services;
  const drill = await requireDrill(services);
  const current = load('study').nextSubject(drill);
  const uri = vscode.window.activeTextEditor?.document.uri;
  const active = uri && practice.locate(uri)?.subject.id;
  if (current && (drill.spoken || active === current.id)) {
    await study.record({ type: 'drill_step', drill: drill.id, subject: current, attempt: null });
  }
  speaking.end();
  await resumeDrill(services);
}

export async function stopDrill(services: Services): Promise<void> {
  const { study, panel, speaking } = services;
  const { id } = await requireDrill(services);
  speaking.end();
  await study.record({ type: 'drill_end', drill: id });
  panel.show({ page: 'drill', drill: id }, { focus: true });
}

/** A grade that has arrived counts for the drill that goes on. */
export async function onGraded(services: Services, { subject, attempt, isStored }: Graded): Promise<void> {
  const { interviewClock, study, panel } = services;
  const drill = (await study.history()).openDrill;
  // An interview is not interrupted by a drill that waits.
  if (interviewClock.interview !== undefined) return;
  if (!isStored || !drill?.subjects.some(({ id }) => id === subject.id)) return;
  await study.record({ type: 'drill_step', drill: drill.id, subject, attempt });
  if (drill.feedback === 'end') await resumeDrill(services);
  else await panel.refresh();
}

/** The points that were said aloud, as the candidate ticked them. */
export async function saveSpoken(services: Services, met: readonly string[]): Promise<void> {
  const { grading, speaking } = services;
  const drill = await requireDrill(services);
  const subject = load('study').nextSubject(drill);
  if (!subject) return;
  const seconds = Math.round((Date.now() - speaking.on(subject).startedAt) / 1000);
  const { attempt } = await grading.tickAloud(subject, met, seconds);
  await services.study.record({ type: 'drill_step', drill: drill.id, subject, attempt });
  speaking.end();
  await resumeDrill(services);
}
