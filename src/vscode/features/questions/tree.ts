import * as vscode from 'vscode';
import {
  type EntryState,
  type Filter,
  isEmptyFilter,
  matches,
  type TrackHead,
} from '../../../core/bank/catalogue.ts';
import type { BankEntry } from '../../../core/bank/question.ts';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import type { Localizer } from '../../l10n.ts';
import type { Services } from '../../services.ts';

export type TreeNode =
  | { readonly type: 'track'; readonly track: TrackHead }
  | { readonly type: 'entry'; readonly entry: BankEntry };

// State is told by the icon's shape, by its colour, and by a word: never by colour alone.
const ICONS: Readonly<Record<EntryState, { icon: string; color?: string }>> = {
  new: { icon: 'circle-outline' },
  started: { icon: 'edit' },
  to_review: { icon: 'refresh', color: 'charts.orange' },
  good: { icon: 'pass-filled', color: 'charts.green' },
  due: { icon: 'history', color: 'charts.orange' },
  mastered: { icon: 'star-full', color: 'charts.green' },
};

/** State, level and length of an entry, in a few words. */
export function entryLabel(l10n: Localizer, entry: BankEntry, state: EntryState): string {
  const words = [l10n.t(`level.${entry.level}`), l10n.t('entry.minutes', { minutes: entry.minutes })];
  return (state === 'new' ? words : [l10n.t(`state.${state}`), ...words]).join(' · ');
}

export class QuestionTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #filter: Filter = {};

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    const refresh = () => this.#changed.fire(undefined);
    this.#subscriptions = [
      this.#changed,
      services.bank.onDidChange(refresh),
      services.study.onDidChange(refresh),
      services.l10n.onDidChange(refresh),
    ];
  }

  get filter(): Filter {
    return this.#filter;
  }

  set filter(filter: Filter) {
    this.#filter = filter;
    this.#changed.fire(undefined);
  }

  /** How many entries the filter leaves. */
  async shown(): Promise<number> {
    const { tracks } = await this.#services.bank.catalogue();
    let sum = 0;
    for (const track of tracks) sum += (await this.#entries(track)).length;
    return sum;
  }

  async getChildren(node?: TreeNode): Promise<TreeNode[]> {
    const { bank, report } = this.#services;
    try {
      if (node?.type === 'entry') return [];
      if (node) return (await this.#entries(node.track)).map((entry) => ({ type: 'entry', entry }));
      const { tracks } = await bank.catalogue();
      const nodes: TreeNode[] = [];
      for (const track of tracks) {
        if ((await this.#entries(track)).length > 0) nodes.push({ type: 'track', track });
      }
      return nodes;
    } catch (error) {
      report.failure(error);
      return [];
    }
  }

  async getTreeItem(node: TreeNode): Promise<vscode.TreeItem> {
    const { bank, l10n, study } = this.#services;
    const history = await study.history();
    if (node.type === 'track') {
      const done = node.track.entries.filter((id) => history.state(id) === 'good').length;
      // A newcomer sees questions at once: the first track is open until it is closed by hand.
      const isFirst = (await bank.catalogue()).tracks[0]?.id === node.track.id;
      const open =
        isFirst || !isEmptyFilter(this.#filter)
          ? vscode.TreeItemCollapsibleState.Expanded
          : vscode.TreeItemCollapsibleState.Collapsed;
      const item = new vscode.TreeItem(l10n.pick(node.track.title), open);
      // Another id when filtered, so that the tree opens what matches instead of what was open before.
      item.id = `track:${node.track.id}${isEmptyFilter(this.#filter) ? '' : ':filtered'}`;
      item.description = `${done} / ${node.track.entries.length}`;
      item.contextValue = 'track';
      item.tooltip = l10n.t('track.progress', { done, total: node.track.entries.length });
      item.accessibilityInformation = { label: `${l10n.pick(node.track.title)}, ${item.tooltip}` };
      return item;
    }
    const { entry } = node;
    const state = (await this.#standing())(entry.id);
    const { icon, color } = ICONS[state];
    const item = new vscode.TreeItem(l10n.pick(entry.title));
    item.id = `entry:${entry.id}`;
    item.iconPath = new vscode.ThemeIcon(
      entry.type === 'exercise' && state === 'new' ? 'file-code' : icon,
      color ? new vscode.ThemeColor(color) : undefined,
    );
    item.description = entryLabel(l10n, entry, state);
    item.contextValue = entry.type;
    item.command = { command: COMMANDS.openEntry, title: l10n.t('entry.open'), arguments: [entry.id] };
    item.accessibilityInformation = {
      label: [
        l10n.pick(entry.title),
        l10n.t(`type.${entry.type}`),
        l10n.t(`state.${state}`),
        item.description,
      ].join(', '),
    };
    return item;
  }

  /** The tooltip holds the question itself, and is built when it is asked for. */
  async resolveTreeItem(item: vscode.TreeItem, node: TreeNode): Promise<vscode.TreeItem> {
    if (node.type === 'track') return item;
    const { bank, l10n } = this.#services;
    const { prompt } = await bank.item({ type: node.entry.type, id: node.entry.id });
    // Plain text: a pack's prompt is not ours.
    item.tooltip = l10n.pick(prompt);
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #entries(track: TrackHead): Promise<BankEntry[]> {
    const { bank } = this.#services;
    const entries = (await bank.catalogue()).entriesOf(track);
    if (isEmptyFilter(this.#filter)) return entries;
    const standing = await this.#standing();
    return entries.filter((entry) => matches(this.#filter, entry, standing(entry.id)));
  }

  /** How far the candidate is with any entry, today. */
  async #standing(): Promise<(id: string) => EntryState> {
    const { study } = this.#services;
    const known = { history: await study.history(), schedule: await study.schedule() };
    const [{ standingOf }, { plan, today }] = [load('study'), study];
    return (id) => standingOf(id, { ...known, plan, today });
  }
}
