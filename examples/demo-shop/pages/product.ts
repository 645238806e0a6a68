import { drawing, escapeHtml, icon } from '../../demo/html.ts';
import type { PageParts } from '../frame.ts';
import { DEPARTMENTS, type Product, type Products } from '../products.ts';
import type { Sites } from '../sites.ts';
import { captureOf, cards, classesOf, NO_PRICES, pounds } from './cards.ts';

export function productPage(product: Product, products: Products, sites: Sites): PageParts {
  const { name, price, paper, department, sku, words } = product;
  const crumbs = department === null ? '' : `<li><a href="/search?for=${department}">${DEPARTMENTS[department]}</a></li>`;
  const buy =
    price === null
      ? NO_PRICES
      : `<p class="price">${pounds(price)}</p><p>${escapeHtml(words)}</p>
<form class="buy-row" id="buy"><div class="field"><label for="quantity">How many</label><span class="qty"><button type="button" disabled data-needs-script data-step="-1" aria-label="One fewer">−</button><input id="quantity" name="quantity" inputmode="numeric" value="1" maxlength="2"><button type="button" disabled data-needs-script data-step="1" aria-label="One more">+</button></span></div>
<button class="btn" type="button" ${captureOf(product)} data-capture-quantity="1">Add to basket</button></form>`;
  return {
    site: 'shop',
    title: name,
    main: `<nav class="crumbs" aria-label="Where you are"><ol><li><a href="/">The shop</a></li>${crumbs}<li aria-current="page">${escapeHtml(name)}</li></ol></nav>
<div class="product"><div class="pic ${paper}">${drawing(product.drawing, { label: `${name}, a drawing`, classes: classesOf(product) })}</div>
<div class="buy"><div role="status" id="added"></div><h1>${escapeHtml(name)}</h1>${buy}
<dl class="facts"><dt>Stock code</dt><dd class="num">${sku}</dd><dt>Delivery</dt><dd>£2.95, free from £30</dd><dt>To collect</dt><dd id="collect">Choose your shop on the first page</dd></dl>
${behind(sites)}</div></div>
<div class="section-head"><h2>Goes nicely with it</h2></div>${cards(products.beside(product))}
<template id="added-note"><div class="note">${icon('i-basket')}<p><b>It is in your basket.</b> <a href="/basket">See the basket</a>, or go on looking.</p></div></template>`,
    scripts: ['shop.js', 'behind.js'],
  };
}

/** What the gateway has stored of this visit, as it answers this browser. */
function behind({ gatewayAtShop }: Sites): string {
  return `<details class="behind" open><summary>What the gateway learns here</summary>
<p id="behind-said">Opening this page is one <code>page_view</code>. The button sends one more.</p>
<pre tabindex="0" aria-label="What the gateway has stored of this visit"><code id="behind-events">nothing yet</code></pre>
<p>Whatever stands here is already in the <a href="${gatewayAtShop}/agent">agent desktop</a>.</p></details>`;
}
