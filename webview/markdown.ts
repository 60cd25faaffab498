import { Marked, type Tokens } from 'marked';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

// Raw HTML shows as the text it is, links go to the web alone, and images become their caption.
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    image: ({ text }: Tokens.Image) => escapeHtml(text),
    link({ href, tokens }: Tokens.Link) {
      const label = this.parser.parseInline(tokens);
      return /^https?:\/\//i.test(href) ? `<a href="${escapeHtml(href)}">${label}</a>` : label;
    },
    // Headings of a text stand below those of the page.
    heading({ tokens, depth }: Tokens.Heading) {
      const level = Math.min(6, depth + 2);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
  },
});

/** Untrusted Markdown as inert HTML. */
export function toHtml(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

/** Untrusted Markdown as an element. */
export function markdownBlock(markdown: string): HTMLElement {
  const node = document.createElement('div');
  node.className = 'markdown';
  node.innerHTML = toHtml(markdown);
  // Wide tables and code scroll by keyboard too.
  for (const wide of node.querySelectorAll('pre, table')) {
    const box = document.createElement('div');
    box.className = 'scroll';
    box.tabIndex = 0;
    wide.replaceWith(box);
    box.append(wide);
  }
  return node;
}
