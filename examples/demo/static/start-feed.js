import { find, h } from './dom.js';
import { describe, laneOf } from './words.js';

/** What comes in, newest first. Nothing is shown of anybody but the names that the demo invented. */
const SHOWN = 6;
/** Milliseconds in which something counts as new. */
const NEW_FOR = 4_000;
const since = new Map();
let shown = '';
let isFirst = true;

export function showFeed(items, isLive) {
  const now = Date.now();
  // What was there before this page is no news.
  for (const { id } of items) if (!since.has(id)) since.set(id, isFirst ? 0 : now);
  isFirst = false;
  if (since.size > 200) for (const id of [...since.keys()].slice(0, 100)) since.delete(id);
  const rows = items.slice(0, SHOWN).map((item) => ({ item, isNew: now - since.get(item.id) < NEW_FOR }));
  const key = JSON.stringify(rows.map(({ item, isNew }) => [item.id, item.who, isNew]));
  find('feed').hidden = rows.length === 0;
  find('feed-empty').hidden = rows.length > 0;
  if (key !== shown) find('feed').replaceChildren(...rows.map(row));
  shown = key;
  showLive(isLive, isLive ? 'Live' : 'Not live just now. Trying again…');
}

export function showLive(isLive, text) {
  find('live').classList.toggle('off', !isLive);
  const words = find('live').lastChild;
  if (words.textContent !== text) words.textContent = text;
}

function row({ item, isNew }) {
  const time = new Date(item.occurredAt).toLocaleTimeString('en-GB');
  return h(
    'li',
    { class: [laneOf(item), isNew && 'new'].filter(Boolean).join(' ') },
    h('time', { class: 'num soft', datetime: item.occurredAt }, time),
    h('i', { 'aria-hidden': 'true' }),
    h('span', {}, ...wordsOf(item)),
  );
}

function wordsOf(item) {
  const who = item.who ?? (item.isKnown ? 'a member' : 'a visitor');
  if (item.type === 'logged_in') return ['Logged in: visitor became ', h('b', {}, who)];
  return [describe(item).text, ' ', h('span', { class: 'soft' }, `· ${who}`)];
}
