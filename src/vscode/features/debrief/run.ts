import * as path from 'node:path';
import * as vscode from 'vscode';
import { fold } from '../../../core/grading/words.ts';
import { type Asked, OWN_TRACK, type OwnQuestion } from '../../../core/store/events.ts';
import { isDay } from '../../../core/study/day.ts';
import { load } from '../../../load.ts';
import { secureRandom } from '../../grading.ts';
import type { Services } from '../../services.ts';

/** Opens a document in which the candidate notes what was asked. */
export async function newDebrief({ l10n, practice, study }: Services): Promise<void> {
  const { today } = study;
  let uri: vscode.Uri;
  // One document a day is the rule, and a second interview gets its own.
  for (let n = 1; ; n++) {
    const name = `debriefs/${today}${n > 1 ? `-${n}` : ''}.md`;
    const known = (await study.history()).debriefs.some(({ id }) => id === path.basename(name, '.md'));
    if (known) continue;
    uri = await practice.ensureDocument(name, l10n.t('debrief.scaffold', { date: today }));
    break;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
}

/** Reads the debrief that has the focus: what the bank asks too is put on today's list, the rest becomes questions. */
export async function saveDebrief(services: Services): Promise<void> {
  const { bank, l10n, panel, practice, study } = services;
  const document = vscode.window.activeTextEditor?.document;
  const name = document && practice.relative(document.uri);
  if (!document || !name?.startsWith('debriefs/')) {
    void vscode.window.showInformationMessage(l10n.t('debrief.notOne'));
    return;
  }
  await document.save();
  const core = load('study');
  const read = core.readDebrief(document.getText());
  if (read.asked.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('debrief.empty'));
    return;
  }
  const debrief = path.basename(name, '.md');
  const before = (await study.history()).debriefs.find(({ id }) => id === debrief);
  const candidates = await candidatesOf(services);
  const { stemsOf } = load('grading');
  const stems = (word: string) => stemsOf({ text: fold(word), accented: word }).all;
  const asked = read.asked.map(({ text, expected }): Asked => {
    const matches = core.matchesOf(text, candidates, stems);
    if (matches.length > 0) return { text, matches };
    // Saved again, a question keeps its id, and with it its card.
    const known = before?.asked.find((other) => other.text === text)?.own;
    const id = known?.id ?? `own-${secureRandom.token(8).toLowerCase()}`;
    const own: OwnQuestion = { id, text, expected, lang: l10n.lang };
    return { text, matches, own };
  });
  const date = read.date !== undefined && isDay(read.date) ? read.date : study.today;
  await study.record({ type: 'debrief', debrief, date, employer: read.employer, asked });
  bank.reload();
  panel.show({ page: 'debrief', debrief }, { focus: false });
}

async function candidatesOf({ bank }: Services) {
  const { entries } = await bank.catalogue();
  return Promise.all(
    entries
      .filter(({ track }) => track !== OWN_TRACK)
      .map(async ({ id, type, title, tags }) => {
        const { prompt } = await bank.item({ type, id });
        return { id, texts: [title.fr, title.en, prompt.fr, prompt.en, ...tags] };
      }),
  );
}
