import { basket, count, deliveryOf, emptyBasket, setLine } from './basket-store.js';
import { find, h, picture, pounds } from './dom.js';

const root = find('basket');
/** Milliseconds before the prices are asked for again. */
const AGAIN_AFTER = 3_000;
let products = new Map();
let timer;

async function load() {
  clearTimeout(timer);
  const skus = [...basket().keys()];
  if (skus.length === 0) return show(empty());
  try {
    const response = await fetch(`/products.json?skus=${encodeURIComponent(skus.join(','))}`);
    if (!response.ok) throw new Error('no answer');
    const found = await response.json();
    products = new Map(found.map((product) => [product.sku, product]));
    if (found.some(({ price }) => price === null) || found.length === 0) throw new Error('no prices');
    show(filled());
  } catch {
    show(broken());
    timer = setTimeout(load, AGAIN_AFTER);
  }
}

function show(...nodes) {
  root.replaceChildren(...nodes);
  root.removeAttribute('aria-busy');
}

const blank = (id, classes, paper, heading, words, links) =>
  h(
    'div',
    { class: 'blank' },
    h('div', { class: `pic ${paper}` }, picture(id, classes)),
    h('div', { class: 'words' }, h('h1', {}, heading), ...words, h('div', { class: 'row' }, ...links)),
  );

function empty() {
  const club = find('club').href;
  return blank(
    'd-bag',
    'empty-bag',
    'p1 gingham',
    'Your basket is still empty',
    [h('p', {}, 'A jumbo bag holds a good deal. The cakestand would be a start; so would a lantern.')],
    [h('a', { class: 'btn', href: '/' }, 'Look around'), h('a', { class: 'btn quiet', href: club }, 'Customer club')],
  );
}

function broken() {
  return blank(
    'd-clock',
    '',
    'p3 ticking',
    'The till is not working. It is us, not you.',
    [
      h('p', {}, 'Your basket is safe. We try again by ourselves every few seconds; you can go on looking meanwhile.'),
      h(
        'p',
        { class: 'small soft' },
        'If you stopped the catalogue on the first page of the demo: ',
        h('a', { href: document.documentElement.dataset.firstPage }, 'start it there again'),
        '.',
      ),
    ],
    [h('button', { class: 'btn', type: 'button', onclick: load }, 'Try again'), h('a', { class: 'btn quiet', href: '/' }, 'Go on looking')],
  );
}

function line([sku, quantity]) {
  const { name, price, path, drawing, paper } = products.get(sku);
  const set = (value, focus) => {
    const whole = Math.max(0, Math.min(99, Math.round(Number(value)) || 0));
    if (whole === 0) window.customerProfile?.capture?.('remove_from_cart', { sku, name });
    setLine(sku, whole);
    load().then(() => root.querySelector(`[data-sku="${sku}"] ${focus}`)?.focus());
  };
  const step = (by, label, text, focus) =>
    h('button', { type: 'button', 'aria-label': label, class: focus.slice(1), onclick: () => set(quantity + by, focus) }, text);
  const input = h('input', { 'aria-label': `How many: ${name}`, inputmode: 'numeric', value: String(quantity), maxlength: '2' });
  input.addEventListener('change', () => set(input.value, 'input'));
  return h(
    'li',
    { 'data-sku': sku },
    h('span', { class: `pic ${paper}` }, picture(drawing, '')),
    h(
      'div',
      {},
      h('a', { class: 'name', href: path }, name),
      h(
        'div',
        { class: 'ctl' },
        h('span', { class: 'qty' }, step(-1, `One ${name} fewer`, '−', '.fewer'), input, step(1, `One ${name} more`, '+', '.more-of-it')),
        h('span', { class: 'small soft num' }, `${pounds(price)} each`),
        h(
          'button',
          { class: 'textlike small', type: 'button', onclick: () => set(0, 'input') },
          'Take out',
          h('span', { class: 'hide' }, `: ${name}`),
        ),
      ),
    ),
    h('span', { class: 'sum' }, pounds(price * quantity)),
  );
}

function filled() {
  const lines = [...basket()].filter(([sku]) => products.has(sku));
  const sum = Math.round(lines.reduce((total, [sku, quantity]) => total + products.get(sku).price * quantity, 0) * 100) / 100;
  const delivery = deliveryOf(sum);
  const total = Math.round((sum + delivery) * 100) / 100;
  const things = count() === 1 ? '1 thing' : `${count()} things`;
  return h(
    'div',
    {},
    h('div', { class: 'section-head' }, h('h1', {}, 'Your basket')),
    h(
      'div',
      { class: 'basket' },
      h('ul', { class: 'lines' }, ...lines.map(line)),
      h(
        'section',
        { class: 'till', 'aria-labelledby': 'till' },
        h('h2', { id: 'till', class: 'hide' }, 'What it comes to'),
        h(
          'dl',
          {},
          h('dt', {}, things),
          h('dd', {}, pounds(sum)),
          h('dt', {}, 'Delivery'),
          h('dd', {}, delivery === 0 ? 'free' : pounds(delivery)),
        ),
        h('dl', { class: 'total' }, h('dt', {}, 'Together'), h('dd', {}, pounds(total))),
        h('button', { class: 'btn', type: 'button', onclick: () => buy(total) }, 'Buy, as a demo'),
        h(
          'p',
          { class: 'small soft' },
          'No payment follows. The gateway learns of one ',
          h('code', {}, 'purchase'),
          ` of ${pounds(total)}.`,
        ),
      ),
    ),
  );
}

/** A number, and no text as an attribute of the page would be: the gateway's configuration asks for one. */
function buy(total) {
  window.customerProfile?.capture?.('purchase', { total, currency: 'GBP', items: count() });
  try {
    sessionStorage.setItem('bought', String(total));
  } catch {
    // The thanks are without a sum then.
  }
  emptyBasket();
  location.href = '/thanks';
}

load();
addEventListener('storage', ({ key }) => key === 'basket' && load());
