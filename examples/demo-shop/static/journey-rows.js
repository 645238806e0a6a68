import { describe, laneOf, titleOf } from './words.js';

/** What was only shown is no step of a person. */
const LEFT_OUT = new Set(['offer_presented']);
/** Pages in a row from which on they are one line. */
const BURST = 3;
/** Milliseconds between two pages of one burst at most. */
const BURST_GAP = 10 * 60_000;

const dayOf = (date) => new Date(date).toDateString();
/** True before the visitor said who they are. */
export const isNameless = ({ identifier }) => identifier !== null && identifier !== undefined && identifier.type !== 'crmId';

/**
 * @param interactions newest first.
 * @returns rows, newest first: `day`, `turn` (here the visitor said who they are), `burst` of pages, `step`.
 */
export function rowsOf(interactions) {
  const steps = grouped(interactions.filter(({ type }) => !LEFT_OUT.has(type)));
  const rows = [];
  let day = '';
  let isNamed = false;
  for (const step of steps) {
    const on = dayOf(step.occurredAt);
    if (on !== day) rows.push({ kind: 'day', key: `day ${on}`, date: step.occurredAt });
    day = on;
    if (step.isNameless && isNamed) rows.push({ kind: 'turn', key: `turn ${step.key}` });
    isNamed = !step.isNameless;
    rows.push(step);
  }
  return rows;
}

function grouped(interactions) {
  const steps = [];
  for (let at = 0; at < interactions.length; ) {
    const run = runAt(interactions, at);
    const pages = new Set(run.map(titleOf));
    if (run.length >= BURST && pages.size > 1) steps.push(burstOf(run));
    else steps.push(...repeatedOf(run));
    at += run.length;
  }
  return steps;
}

/** Pages one after another on one site, by a visitor of one name; or one interaction of another type. */
function runAt(interactions, from) {
  const first = interactions[from];
  if (first.type !== 'page_view' || first.touchpoint === 'club') return [first];
  let end = from + 1;
  while (end < interactions.length && isNext(interactions[end - 1], interactions[end])) end++;
  return interactions.slice(from, end);
}

const isNext = (later, earlier) =>
  earlier.type === 'page_view' &&
  earlier.touchpoint === later.touchpoint &&
  isNameless(earlier) === isNameless(later) &&
  dayOf(earlier.occurredAt) === dayOf(later.occurredAt) &&
  Date.parse(later.occurredAt) - Date.parse(earlier.occurredAt) < BURST_GAP;

function burstOf(run) {
  const [newest, oldest] = [run[0], run.at(-1)];
  const minutes = Math.round((Date.parse(newest.occurredAt) - Date.parse(oldest.occurredAt)) / 60_000);
  const within = minutes === 0 ? 'a minute' : minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return {
    ...common(newest),
    kind: 'burst',
    // Stays while newer pages join it.
    key: `burst ${oldest.id}`,
    text: `Looked around: ${run.length} pages in ${within}`,
    icon: 'i-eye',
    since: oldest.occurredAt,
    titles: run.map(titleOf).reverse(),
  };
}

/** The same page several times in a row is one line. */
function repeatedOf(run) {
  const steps = [];
  for (const interaction of run) {
    const words = describe(interaction);
    const before = steps.at(-1);
    if (before?.text === words.text && interaction.type === 'page_view') {
      before.times++;
      before.key = interaction.id;
    } else steps.push({ ...common(interaction), kind: 'step', ...words, times: 1 });
  }
  return steps;
}

const common = (interaction) => ({
  key: interaction.id,
  occurredAt: interaction.occurredAt,
  lane: laneOf(interaction),
  isNameless: isNameless(interaction),
});
