import { drawing, EVERY_DRAWING, icon } from '../../demo/html.ts';
import type { PageParts } from '../frame.ts';

const TRY = [
  ['Maya, gold', '17850'],
  ['Clara, silver', '13047'],
  ['Ben, bronze', '13748'],
] as const;

/** The log-in. What follows it is made in the browser, which has the token. */
export const clubPage: PageParts = {
  site: 'club',
  title: 'Log in',
  main: `<div class="door" id="door"><div class="words"><h1 id="door-heading">Good to see you. Who are you?</h1>
<p id="door-said">Log in, and your card and everything you did is here: in the shop, too, which is another site.</p>
<form class="login" id="login"><div id="login-problem"></div>
<div class="row"><div class="field"><label for="customer">Your customer number</label><input id="customer" name="customer" inputmode="numeric" autocomplete="username" value="17850" maxlength="12"></div><button class="btn" id="log-in" disabled data-needs-script>Log in</button></div>
<p role="status" class="small soft" id="login-said"></p>
<fieldset><legend class="small soft">This demo asks for no password. Be one of these:</legend><div class="try">${TRY.map(([name, number]) => `<button type="button" disabled data-needs-script data-number="${number}">${name} <b>${number}</b></button>`).join('')}</div></fieldset></form></div>
<div class="stack"><section class="member ghost" aria-label="A card without a name"><div><p class="label">No name yet</p><p class="who" id="ghost-who">A visitor</p><p class="small" id="ghost-since"></p></div>${drawing('d-coin', { classes: 'coin nometal' })}<p class="line">Bronze, silver or gold: the card says so once you log in.</p></section>
<section class="quiet-box" aria-labelledby="seen-heading" id="seen" hidden><h2 id="seen-heading" class="seen">What came with you from the shop</h2><ul id="seen-list"></ul>
<p class="small">The link that you followed said so, once. Your browser carries no name yet, only a number that means nothing outside.</p></section></div></div>
<div id="lounge" hidden></div>
<template id="unknown"><div class="note bad" id="login-error" role="alert">${icon('i-card')}<div><p><b></b></p><p></p></div></div></template>`,
  scripts: ['club.js'],
  drawings: EVERY_DRAWING,
};
