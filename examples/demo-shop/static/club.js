import { showBusy, showProblem, showUnknown, showWhatCameAlong } from './club-door.js';
import { Lounge } from './club-lounge.js';
import { enableButtons, find } from './dom.js';

/** The club: the door before the log-in, the lounge after it. The token is kept for this tab only. */
const KEPT = 'login';
/** Milliseconds that a log-in waits for its own record to be stored. */
const RECORD_WITHIN = 150;
const push = (...call) => {
  window.customerProfile ||= [];
  window.customerProfile.push(call);
};
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** By stock code, and by path. */
const products = new Map();
const loaded = fetch('/products.json')
  .then((response) => response.json())
  .then((found) => {
    for (const product of found) products.set(product.sku, product).set(product.path, product);
  })
  .catch(() => undefined);

let lounge;

function keptLogin() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}
function keepLogin(login) {
  try {
    if (login === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, JSON.stringify(login));
  } catch {
    // The log-in ends with the page then.
  }
}

async function enter({ number, token }) {
  await loaded;
  lounge = new Lounge(number, token, products);
  await lounge.open();
  find('door').hidden = true;
  find('lounge').hidden = false;
  for (const id of ['member', 'log-out']) find(id).hidden = false;
  find('story-step').textContent = 'Demo, step 3 of 3.';
  find('story-say').textContent = 'See the same visit in the agent desktop, live.';
  const desktop = find('desktop');
  desktop.href = `${desktop.href.split('#')[0]}#identifier=crmId:${encodeURIComponent(number)}`;
  document.title = 'Your club · The Sixpence Club';
}

async function logIn(number) {
  showUnknown(null);
  showBusy(true);
  try {
    const response = await fetch('/login', { method: 'POST', body: number });
    if (response.status === 404) return showUnknown(number);
    if (!response.ok) throw new Error('no log-in');
    const { token } = await response.json();
    push('login', token);
    push('capture', 'logged_in');
    await Promise.race([window.customerProfile?.flush?.(), pause(RECORD_WITHIN)]);
    await enter({ number, token });
    keepLogin({ number, token });
    document.querySelector('#lounge h1')?.setAttribute('tabindex', '-1');
    document.querySelector('#lounge h1')?.focus();
  } catch {
    lounge?.close();
    showProblem('The club can’t reach the gateway just now.', 'Nothing is lost. Press “Log in” again in a moment.');
  } finally {
    showBusy(false);
  }
}

async function logOut() {
  push('capture', 'logged_out');
  keepLogin(null);
  lounge?.close();
  // A fresh cookie: the next visitor of this browser is nobody that we know.
  await window.customerProfile?.reset?.();
  location.assign('/');
}

find('login').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!find('log-in').hasAttribute('aria-disabled')) logIn(find('customer').value.trim());
});
for (const button of document.querySelectorAll('[data-number]')) {
  button.addEventListener('click', () => {
    find('customer').value = button.dataset.number;
    find('login').requestSubmit();
  });
}
find('log-out').addEventListener('click', logOut);
enableButtons();

const kept = keptLogin();
if (kept === null) loaded.then(() => showWhatCameAlong(products));
else {
  enter(kept).catch(() => {
    lounge?.close();
    find('customer').value = kept.number;
    showProblem('The club can’t reach the gateway just now.', 'You are still logged in: load this page again in a moment.');
  });
}
