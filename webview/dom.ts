export type Child = Node | string | undefined | false;

/** An element with attributes and children; texts become text nodes, never markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes?: Readonly<Record<string, string>>,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[Tag];
export function el(
  tag: string,
  attributes?: Readonly<Record<string, string>>,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElement;
export function el(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(
    ...children.flat().filter((child): child is Node | string => child !== undefined && child !== false),
  );
  return node;
}

/** A section with its heading; nothing when it has no content. */
export function section(
  id: string,
  title: string,
  ...children: readonly (Child | readonly Child[])[]
): HTMLElement | undefined {
  const content = children.flat().filter(Boolean);
  if (content.length === 0) return undefined;
  return el('section', { 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), content);
}
