import type { IncomingMessage } from 'node:http';
import { Catalogue } from '../demo/catalogue.ts';
import { type Answer, type RunningService, serve, serveForParent } from '../demo/serve.ts';
import { type StaticFiles, staticFile } from '../demo/static-files.ts';
import type { MakeToken } from '../demo/tokens.ts';
import { readTransactions } from '../demo-back-ends/transactions.ts';
import { framed, type PageParts } from './frame.ts';
import { clubPage } from './pages/club.ts';
import { foundPage } from './pages/found.ts';
import { homePage } from './pages/home.ts';
import { productPage } from './pages/product.ts';
import { basketPage, notFoundPage, rememberedPage, thanksPage } from './pages/small-pages.ts';
import { Products } from './products.ts';
import type { Sites } from './sites.ts';

/**
 * Serves both web sites. They have two names of this machine, so that a browser sees two sites with separate cookies.
 * Arguments: the ports of shop, club and gateway.
 */
const [shopPort, clubPort, gatewayPort] = process.argv.slice(2).map(Number) as [number, number, number];
const sites: Sites = {
  shop: `http://localhost:${shopPort}`,
  club: `http://127.0.0.1:${clubPort}`,
  gatewayAtShop: `http://localhost:${gatewayPort}`,
  gatewayAtClub: `http://127.0.0.1:${gatewayPort}`,
};
/** Characters of a customer number that are read. */
const MAX_BODY = 20;
/** Milliseconds after the start. */
const WARM_UP_AFTER = 2_000;
/** Lines of a basket that are answered. */
const MAX_LINES = 50;

const products = new Products(new Catalogue());
const folder = new URL('static/', import.meta.url);
const sharedScripts = ['arrival.js', 'remember.js', 'dom.js', 'gateway.js', 'words.js'];
const COMMON_STYLES = ['tokens', 'ground', 'drawings', 'controls', 'around', 'papers', 'states', 'shared'];
const FILES: Readonly<Record<'shop' | 'club', StaticFiles>> = {
  shop: {
    folder,
    scripts: ['shop.js', 'basket.js', 'basket-store.js', 'thanks.js', 'behind.js'],
    sharedScripts,
    styles: [...COMMON_STYLES, 'shop-head', 'shop-hero', 'shop-goods', 'shop-product', 'shop-basket'],
  },
  club: {
    folder,
    scripts: ['club.js', 'club-door.js', 'club-lounge.js', 'club-card.js', 'journey.js', 'journey-rows.js'],
    sharedScripts,
    styles: [...COMMON_STYLES, 'club-door', 'club-lounge', 'club-journey'],
  },
};
const PAGES: Readonly<Record<string, PageParts>> = { '/basket': basketPage, '/thanks': thanksPage, '/remembered': rememberedPage };

await serveForParent(async () => {
  const services = [await serve(shopPort, answerShop, 'localhost'), await serve(clubPort, answerClub)];
  const close = async () => {
    await Promise.all(services.map((service) => service.close()));
  };
  // A first log-in need not wait for these; nor has the gateway, which starts at the same time.
  setTimeout(warmUp, WARM_UP_AFTER).unref();
  return { url: sites.shop, close } satisfies RunningService;
});

async function answerShop({ url = '/' }: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(url, sites.shop);
  const file = staticFile(pathname.slice(1), FILES.shop);
  if (file !== null) return file;
  if (pathname === '/products.json') return { status: 200, body: linesOf(searchParams.get('skus') ?? '') };
  if (pathname === '/') return page(homePage(products));
  if (pathname === '/search') return page(foundPage(products, searchParams));
  const fixed = PAGES[pathname];
  if (fixed !== undefined) return page(fixed);
  const product = products.at(pathname);
  return product === null ? page(notFoundPage, 404) : page(productPage(product, products, sites));
}

/** What a script needs of each product; 503 while there are no prices. */
function linesOf(skus: string): unknown {
  const found = skus.split(',', MAX_LINES).flatMap((sku) => products.bySku(sku) ?? []);
  return found.map(({ sku, name, price, path, drawing, paper }) => ({ sku, name, price, path, drawing, paper }));
}

async function answerClub(request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', sites.club);
  const file = staticFile(pathname.slice(1), FILES.club);
  if (file !== null) return file;
  if (pathname === '/products.json')
    return {
      status: 200,
      body: linesOf(
        products
          .shown()
          .map(({ sku }) => sku)
          .join(','),
      ),
    };
  if (pathname === '/login' && request.method === 'POST') {
    // Not a page of another site, and not one whose own name leads to this machine (DNS rebinding).
    if (request.headers.origin !== sites.club) return { status: 403, body: { error: "expected a page of the club's own" } };
    return logIn(await bodyOf(request));
  }
  if (pathname !== '/') return { status: 302, body: '', type: 'text/plain', headers: { location: '/' } };
  return page(clubPage);
}

let madeTokens: Promise<MakeToken> | undefined;
function tokens(): Promise<MakeToken> {
  // Loads the gateway's configuration, which the shop itself does without: it serves at once.
  madeTokens ??= import('../demo/tokens.ts').then(({ openTokens }) => openTokens());
  return madeTokens;
}

function warmUp(): void {
  numbers();
  void tokens();
}

let knownNumbers: ReadonlySet<string> | undefined;
/** Everybody who has bought something. */
function numbers(): ReadonlySet<string> {
  knownNumbers ??= new Set(readTransactions().map(({ customerId }) => customerId));
  return knownNumbers;
}

/** The demo has no passwords: a customer number is enough. */
async function logIn(number: string): Promise<Answer> {
  const customer = number.trim();
  if (!/^\d+$/.test(customer) || !numbers().has(customer)) return { status: 404, body: { error: 'unknown' } };
  return { status: 200, body: { token: await (await tokens())('CUSTOMER', customer) }, headers: { 'cache-control': 'no-store' } };
}

function page(parts: PageParts, status = 200): Answer {
  const gateway = parts.site === 'shop' ? sites.gatewayAtShop : sites.gatewayAtClub;
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${gateway}`,
    `connect-src 'self' ${gateway}`,
    "style-src 'self'",
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = { 'content-security-policy': policy, 'cache-control': 'no-store' };
  return { status, body: framed(parts, sites), type: 'text/html; charset=utf-8', headers };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body = (body + chunk).slice(0, MAX_BODY);
  return body;
}
