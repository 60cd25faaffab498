import * as vscode from 'vscode';
import { VIEWS } from '../../ids.ts';
import type { Services } from '../../services.ts';
import { TodayTree } from './tree.ts';

/** The first view of the sidebar: what to do today, and why. */
export function register(services: Services): vscode.Disposable {
  const { bank, l10n, report, study } = services;
  const tree = new TodayTree(services);
  const view = vscode.window.createTreeView(VIEWS.today, { treeDataProvider: tree });
  const describe = report.guard(async () => {
    view.title = l10n.t('view.today');
    if (!view.visible) return;
    const { today, done } = await tree.summary();
    view.description = today;
    view.message = done ?? '';
    const due = await tree.due();
    view.badge = due > 0 ? { value: due, tooltip: l10n.count('count.due', due) } : undefined;
  });
  return vscode.Disposable.from(
    view,
    tree,
    view.onDidChangeVisibility(() => void describe()),
    tree.onDidChangeTreeData(() => void describe()),
    l10n.onDidChange(() => void describe()),
    study.onDidChange(() => void describe()),
    bank.onDidChange(() => void describe()),
  );
}
