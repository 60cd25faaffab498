import * as vscode from 'vscode';
import { systemClock } from '../adapters/models/clock.ts';
import { type Endpoint, parseEndpoint } from '../adapters/models/endpoint.ts';
import type { Profile, ProfileStore } from '../adapters/models/profile.ts';
import { AppError, asAppError } from '../core/errors.ts';
import type { Grader } from '../core/grading/gradeAnswer.ts';
import type { Failure, ModelClient } from '../core/ports.ts';
import { load } from '../load.ts';
import { createEditorClient } from './editorModel.ts';
import { readSetting, writeSetting } from './settings.ts';

export type Rung = 'openai' | 'vscode' | 'offline';

/** Why a rung of the ladder can, or cannot, be used now. */
export interface RungState {
  readonly rung: Rung;
  readonly ready: boolean;
  readonly failure?: Failure;
  /** The model and where it is, when ready. */
  readonly model?: string;
  readonly destination?: string;
}

const CONFIRMED = 'canari.confirmedDestinations';
const PROFILES = 'canari.modelProfiles';

/** Who grades: the ladder of design, decided from what is configured and before anything is sent. */
export class Models {
  readonly #context: vscode.ExtensionContext;

  /** What servers were seen to accept, kept so that no grade begins with a refusal that is known already. */
  readonly #profiles: ProfileStore = {
    get: (key) => this.#context.globalState.get<Record<string, Profile>>(PROFILES, {})[key],
    set: (key, profile) => {
      const known = this.#context.globalState.get<Record<string, Profile>>(PROFILES, {});
      void this.#context.globalState.update(PROFILES, { ...known, [key]: profile });
    },
  };

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
  }

  /** The state of every rung, without sending anything. */
  async rungs(): Promise<RungState[]> {
    return [await this.#probe('openai'), await this.#probe('vscode'), { rung: 'offline', ready: true }];
  }

  /**
   * The grader that the settings ask for. `auto` takes the first rung that is ready.
   * @throws the reason, when a rung was asked for by name and is not ready.
   */
  async resolve(): Promise<Grader> {
    const setting = readSetting('grader');
    if (setting === 'offline') return { kind: 'offline' };
    if (setting !== 'auto') return { kind: 'model', client: await this.#client(setting) };
    for (const rung of ['openai', 'vscode'] as const) {
      if ((await this.#probe(rung)).ready) return { kind: 'model', client: await this.#client(rung) };
    }
    return { kind: 'offline' };
  }

  isConfirmed(destination: string): boolean {
    return this.#context.globalState.get<string[]>(CONFIRMED, []).includes(destination);
  }

  async confirm(destination: string): Promise<void> {
    const known = this.#context.globalState.get<string[]>(CONFIRMED, []);
    await this.#context.globalState.update(CONFIRMED, [...new Set([...known, destination])]);
  }

  endpoint(): Endpoint {
    return parseEndpoint(readSetting('openai.baseUrl'));
  }

  async setKey(key: string): Promise<void> {
    await this.#context.secrets.store(secretName(this.endpoint()), key);
  }

  async forgetKey(): Promise<void> {
    await this.#context.secrets.delete(secretName(this.endpoint()));
  }

  /** Forgets every destination that was confirmed, what was learnt of servers, and every key. */
  async forgetAll(): Promise<void> {
    const { globalState, secrets } = this.#context;
    for (const name of await this.#secretNames()) await secrets.delete(name);
    await globalState.update(CONFIRMED, undefined);
    await globalState.update(PROFILES, undefined);
  }

  /** The key of this endpoint and of no other; servers on this machine may do without. */
  async key(endpoint: Endpoint): Promise<string | undefined> {
    const key = await this.#context.secrets.get(secretName(endpoint));
    if (key === undefined && !endpoint.isLocal) throw new AppError('no_api_key', { url: endpoint.origin });
    return key;
  }

  async listEndpointModels(signal: AbortSignal): Promise<string[]> {
    const endpoint = this.endpoint();
    return load('openai').listModels({ endpoint, apiKey: await this.key(endpoint) }, signal);
  }

  /** The editor's own models; none is a normal case. */
  async editorModels(): Promise<readonly vscode.LanguageModelChat[]> {
    try {
      return (await vscode.lm?.selectChatModels()) ?? [];
    } catch {
      return [];
    }
  }

  async chooseEndpointModel(model: string): Promise<void> {
    await writeSetting('openai.model', model);
    await writeSetting('grader', 'openai');
  }

  async chooseEditorModel(model: vscode.LanguageModelChat): Promise<void> {
    await writeSetting('editorModel', model.id);
    await writeSetting('grader', 'vscode');
  }

  // Newer editors name the secrets; in the others the keys of addresses that are, or were, in use are known.
  async #secretNames(): Promise<Iterable<string>> {
    const secrets: vscode.SecretStorage & { readonly keys?: () => Thenable<readonly string[]> } =
      this.#context.secrets;
    const names = new Set<string>();
    try {
      for (const name of (await secrets.keys?.()) ?? []) names.add(name);
    } catch {
      // Only a proposal in this editor.
    }
    const confirmed = this.#context.globalState.get<string[]>(CONFIRMED, []);
    for (const origin of confirmed) names.add(secretName({ origin }));
    try {
      names.add(secretName(this.endpoint()));
    } catch {
      // An address that is none has no key.
    }
    return names;
  }

  async #probe(rung: 'openai' | 'vscode'): Promise<RungState> {
    try {
      const { model, destination } = rung === 'openai' ? await this.#openai() : await this.#editor();
      return { rung, ready: true, model, destination };
    } catch (error) {
      const { code, params } = asAppError(error);
      return { rung, ready: false, failure: { code, params } };
    }
  }

  async #client(rung: 'openai' | 'vscode'): Promise<ModelClient> {
    if (rung === 'vscode') {
      const { chat } = await this.#editor();
      return createEditorClient(chat);
    }
    const { endpoint, model, apiKey } = await this.#openai();
    return load('openai').createEndpointClient({
      endpoint,
      model,
      apiKey,
      clock: systemClock,
      profiles: this.#profiles,
    });
  }

  async #openai() {
    const endpoint = this.endpoint();
    const model = readSetting('openai.model').trim();
    const apiKey = await this.key(endpoint);
    if (model === '') throw new AppError('no_model_chosen', { url: endpoint.origin });
    return { endpoint, model, apiKey, destination: endpoint.origin };
  }

  async #editor() {
    const models = await this.editorModels();
    const wanted = readSetting('editorModel');
    const chat = models.find(({ id }) => id === wanted) ?? (wanted === '' ? models[0] : undefined);
    if (!chat) throw new AppError('no_editor_model', { model: wanted });
    return { chat, model: chat.name, destination: `vscode:${chat.vendor}` };
  }
}

function secretName({ origin }: Pick<Endpoint, 'origin'>): string {
  return `canari.key:${origin}`;
}
