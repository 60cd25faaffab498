import * as vscode from 'vscode';
import { type EntryState, type Filter, isEmptyFilter } from '../../../core/bank/catalogue.ts';
import { type BankEntry, LEVELS } from '../../../core/bank/question.ts';
import { COMMANDS, CONTEXT, VIEWS } from '../../ids.ts';
import { type Opening, openEntry } from '../../openEntry.ts';
import type { Services } from '../../services.ts';
import { entryLabel, QuestionTree, type TreeNode } from './tree.ts';

const STATES: readonly EntryState[] = ['new', 'started', 'to_review', 'due', 'good', 'mastered'];

/** The sidebar: tracks with their questions and exercises, filter and search. */
export function register(services: Services): vscode.Disposable {
  const { bank, l10n, panel, report } = services;
  const tree = new QuestionTree(services);
  const view = vscode.window.createTreeView(VIEWS.questions, {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  const describe = async () => {
    view.title = l10n.t('view.questions');
    const filtered = !isEmptyFilter(tree.filter);
    view.description = filtered ? l10n.t('view.filtered', { n: await tree.shown() }) : '';
    await vscode.commands.executeCommand('setContext', CONTEXT.filtered, filtered);
  };
  const setFilter = async (filter: Filter) => {
    tree.filter = filter;
    await describe();
  };
  return vscode.Disposable.from(
    view,
    tree,
    view.onDidChangeVisibility(() => void describe()),
    l10n.onDidChange(() => void describe()),
    vscode.commands.registerCommand(
      COMMANDS.openEntry,
      report.guard(async (id: unknown, opening?: Opening) =>
        openEntry(services, typeof id === 'string' ? id : '', opening),
      ),
    ),
    vscode.commands.registerCommand(
      COMMANDS.search,
      report.guard(() => search(services)),
    ),
    vscode.commands.registerCommand(
      COMMANDS.filter,
      report.guard(async () => {
        const filter = await askFilter(services, tree.filter);
        if (filter) await setFilter(filter);
      }),
    ),
    vscode.commands.registerCommand(
      COMMANDS.clearFilter,
      report.guard(() => setFilter({})),
    ),
    vscode.commands.registerCommand(
      COMMANDS.refresh,
      report.guard(() => bank.reload()),
    ),
    vscode.commands.registerCommand(
      COMMANDS.openTrack,
      report.guard(async (node?: TreeNode) => {
        const track = node?.type === 'track' ? node.track.id : await askTrack(services);
        if (track) panel.show({ page: 'track', track });
      }),
    ),
  );
}

async function askTrack({ bank, l10n }: Services): Promise<string | undefined> {
  const { tracks } = await bank.catalogue();
  const picked = await vscode.window.showQuickPick(
    tracks.map(({ id, title }) => ({ label: l10n.pick(title), id })),
    { placeHolder: l10n.t('track.pick') },
  );
  return picked?.id;
}

// The list is filtered by our own search, over titles in both languages, ids, tags and tracks.
async function search(services: Services): Promise<void> {
  const { bank, l10n, study } = services;
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { entry: BankEntry }>();
  pick.placeholder = l10n.t('search.placeholder');
  // Shown before anything is read, so that no key typed ahead lands in the answer.
  pick.busy = true;
  pick.show();
  const chosen = new Promise<BankEntry | undefined>((resolve) => {
    pick.onDidAccept(() => resolve((pick.selectedItems[0] ?? pick.activeItems[0])?.entry));
    pick.onDidHide(() => resolve(undefined));
  });
  const catalogue = await bank.catalogue();
  const history = await study.history();
  const titles = new Map(catalogue.tracks.map(({ id, title }) => [id, l10n.pick(title)]));
  let listed: string | undefined;
  const list = (query: string) => {
    // A second list for the same words would take the focus off the chosen row.
    if (query === listed) return;
    listed = query;
    pick.items = catalogue.search(query).map((entry) => ({
      entry,
      label: `$(${entry.type === 'exercise' ? 'file-code' : 'comment'}) ${l10n.pick(entry.title)}`,
      description: entryLabel(l10n, entry, history.state(entry.id)),
      detail: titles.get(entry.track) ?? entry.track,
      alwaysShow: true,
    }));
  };
  pick.onDidChangeValue(list);
  list(pick.value);
  pick.busy = false;
  const entry = await chosen;
  pick.dispose();
  if (entry) await openEntry(services, entry.id);
}

async function askFilter({ l10n }: Services, current: Filter): Promise<Filter | undefined> {
  type Item = vscode.QuickPickItem & { change?: (filter: Filter) => Filter };
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const items: Item[] = [
    separator(l10n.t('filter.level')),
    ...LEVELS.map((level) => ({
      label: l10n.t(`level.${level}`),
      picked: current.levels?.includes(level) ?? false,
      change: (filter: Filter) => ({ ...filter, levels: [...(filter.levels ?? []), level] }),
    })),
    separator(l10n.t('filter.state')),
    ...STATES.map((state) => ({
      label: l10n.t(`state.${state}`),
      picked: current.states?.includes(state) ?? false,
      change: (filter: Filter) => ({ ...filter, states: [...(filter.states ?? []), state] }),
    })),
    separator(l10n.t('filter.type')),
    {
      label: l10n.t('filter.core'),
      picked: current.coreOnly ?? false,
      change: (filter: Filter) => ({ ...filter, coreOnly: true }),
    },
    {
      label: l10n.t('filter.exercises'),
      picked: current.type === 'exercise',
      change: (filter: Filter) => ({ ...filter, type: 'exercise' as const }),
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: l10n.t('filter.placeholder'),
  });
  return picked?.reduce<Filter>((filter, { change }) => change?.(filter) ?? filter, {});
}
