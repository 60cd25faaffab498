import * as vscode from 'vscode';
import { daysBetween, noonOf } from '../../../core/study/day.ts';
import type { Reason, Today, TodayItem } from '../../../core/study/today.ts';
import { load } from '../../../load.ts';
import { COMMANDS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { onSettingChange } from '../../settings.ts';

type Group = 'open' | Reason;

type Node =
  | { readonly type: 'group'; readonly group: Group; readonly count: number }
  | { readonly type: 'item'; readonly item: TodayItem }
  | { readonly type: 'open'; readonly of: 'drill' | 'interview'; readonly text: string };

const ICONS: Readonly<Record<Reason, { icon: string; color?: string }>> = {
  due: { icon: 'history', color: 'charts.orange' },
  asked: { icon: 'comment-discussion', color: 'charts.blue' },
  new: { icon: 'circle-outline' },
  weak: { icon: 'refresh', color: 'charts.red' },
};

const GROUPS: readonly Group[] = ['open', 'due', 'asked', 'new', 'weak'];

/** Today's list in the sidebar: what goes on, what is due, what is new, what is weak. */
export class TodayTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable[];
  #today: Promise<Today> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    const refresh = () => {
      this.#today = undefined;
      this.#changed.fire(undefined);
    };
    this.#subscriptions = [
      this.#changed,
      services.bank.onDidChange(refresh),
      services.study.onDidChange(refresh),
      services.l10n.onDidChange(refresh),
      onSettingChange(['interviewDate', 'minutesPerDay', 'newPerDay', 'dailyCap'], refresh),
      // The list is that of a day: another one may have begun while the window was away.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && refresh()),
    ];
  }

  async due(): Promise<number> {
    return (await this.#plan()).due;
  }

  /** The minutes of today beside the view's title, and what is done below it. */
  async summary(): Promise<{ today: string; done: string | undefined }> {
    const { l10n, study } = this.#services;
    const { items, done, minutes } = await this.#plan();
    const { interview } = study.plan;
    const left = interview === undefined ? -1 : daysBetween(study.today, interview);
    const parts = [
      ...(items.length > 0 ? [l10n.t('entry.minutes', { minutes })] : []),
      ...(left > 0
        ? [l10n.count('count.daysLeft', left)]
        : left === 0
          ? [l10n.t('today.interviewToday')]
          : []),
    ];
    const message =
      items.length === 0
        ? l10n.t(done.length > 0 ? 'today.allDone' : 'today.nothing')
        : done.length > 0
          ? l10n.count('count.doneToday', done.length)
          : undefined;
    return { today: parts.join(' · '), done: message };
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const { report } = this.#services;
    try {
      if (node?.type === 'group') return await this.#members(node.group);
      if (node) return [];
      const groups: Node[] = [];
      for (const group of GROUPS) {
        const { length: count } = await this.#members(group);
        if (count > 0) groups.push({ type: 'group', group, count });
      }
      return groups;
    } catch (error) {
      report.failure(error);
      return [];
    }
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    const { bank, l10n } = this.#services;
    if (node.type === 'group') {
      const label = l10n.t(`today.${node.group}`);
      const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
      item.id = `today:${node.group}`;
      item.description = String(node.count);
      item.accessibilityInformation = { label: `${label}, ${l10n.count('count.entry', node.count)}` };
      return item;
    }
    if (node.type === 'open') {
      const item = new vscode.TreeItem(node.text);
      item.id = `today:open:${node.of}`;
      item.iconPath = new vscode.ThemeIcon('debug-continue');
      item.command = {
        command: node.of === 'drill' ? COMMANDS.drillResume : COMMANDS.interviewResume,
        title: node.text,
      };
      return item;
    }
    const { entry, reason } = node.item;
    const { icon, color } = ICONS[reason];
    const item = new vscode.TreeItem(l10n.pick(entry.title));
    item.id = `today:${entry.id}`;
    item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
    const track = (await bank.catalogue()).tracks.find(({ id }) => id === entry.track);
    const minutes = l10n.t('entry.minutes', { minutes: node.item.minutes });
    item.description = [...this.#why(node.item), minutes].join(' · ');
    item.contextValue = entry.type;
    item.command = {
      command: COMMANDS.openEntry,
      title: l10n.t('entry.open'),
      arguments: [entry.id, { fresh: 'review' }],
    };
    const words = [
      l10n.pick(entry.title),
      l10n.t(`today.${reason}`),
      track && l10n.pick(track.title),
      item.description,
    ];
    item.accessibilityInformation = { label: words.filter(Boolean).join(', ') };
    return item;
  }

  /** Why it is here, in whole sentences. */
  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if (node.type === 'item') item.tooltip = this.#reasons(node.item);
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #plan(): Promise<Today> {
    const { bank, study } = this.#services;
    this.#today ??= (async () =>
      load('study').planToday({
        entries: (await bank.catalogue()).entries,
        history: await study.history(),
        schedule: await study.schedule(),
        plan: study.plan,
        today: study.today,
      }))();
    return this.#today;
  }

  async #members(group: Group): Promise<Node[]> {
    if (group === 'open') return this.#open();
    const { items } = await this.#plan();
    return items.filter(({ reason }) => reason === group).map((item) => ({ type: 'item', item }));
  }

  async #open(): Promise<Node[]> {
    const { l10n, study } = this.#services;
    const history = await study.history();
    const nodes: Node[] = [];
    const { openDrill: drill, openInterview: interview } = history;
    if (interview) {
      const [done, total] = [interview.steps.length, interview.plan.questions.length];
      nodes.push({ type: 'open', of: 'interview', text: l10n.t('today.openInterview', { done, total }) });
    }
    if (drill) {
      const [done, total] = [drill.steps.length, drill.subjects.length];
      nodes.push({ type: 'open', of: 'drill', text: l10n.t('today.openDrill', { done, total }) });
    }
    return nodes;
  }

  // In a few words, beside the title.
  #why({ reason, overdue = 0, card }: TodayItem): string[] {
    const { l10n } = this.#services;
    if (reason === 'due' && overdue > 0) return [l10n.count('count.overdue', overdue)];
    if (reason === 'weak' && card)
      return [l10n.t('today.lastScore', { score: l10n.percent(card.last.score) })];
    // The heading says the rest.
    return [];
  }

  #reasons(item: TodayItem): string {
    const { l10n, study } = this.#services;
    const { reason, card, recall } = item;
    const sentences = [l10n.t(`why.${reason}`)];
    if (card) {
      const days = daysBetween(card.last.day, study.today);
      const when = new Intl.DateTimeFormat(l10n.lang, { dateStyle: 'medium', timeZone: 'UTC' });
      sentences.push(
        l10n.t('why.last', {
          days: l10n.count('count.daysAgo', days),
          date: when.format(noonOf(card.last.day)),
          score: l10n.percent(card.last.score),
          rating: l10n.t(`rating.${card.last.rating}`),
        }),
      );
      if (recall !== undefined) sentences.push(l10n.t('why.recall', { recall: l10n.percent(recall) }));
    }
    return sentences.join(' ');
  }
}
