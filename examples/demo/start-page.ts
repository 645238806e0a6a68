import { readFileSync } from 'node:fs';
import { spriteOf } from './html.ts';

/** Where the three windows are. */
export interface StartLinks {
  /** The gateway's URL. */
  readonly gateway: string;
  readonly shop: string;
  readonly club: string;
}

/** The first query of the README. */
const FIRST_QUERY = '{ customer { id country orders(first: 3) { edges { node { invoiceNo } } } sources { name status } } }';

/**
 * What GraphiQL opens with. It asks as this browser: with the demo's parameter for a customer in its address, the visitor of the shop
 * would become that customer before the story comes to that.
 */
const IN_GRAPHIQL = `# Asks as this browser: what you did in the shop is here, if you
# agreed to be remembered. After a log-in at the club, go back to
# the shop by the club's link first.
{
  customer {
    id
    assurance
    name
    identifiers { type linkedAt }
    interactions(first: 5) {
      edges { node { type occurredAt touchpoint properties } }
    }
  }
}
`;

const scene = (name: string): string => readFileSync(new URL(`static/scenes/${name}.svg`, import.meta.url), 'utf8');

interface Step {
  readonly name: 'shop' | 'club' | 'desk';
  readonly heading: string;
  readonly words: string;
  readonly link: string;
  readonly address: string;
}

function stepsOf({ gateway, shop, club }: StartLinks): readonly Step[] {
  return [
    {
      name: 'shop',
      heading: 'Look around in the shop',
      words: 'Nobody knows you. Agree to be remembered, and what you click becomes the journey of a visitor without a name.',
      link: 'Open the shop',
      address: shop,
    },
    {
      name: 'club',
      heading: 'Log in at its club',
      words: 'Follow the shop’s link to another site. Log in as Maya, and the visit is hers. By the link back, the shop knows her, too.',
      link: 'Open the club',
      address: club,
    },
    {
      name: 'desk',
      heading: 'Watch it at the agent desktop',
      words: 'A colleague with a caller on the line finds Maya, and sees all of it the moment it happens.',
      link: 'Open the desktop',
      address: `${gateway}/agent`,
    },
  ];
}

function stepItem({ name, heading, words, link, address }: Step, at: number): string {
  const shown = address.replace(/^https?:\/\//, '');
  return `<li class="scene at-${name}"><div class="art">${scene(name)}</div>
<div><h2><span>${at + 1}</span>${heading}</h2><p>${words}</p></div>
<div class="go"><a class="btn" href="${address}" target="_blank" rel="noopener">${link}</a><code>${shown}</code></div></li>`;
}

/** The first page of the demo: what to click, the first query, the back ends, and what comes in. */
export function startPage(links: StartLinks): string {
  const { gateway } = links;
  const graphiql = `${gateway}/graphiql?query=${encodeURIComponent(IN_GRAPHIQL)}`;
  const command = `curl '${gateway}/graphql?cid=17850' \\\n  -H 'content-type: application/json' \\\n  -d '{"query":"${FIRST_QUERY}"}'`;
  const body = `<a class="skip" href="#main">To the content</a>
<header class="start-head"><div class="wrap">
<div class="brand"><b>customer-profile-gateway</b><nav aria-label="More"><a href="${graphiql}">GraphiQL</a><a href="${gateway}/graphql">Apollo Sandbox</a></nav></div>
<h1>One GraphQL server that <em>recognises the customer</em> behind a request, answers from all your back ends, and keeps their journey.</h1>
</div></header>
<main class="wrap" id="main">
<ol class="steps" aria-label="The demo in three windows">${stepsOf(links).map(stepItem).join('\n')}</ol>
<div class="start-cols">
<section aria-labelledby="query-heading"><h2 id="query-heading">Your first query</h2><p>The URL says who it is. The country is from a SQL database, the orders from a REST service.</p>
<div class="panel"><header><span>In a terminal</span><button class="copy" type="button" id="copy" disabled data-needs-script aria-live="polite">Copy</button></header>
<pre class="wraps" tabindex="0" aria-label="The query"><code id="command">${command.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>
<header><span id="answer-of">The answer</span><span class="ran"><span id="answer-time"></span><button class="copy" type="button" id="run" disabled data-needs-script>Run it</button></span></header>
<pre tabindex="0" aria-label="The answer" id="answer" data-query="${FIRST_QUERY}"><code>…</code></pre></div>
<div class="after"><a class="btn" href="${graphiql}">Try it in GraphiQL</a><p class="small">Works without internet, and asks as your own visit. Apollo Sandbox, at <a href="${gateway}/graphql">/graphql</a>, needs internet.</p></div>
</section>
<section aria-labelledby="back-ends-heading"><h2 id="back-ends-heading">Five back ends</h2><p role="status" id="back-ends-said">One moment: they are asked.</p>
<ul class="backs" id="back-ends"></ul>
<p class="small soft tip" id="back-ends-tip">Stop one, then run the query again, or look at the shop, the club and the desktop: only its own fields go missing.</p>
<div class="feed"><div class="trip-head"><h2 id="feed-heading">Coming in now</h2><span class="live off" id="live"><i></i><span>Not live yet</span></span></div>
<ol id="feed" aria-labelledby="feed-heading" hidden></ol><p class="soft empty-feed" id="feed-empty">Nothing yet. Open the shop and agree to be remembered: what you click then appears here within a second.</p></div>
</section>
</div></main>
<footer class="foot"><div class="wrap"><p><b>This is a demo on your computer.</b> Nothing leaves it. It stops with Ctrl+C; what it captured is in <code>.data</code>, and gone when you delete that.</p>
<p>Transactions: “Online Retail”, Daqing Chen, UCI Machine Learning Repository, <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>. People are invented, and so is the week that some of them have behind them. Drawings are ours.</p><ul><li>MIT licence</li></ul></div></footer>`;
  return `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>customer-profile-gateway: the demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/demo/site.css">
<script type="module" src="/demo/start.js"></script></head>
<body class="start">
${spriteOf(body)}
${body}
</body></html>`;
}
