import { drawing } from '../../demo/html.ts';
import type { PageParts } from '../frame.ts';
import type { Products } from '../products.ts';
import { cards, NO_PRICES } from './cards.ts';

/**
 * What the gateway offers this visitor stands in place of the house's own words. The template and the words have the same shape, and the
 * drawings beside them give the height, so nothing moves.
 */
const HERO = `<section class="hero house" aria-label="For you">
<div class="hero-slot" data-placement="home-hero" data-slots="1">
<template><div class="hero-words offered"><h1 data-offer="title"></h1><p data-offer="text"></p>
<div class="actions"><a class="btn" data-offer-link>Have a look</a></div>
<details class="why"><summary>Why do I see this?</summary><p>A rule over your visit, and over your profile once the gateway knows you, chose it. The rules are the files in <code>offers/</code>.</p></details></div></template>
<div class="hero-words"><h1>Small things that make a house a home</h1><p>Lanterns, hangers, cake on three floors. From £1.69.</p>
<div class="actions"><a class="btn" href="/search">See everything</a></div></div>
</div>
<div class="hero-art" aria-hidden="true">${['d-hottie', 'd-bottle', 'd-scottie-bottle'].map((id) => drawing(id)).join('')}</div>
</section>`;

const STORES = ['Leeds', 'York', 'Bath'];

const STORE = `<section class="store" aria-labelledby="store-heading">
<div><h2 id="store-heading" class="h3">Which shop is nearest to you?</h2><p class="soft" id="store-said" role="status">We lay your things aside there. Your choice is remembered with your visit.</p></div>
<form id="store" data-capture="preferences" data-capture-attributes="favouriteStore"><div class="field"><label for="favourite-store">Your shop</label>
<select id="favourite-store" name="favouriteStore" class="plain">${STORES.map((store) => `<option>${store}</option>`).join('')}</select></div>
<button class="btn" disabled data-needs-script>Remember it</button></form>
</section>`;

export function homePage(products: Products): PageParts {
  const note = products.hasPrices ? '' : NO_PRICES;
  return {
    site: 'shop',
    title: 'The window',
    main: `${HERO}<div class="section-head"><h2>In the window this week</h2><p>Twelve favourites of December</p></div>
${note}${cards(products.inWindow())}${STORE}`,
    scripts: ['shop.js'],
  };
}
