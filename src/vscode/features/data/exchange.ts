import { createHash } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { AppError, isAppError } from '../../../core/errors.ts';
import {
  type ArchiveFault,
  hashesOf,
  missing,
  type ReadArchive,
  readArchive,
  toArchive,
  withTexts,
} from '../../../core/store/archive.ts';
import { askWhere, exportFile } from '../../exportFile.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { localDay, type Study } from '../../study.ts';

/** So many places of faults stand in the message; the log has all of them. */
const MOST_NAMED = 5;

/** Writes every record into `given`, or into a file that the candidate chooses. */
export async function exportData(services: Services, given?: unknown): Promise<vscode.Uri | undefined> {
  const { l10n, practice, study } = services;
  const events = await study.readAll();
  if (events.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('data.nothing'));
    return undefined;
  }
  const title = l10n.t('data.exportTitle');
  const uri = await askWhere(practice, given, {
    title,
    name: 'canari-data.json',
    filters: { JSON: ['json'] },
  });
  if (!uri) return undefined;
  const { texts, gone } = await textsOf(study, hashesOf(events));
  const archive = toArchive(events, texts, new Date(study.now()).toISOString());
  const text = `${JSON.stringify(archive, null, 1)}\n`;
  await exportFile(uri, text);
  const done = l10n.t('data.exported', {
    count: l10n.count('count.record', events.length),
    path: uri.fsPath,
  });
  if (gone.length === 0) void vscode.window.showInformationMessage(done);
  else void vscode.window.showWarningMessage(`${done} ${l10n.t('data.gone', { n: gone.length })}`);
  return uri;
}

/** Texts kept apart, by their hashes, and the hashes of those that are not on the disk any more. */
async function textsOf(study: Study, hashes: readonly string[]) {
  const texts: Record<string, string> = {};
  const gone: string[] = [];
  for (const sha256 of hashes) {
    try {
      Object.assign(texts, await study.readTexts({ [sha256]: { sha256 } }));
    } catch (error) {
      if (!isAppError(error) || error.code !== 'store_unreadable') throw error;
      gone.push(sha256);
    }
  }
  return { texts, gone };
}

/** What an import did; each number counts records, but for the texts that nobody has. */
export interface Imported {
  readonly imported: number;
  readonly known: number;
  readonly faults: readonly ArchiveFault[];
  readonly missingTexts: number;
}

/** Takes in what an export holds and is not known here; whatever is known stays as it is. */
export async function importData(services: Services, given?: unknown): Promise<Imported | undefined> {
  const { log, panel, study } = services;
  const uri = given instanceof vscode.Uri ? given : await askFile(services);
  if (!uri) return undefined;
  const { events, texts, faults } = verified(await read(uri));
  const known = new Set((await study.readAll()).map(({ id }) => id));
  const fresh = missing(events, known);
  // Texts first: a record never names one that is not there yet.
  const named = hashesOf(fresh);
  const brought = named.filter((sha256) => texts[sha256] !== undefined);
  const stored = await study.storeTexts(
    Object.fromEntries(brought.map((sha256) => [sha256, texts[sha256] ?? ''])),
  );
  const placed = fresh.map((event) =>
    withTexts(event, (text) => ('sha256' in text ? (stored[text.sha256] ?? text) : text)),
  );
  if (placed.length > 0) await study.adopt(placed);
  const { gone } = await textsOf(
    study,
    named.filter((sha256) => texts[sha256] === undefined),
  );
  for (const { place, reason } of faults) log.warn(`${uri.fsPath}: ${place}: ${reason}`);
  const result = {
    imported: fresh.length,
    known: events.length - fresh.length,
    faults,
    missingTexts: gone.length,
  };
  tellImport(services, result);
  await panel.refresh();
  return result;
}

async function askFile({ l10n, practice }: Services): Promise<vscode.Uri | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: l10n.t('data.importTitle'),
      openLabel: l10n.t('data.import'),
      defaultUri: vscode.Uri.file(path.dirname(practice.root)),
      canSelectMany: false,
      filters: { JSON: ['json'] },
    })) ?? [];
  return file;
}

async function read(uri: vscode.Uri): Promise<ReadArchive> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('archive_invalid', { path: uri.fsPath, detail: 'not JSON' }, error);
  }
  return readArchive(value, localDay, uri.fsPath);
}

/** The archive without the texts that are not those that their hashes name. */
function verified({ events, texts, faults }: ReadArchive): ReadArchive {
  const isWhole = ([sha256, text]: readonly [string, string]) =>
    createHash('sha256').update(text).digest('hex') === sha256;
  const all = Object.entries(texts);
  const broken = all
    .filter((entry) => !isWhole(entry))
    .map(([sha256]) => ({ place: `texts.${sha256}`, reason: 'not the text that the hash names' }));
  return { events, texts: Object.fromEntries(all.filter(isWhole)), faults: [...faults, ...broken] };
}

function tellImport({ l10n }: Services, { imported, known, faults, missingTexts }: Imported): void {
  const { t } = l10n;
  const named = faults.slice(0, MOST_NAMED).map(({ place }) => place);
  const places = [...named, ...(faults.length > MOST_NAMED ? ['…'] : [])].join(', ');
  const text = [
    imported > 0 ? t('data.imported', { count: l10n.count('count.record', imported) }) : t('data.nothingNew'),
    ...(known > 0 ? [t('data.known', { count: l10n.count('count.record', known) })] : []),
    ...(faults.length > 0 ? [t('data.faults', { n: faults.length, places })] : []),
    ...(missingTexts > 0 ? [t('data.missingTexts', { n: missingTexts })] : []),
  ].join(' ');
  if (faults.length === 0) {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const log = t('step.log');
  void vscode.window.showWarningMessage(text, log).then(async (chosen) => {
    if (chosen === log) await vscode.commands.executeCommand(COMMANDS.logShow);
  });
}

/** Deletes what Canari has recorded, after a yes that says what goes and what stays. */
export async function deleteData(services: Services, given?: unknown): Promise<boolean> {
  const { grading, l10n, models, panel, study } = services;
  if (!isConfirmed(given) && !(await confirmDelete(services))) return false;
  grading.forget();
  await study.deleteAll();
  await models.forgetAll();
  await panel.refresh();
  void vscode.window.showInformationMessage(l10n.t('data.deleted'));
  return true;
}

async function confirmDelete({ l10n, practice, study }: Services): Promise<boolean> {
  const [remove, keep] = [l10n.t('data.delete'), l10n.t('data.exportFirst')];
  const records = l10n.count('count.record', (await study.readAll()).length);
  const chosen = await vscode.window.showWarningMessage(
    l10n.t('data.deleteTitle'),
    {
      modal: true,
      detail: l10n.t('data.deleteDetail', { records, folder: study.folder, practice: practice.root }),
    },
    remove,
    keep,
  );
  if (chosen === keep) await vscode.commands.executeCommand(COMMANDS.dataExport);
  return chosen === remove;
}

function isConfirmed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'confirmed' in value && value.confirmed === true;
}
