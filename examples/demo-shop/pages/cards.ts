import { drawing, escapeHtml } from '../../demo/html.ts';
import type { Product } from '../products.ts';

export const pounds = (amount: number): string => `£${amount.toFixed(2)}`;

/**
 * Attributes of the button by which the web tag captures what was put into the basket. Without the page's script, which keeps the basket, a
 * click would be lost.
 */
export const captureOf = ({ sku, name, price }: Product): string =>
  `disabled data-needs-script data-capture="add_to_cart" data-capture-sku="${sku}" data-capture-name="${escapeHtml(name)}" data-capture-price="${price}" data-capture-currency="GBP"`;

/** How its drawing is coloured. */
export const classesOf = ({ drawing: id }: Product): string => (id === 'd-hanger' ? 'on-cream' : id === 'i-parcel' ? 'plain' : '');

/** Products as cards, each with a drawing on printed paper and its price on a swing tag. */
export function cards(products: readonly Product[], heading: 'h2' | 'h3' = 'h3'): string {
  const items = products.map((product) => {
    const { name, path, paper, price } = product;
    const tag = price === null ? '<span class="tag none">price to follow</span>' : `<span class="tag">${pounds(price)}</span>`;
    // Without a price there is nothing to put into a basket yet.
    const button =
      price === null
        ? '<button class="btn quiet slim" disabled>Add to basket</button>'
        : `<button class="btn quiet slim" type="button" ${captureOf(product)}>Add to basket<span class="hide">: ${escapeHtml(name)}</span></button>`;
    return `<li class="card"><span class="pic ${paper}">${drawing(product.drawing, { classes: classesOf(product) })}${tag}</span>
<${heading}><a href="${path}">${escapeHtml(name)}</a></${heading}>${button}</li>`;
  });
  return `<ul class="grid">${items.join('\n')}</ul>`;
}

/** Says that there are no prices now. */
export const NO_PRICES = `<div class="note warn gap" id="no-prices"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-note"/></svg><div><p><b>Prices can't be read just now.</b></p><p>The catalogue does not answer. Look around all the same: prices come back by themselves.</p></div></div>`;

/** A page that has one thing to say. */
export function blank(picture: string, paper: string, heading: string, words: string, links: string, classes = ''): string {
  return `<div class="blank"><div class="pic ${paper}">${drawing(picture, { classes })}</div>
<div class="words"><h1>${heading}</h1>${words}<div class="row">${links}</div></div></div>`;
}
