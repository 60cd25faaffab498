import type { GradePage } from '../../src/shared/protocol.ts';
import { el } from '../dom.ts';

/** A score with its band, its meter, and who gave it. */
export function drawHeadline(head: NonNullable<GradePage['headline']>): HTMLElement {
  const meter = el('div', { class: 'meter', 'aria-hidden': 'true' }, el('span', { class: 'fill' }));
  meter.style.setProperty('--share', String(head.value ?? 0));
  if (head.range) {
    meter.style.setProperty('--low', String(head.range.low));
    meter.style.setProperty('--high', String(head.range.high));
    meter.append(el('span', { class: 'range' }));
  }
  return el(
    'div',
    { class: `headline band-${head.band}` },
    el(
      'p',
      { class: 'score' },
      el('span', { class: 'value' }, head.score),
      el('span', { class: 'band' }, head.bandText),
    ),
    head.value === undefined ? undefined : meter,
    head.range && el('p', { class: 'between' }, head.range.text),
    head.ownWords ? el('p', {}, head.ownWords) : undefined,
    el('p', { class: 'by' }, head.gradedBy),
    head.when ? el('p', { class: 'muted' }, head.when) : undefined,
    head.note === '' ? undefined : el('p', { class: 'muted' }, head.note),
  );
}
