import { find, h } from './dom.js';
import { answers } from './start-back-ends.js';

/** The first query: copied, and really run. */
const answer = find('answer');
const URL_OF_QUERY = '/graphql?cid=17850';
/** Milliseconds: who is back is not asked before, because the gateway leaves a source that failed alone for a while. */
const AGAIN_AFTER = 2_000;
let timer;

/** Without this browser's cookies, as from a terminal: with them, the visitor of the shop would become this customer. */
export async function run() {
  clearTimeout(timer);
  const startedAt = performance.now();
  const init = {
    method: 'POST',
    credentials: 'omit',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: answer.dataset.query }),
  };
  try {
    const response = await fetch(URL_OF_QUERY, init);
    const body = await response.json();
    find('answer-time').textContent = `${Math.max(1, Math.round(performance.now() - startedAt))} ms`;
    const missing = missingOf(body);
    find('answer-of').textContent = headingOf(missing);
    if (missing.some(answers)) timer = setTimeout(run, AGAIN_AFTER);
    answer.replaceChildren(h('code', {}, ...coloured(textOf(inOrder(body)))));
  } catch {
    find('answer-time').textContent = '';
    find('answer-of').textContent = 'No answer';
    answer.replaceChildren(h('code', {}, 'The gateway does not answer. Does it still run?'));
  }
}

/** What there is before what is missing. */
const inOrder = ({ data, errors }) => (errors === undefined ? { data } : { data, errors });

const missingOf = ({ errors = [] }) => [...new Set(errors.map(({ extensions }) => extensions?.source).filter(Boolean))];

function headingOf(missing) {
  if (missing.length === 0) return 'The answer';
  const again = missing.some(answers) ? ': the gateway asks again in a moment' : '';
  return `The answer, without ${missing.join(' and ')}${again}`;
}

/** JSON with what is short on one line, so that it fits beside the back ends. */
export function textOf(value, indent = '', room = 58) {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= room) return spaced(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((each) => inner + textOf(each, inner, room)).join(',\n')}\n${indent}]`;
  const entries = Object.entries(value).filter(([name]) => !(name === 'message' && 'extensions' in value) && name !== 'locations');
  const [only, ...others] = entries;
  // An object around one object needs no line of its own.
  if (only !== undefined && others.length === 0) return `{ "${only[0]}": ${textOf(only[1], indent, room)} }`;
  return `{\n${entries.map(([name, each]) => `${inner}"${name}": ${textOf(each, inner, room)}`).join(',\n')}\n${indent}}`;
}

function spaced(value) {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, each]) => `"${name}": ${spaced(each)}`)
    .join(', ')} }`;
}

/** Names, texts, and what failed. */
function coloured(text) {
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\bnull\b)/);
  return parts.flatMap((part, at) => {
    if (at % 2 === 0) return part;
    if (part.endsWith(':')) return [h('span', { class: 'k' }, part.slice(0, -1)), ':'];
    const failed = part === 'null' || /^"(FAILED|SOURCE_\w+)"$/.test(part);
    return h('span', { class: failed ? 'x' : 's' }, part);
  });
}

find('run').addEventListener('click', run);
find('copy').addEventListener('click', async ({ currentTarget }) => {
  try {
    await navigator.clipboard.writeText(find('command').textContent);
    currentTarget.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(find('command'));
    currentTarget.textContent = 'Selected';
  }
  setTimeout(() => {
    currentTarget.textContent = 'Copy';
  }, 2_000);
});
