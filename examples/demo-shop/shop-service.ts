import { execFile } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { type Answer, type RunningService, serve, serveForParent } from '../demo/serve.ts';
import { CLUB_SCRIPT, clubPage, SHOP_SCRIPT, type Sites, STYLE, shopPage } from './pages.ts';

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
const MAX_BODY = 20;

await serveForParent(async () => {
  const services = [await serve(shopPort, answerShop, 'localhost'), await serve(clubPort, answerClub)];
  const close = async () => {
    await Promise.all(services.map((service) => service.close()));
  };
  return { url: sites.shop, close } satisfies RunningService;
});

async function answerShop({ url = '/' }: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(url, sites.shop);
  if (pathname === '/site.css') return { status: 200, body: STYLE, type: 'text/css' };
  if (pathname === '/shop.js') return { status: 200, body: SHOP_SCRIPT, type: 'text/javascript' };
  const page = shopPage(pathname, sites);
  return page === null ? { status: 404, body: 'There is no such page.', type: 'text/plain' } : html(page, sites.gatewayAtShop);
}

async function answerClub(request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', sites.club);
  if (pathname === '/site.css') return { status: 200, body: STYLE, type: 'text/css' };
  if (pathname === '/club.js') return { status: 200, body: CLUB_SCRIPT, type: 'text/javascript' };
  if (pathname === '/login' && request.method === 'POST') return { status: 200, body: { token: await tokenFor(await bodyOf(request)) } };
  return html(clubPage(sites), sites.gatewayAtClub);
}

function html(body: string, gateway: string): Answer {
  const policy = `default-src 'none'; script-src 'self' ${gateway}; connect-src 'self' ${gateway}; style-src 'self'; img-src data:`;
  return { status: 200, body, type: 'text/html; charset=utf-8', headers: { 'content-security-policy': policy } };
}

/** The demo has no passwords: a customer number is enough to log in. @returns a development token, made by the `token` command. */
async function tokenFor(customer: string): Promise<string> {
  if (!/^\d+$/.test(customer)) throw new Error('expected a customer number');
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli.ts', 'token', '--role', 'CUSTOMER', '--subject', customer]);
  return stdout.trim();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body = (body + chunk).slice(0, MAX_BODY);
  return body;
}
