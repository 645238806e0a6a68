import { h, picture, s } from './dom.js';

const TIERS = { BRONZE: ['Bronze member', 'bronze'], SILVER: ['Silver member', 'silver'], GOLD: ['Gold member', 'gold'] };
/** Points from which on a member is silver, and gold. */
const [SILVER, GOLD] = [300, 1_000];

/** How far along the line of a card this many points are. */
export function alongLine(points) {
  const part = points >= GOLD ? 2 : points >= SILVER ? 1 + (points - SILVER) / (GOLD - SILVER) : points / SILVER;
  return Math.round(10 + part * 190);
}

/** @param missing points to the next tier; null when the gateway could not say. */
export function sentenceOf(points, missing) {
  if (points >= GOLD) return 'You are at the top: gold, and staying there.';
  if (points <= 0) return 'Your first pound is your first point.';
  const more = missing ?? (points < SILVER ? SILVER : GOLD) - points;
  return `${more.toLocaleString('en-GB')} more points, and your card turns ${points < SILVER ? 'silver' : 'gold'}.`;
}

const month = (date) => new Date(date).toLocaleDateString('en-GB', { month: 'long', year: 'numeric' });

/** The card, or one that says that the points can't be read. @param again asks once more. */
export function cardOf({ name, memberSince, loyalty, pointsToNextTier }, number, areLost, again) {
  if (areLost) return lost(again);
  const points = loyalty?.points ?? 0;
  const [label, metal] = points <= 0 ? ['Member', 'nometal'] : (TIERS[loyalty?.tier] ?? ['Member', 'nometal']);
  const sentence = sentenceOf(points, pointsToNextTier);
  const end = alongLine(points);
  const stop = (at, isOn) => s('circle', { class: isOn ? 'stop on' : 'stop', cx: at, cy: 10, r: 8 });
  const line = s(
    'svg',
    { viewBox: '0 0 400 20', role: 'img', 'aria-label': sentence },
    s('path', { class: 'rail', d: 'M10 10H390' }),
    s('path', { class: 'done', d: `M10 10H${end}` }),
    stop(10, points > 0),
    stop(200, points >= SILVER),
    stop(390, points >= GOLD),
  );
  return h(
    'section',
    { class: 'member on-dark', 'aria-label': 'Your member’s card' },
    h(
      'div',
      {},
      h('p', { class: 'label' }, label),
      h('p', { class: 'who' }, name ?? `Member ${number}`),
      memberSince && h('p', { class: 'small' }, `since ${month(memberSince)}`),
    ),
    picture('d-coin', `coin ${metal}`),
    h('p', { class: 'line' }, h('span', { class: 'pts' }, points.toLocaleString('en-GB')), ' points'),
    h('div', { class: 'track' }, line, h('ol', {}, h('li', {}, 'Bronze'), h('li', {}, 'Silver, 300'), h('li', {}, 'Gold, 1,000'))),
    h('p', { class: 'line' }, sentence),
  );
}

const lost = (again) =>
  h(
    'section',
    { class: 'member ghost', 'aria-label': 'Your member’s card' },
    h('div', {}, h('p', { class: 'label' }, 'Points'), h('p', { class: 'who' }, 'We can’t read your points just now')),
    picture('d-coin', 'coin nometal'),
    h('p', { class: 'line' }, 'They are safe. ', h('button', { class: 'textlike', type: 'button', onclick: again }, 'Ask again')),
  );
