/** Sends what is meant for one address to another, by real HTTP: for servers that are known by their address. */
export function reroute(from: string, to: string): () => void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = String(input);
    return original(url.startsWith(from) ? `${to}${url.slice(from.length)}` : url, init);
  };
  return () => {
    globalThis.fetch = original;
  };
}
