import { AppError } from '../../core/errors.ts';

export const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** Where answers would be sent: a base URL that is safe to send a key to. */
export interface Endpoint {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Scheme, host and port: what a key is stored under, and never sent beyond. */
  readonly origin: string;
  readonly isLocal: boolean;
}

/** @throws endpoint_invalid unless the address is https, or http to this very machine. */
export function parseEndpoint(setting: string): Endpoint {
  const written = setting.trim() === '' ? OPENAI_BASE_URL : setting.trim();
  let url: URL;
  try {
    url = new URL(written);
  } catch (error) {
    throw new AppError('endpoint_invalid', { url: written }, error);
  }
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
  if (!isSafe || url.username !== '' || url.password !== '') {
    url.username = '';
    url.password = '';
    // "localhost:11434" without its http:// is an address of an unknown kind, which has no origin.
    throw new AppError('endpoint_invalid', { url: url.origin === 'null' ? url.href : url.origin });
  }
  return { baseUrl: written.replace(/\/+$/, ''), origin: url.origin, isLocal };
}
