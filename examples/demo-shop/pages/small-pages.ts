import { EVERY_DRAWING } from '../../demo/html.ts';
import type { PageParts } from '../frame.ts';
import { blank } from './cards.ts';

/** Its lines are in the browser, so a script fills it. */
export const basketPage: PageParts = {
  site: 'shop',
  title: 'Your basket',
  main: '<div id="basket" aria-busy="true"><div class="section-head"><h1>Your basket</h1></div><noscript><p>The basket is kept by a script, in this browser.</p></noscript></div>',
  scripts: ['shop.js', 'basket.js'],
  drawings: EVERY_DRAWING,
};

export const thanksPage: PageParts = {
  site: 'shop',
  title: 'Thank you',
  main: blank(
    'd-chain',
    'p3 spots',
    'Thank you.<span id="would-have-been"></span>',
    '<p>As this is a demo, nothing was charged and nothing will arrive. <span id="purchase-said">Your purchase is in the journey.</span></p>',
    '<a class="btn" id="to-club" href="/">See it in the club</a><a class="btn quiet" href="/">Go on looking</a>',
  ),
  scripts: ['shop.js', 'thanks.js'],
};

export const rememberedPage: PageParts = {
  site: 'shop',
  title: 'What we would remember',
  main: `<div class="section-head"><h1>What we would remember</h1></div><div class="quiet-box"><ul>
<li><b>Pages</b> you open in the shop and in the club, with the time.</li>
<li><b>Buttons</b> that put something into your basket, and what; and what you buy.</li>
<li><b>Your shop</b>, if you choose one.</li>
<li><b>A cookie</b> with a random number, so that one page knows of the last.</li>
<li><b>Not</b>: what you type elsewhere, passwords, other sites, where you are.</li>
<li><b>Where</b>: in the gateway's file on this computer, in the folder <code>.data</code>. Delete it and all is gone.</li></ul></div>`,
  scripts: ['shop.js'],
};

export const notFoundPage: PageParts = {
  site: 'shop',
  title: 'No such page',
  main: blank(
    'd-lantern',
    'p4 ticking',
    'There is no such page',
    '<p>We looked with the lantern. The thing may have sold out, or the address has a slip in it.</p>',
    '<a class="btn" href="/">Back to the shop</a>',
  ),
  scripts: ['shop.js'],
};
