import { find } from './dom.js';
import { ask, listen } from './gateway.js';

/** The last things that the gateway has stored of this visit, live: what it answers to this browser's own cookie. */
const FIELDS = 'id type properties';
const FIRST = `{ customer { interactions(first: 8) { edges { node { ${FIELDS} } } } } }`;
const NEXT = `subscription { interactionCaptured { ${FIELDS} } }`;
const SHOWN = 4;
/** What pages say of themselves, which is long and no news. */
const LEFT_OUT = new Set(['referrer', 'title']);

const known = new Map();

function show() {
  if (known.size === 0) return;
  const rows = [...known.values()].slice(-SHOWN).map(({ type, properties }) => {
    const shown = Object.entries(properties).filter(([name]) => !LEFT_OUT.has(name));
    return shown.length === 0 ? type : `${type}  ${JSON.stringify(Object.fromEntries(shown))}`;
  });
  find('behind-events').textContent = rows.join('\n');
}

const take = (interaction) => {
  if (!interaction || interaction.type === 'offer_presented') return;
  known.set(interaction.id, interaction);
  if (known.size > 20) known.delete(known.keys().next().value);
  show();
};

async function read() {
  const { data } = await ask(FIRST).catch(() => ({}));
  for (const { node } of [...(data?.customer?.interactions?.edges ?? [])].reverse()) if (!known.has(node.id)) take(node);
}

let ending;
async function start() {
  ending?.abort();
  ending = new AbortController();
  // The first cookie comes with the answer to the first record.
  await window.customerProfile?.flush?.();
  await read();
  listen(NEXT, { signal: ending.signal, onOpen: read, onEvent: ({ data }) => take(data?.interactionCaptured), onPause: () => {} });
}

const isRemembered = () => {
  try {
    return localStorage.getItem('remember') === 'yes';
  } catch {
    return false;
  }
};
// A browser opens six connections to one host: a tab that nobody sees needs none.
const follow = () => (isRemembered() && document.visibilityState === 'visible' ? start() : ending?.abort());
follow();
if (!isRemembered()) find('behind-events').textContent = 'nothing: you have not said that we may remember';
addEventListener('remembering', follow);
document.addEventListener('visibilitychange', follow);
addEventListener('pagehide', () => ending?.abort());
