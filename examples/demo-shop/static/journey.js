import { h, picture } from './dom.js';
import { ask, listen } from './gateway.js';
import { rowsOf } from './journey-rows.js';

const FIELDS = 'id type occurredAt touchpoint pageUrl properties source identifier { type }';
export const JOURNEY = `interactions(first: 20) { edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor } }`;
const NEXT = `subscription { interactionCaptured { ${FIELDS} } }`;
const FURTHER = `query ($after: String) { customer { interactions(first: 20, after: $after) { edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor } } } }`;
const SIDES = { 'at-shop': 'In the shop', 'at-club': 'In the club', 'at-desk': 'Elsewhere' };

const timeOf = (date) => new Date(date).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
const isToday = (date) => new Date(date).toDateString() === new Date().toDateString();
const dayName = (date) =>
  isToday(date) ? 'Today' : new Date(date).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });

/** The journey over both sites, live: shop on the left of the thread, club on the right. */
export class Journey {
  #token;
  #products;
  #interactions = new Map();
  #page = { hasNextPage: false, endCursor: null };
  /** Ids that came while the page was open. */
  #fresh = new Set();
  #ending = new AbortController();
  #thread = h('ol', { class: 'thread' });
  #said = h('p', { class: 'hide', role: 'status' });
  #live = h('span', { class: 'live off' }, h('i'), h('span', {}, 'Not live yet'));
  #further = h(
    'p',
    { class: 'more' },
    h('button', { class: 'btn quiet slim', type: 'button', onclick: () => this.#readFurther() }, 'Further back'),
  );
  #empty = h('div');

  /** @param token of the customer's log-in; `products` by stock code and by path. */
  constructor(token, products) {
    this.#token = token;
    this.#products = products;
  }

  /** @param connection the first page, as the log-in's query answered it; null when it could not be read. */
  element(connection, sites) {
    this.#take(connection);
    const lanes = h(
      'div',
      { class: 'lanes' },
      h('span', {}, h('small', {}, sites.shop), ' The shop ', picture('i-shop')),
      h('span', {}, picture('i-card'), ' The club ', h('small', {}, location.host)),
    );
    const section = h(
      'section',
      { class: 'trip', 'aria-labelledby': 'trip' },
      h('div', { class: 'trip-head' }, h('h2', { id: 'trip' }, 'Your journey'), this.#live),
      lanes,
      this.#thread,
      this.#empty,
      this.#further,
      this.#said,
    );
    this.#show();
    this.#listen();
    return section;
  }

  end() {
    this.#ending.abort();
  }

  #listen() {
    listen(NEXT, {
      token: this.#token,
      signal: this.#ending.signal,
      onOpen: () => {
        this.#say(true, 'Live: new things appear by themselves');
        // What happened while nobody listened.
        this.#readNewest();
      },
      onEvent: ({ data }) => data?.interactionCaptured && this.#arrive([data.interactionCaptured]),
      onPause: (milliseconds) => this.#countDown(milliseconds),
    });
  }

  #countDown(milliseconds) {
    const seconds = Math.ceil(milliseconds / 1_000);
    this.#say(false, `Not live just now. Trying again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`);
  }

  #say(isLive, text) {
    this.#live.classList.toggle('off', !isLive);
    this.#live.lastChild.textContent = text;
  }

  async #readNewest() {
    const { data } = await ask(`{ customer { ${JOURNEY} } }`, { token: this.#token, signal: this.#ending.signal }).catch(() => ({}));
    const nodes = data?.customer?.interactions?.edges.map(({ node }) => node) ?? [];
    this.#arrive(nodes.filter(({ id }) => !this.#interactions.has(id)));
  }

  async #readFurther() {
    const variables = { after: this.#page.endCursor };
    const { data } = await ask(FURTHER, { variables, token: this.#token }).catch(() => ({}));
    if (data?.customer?.interactions) this.#take(data.customer.interactions);
    this.#show();
  }

  #take(connection) {
    for (const { node } of connection?.edges ?? []) this.#interactions.set(node.id, node);
    if (connection) this.#page = connection.pageInfo;
  }

  #arrive(interactions) {
    if (interactions.length === 0) return;
    for (const interaction of interactions) {
      this.#interactions.set(interaction.id, interaction);
      this.#fresh.add(interaction.id);
    }
    const rows = this.#show();
    const newest = rows.find(({ kind }) => kind === 'step' || kind === 'burst');
    this.#said.textContent = `New: ${newest?.text ?? ''}`;
  }

  #show() {
    const sorted = [...this.#interactions.values()].sort((a, b) => Date.parse(b.occurredAt) - Date.parse(a.occurredAt));
    const rows = rowsOf(sorted);
    this.#thread.replaceChildren(...rows.map((row) => this.#row(row)));
    this.#further.hidden = !this.#page.hasNextPage;
    this.#thread.hidden = rows.length === 0;
    this.#empty.replaceChildren(...(rows.length === 0 ? [nothingYet()] : []));
    return rows;
  }

  #row(row) {
    if (row.kind === 'day') return h('li', { class: 'day' }, h('span', {}, dayName(row.date)));
    if (row.kind === 'turn') return turn();
    const classes = [row.lane, row.isNameless && 'anon', this.#fresh.has(row.key) && 'fresh'].filter(Boolean).join(' ');
    const knot = h('span', { class: 'knot' }, picture(row.icon));
    return h('li', { class: classes }, knot, h('div', { class: 'step' }, this.#step(row)));
  }

  #step(row) {
    const at = row.kind === 'burst' ? `${timeOf(row.since)} to ${timeOf(row.occurredAt)}` : timeOf(row.occurredAt);
    const more = [row.times > 1 && (row.times === 2 ? 'twice' : `${row.times} times`), row.more, this.#fresh.has(row.key) && 'just now'];
    const said = more.filter(Boolean).map((text) => ` · ${text}`);
    const words = h(
      'div',
      {},
      h('b', {}, h('span', { class: 'hide' }, `${SIDES[row.lane]}: `), row.text),
      h('br'),
      h('span', { class: 'soft' }, h('time', { datetime: row.occurredAt }, at), ...said),
    );
    if (row.kind === 'burst')
      words.append(
        h('details', { class: 'burst' }, h('summary', {}, 'Show them'), h('ul', {}, ...row.titles.map((title) => h('li', {}, title)))),
      );
    const product = this.#products.get(row.sku ?? row.path);
    if (!product) return words;
    return h('div', { class: 'with-pic' }, h('span', { class: `pic ${product.paper}` }, picture(product.drawing, '')), words);
  }
}

const turn = () =>
  h(
    'li',
    { class: 'turn' },
    h(
      'div',
      {},
      picture('d-coin', 'gold'),
      h(
        'div',
        {},
        h('b', {}, 'Here you said who you are'),
        h('p', {}, 'Until here, the visitor had no name. Now the whole visit is yours.'),
      ),
    ),
  );

const nothingYet = () =>
  h(
    'div',
    { class: 'quiet-box' },
    h('p', {}, h('b', {}, 'Your journey begins with the next click.')),
    h('p', {}, 'Go to the shop by “The shop” above, look around, and come back: it is here then.'),
  );
