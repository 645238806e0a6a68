import { addLine, count } from './basket-store.js';
import { enableButtons, find, keep, recall } from './dom.js';

function showCount() {
  find('count').textContent = String(count());
}
showCount();
addEventListener('basket', showCount);
// Another tab of the shop.
addEventListener('storage', ({ key }) => key === 'basket' && showCount());

/** Whether the tag captured the click does not matter for the basket: the shop works without the gateway. */
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-capture=add_to_cart]');
  if (!button) return;
  addLine(button.dataset.captureSku, Number(button.dataset.captureQuantity ?? 1));
  const note = find('added-note');
  if (note && button.closest('#buy')) return find('added').replaceChildren(note.content.cloneNode(true));
  const label = button.firstChild;
  const before = label.textContent;
  if (before === 'In your basket') return;
  label.textContent = 'In your basket';
  setTimeout(() => {
    label.textContent = before;
  }, 1_500);
});

/** How many, on the page of a product. */
const quantity = find('quantity');
if (quantity) {
  const button = document.querySelector('#buy [data-capture]');
  const set = (value) => {
    const whole = Math.min(99, Math.max(1, Math.round(Number(value)) || 1));
    quantity.value = String(whole);
    button.dataset.captureQuantity = String(whole);
  };
  quantity.addEventListener('change', () => set(quantity.value));
  for (const step of document.querySelectorAll('#buy [data-step]')) {
    step.addEventListener('click', () => set(Number(quantity.value) + Number(step.dataset.step)));
  }
  find('buy').addEventListener('submit', (event) => {
    event.preventDefault();
    button.click();
  });
}

/** The shop that is nearest. */
const store = find('store');
const chosen = recall('store');
if (store) {
  const select = find('favourite-store');
  const tell = () => {
    store.dataset.captureStore = select.value;
  };
  if (chosen) select.value = chosen;
  tell();
  select.addEventListener('change', tell);
  store.addEventListener('submit', (event) => {
    event.preventDefault();
    keep('store', select.value);
    find('store-said').textContent = `${select.value} is your shop now. We lay your things aside there.`;
  });
}
if (chosen && find('collect')) find('collect').textContent = `${chosen}, from tomorrow`;

/** Milliseconds between two looks whether there are prices again. */
const PRICES_AFTER = 2_000;
if (find('no-prices')) {
  const timer = setInterval(async () => {
    const products = await fetch('/products.json?skus=22423')
      .then((response) => response.json())
      .catch(() => []);
    if (!products.some(({ price }) => price !== null)) return;
    clearInterval(timer);
    location.reload();
  }, PRICES_AFTER);
}

/** What an offer leads to stands in the middle of the shelf beside it. */
const slot = document.querySelector('.hero-slot');
if (slot) {
  new MutationObserver(() => {
    const path = slot.querySelector('.offered a')?.getAttribute('href');
    const drawing = path && document.querySelector(`.card:has(a[href="${CSS.escape(path)}"]) .pic use`)?.getAttribute('href');
    const shelf = [...document.querySelectorAll('.hero-art use')];
    if (!drawing || shelf.some((each) => each.getAttribute('href') === drawing)) return;
    shelf[1].setAttribute('href', drawing);
  }).observe(slot, { childList: true });
}

enableButtons();
