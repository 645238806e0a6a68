import { find, h, picture } from './dom.js';
import { ask } from './gateway.js';
import { describe } from './words.js';

const SEEN =
  '{ customer { firstSeenAt interactions(first: 20, touchpoints: ["web"]) { edges { node { type pageUrl touchpoint properties } } } } }';
/** Things that are told before the log-in. */
const TOLD = 3;

/** Before the log-in: what came along from the shop, which the gateway tells this browser's own visitor. */
export async function showWhatCameAlong(products) {
  await window.customerProfile?.flush?.();
  const { data } = await ask(SEEN).catch(() => ({}));
  const told = new Map();
  for (const { node } of data?.customer?.interactions?.edges ?? []) {
    if (!['add_to_cart', 'preferences', 'page_view', 'purchase'].includes(node.type)) continue;
    const words = describe(node);
    const product = products.get(words.sku ?? words.path);
    const isToldAlready = [...told.values()].some((each) => product && each.product === product && each.text !== words.text);
    if (node.type === 'page_view' && (!product || isToldAlready)) continue;
    const known = told.get(words.text);
    told.set(words.text, { ...words, product, times: (known?.times ?? 0) + 1 });
  }
  if (told.size === 0) return;
  const items = [...told.values()].slice(0, TOLD).map(({ text, product, icon, times }) => {
    const pic = h('span', { class: `pic ${product?.paper ?? 'p3'}` }, picture(product?.drawing ?? icon));
    return h('li', { class: 'with-pic' }, pic, h('span', {}, text, times === 2 ? ', twice' : times > 2 ? `, ${times} times` : ''));
  });
  find('seen-list').replaceChildren(...items);
  find('seen').hidden = false;
  find('ghost-who').textContent = 'A visitor from the shop';
  find('door-said').textContent =
    'You were in the shop just now. Log in, and what you did there is yours: the club is another site, and knows it all the same.';
  const { firstSeenAt } = data.customer;
  if (firstSeenAt)
    find('ghost-since').textContent = `since ${new Date(firstSeenAt).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}

/** @param number that nobody has; null when all is well. */
export function showUnknown(number) {
  const field = find('customer');
  if (number === null) {
    find('login-problem').replaceChildren();
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
    return;
  }
  const figures = 'Have a look at it again: two figures may have changed places. It is the five figures on your invoice.';
  showProblem(number === '' ? 'We need a number to know you by.' : `We know nobody with the number ${number}.`, figures);
  find('door-heading').textContent = 'That is not quite it.';
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', 'login-error');
  field.focus();
}

export function showProblem(heading, words) {
  const note = find('unknown').content.cloneNode(true);
  const [first, second] = note.querySelectorAll('p');
  first.firstChild.textContent = heading;
  second.textContent = words;
  find('login-problem').replaceChildren(note);
}

/** @param isBusy while the log-in is under way. */
export function showBusy(isBusy) {
  const button = find('log-in');
  button.replaceChildren(...(isBusy ? [h('span', { class: 'spin', 'aria-hidden': 'true' }), 'Logging in'] : ['Log in']));
  if (isBusy) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
  find('customer').readOnly = isBusy;
  find('login-said').textContent = isBusy ? 'One moment. We fetch your card and what you did.' : '';
}
