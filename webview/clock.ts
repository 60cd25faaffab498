/** Seconds that have passed since `since` (ms) on the page's clock: the host's may differ, so only the time in between counts. */
export function secondsSince(since: number): number {
  return Math.max(0, (Date.now() - since) / 1000);
}

/** Calls `tick` while `node` is on the page, often enough to miss no second; whoever takes the node away ends it. */
export function tickWhileShown(node: HTMLElement, tick: () => void): void {
  const timer = setInterval(() => {
    if (node.isConnected) tick();
    else clearInterval(timer);
  }, 250);
}

/** Whole seconds left; those that have begun count. */
export function wholeSeconds(left: number): number {
  return Math.max(0, Math.ceil(left));
}

/** A length of time as minutes and seconds, `m:ss`. */
export function minutesOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
