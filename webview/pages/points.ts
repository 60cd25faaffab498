import type { Place, PointView } from '../../src/shared/protocol.ts';
import { linkButton } from '../components/index.ts';
import { type Child, el } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';

// Verdicts differ by shape and by word, not by colour alone.
const MARKS: Readonly<Record<PointView['verdict'], string>> = {
  met: '✓',
  not_met: '✕',
  contradicted: '≠',
  unverified: '?',
  set_aside: '⊘',
  unjudged: '○',
};

/** One claim with its mark and its verdict in a word. */
export function line(mark: string, word: string, text: string): HTMLElement {
  return el(
    'p',
    { class: 'claim' },
    el('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    el('span', { class: 'statement' }, text),
    word === '' ? undefined : el('span', { class: 'verdict' }, word),
  );
}

/** A point with its verdict; `strings` are given once the verdict is final, with all that explains it. */
export function card(point: PointView, strings?: Strings): HTMLElement {
  const tone = point.verdict === 'met' ? 'good' : point.verdict === 'unjudged' ? 'open' : 'bad';
  return el(
    'li',
    { class: `card ${tone}` },
    line(MARKS[point.verdict], point.verdictText, point.statement),
    tags(point),
    ...(strings ? explanation(point, strings) : []),
  );
}

/** What stands beside the verdict: a change, a doubt, a disagreement. */
export function tags({ change, uncertain, contested }: PointView): HTMLElement | undefined {
  const list = [
    change &&
      el('span', { class: `tag ${change.kind}` }, change.kind === 'gained' ? '▲ ' : '▼ ', change.text),
    uncertain && el('span', { class: 'tag' }, '≈ ', uncertain.label),
    contested && el('span', { class: 'tag' }, '⚑ ', contested),
  ].filter((tag) => tag !== undefined);
  return list.length > 0 ? el('p', { class: 'tags' }, list) : undefined;
}

function explanation(point: PointView, strings: Strings): Child[] {
  return [
    point.uncertain && el('p', { class: 'muted' }, point.uncertain.why),
    point.note && el('p', {}, point.note),
    point.untrustedReason ? el('p', { class: 'reason' }, point.untrustedReason) : undefined,
    quote(point.id, point.quote, point.place, strings),
    point.nearMiss ? details(strings('nearMiss'), point.nearMiss) : undefined,
  ];
}

export function details(summary: string, text: string): HTMLElement {
  return el('details', {}, el('summary', {}, summary), el('p', {}, text));
}

/** The candidate's own words, with the way to where they stand. */
export function quote(
  id: string,
  text: string | undefined,
  place: Place | undefined,
  strings: Strings,
): HTMLElement | undefined {
  if (!text) return undefined;
  return el(
    'figure',
    { class: 'quote' },
    el('blockquote', {}, text),
    place &&
      el(
        'figcaption',
        {},
        linkButton(`quote-${id}`, strings('showInAnswer'), () => void host.request('place/open', place)),
      ),
  );
}
