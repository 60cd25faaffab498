import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type BankEntry, LEVELS } from '../../../core/bank/question.ts';
import { AppError } from '../../../core/errors.ts';
import { type DrillPlan, nextSubject, planDrill } from '../../../core/study/drill.ts';
import { COMMANDS, CONTEXT } from '../../ids.ts';
import { openEntry } from '../../openEntry.ts';
import type { Services } from '../../services.ts';
import { pickStep } from './pickStep.ts';

const COUNTS = [3, 5, 10] as const;

/** A drill: questions of a track and level one after the other, resumable, with a summary of what was missed. */
export function register(services: Services): vscode.Disposable {
  const { grading, report, study } = services;
  const updateContext = async () => {
    const open = (await study.history()).openDrill !== undefined;
    await vscode.commands.executeCommand('setContext', CONTEXT.drillOpen, open);
  };
  return vscode.Disposable.from(
    study.onDidChange(() => void updateContext()),
    grading.onDidGrade(
      report.guard(async ({ subject, attempt, isStored }) => {
        const drill = (await study.history()).openDrill;
        if (!isStored || !drill?.subjects.some(({ id }) => id === subject.id)) return;
        await study.record({ type: 'drill_step', drill: drill.id, subject, attempt });
        await services.panel.refresh();
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillStart,
      report.guard(() => start(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillResume,
      report.guard(() => resume(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillNext,
      report.guard(() => next(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.drillStop,
      report.guard(() => stop(services)),
    ),
  );
}

async function start(services: Services): Promise<void> {
  const { bank, study } = services;
  const plan = await askPlan(services);
  if (!plan) return;
  const { entries } = await bank.catalogue();
  const history = await study.history();
  const subjects = planDrill(entries, plan, (id) => history.state(id), Math.random);
  await study.record({ type: 'drill', drill: randomUUID(), subjects });
  await resume(services);
}

async function askPlan({ bank, l10n }: Services): Promise<DrillPlan | undefined> {
  const { tracks, entries } = await bank.catalogue();
  const questions = entries.filter(({ type }) => type === 'question');
  const title = l10n.t('drill.pick');
  const available = (list: readonly BankEntry[]) => l10n.count('count.question', list.length);

  const track = await pickStep(title, 1, l10n.t('drill.pickTrack'), [
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

  const level = await pickStep(title, 2, l10n.t('drill.pickLevel'), [
    { label: l10n.t('drill.allLevels'), description: available(inTrack), value: '' as const },
    ...LEVELS.map((value) => ({ value, own: inTrack.filter((entry) => entry.level === value) }))
      .filter(({ own }) => own.length > 0)
      .map(({ value, own }) => ({ label: l10n.t(`level.${value}`), description: available(own), value })),
  ]);
  if (level === undefined) return undefined;
  const chosen = inTrack.filter((entry) => level === '' || entry.level === level);

  const count = await pickStep(
    title,
    3,
    l10n.t('drill.pickCount'),
    COUNTS.map((value) => {
      const minutes = average(chosen) * Math.min(value, chosen.length);
      return {
        label: l10n.count('count.question', Math.min(value, chosen.length)),
        description: l10n.t('entry.minutes', { minutes: Math.round(minutes) }),
        value,
      };
    }).filter(({ value }, i) => i === 0 || (COUNTS[i - 1] ?? value) < chosen.length),
  );
  if (count === undefined) return undefined;
  return { count, ...(track === '' ? {} : { track }), ...(level === '' ? {} : { level }) };
}

function average(entries: readonly BankEntry[]): number {
  return entries.reduce((sum, { minutes }) => sum + minutes, 0) / Math.max(1, entries.length);
}

/** Opens the next question, or ends the drill when there is none. */
async function resume(services: Services): Promise<void> {
  const { study } = services;
  const drill = (await study.history()).openDrill;
  if (!drill) throw new AppError('not_found', { id: 'drill' });
  const subject = nextSubject(drill);
  if (subject) await openEntry(services, subject.id);
  else await stop(services);
}

/** Goes on to the next question; the one that was not answered counts as skipped. */
async function next(services: Services): Promise<void> {
  const { study, practice } = services;
  const drill = (await study.history()).openDrill;
  const current = drill && nextSubject(drill);
  const uri = vscode.window.activeTextEditor?.document.uri;
  const active = uri && practice.locate(uri)?.subject.id;
  if (drill && current && active === current.id) {
    await study.record({ type: 'drill_step', drill: drill.id, subject: current, attempt: null });
  }
  await resume(services);
}

async function stop({ study, panel }: Services): Promise<void> {
  const drill = (await study.history()).openDrill;
  if (!drill) throw new AppError('not_found', { id: 'drill' });
  await study.record({ type: 'drill_end', drill: drill.id });
  panel.show({ page: 'drill', drill: drill.id }, { focus: true });
}
