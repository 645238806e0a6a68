import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';
import { signToken } from '../support/tokens.ts';
import { PATIENTLY } from '../support/waiting.ts';

const NAME = '{ customer { name assurance } }';

describe.skipIf(isBrowserMissing)(naming('web tag: a visitor cookie that is replaced'), () => {
  const newContext = useBrowser();

  /** A gateway, a shop with the tag on another origin of the same site, and a browser that has visited it. */
  async function start() {
    let shop = '';
    const gatewayUrl = { value: '' };
    shop = await serve((request, response) => {
      if (request.url === '/favicon.ico') return void response.writeHead(204).end();
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><title>Shop</title><script src="${gatewayUrl.value}/tag.js" data-touchpoint="web"></script>`);
    });
    // One site: cookies do not depend on the port.
    const origins = [shop];
    const server = await testGateway({ config: { touchpoints: { web: { channel: 'WEB', origins } } } });
    gatewayUrl.value = await server.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const context = await newContext();
    const tab = await open(context, shop);
    const journey = async (crmId: string): Promise<string[]> => {
      const query = `query ($v: String!) { customerByIdentifier(identifier: { type: "crmId", value: $v }) { interactions(first: 50) { edges { node { type } } } } }`;
      const { data } = await server.ask(query, { role: 'AGENT', variables: { v: crmId } });
      return (data.customerByIdentifier?.interactions.edges ?? []).map(({ node }: { node: { type: string } }) => node.type).sort();
    };
    return { ...server, url: gatewayUrl.value, shop, context, tab, journey };
  }

  async function open(context: BrowserContext, shop: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    return page;
  }

  /** Sends a query from a page, with the browser's cookies. */
  const ask = (page: Page, url: string, query: string, token?: string) =>
    page.evaluate(
      async ([address, text, bearer]) => {
        const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
        const response = await fetch(`${address}/graphql`, {
          method: 'POST',
          credentials: 'include',
          headers,
          body: JSON.stringify({ query: text }),
        });
        return (await response.json()).data;
      },
      [url, query, token ?? ''] as const,
    );
  const cookieOf = async (context: BrowserContext) => (await context.cookies()).find(({ name }) => name === 'visitor')?.value;

  it('gives both tabs the person after a log-in in one, and the old value gives nothing', async () => {
    const { url, context, tab, shop, ask: anywhere, journey } = await start();
    const other = await open(context, shop);
    const old = await cookieOf(context);
    const token = await signToken({ role: 'CUSTOMER', subject: '1' });
    // Both tabs send at once, one of them with the token.
    await Promise.all([
      ...Array.from({ length: 4 }, () => ask(tab, url, NAME, token)),
      ...Array.from({ length: 4 }, () => ask(other, url, NAME)),
    ]);
    expect(await cookieOf(context)).not.toBe(old);
    for (const page of [tab, other]) expect((await ask(page, url, NAME)).customer).toEqual({ name: 'Ada', assurance: 'RECOGNIZED' });
    expect((await anywhere(NAME, { cookie: `visitor=${old}` })).data.customer).toEqual({ name: null, assurance: 'ANONYMOUS' });
    // The interaction from before the log-in.
    expect(await journey('1')).toEqual(['page_view', 'page_view']);
  });

  it('keeps the records of a beacon of one tab while another logs out', async () => {
    const { url, context, tab, shop, journey, ask: anywhere } = await start();
    const token = await signToken({ role: 'CUSTOMER', subject: '1' });
    await ask(tab, url, NAME, token);
    const adas = await cookieOf(context);
    const other = await open(context, shop);
    // Both requests are sent together, in this order. The answer of the reset changes the cookie of later requests.
    await other.evaluate("customerProfile.capture('of_ada'); dispatchEvent(new Event('visibilitychange'))");
    await tab.evaluate('customerProfile.reset()');
    await other.close();
    expect(await cookieOf(context)).not.toBe(adas);
    expect((await ask(tab, url, NAME)).customer).toEqual({ name: null, assurance: 'RECOGNIZED' });
    expect((await anywhere(NAME, { cookie: `visitor=${adas}` })).data.customer).toEqual({ name: null, assurance: 'ANONYMOUS' });
    // The beacon may arrive after the answer of the reset.
    await vi.waitFor(async () => expect(await journey('1')).toContain('of_ada'), PATIENTLY);
  });

  it('shows nothing of its last person with a cookie that was set before, nor after the log-out', async () => {
    const { url, context, tab, shop, ask: anywhere } = await start();
    const planted = (await anywhere(NAME)).cookie as string;
    await context.clearCookies();
    await context.addCookies([{ name: 'visitor', value: planted.slice('visitor='.length), url }]);
    await ask(tab, url, NAME, await signToken({ role: 'CUSTOMER', subject: '1' }));
    const page = await open(context, shop);
    expect((await ask(page, url, NAME)).customer.name).toBe('Ada');
    const attacks = async () => (await anywhere(NAME, { cookie: planted })).data.customer.name;
    expect(await attacks()).toBeNull();
    await page.evaluate('customerProfile.reset()');
    expect(await attacks()).toBeNull();
    expect((await ask(page, url, NAME)).customer.name).toBeNull();
  });
});
