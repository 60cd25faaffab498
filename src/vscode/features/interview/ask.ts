import * as vscode from 'vscode';
import { type BankEntry, LEVELS, type Level } from '../../../core/bank/question.ts';
import { asAppError } from '../../../core/errors.ts';
import { LANGS, type Lang } from '../../../core/language.ts';
import type { ModelClient } from '../../../core/ports.ts';
import { ROLES, type Role } from '../../../core/store/events.ts';
import { load } from '../../../load.ts';
import { secureRandom } from '../../grading.ts';
import { pickStep } from '../../pickStep.ts';
import type { Services } from '../../services.ts';
import type { Wanted } from './run.ts';

const LENGTHS = [15, 30, 45, 60] as const;

/** What a job description gave. */
type Job = Pick<Wanted, 'from' | 'terms' | 'chosen' | 'words'>;

/** Role or job description, level, length and language; undefined when the candidate leaves it. */
export async function askInterview(services: Services): Promise<Wanted | undefined> {
  const { l10n } = services;
  const steps = { title: l10n.t('interview.title'), of: 4 };
  const role = await pickStep<Role | 'job'>(
    { ...steps, step: 1, placeholder: l10n.t('interview.pickRole') },
    [
      ...ROLES.map((value) => ({
        label: l10n.t(load('study').roleKey(value)),
        description: l10n.t(`role.${value}`),
        value,
      })),
      { label: l10n.t('interview.fromJob'), description: l10n.t('interview.fromJobWhy'), value: 'job' },
    ],
  );
  if (role === undefined) return undefined;
  const text = role === 'job' ? await askJob(services) : '';
  if (text === undefined) return undefined;

  const guessed = text === '' ? undefined : load('study').guessLevel(text);
  const level = await pickStep<Level>(
    { ...steps, step: 2, placeholder: l10n.t('interview.pickLevel') },
    LEVELS.map((value) => ({
      label: l10n.t(`level.${value}`),
      ...(value === guessed ? { description: l10n.t('interview.guessed') } : {}),
      value,
    })).sort((a, b) => Number(b.value === guessed) - Number(a.value === guessed)),
  );
  if (level === undefined) return undefined;
  const minutes = await pickStep<number>(
    { ...steps, step: 3, placeholder: l10n.t('interview.pickLength') },
    LENGTHS.map((value) => ({ label: l10n.t('entry.minutes', { minutes: value }), value })),
  );
  if (minutes === undefined) return undefined;
  const lang = await pickStep<Lang>(
    { ...steps, step: 4, placeholder: l10n.t('interview.pickLanguage') },
    [...LANGS]
      .sort((a, b) => Number(b === l10n.lang) - Number(a === l10n.lang))
      .map((value) => ({ label: l10n.t(`language.${value}`), value })),
  );
  if (lang === undefined) return undefined;
  const job: Job | undefined =
    text === '' ? { from: 'role' } : await readJob(services, text, { level, minutes, lang });
  return job && { role: role === 'job' ? 'mlops' : role, level, minutes, lang, ...job };
}

async function askJob({ l10n }: Services): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: l10n.t('interview.fromJob'),
    prompt: l10n.t('interview.pasteJob'),
    ignoreFocusOut: true,
  });
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** The terms that the description holds, or a model's choice where the candidate lets one read it. */
async function readJob(
  services: Services,
  text: string,
  { level, minutes, lang }: { readonly level: Level; readonly minutes: number; readonly lang: Lang },
): Promise<Job | undefined> {
  const { bank, l10n, models, report } = services;
  const { tracks, entries } = await bank.catalogue();
  const client = await models
    .resolve()
    .then((grader) => (grader.kind === 'model' ? grader.client : undefined))
    .catch(() => undefined);
  const byModel = client && (await askModel(services, client));
  if (client && byModel === undefined) return undefined;
  if (client && byModel) {
    const request = { text, entries, level, minutes, lang };
    const chosen = await choose(services, client, request).catch((error: unknown) => {
      report.failure(asAppError(error));
      return [];
    });
    // An empty choice is none: the terms decide then.
    if (chosen.length > 0) return { from: 'model', chosen };
  }
  const { found, ...terms } = load('study').termsOf(text, { tracks, entries });
  if (found.length === 0) {
    void vscode.window.showInformationMessage(l10n.t('interview.noTerms'));
    return { from: 'role' };
  }
  return { from: 'job', terms, words: found.map(({ term }) => term) };
}

async function askModel(
  { l10n, models }: Services,
  { model, destination }: ModelClient,
): Promise<boolean | undefined> {
  const step = {
    title: l10n.t('interview.fromJob'),
    step: 1,
    of: 1,
    placeholder: l10n.t('interview.whoReads'),
  };
  const byModel = await pickStep(step, [
    { label: l10n.t('interview.byTerms'), description: l10n.t('interview.byTermsWhy'), value: false },
    {
      label: l10n.t('interview.byModel', { model }),
      description: l10n.t('interview.byModelWhy', { destination }),
      value: true,
    },
  ]);
  if (byModel) await models.confirm(destination);
  return byModel;
}

async function choose(
  { l10n }: Services,
  client: ModelClient,
  asked: {
    readonly text: string;
    readonly entries: readonly BankEntry[];
    readonly level: Level;
    readonly minutes: number;
    readonly lang: Lang;
  },
): Promise<string[]> {
  const { chooserRequest, readChoice } = load('study');
  const request = chooserRequest({ ...asked, nonce: secureRandom.token(5) });
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: l10n.t('interview.choosing', { model: client.model }),
    },
    async (_, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      let reply: unknown = '';
      for await (const event of client.stream(request, abort.signal)) {
        if (event.type === 'text') reply = `${String(reply)}${event.text}`;
        if (event.type === 'object') reply = event.value;
      }
      return readChoice(reply, asked.entries);
    },
  );
}
