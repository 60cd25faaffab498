import { isAppError } from '../../core/errors.ts';
import type { Clock, ModelClient, ModelEvent, ModelRequest } from '../../core/ports.ts';
import type { Endpoint } from './endpoint.ts';
import { createOllamaClient, isOllama, mayBeOllama, remember } from './ollama.ts';
import { createOpenAiClient } from './openai.ts';
import { loadProfile, type ProfileStore } from './profile.ts';
import type { Watchdog } from './watchdog.ts';

export interface EndpointClientOptions {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** Absent for servers on this machine that need none. */
  readonly apiKey: string | undefined;
  readonly clock: Clock;
  readonly profiles: ProfileStore;
  readonly watchdog?: Watchdog;
}

/** A model at an address, by the protocol that serves it best; which one is found out with the first request. */
export function createEndpointClient(options: EndpointClientOptions): ModelClient {
  const { endpoint, model, clock, profiles } = options;
  const openai = createOpenAiClient(options);
  const ollama = createOllamaClient(options);
  const client: ModelClient & { contextTokens?: number } = { model, destination: endpoint.origin, stream };

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const isAsked = mayBeOllama(endpoint);
    if (isAsked && loadProfile(profiles, endpoint, '').ollama === undefined)
      yield { type: 'sent', url: `${endpoint.origin}/api/version`, body: '' };
    if (isAsked && (await isOllama(options, profiles, clock, signal))) {
      let answered = false;
      try {
        for await (const event of ollama.stream(request, signal)) {
          answered ||= event.type !== 'sent';
          if (ollama.contextTokens !== undefined) client.contextTokens = ollama.contextTokens;
          yield event;
        }
        return;
      } catch (error) {
        if (answered || !isAppError(error) || error.code !== 'endpoint_not_a_model') throw error;
        // Another server has taken its place, or one that only looks like it.
        remember(profiles, endpoint, false);
      }
    }
    yield* openai.stream(request, signal);
  }

  const known = loadProfile(profiles, endpoint, model).contextTokens;
  if (known !== undefined) client.contextTokens = known;
  return client;
}
