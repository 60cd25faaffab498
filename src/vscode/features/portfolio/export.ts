import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BankEntry } from '../../../core/bank/question.ts';
import { AppError } from '../../../core/errors.ts';
import type { Grade } from '../../../core/grading/grade.ts';
import { bandOf } from '../../../core/grading/score.ts';
import { type Day, noonOf } from '../../../core/study/day.ts';
import type { AttemptHead } from '../../../core/study/history.ts';
import {
  finishedAttempt,
  type PortfolioEntry,
  type PortfolioWords,
  portfolioFiles,
  type Tally,
} from '../../../core/study/portfolio.ts';
import type { Localizer } from '../../l10n.ts';
import type { Services } from '../../services.ts';

const FOLDER = 'canari-portfolio';

/** An exercise of the bank with the attempt that stands for it. */
interface Finished {
  readonly entry: BankEntry;
  readonly head: AttemptHead;
}

/** What to export and into which folder, when nobody is to be asked. */
interface Choice {
  readonly folder: vscode.Uri;
  readonly ids: readonly string[];
}

/** Writes finished exercises into a new folder below `given.folder`, or below one that the candidate chooses. */
export async function exportPortfolio(services: Services, given?: unknown): Promise<vscode.Uri | undefined> {
  const { l10n, study } = services;
  const finished = await finishedExercises(services);
  if (finished.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('portfolio.none'));
    return undefined;
  }
  const choice = isChoice(given) ? given : undefined;
  const chosen = choice
    ? finished.filter(({ entry }) => choice.ids.includes(entry.id))
    : await pick(l10n, finished);
  if (!chosen || chosen.length === 0) return undefined;
  if (!choice && !(await askRationales(services, chosen))) return undefined;
  const folder = choice?.folder ?? (await askFolder(services));
  if (!folder) return undefined;

  const entries = await Promise.all(chosen.map((one) => entryOf(services, one)));
  const root = await writeNew(folder.fsPath, portfolioFiles(entries, wordsOf(l10n)));
  const history = await study.history();
  const lacking = chosen.filter(({ entry }) => history.entry(entry.id).note.trim() === '');
  tell(l10n, root, chosen.length, lacking);
  return vscode.Uri.file(root);
}

async function finishedExercises({ bank, study }: Services): Promise<Finished[]> {
  const { entries } = await bank.catalogue();
  const history = await study.history();
  return entries.flatMap((entry) => {
    if (entry.type !== 'exercise') return [];
    const head = finishedAttempt(history.entry(entry.id).attempts);
    return head ? [{ entry, head }] : [];
  });
}

async function pick(l10n: Localizer, finished: readonly Finished[]): Promise<Finished[] | undefined> {
  const picked = await vscode.window.showQuickPick(
    finished.map((one) => {
      const score = one.head.grade?.score ?? 0;
      return {
        one,
        label: l10n.pick(one.entry.title),
        description: `${l10n.percent(score)} · ${dayText(l10n, one.head.day)}`,
        picked: ['good', 'excellent'].includes(bandOf(score)),
      };
    }),
    {
      canPickMany: true,
      title: l10n.t('portfolio.pick'),
      placeHolder: l10n.t('portfolio.placeholder'),
      ignoreFocusOut: true,
    },
  );
  return picked?.map(({ one }) => one);
}

/** Asks for the rationales that are missing and keeps them as notes; false when the candidate leaves. */
async function askRationales(services: Services, chosen: readonly Finished[]): Promise<boolean> {
  const { l10n, panel, study } = services;
  const history = await study.history();
  const lacking = chosen.filter(({ entry }) => history.entry(entry.id).note.trim() === '');
  for (const [i, { entry }] of lacking.entries()) {
    const subject = { type: 'exercise', id: entry.id } as const;
    const answer = await askRationale(l10n, entry, i + 1, lacking.length);
    if (answer === undefined) return false;
    if (answer === 'page') {
      // The history page has room for more than a line.
      panel.show({ page: 'history', subject }, { focus: true });
      return false;
    }
    if (answer.text.trim() !== '') await study.record({ type: 'note', subject, text: answer.text.trim() });
  }
  return true;
}

async function askRationale(
  l10n: Localizer,
  { title }: BankEntry,
  step: number,
  totalSteps: number,
): Promise<{ readonly text: string } | 'page' | undefined> {
  const input = vscode.window.createInputBox();
  const page = { iconPath: new vscode.ThemeIcon('edit'), tooltip: l10n.t('portfolio.askPage') };
  Object.assign(input, { step, totalSteps, ignoreFocusOut: true, buttons: [page] });
  input.title = l10n.t('portfolio.ask', { title: l10n.pick(title) });
  input.prompt = l10n.t('portfolio.askPrompt');
  try {
    return await new Promise((resolve) => {
      input.onDidAccept(() => resolve({ text: input.value }));
      input.onDidTriggerButton(() => resolve('page'));
      input.onDidHide(() => resolve(undefined));
      input.show();
    });
  } finally {
    input.dispose();
  }
}

async function askFolder({ l10n, practice }: Services): Promise<vscode.Uri | undefined> {
  const title = l10n.t('portfolio.folder');
  const [folder] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: l10n.t('portfolio.here'),
      defaultUri: vscode.Uri.file(path.dirname(practice.root)),
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: false,
    })) ?? [];
  return folder;
}

/** What was handed in, as it was handed in: the practice folder may have moved on. */
async function entryOf({ bank, l10n, study }: Services, { entry, head }: Finished): Promise<PortfolioEntry> {
  const { tracks } = await bank.catalogue();
  const { texts, grade } = await study.whole(head);
  if (!grade) throw new AppError('not_found', { id: entry.id });
  const track = tracks.find(({ id }) => id === entry.track);
  return {
    item: await bank.exercise(entry.id),
    topic: track ? l10n.pick(track.title) : entry.track,
    files: await study.readTexts(texts),
    grade,
    day: head.day,
    rationale: (await study.history()).entry(entry.id).note,
  };
}

/** Writes texts into a folder that did not exist; when that fails, it does not exist afterwards either. */
async function writeNew(parent: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = await newFolder(parent);
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, ...name.split('/'));
      await fs.mkdir(path.dirname(file), { recursive: true });
      await fs.writeFile(file, text, { flag: 'wx' });
    }
  } catch (error) {
    await fs.rm(root, { recursive: true, force: true });
    throw error;
  }
  return root;
}

async function newFolder(parent: string): Promise<string> {
  for (let n = 1; ; n++) {
    const root = path.join(parent, n === 1 ? FOLDER : `${FOLDER}-${n}`);
    try {
      await fs.mkdir(root);
      return root;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function tell(l10n: Localizer, root: string, count: number, lacking: readonly Finished[]): void {
  const titles = new Intl.ListFormat(l10n.lang).format(lacking.map(({ entry }) => l10n.pick(entry.title)));
  const text = [
    l10n.t('portfolio.done', { count: l10n.count('count.exercise', count), path: root }),
    ...(lacking.length > 0 ? [l10n.t('portfolio.without', { titles })] : []),
  ].join(' ');
  const open = l10n.t('portfolio.open');
  void vscode.window.showInformationMessage(text, open).then(async (chosen) => {
    if (chosen !== open) return;
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(root), {
      forceNewWindow: true,
    });
  });
}

function wordsOf(l10n: Localizer): PortfolioWords {
  const { t } = l10n;
  return {
    lang: l10n.lang,
    title: t('portfolio.title'),
    introduction: t('portfolio.introduction'),
    exercise: t('portfolio.exercise'),
    topic: t('portfolio.topic'),
    checked: t('portfolio.checked'),
    result: t('portfolio.result'),
    grader: t('portfolio.grader'),
    date: t('portfolio.date'),
    task: t('portfolio.task'),
    rationale: t('portfolio.rationale'),
    diagram: t('portfolio.diagram'),
    files: t('portfolio.files'),
    label: (label, text) => `${t('panel.label', { label })}${text}`,
    scope: (checks, points) =>
      [l10n.count('count.check', checks), l10n.count('count.rubricPoint', points)].join(', '),
    score: (score) => (score === null ? t('portfolio.noScore') : l10n.percent(score)),
    checks: ({ held, decided, open }: Tally) => [
      ...(decided > 0 ? [t('portfolio.checksPassed', { n: held, total: decided })] : []),
      ...(open > 0 ? [t('portfolio.checksNotRun', { n: open })] : []),
    ],
    points: ({ held, decided, open }: Tally) => [
      ...(decided > 0 ? [t('portfolio.pointsMet', { n: held, total: decided })] : []),
      ...(open > 0 ? [t('portfolio.pointsOpen', { n: open })] : []),
    ],
    gradedBy: (grade) => graderText(l10n, grade),
    day: (day) => dayText(l10n, day),
  };
}

// Where the model runs stays the candidate's business: the folder is made to be published.
function graderText({ t }: Localizer, { provenance, checks }: Grade): string {
  if (provenance.by === 'model') return t('portfolio.model', { model: provenance.model });
  return provenance.by === 'offline' && checks.length > 0 ? t('by.checks') : t(`by.${provenance.by}`);
}

function dayText({ lang }: Localizer, day: Day): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(noonOf(day));
}

function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null) return false;
  const { folder, ids } = value as Partial<Choice>;
  return folder instanceof vscode.Uri && Array.isArray(ids);
}
