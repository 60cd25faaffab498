import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** What axe finds in a document, as `rule: element`. */
export async function violationsIn(frame: Page | Frame): Promise<string[]> {
  if (!(await frame.evaluate<boolean>('"axe" in globalThis'))) await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

/** Pixels by which a document is wider than its window. */
export function overflowOf(frame: Page | Frame): Promise<number> {
  return frame.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
