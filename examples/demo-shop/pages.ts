/** The pages of the demo's two web sites: a shop, and a customer club at another address. */

export interface Sites {
  readonly shop: string;
  readonly club: string;
  /** The gateway's URL for pages of each site. Browsers send a cookie only to the site of the page, so the host is that of the site. */
  readonly gatewayAtShop: string;
  readonly gatewayAtClub: string;
}

interface Product {
  readonly path: string;
  readonly sku: string;
  readonly name: string;
  /** GBP. */
  readonly price: number;
}

/** Three real products of the data set. */
const PRODUCTS: readonly Product[] = [
  { path: '/light-holder', sku: '85123A', name: 'White hanging heart T-light holder', price: 2.55 },
  { path: '/cake-stand', sku: '22423', name: 'Regency cake stand, 3 tiers', price: 12.75 },
  { path: '/alarm-clock', sku: '22730', name: 'Alarm clock bakelike ivory', price: 3.75 },
];

export function shopPage(path: string, sites: Sites): string | null {
  const product = PRODUCTS.find((each) => each.path === path);
  if (path !== '/' && product === undefined) return null;
  const body = product === undefined ? overview() : productPage(product);
  const handoff = `${new URL(sites.club).host}=club`;
  return page(product?.name ?? 'The shop', sites.gatewayAtShop, `data-touchpoint="web" data-handoff="${handoff}"`, [
    `<nav><a href="/">The shop</a> <a id="club" href="${sites.club}/">Customer club</a></nav>`,
    body,
  ]);
}

/** Offers of the gateway. Without an answer, the page keeps what is below the template. Its style reserves the height. */
const HERO = `<section class="hero" data-placement="home-hero" aria-label="For you">
  <template><a class="card" data-offer-link><h2 data-offer="title"></h2><p data-offer="text"></p><span class="more">Have a look</span></a></template>
  <div class="card"><h2>Made for giving</h2><p>Small things for the house, since 1998.</p></div>
</section>`;

function overview(): string {
  const items = PRODUCTS.map(({ path, name, price }) => `<li><a href="${path}">${name}</a> <b>£${price.toFixed(2)}</b></li>`);
  return `<h1>The gift shop</h1>${HERO}<ul>${items.join('')}</ul>
    <form data-capture="preferences" data-capture-attributes="favouriteStore">
      <label>Your store <select name="favouriteStore"><option>Leeds</option><option>York</option></select></label> <button>Remember</button>
    </form>`;
}

function productPage({ sku, name, price }: Product): string {
  return `<h1>${name}</h1><p>Stock code ${sku}</p><p><b>£${price.toFixed(2)}</b></p>
    <button data-capture="add_to_cart" data-capture-sku="${sku}" data-capture-price="${price}">Add to basket</button>
    <p id="basket" role="status"></p><script src="/shop.js" defer></script>`;
}

export function clubPage(sites: Sites): string {
  return page('The club', sites.gatewayAtClub, 'data-touchpoint="club"', [
    `<nav><a href="${sites.shop}/">The shop</a> <a href="/">Customer club</a></nav><h1>The customer club</h1>`,
    '<form id="login"><label>Your customer number <input name="customer" value="17850" inputmode="numeric"></label> <button>Log in</button></form>',
    '<p id="hello"></p><ol id="journey"></ol>',
    `<script src="/club.js" defer data-gateway="${sites.gatewayAtClub}"></script>`,
  ]);
}

/** Has no inline script or style, so that it works under the strictest content security policy. */
function page(title: string, gateway: string, tagAttributes: string, body: readonly string[]): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css"><link rel="icon" href="data:,">
<script src="${gateway}/tag.js" defer ${tagAttributes}></script></head><body>${body.join('\n')}</body></html>`;
}

export const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;color:#222}
nav a{margin-right:1rem}h1{font-size:1.6rem}li{margin:.4rem 0}form{margin:2rem 0}
button,input,select{font:inherit;padding:.3rem .7rem;border:1px solid #888;border-radius:.3rem}
button{background:#235;color:#fff;border-color:#235;cursor:pointer}
.hero{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(15rem,1fr);gap:1rem;min-height:11rem;margin:1.5rem 0;overflow-x:auto}
.card{display:flex;flex-direction:column;padding:1.2rem 1.4rem;border-radius:.8rem;background:#eaf1f7;color:#12304a;text-decoration:none}
.card+.card{background:#fdf1e3;color:#5a3410}.card h2{margin:0;font-size:1.3rem;line-height:1.25}.card p{margin:.5rem 0}
.more{margin-top:auto;font-weight:600}.more::after{content:" \\2192"}a.card:hover .more{text-decoration:underline}
@media(max-width:40rem){.hero{min-height:14rem}}`;

/** Shows that a click had an effect. The tag itself needs no script of the shop. */
export const SHOP_SCRIPT = `let count = 0;
document.querySelector('[data-capture=add_to_cart]').addEventListener('click', () => {
  count++;
  document.querySelector('#basket').textContent = 'Added to your basket' + (count > 1 ? ' (' + count + ' times)' : '') + '.';
});
`;

/** Logs in, gives the token to the tag and the gateway, and shows the customer's journey. */
export const CLUB_SCRIPT = `const gateway = document.currentScript.dataset.gateway;
const QUERY = '{ customer { name interactions(first: 20) { edges { node { type occurredAt touchpoint pageUrl } } } } }';
document.querySelector('#login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { token } = await (await fetch('/login', { method: 'POST', body: new FormData(event.target).get('customer') })).json();
  customerProfile.login(token);
  customerProfile.capture('logged_in');
  await customerProfile.flush();
  const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + token };
  const answer = await fetch(gateway + '/graphql', { method: 'POST', credentials: 'include', headers, body: JSON.stringify({ query: QUERY }) });
  const { customer } = (await answer.json()).data;
  document.querySelector('#hello').textContent = 'Hello, ' + customer.name + '. This is what we know you did:';
  document.querySelector('#journey').replaceChildren(...customer.interactions.edges.map(({ node }) => {
    const item = document.createElement('li');
    item.textContent = [new Date(node.occurredAt).toLocaleTimeString('en-GB'), node.touchpoint, node.type, node.pageUrl].join(' · ');
    return item;
  }));
});
`;
