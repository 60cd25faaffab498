import {
  type HostEvents,
  type PageState,
  type PanelState,
  PROTOCOL,
  type RunningView,
} from '../src/shared/protocol.ts';
// At once, not with the pages: the toolkit takes the theme's colours when the window has loaded.
import './components/index.ts';
import { el } from './dom.ts';
import { host, rememberPage } from './host.ts';
import { createStrings, type Strings } from './strings.ts';

type Draw<State extends PageState> = (state: State, strings: Strings) => HTMLElement[];

/** Each page is a chunk of its own, fetched when it is first shown. */
async function draw(state: PageState, strings: Strings): Promise<HTMLElement[]> {
  switch (state.page) {
    case 'grade':
      return (await import('./pages/grade.ts')).drawGrade(state, strings);
    case 'solution':
      return (await import('./pages/solution.ts')).drawSolution(state, strings);
    case 'track':
      return (await import('./pages/track.ts')).drawTrack(state, strings);
    case 'drill':
      return (await import('./pages/drill.ts')).drawDrill(state, strings);
    case 'diagnosis':
      return (await import('./pages/diagnosis.ts')).drawDiagnosis(state, strings);
    case 'progress':
      return (await import('./pages/progress.ts')).drawProgress(state, strings);
    case 'eve':
      return (await import('./pages/eve.ts')).drawEve(state, strings);
    case 'speak':
      return (await import('./pages/speak.ts')).drawSpeak(state, strings);
    case 'history':
      return (await import('./pages/history.ts')).drawHistory(state, strings);
    case 'debrief':
      return (await import('./pages/debrief.ts')).drawDebrief(state, strings);
    case 'interview':
      return (await import('./pages/interview.ts')).drawInterview(state, strings);
    case 'report':
      return (await import('./pages/report.ts')).drawReport(state, strings);
    case 'missing':
      return drawMissing(state, strings);
  }
}

const drawMissing: Draw<Extract<PageState, { page: 'missing' }>> = ({ title, message }) => [
  el('header', {}, el('h1', {}, title)),
  el('p', { role: 'alert' }, message),
];

const page = document.getElementById('page') as HTMLElement;
const live = document.getElementById('live') as HTMLElement;
let latest = 0;
let shown: PanelState | undefined;
let announced = '';

async function show(next: PanelState): Promise<void> {
  // The host sends a snapshot whenever the panel comes back; drawing the same one again would lose ticks.
  if (JSON.stringify(next) === JSON.stringify(shown)) return;
  const { ref, lang, strings, state } = next;
  const turn = ++latest;
  const words = createStrings(strings);
  const nodes = await draw(state, words);
  if (turn !== latest) return;
  document.documentElement.lang = lang;
  document.title = state.title;
  const isSame = shown !== undefined && pageKey(shown) === pageKey(next);
  // Only a page that has the focus may keep it: otherwise it would take it from the editor.
  const isSameRef = JSON.stringify(shown?.ref) === JSON.stringify(ref);
  const focused = isSameRef && document.hasFocus() ? document.activeElement?.id : undefined;
  const begun = isSame ? readBegun() : [];
  // A page that filled its own elements again stays as it is: whoever is pressing one of them goes on.
  const isInPlace =
    nodes.length === page.children.length && nodes.every((node, i) => node === page.children[i]);
  if (!isInPlace) page.replaceChildren(...nodes);
  for (const { id, ...kept } of begun) Object.assign(document.getElementById(id) ?? {}, kept);
  page.setAttribute('aria-label', state.title);
  if (focused && !isInPlace) {
    // What had the focus may be gone, as the button that cancels is at the end; a page may say what follows it.
    const next = document.getElementById(focused) ?? page.querySelector<HTMLElement>('[data-focus]');
    // On another question the same button means another thing: its page is read from the top.
    (isSame && next ? next : page).focus();
  }
  if (!isSame) window.scrollTo(0, 0);
  announce(state, words);
  shown = next;
  rememberPage(ref);
}

// The same page of the same attempt or question: what the candidate has begun there stays as it is.
function pageKey({ ref, state }: PanelState): string {
  return JSON.stringify([ref, partOf(state)]);
}

function partOf(state: PageState): unknown {
  switch (state.page) {
    case 'grade':
      return [state.attempt, state.headline?.gradedBy];
    case 'speak':
      return state.subject;
    case 'interview':
      return [state.title, state.untrustedPrompt];
    default:
      return null;
  }
}

type Field = Partial<
  Pick<HTMLTextAreaElement & HTMLInputElement, 'checked' | 'value' | 'selectionStart' | 'selectionEnd'>
> & { readonly id: string };

/** Ticks, choices other than those proposed, and texts that are not saved. */
function readBegun(): Field[] {
  const boxes = page.querySelectorAll<HTMLElement & { checked?: boolean }>('[id^="tick-"]');
  const choices = page.querySelectorAll<HTMLInputElement>('input[type="radio"]');
  return [
    ...[...boxes].map(({ id, checked }) => ({ id, checked: checked === true })),
    ...[...choices]
      .filter(({ checked, defaultChecked }) => checked && !defaultChecked)
      .map(({ id, checked }) => ({ id, checked })),
    ...[...page.querySelectorAll('textarea')]
      .filter(({ value, defaultValue }) => value !== defaultValue)
      .map(({ id, value, selectionStart, selectionEnd }) => ({ id, value, selectionStart, selectionEnd })),
  ];
}

// A screen reader hears what changed, once, without losing its place.
function announce(state: PageState, strings: Strings): void {
  const words = newsOf(state, strings);
  if (!words) return;
  const waitsUntil = state.page === 'grade' ? state.running?.waitsUntil : undefined;
  const key = JSON.stringify([words, waitsUntil]);
  if (key === announced) return;
  announced = key;
  if (state.page === 'grade' && state.running && waitsUntil !== undefined)
    words.push(state.running.detail, nextTry(state.running, strings));
  live.textContent = words.flatMap((part) => (part ? [part.replace(/\.$/, '')] : [])).join('. ');
}

function newsOf(state: PageState, strings: Strings): (string | undefined)[] | undefined {
  switch (state.page) {
    case 'grade': {
      const { running, headline, failure, change, schedule } = state;
      return running
        ? [running.text]
        : [
            failure?.message,
            headline?.bandText,
            headline?.score,
            headline?.range?.text,
            change?.text,
            schedule,
          ];
    }
    case 'interview':
      return [state.title, state.busy ?? (state.paused ? strings('paused') : undefined)];
    case 'report':
      return [state.headline.bandText, state.headline.score];
    default:
      return undefined;
  }
}

// Said once for a wait; the countdown itself is silent.
function nextTry({ waitsUntil = 0, now }: RunningView, strings: Strings): string {
  return strings('nextTry', { seconds: Math.max(0, Math.ceil((waitsUntil - now) / 1000)) });
}

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (host.receive(data)) return;
  const event = data as { kind?: unknown; type?: unknown; data?: unknown };
  if (event?.kind !== 'event' || event.type !== 'panel/state') return;
  show(event.data as HostEvents['panel/state']).catch((error: unknown) => {
    host.tell('crash', {
      message: error instanceof Error ? `${error.message}\n${error.stack}` : String(error),
    });
    page.replaceChildren(el('p', { role: 'alert' }, (event.data as PanelState).strings['crash'] ?? ''));
  });
});

window.addEventListener('error', ({ message }) => host.tell('crash', { message }));

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
  if (!link) return;
  event.preventDefault();
  host.tell('link/open', { href: link.getAttribute('href') ?? '' });
});

host.tell('ready', { protocol: PROTOCOL });
