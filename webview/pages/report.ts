import type { PanelCommand } from '../../src/shared/protocol.ts';
import type { MomentView, ReportPage } from '../../src/shared/studyPages.ts';
import { bars, timeBars } from '../charts.ts';
import { button, linkButton } from '../components/index.ts';
import { el, section } from '../dom.ts';
import { host } from '../host.ts';
import type { Strings } from '../strings.ts';
import { drawHeadline } from './headline.ts';
import { actions, entryCard, facts, header, nextSteps, openEntry } from './parts.ts';
import { card, line, quote } from './points.ts';

type Answer = ReportPage['answers'][number];

const run = (command: PanelCommand) => () => void host.request('command/run', { command });

/** What was missed is read first. */
const ORDER = { contradicted: 0, not_met: 1, unjudged: 2, met: 3 } as const;

export function drawReport(state: ReportPage, strings: Strings): HTMLElement[] {
  return [
    header(state.title, state.subtitle),
    drawHeadline(state.headline),
    nextSteps(state.next, strings),
    section('moments', strings('moments'), moments(state, strings)),
    section(
      'competences',
      strings('byCompetence'),
      state.competences.length > 0 &&
        bars(state.competences, strings('scoresCaption'), strings('competence'), strings),
    ),
    section(
      'tracks',
      strings('byTrack'),
      state.tracks.length > 0 && bars(state.tracks, strings('scoresCaption'), strings('track'), strings),
    ),
    section('time', strings('time'), el('p', {}, state.time.text), time(state, strings)),
    section('clarity', strings('delivery'), clarity(state, strings)),
    section('answers', strings('answers'), answers(state, strings)),
    actions(
      button('report-markdown', strings('reportMarkdown'), run('reportMarkdown')),
      button('report-html', strings('reportHtml'), run('reportHtml')),
      button('interview-start', strings('interviewStart'), run('interviewStart')),
    ),
  ].filter((node) => node !== undefined);
}

function moments({ best, worst }: ReportPage, strings: Strings): HTMLElement | undefined {
  if (!best && !worst) return undefined;
  const moment = (tone: 'good' | 'bad', word: string, view: MomentView | undefined) =>
    view &&
    el(
      'li',
      { class: `card ${tone}` },
      line(tone === 'good' ? '▲' : '▼', word, view.title),
      el('p', {}, view.statement),
      quote(tone, view.untrustedQuote, undefined, strings),
    );
  return el(
    'ul',
    { class: 'cards' },
    moment('good', strings('best'), best),
    moment('bad', strings('worst'), worst),
  );
}

function time({ time: { rows } }: ReportPage, strings: Strings): HTMLElement | undefined {
  if (rows.length === 0) return undefined;
  return timeBars(rows, strings('timeCaption'), strings('question'), strings);
}

function clarity({ clarity: list }: ReportPage, strings: Strings): HTMLElement[] {
  const told = facts(list);
  return told ? [el('p', { class: 'muted' }, strings('deliveryIntro')), told] : [];
}

function answers({ answers: list }: ReportPage, strings: Strings): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  return el(
    'ol',
    { class: 'cards' },
    list.map((answer, i) =>
      entryCard(
        linkButton(`answer-${i}`, answer.title, openEntry(answer.subject.id)),
        answer.score,
        answer.isFollowUp && el('p', { class: 'tags' }, el('span', { class: 'tag' }, strings('followUpTag'))),
        el('p', { class: 'muted' }, answer.gradedBy),
        points(answer, strings),
      ),
    ),
  );
}

function points({ points: list }: Answer, strings: Strings): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  const met = list.filter(({ verdict }) => verdict === 'met').length;
  const sorted = [...list].sort((a, b) => ORDER[a.verdict] - ORDER[b.verdict]);
  return el(
    'details',
    {},
    el('summary', {}, strings('pointsOf', { met, total: list.length })),
    el(
      'ul',
      { class: 'cards' },
      sorted.map(({ untrustedQuote, ...point }, i) =>
        card({ id: String(i), ...point, ...(untrustedQuote ? { quote: untrustedQuote } : {}) }, strings),
      ),
    ),
  );
}
