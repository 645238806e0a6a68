import { cardOf } from './club-card.js';
import { find, h, picture, pounds } from './dom.js';
import { ask } from './gateway.js';
import { JOURNEY, Journey } from './journey.js';

const PROFILE = `name memberSince loyalty { points tier } pointsToNextTier
  orders(first: 3) { edges { node { invoiceNo date total lines { sku } } } }
  offers(placement: "home-hero", first: 2) { id name content token }`;
const RESPOND = 'mutation ($input: RespondToOfferInput!) { respondToOffer(input: $input) { outcome } }';
/** What each back end is called here. */
const ROOMS = { crm: 'the customer file', loyalty: 'the points', orders: 'the invoices', support: 'the tickets', catalog: 'the catalogue' };
/** Those whose name is a plural: `the points do not answer`. */
const MANY = new Set(['loyalty', 'orders', 'support']);
/** Milliseconds after which what is missing is asked for again. */
const AGAIN_AFTER = 3_000;

/** What a member sees: card, offers, invoices, journey. */
export class Lounge {
  #number;
  #token;
  #products;
  #journey;
  #trip;
  #timer;
  #shop = find('shop').href;

  constructor(number, token, products) {
    this.#number = number;
    this.#token = token;
    this.#products = products;
    this.#journey = new Journey(token, products);
  }

  /** Asks for everything in one query, and shows what came. @throws when the gateway does not answer. */
  async open() {
    const answer = await ask(`{ customer { ${PROFILE} ${JOURNEY} } }`, { token: this.#token });
    if (!answer.data?.customer) throw new Error('the gateway answered without a customer');
    this.#trip = this.#journey.element(answer.data.customer.interactions, { shop: new URL(this.#shop).host });
    this.#show(answer);
  }

  close() {
    clearTimeout(this.#timer);
    this.#journey.end();
    find('lounge').replaceChildren();
  }

  async #again() {
    clearTimeout(this.#timer);
    const answer = await ask(`{ customer { ${PROFILE} } }`, { token: this.#token }).catch(() => null);
    if (answer?.data?.customer) this.#show(answer);
    else this.#timer = setTimeout(() => this.#again(), AGAIN_AFTER);
  }

  #show({ data: { customer }, errors = [] }) {
    const missing = [...new Set(errors.map(({ extensions }) => extensions?.source).filter(Boolean))];
    const again = () => this.#again();
    find('member').textContent = customer.name ?? 'You';
    const greeting = h(
      'div',
      { class: 'greet' },
      h('h1', {}, greetingOf(customer, this.#number)),
      h('p', {}, introduction(customer, missing)),
    );
    const stack = h(
      'div',
      { class: 'stack' },
      cardOf(customer, this.#number, missing.includes('loyalty'), again),
      missing.length > 0 && missingNote(missing, customer.name === null),
      this.#offers(customer.offers ?? []),
      invoices(customer.orders, missing.includes('orders'), again),
    );
    find('lounge').replaceChildren(greeting, h('div', { class: 'lounge' }, stack, this.#trip));
    clearTimeout(this.#timer);
    if (missing.length > 0) this.#timer = setTimeout(again, AGAIN_AFTER);
  }

  #offers(offers) {
    if (offers.length === 0) return null;
    for (const { token } of offers) this.#respond(token, 'PRESENTED');
    const heading = h('h2', { id: 'offers' }, 'For you');
    return h(
      'section',
      { 'aria-labelledby': 'offers' },
      heading,
      h('ul', { class: 'offers' }, ...offers.map((offer) => this.#offer(offer))),
    );
  }

  #offer({ name, content, token }) {
    const product = this.#products.get(content.url) ?? this.#products.get('/light-holder');
    const said = h('p', { role: 'status', class: 'small' });
    const answer = (response, words) => () => {
      this.#respond(token, response);
      row.remove();
      said.textContent = words;
    };
    const row = h(
      'div',
      { class: 'row' },
      h(
        'button',
        { class: 'btn slim', type: 'button', onclick: answer('ACCEPTED', 'Good. It is kept for your next order.') },
        'Yes, please',
      ),
      h(
        'button',
        { class: 'btn quiet slim', type: 'button', onclick: answer('DECLINED', 'Good to know. You will see it less.') },
        'No, thank you',
      ),
    );
    const why = `The rule in offers/${name}.ts chose it, from your profile and your journey.`;
    return h(
      'li',
      { class: 'offer' },
      h('span', { class: `pic ${product?.paper ?? 'p1'}` }, picture(product?.drawing ?? 'd-tlight', '')),
      h('div', {}, h('h3', {}, content.title), h('p', {}, content.text)),
      h('div', {}, row, said, h('details', { class: 'why' }, h('summary', {}, 'Why this?'), h('p', {}, why))),
    );
  }

  #respond(token, response) {
    ask(RESPOND, { variables: { input: { token, response } }, token: this.#token }).catch(() => undefined);
  }
}

/** @param number said in place of a name that is missing. */
export const greetingOf = ({ name }, number) => (name ? `Hello, ${name.split(' ')[0]}.` : `Hello, member ${number}.`);

const COUNTS = ['Nothing', 'One', 'Two', 'Three', 'Four', 'Five'];

export function introduction({ interactions }, missing) {
  if (missing.length > 0) {
    const rooms = missing.length === 1 ? 'One of our back rooms does' : `${COUNTS[missing.length]} of our back rooms do`;
    return `You are logged in. ${rooms} not answer just now; the rest of this page is right.`;
  }
  return interactions?.edges.length === 0
    ? 'You came straight here, so there is nothing to tell yet.'
    : 'The shop did not know you before you logged in. Now its visitor is you, and here is all of it. Go back by “The shop” above, and it knows you.';
}

function missingNote(missing, isNameMissing) {
  const rooms = missing.flatMap((source, at) => [
    at === 0 ? '' : at === missing.length - 1 ? ' and ' : ', ',
    `${ROOMS[source] ?? source} (`,
    h('code', {}, source),
    ')',
  ]);
  const heading = isNameMissing ? 'Your name is missing here, too.' : 'Something is missing here.';
  const { firstPage } = document.documentElement.dataset;
  const isOne = missing.length === 1 && !MANY.has(missing[0]);
  const verb = isOne ? ' does not answer. ' : ' do not answer. ';
  return h(
    'div',
    { class: 'note warn', role: 'status' },
    picture('i-note'),
    h(
      'div',
      {},
      h('p', {}, h('b', {}, heading)),
      h(
        'p',
        {},
        'Just now ',
        ...rooms,
        verb,
        h('a', { href: firstPage }, missing.length === 1 ? 'Start it again' : 'Start them again'),
        '; this page asks again by itself.',
      ),
    ),
  );
}

function invoices(orders, areLost, again) {
  const heading = h('h2', { id: 'invoices' }, 'Your last invoices');
  if (areLost) {
    const ask = h('button', { class: 'textlike', type: 'button', onclick: again }, 'Ask again');
    return h(
      'section',
      { class: 'last', 'aria-labelledby': 'invoices' },
      heading,
      h('p', { class: 'soft' }, 'We can’t read your invoices just now. ', ask),
    );
  }
  const day = (date) => new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
  const items = (orders?.edges ?? []).map(({ node: { invoiceNo, date, total, lines } }) => {
    const count = lines?.length === 1 ? 'one article' : `${lines?.length ?? 0} articles`;
    const words = h('span', {}, h('b', { class: 'num' }, invoiceNo), ' ', h('span', { class: 'soft small' }, `${day(date)}, ${count}`));
    return h('li', {}, words, h('span', { class: 'num' }, pounds(total)));
  });
  const list = items.length === 0 ? h('p', { class: 'soft' }, 'There is none yet.') : h('ul', { class: 'invoices' }, ...items);
  return h('section', { class: 'last', 'aria-labelledby': 'invoices' }, heading, list);
}
