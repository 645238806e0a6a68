import { find, h, s } from './dom.js';

/** The back ends: their real state, and a switch for each. */
const SIGNS = {
  answers: () => [s('path', { class: 'il', d: 'M2 7.5l3.5 3.5L12 3.5' })],
  stopped: () => [s('path', { class: 'il', d: 'M3 3l8 8M11 3l-8 8' })],
  starting: () => [s('circle', { class: 'il', cx: 7, cy: 7, r: 5.5 }), s('path', { class: 'il', d: 'M7 4v3l2 1.5' })],
};
const CLASSES = { answers: '', stopped: 'stopped', starting: 'slow' };
const COUNTS = ['None', 'One', 'Two', 'Three', 'Four', 'Five'];

/** By name: those being switched, and to what. */
const asked = new Map();
const rows = new Map();
let problem = '';

export function showBackEnds(states) {
  if (rows.size === 0) find('back-ends').replaceChildren(...states.map(newRow));
  for (const state of states) update(state);
  const answering = states.filter(({ state }) => state === 'answers').length;
  const all = states.length;
  const said =
    answering === all
      ? 'All five answer. Each switch stops that back end.'
      : `${COUNTS[answering]} of ${COUNTS[all].toLowerCase()} ${answering === 1 ? 'answers' : 'answer'}. The gateway gives what it has, and says what is missing.`;
  say(find('back-ends-said'), problem || said);
}

/** True for one that answered when it was last asked. */
export const answers = (name) => rows.get(name)?.now === 'answers';

/** Of this page itself: what it shows of the back ends is old then. */
export const showNoAnswer = () => say(find('back-ends-said'), 'The gateway does not answer just now. This page tries again by itself.');

/** Only when it changes: a live region would be read again. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function newRow({ name, how, canSwitch }) {
  const state = h('span', { class: 'state' });
  const doing = h('span', { class: 'do', 'aria-hidden': 'true' });
  const button = h(
    'button',
    { class: 'switch', type: 'button', role: 'switch', 'aria-label': `${name} runs`, onclick: () => flip(name) },
    doing,
    h('i', { 'aria-hidden': 'true' }),
  );
  const row = h(
    'li',
    { 'data-name': name },
    h('div', { class: 'who' }, h('b', {}, name), state),
    canSwitch && button,
    h('p', { class: 'how' }, how),
  );
  rows.set(name, { row, state, doing, button, shown: '', now: '' });
  return row;
}

function update({ name, state: real, ms, stoppedFor, how }) {
  const parts = rows.get(name);
  const wanted = asked.get(name);
  const state = wanted === 'start' && real !== 'answers' ? 'starting' : real;
  const words = wordsOf(state, ms, stoppedFor);
  parts.now = state;
  const isOn = state !== 'stopped';
  parts.button.setAttribute('aria-checked', String(isOn));
  parts.doing.textContent = isOn ? 'stop' : 'start';
  parts.row.className = CLASSES[state];
  say(parts.row.querySelector('.how'), how);
  if (words === parts.shown) return;
  parts.shown = words;
  parts.state.replaceChildren(s('svg', { viewBox: '0 0 14 14', 'aria-hidden': 'true' }, ...SIGNS[state]()), words);
}

function wordsOf(state, ms, stoppedFor) {
  if (state === 'starting') return 'starting';
  if (state === 'answers') return ms < 1 ? 'answers, under 1 ms' : `answers, ${Math.round(ms)} ms`;
  if (stoppedFor === null) return 'does not answer';
  const seconds = Math.floor(stoppedFor / 1_000);
  if (seconds < 2) return 'stopped just now';
  return seconds < 60 ? `stopped ${seconds} seconds ago` : `stopped ${Math.floor(seconds / 60)} min ago`;
}

async function flip(name) {
  if (asked.has(name)) return;
  const to = rows.get(name).now === 'stopped' ? 'start' : 'stop';
  asked.set(name, to);
  problem = '';
  try {
    const response = await fetch(`/demo/back-ends/${name}?do=${to}`, { method: 'POST' });
    const body = await response.json();
    if (!response.ok) problem = body.error;
    asked.delete(name);
    if (body.backEnds) showBackEnds(body.backEnds);
  } catch {
    problem = 'The demo does not answer. Does it still run?';
  }
  asked.delete(name);
  dispatchEvent(new Event('switched'));
}
