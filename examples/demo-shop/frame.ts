import { escapeHtml, icon, spriteOf } from '../demo/html.ts';
import type { Sites } from './sites.ts';

/** A page of one of the two sites. */
export interface PageParts {
  readonly site: 'shop' | 'club';
  readonly title: string;
  readonly main: string;
  /** Of the search box. */
  readonly query?: string;
  /** Modules of this page, beside those of every page. */
  readonly scripts?: readonly string[];
  /** Drawings that its scripts use. */
  readonly drawings?: readonly string[];
}

const NAMES = { shop: 'Sixpence & Lark', club: 'The Sixpence Club' } as const;

/** The whole page. It has no inline script and no inline style, so that it works under the strictest content security policy. */
export function framed(parts: PageParts, sites: Sites): string {
  const { site, title, main } = parts;
  const body = `<a class="skip" href="#main">To the content</a>
${storyStrip(parts, sites)}
${site === 'shop' ? shopFront(parts, sites) : clubFront(sites)}
<main class="wrap" id="main">${main}</main>
<section class="consent" id="consent" aria-label="May we remember your visit?" hidden></section>
${foot(sites)}`;
  const gateway = site === 'shop' ? sites.gatewayAtShop : sites.gatewayAtClub;
  // A link carries the visit to the other site, in both directions.
  const handoff = site === 'shop' ? `${hostOf(sites.club)}=club` : `${hostOf(sites.shop)}=web`;
  const scripts = ['remember.js', ...(parts.scripts ?? [])].map((name) => `<script type="module" src="/${name}"></script>`);
  return `<!doctype html>
<html lang="en-GB" data-site="${site}" data-gateway="${gateway}" data-first-page="${sites.gatewayAtShop}/">
<head>
<meta charset="utf-8"><title>${escapeHtml(title)} · ${escapeHtml(NAMES[site])}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/site.css">
<script src="/arrival.js" defer></script>
<script src="${gateway}/tag.js" defer data-consent="required" data-touchpoint="${site === 'shop' ? 'web' : 'club'}" data-handoff="${handoff}"></script>
${scripts.join('\n')}
</head>
<body class="${site}">
${spriteOf(body, parts.drawings)}
${body}
</body>
</html>`;
}

const hostOf = (url: string): string => new URL(url).host;

function storyStrip({ site }: PageParts, { gatewayAtShop }: Sites): string {
  const say = site === 'shop' ? 'Look around. Then follow “Customer club”.' : 'You are on another site now. Log in.';
  return `<aside class="story-strip on-dark" aria-label="Where in the demo you are"><div class="wrap"><b id="story-step">Demo, step ${site === 'shop' ? 1 : 2} of 3.</b>
<span class="say" id="story-say">${say}</span>
<span class="push"><a href="${gatewayAtShop}/">How it works</a> <a id="desktop" href="${gatewayAtShop}/agent">Agent desktop</a></span></div></aside>`;
}

function shopFront({ query = '' }: PageParts, { club }: Sites): string {
  return `<header class="on-dark"><div class="fascia"><div class="wrap">
<a class="sign" href="/">Sixpence <span>&amp;</span> Lark<small>Gifts for every occasion</small></a>
<form class="search" role="search" action="/search"><label class="hide" for="q">Search the shop</label><input id="q" type="search" name="q" value="${escapeHtml(query)}" placeholder="Lantern, bird, hot water bottle…" autocomplete="off" maxlength="60"><button aria-label="Search">${icon('i-search')}</button></form>
<nav class="tools" aria-label="You"><a id="club" href="${club}/">${icon('i-card')}<span class="word">Customer club</span></a><a href="/basket">${icon('i-basket')}<span class="word">Basket</span> <span class="count"><span id="count">0</span><span class="hide"> things in it</span></span></a></nav>
</div></div><div class="awning" aria-hidden="true"></div></header>`;
}

function clubFront({ shop }: Sites): string {
  return `<header class="on-dark"><div class="club-head"><div class="wrap"><a class="sign" href="/"><svg viewBox="0 0 120 120" aria-hidden="true"><use href="#d-coin"/></svg>The Sixpence Club</a>
<nav aria-label="Club"><a id="shop" href="${shop}/">The shop</a><span id="member" hidden></span><button class="textlike" type="button" id="log-out" hidden>Log out</button></nav>
</div></div><div class="stitch" aria-hidden="true"></div></header>`;
}

function foot({ gatewayAtShop }: Sites): string {
  return `<footer class="foot"><div class="wrap">
<p><b>This is a demo.</b> Nothing is for sale, no money moves, and nothing leaves this computer. Names, e-mail addresses and phone numbers are invented and reach nobody.</p>
<p>Products and prices are from real invoices of a British gift retailer: “Online Retail”, Daqing Chen, UCI Machine Learning Repository, <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. The drawings are ours.</p>
<ul><li id="remembering">Remembering your visit</li><li><a href="${gatewayAtShop}/">How this demo works</a></li></ul>
</div></footer>`;
}
