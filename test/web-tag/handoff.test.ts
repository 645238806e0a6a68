import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { serve } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';
import { fakeGateway, type SiteOptions, site } from './fake-gateway.ts';

describe.skipIf(isBrowserMissing)(naming('web tag: handoff'), () => {
  const newContext = useBrowser();

  /** A shop with links to another site of the owner, which records its visits. */
  async function start({ link = '', body, ...options }: SiteOptions & { readonly link?: string } = {}) {
    const gateway = await fakeGateway();
    const visits: string[] = [];
    const address = await serve((request, response) => {
      if (request.url !== '/favicon.ico') visits.push(request.url ?? '');
      response.setHeader('content-type', 'text/html').end('<title>Other</title>');
    });
    const other = address.replace('127.0.0.1', 'localhost');
    const shop = await site(gateway, {
      attributes: `data-handoff="shop.example=web3, ${new URL(other).host}=web2 *.third.example=web4"`,
      body: body ?? `<a href="${other}/offer?size=4#top" ${link}>Our other shop</a>`,
      ...options,
    });
    const context = await newContext();
    const page = await context.newPage();
    await page.goto(shop);
    return { gateway, shop, other, context, page, visits };
  }

  const hrefOf = (page: Page) => page.evaluate<string>("document.querySelector('a').href");
  const untilDecorated = (page: Page) => page.waitForFunction("document.querySelector('a').href.includes('ct=')");
  /** The tag restores a link after the listeners of a click, by a timer. */
  async function untilPlain(page: Page) {
    await page.clock.runFor(1);
    await page.waitForFunction("!document.querySelector('a').href.includes('ct=')");
  }
  const park = (page: Page) => page.mouse.move(0, 500);

  it.each(['pointerover', 'focusin'])('asks for a token when a link is approached (%s), and puts it into the link', async (name) => {
    const { gateway, other, page } = await start();
    expect(gateway.to('/graphql')).toEqual([]);
    await page.evaluate("customerProfile.login('L1')");
    if (name === 'focusin') await page.focus('a');
    else await page.hover('a');
    await untilDecorated(page);
    expect(await hrefOf(page)).toBe(`${other}/offer?size=4&ct=T1#top`);
    const [request] = gateway.to('/graphql');
    expect(request?.graphql.variables).toEqual({ i: { touchpoint: 'web2', url: `${other}/offer?size=4#top` } });
    expect(request?.headers.authorization).toBe('Bearer L1');
  });

  it('follows a decorated link, and restores its own address', async () => {
    const { page, visits, context } = await start({ link: 'target="_blank"' });
    await page.hover('a');
    await untilDecorated(page);
    const opened = context.waitForEvent('page');
    await page.click('a');
    await (await opened).waitForURL('**/offer*');
    expect(visits).toEqual(['/offer?size=4&ct=T1']);
    await untilPlain(page);
  });

  it('asks for another token after one was used', async () => {
    const { gateway, page, visits, context } = await start();
    for (const round of [1, 2]) {
      await page.hover('a');
      await untilDecorated(page);
      const opened = context.waitForEvent('page');
      await page.click('a', { modifiers: ['Control'] });
      await (await opened).waitForURL('**/offer*');
      await untilPlain(page);
      await park(page);
      expect(visits).toHaveLength(round);
    }
    expect(visits).toEqual(['/offer?size=4&ct=T1', '/offer?size=4&ct=T2']);
    expect(gateway.to('/graphql')).toHaveLength(2);
  });

  it('asks once, however often the pointer passes over the link', async () => {
    const { gateway, page } = await start();
    for (let time = 0; time < 3; time++) {
      await page.hover('a');
      await untilDecorated(page);
      await park(page);
    }
    expect(gateway.to('/graphql')).toHaveLength(1);
  });

  it('gives up a token before it expires, and asks for another', async () => {
    const { gateway, other, page } = await start();
    await page.hover('a');
    await untilDecorated(page);
    await park(page);
    await page.clock.runFor(250_000);
    expect(await hrefOf(page)).toContain('ct=T1');
    await page.clock.runFor(15_000);
    expect(await hrefOf(page)).toBe(`${other}/offer?size=4#top`);
    await page.hover('a');
    await untilDecorated(page);
    expect(gateway.to('/graphql')).toHaveLength(2);
  });

  it('delays a click until the token is received', async () => {
    const { gateway, page, visits } = await start();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    gateway.handoff = () => promise;
    await page.click('a', { noWaitAfter: true });
    await gateway.until(() => gateway.to('/graphql')[0]);
    await page.clock.runFor(700);
    expect(visits).toEqual([]);
    resolve(true);
    await page.waitForURL('**/offer*');
    expect(visits).toEqual(['/offer?size=4&ct=T1']);
  });

  it('delays a click for 800 ms at most', async () => {
    const { gateway, page, visits } = await start();
    gateway.handoff = () => new Promise<boolean>(() => {});
    await page.click('a', { noWaitAfter: true });
    await gateway.until(() => gateway.to('/graphql')[0]);
    expect(visits).toEqual([]);
    await page.clock.runFor(801);
    await page.waitForURL('**/offer*');
    expect(visits).toEqual(['/offer?size=4']);
  });

  it.each([
    ['a modifier key', '', { modifiers: ['Control'] as const }],
    ['the middle button', '', { button: 'middle' as const }],
    ['a target', 'target="_blank"', {}],
  ])('does not delay a click that opens another tab (%s)', async (_, link, click) => {
    const { gateway, page, visits, context } = await start({ link });
    gateway.handoff = () => new Promise<boolean>(() => {});
    const opened = context.waitForEvent('page');
    await page.click('a', { ...click, modifiers: 'modifiers' in click ? [...click.modifiers] : [] });
    await (await opened).waitForURL('**/offer*');
    expect(visits).toEqual(['/offer?size=4']);
  });

  it('ignores a click that the page handles itself', async () => {
    const { gateway, page } = await start();
    gateway.handoff = () => new Promise<boolean>(() => {});
    await page.evaluate("navigation.addEventListener('navigate', () => { window.left = true; })");
    await page.evaluate("document.querySelector('a').addEventListener('click', (event) => event.preventDefault())");
    await page.click('a');
    await gateway.until(() => gateway.to('/graphql')[0]);
    await page.clock.runFor(5_000);
    expect(await page.evaluate('window.left')).toBeUndefined();
  });

  it('leaves the link as it is when it gets no token', async () => {
    const { gateway, page, visits } = await start();
    gateway.handoff = () => false;
    await page.click('a');
    await page.waitForURL('**/offer*');
    expect(visits).toEqual(['/offer?size=4']);
  });

  it('pauses before it asks again after it got no token', async () => {
    const { gateway, page } = await start();
    gateway.handoff = () => false;
    for (let time = 0; time < 3; time++) {
      await page.hover('a');
      await gateway.until(() => gateway.to('/graphql')[0]?.status);
      await park(page);
    }
    expect(gateway.to('/graphql')).toHaveLength(1);
    // Again and again: the pause begins when the page has read the answer.
    await vi.waitFor(async () => {
      await page.clock.runFor(11_000);
      await page.hover('a');
      await park(page);
      expect(gateway.to('/graphql').length).toBeGreaterThan(1);
    }, PATIENTLY);
  });

  it('removes the token from a link that may be copied or dragged', async () => {
    const { page } = await start();
    for (const name of ['contextmenu', 'dragstart']) {
      await page.hover('a');
      await untilDecorated(page);
      await page.evaluate(`document.querySelector('a').dispatchEvent(new Event('${name}', { bubbles: true }))`);
      expect(await hrefOf(page)).not.toContain('ct=');
      await park(page);
    }
  });

  it('removes earlier tokens from links when the person changes or refuses capturing', async () => {
    const { page } = await start();
    for (const call of ["login('L1')", 'reset()', 'optOut()', 'optIn()', 'consent(false)']) {
      await page.hover('a');
      if (call !== 'optIn()') await untilDecorated(page);
      await page.evaluate(`customerProfile.${call}`);
      expect(await hrefOf(page), call).not.toContain('ct=');
      await park(page);
    }
  });

  it('asks for no token of the former person before the gateway has answered a log-out', async () => {
    const { gateway, page } = await start();
    gateway.resetStatus = 503;
    await page.evaluate('customerProfile.reset()');
    await page.hover('a');
    await park(page);
    gateway.resetStatus = 200;
    await page.evaluate('customerProfile.flush()');
    await page.hover('a');
    await untilDecorated(page);
    const asked = gateway.to('/graphql').map(({ graphql }) => /createHandoff|resetVisitor/.exec(graphql.query)?.[0]);
    expect(asked).toEqual(['resetVisitor', 'resetVisitor', 'createHandoff']);
  });

  it('does not change a link that the page has changed meanwhile', async () => {
    const { gateway, page, other } = await start();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    gateway.handoff = () => promise;
    await page.hover('a');
    await gateway.until(() => gateway.to('/graphql')[0]);
    await page.evaluate(`document.querySelector('a').href = '${other}/changed'`);
    resolve(true);
    await park(page);
    await page.hover('a');
    await untilDecorated(page);
    expect(await hrefOf(page)).toBe(`${other}/changed?ct=T2`);
  });

  it('decorates links to the hosts that the owner lists, and to no others', async () => {
    const links = [
      ['https://shop.example/a', 'web3'],
      ['https://deep.sub.third.example/', 'web4'],
      ['https://third.example/', undefined],
      ['https://notthird.example/', undefined],
      ['https://shop.example:8443/', undefined],
      ['https://shop.example.evil.example/', undefined],
      ['https://elsewhere.example/?shop.example', undefined],
      ['/local', undefined],
      ['mailto:somebody@shop.example', undefined],
    ] as const;
    const { gateway, page } = await start({
      body: links.map(([href], index) => `<p><a id="l${index}" href="${href}">${index}</a></p>`).join(''),
    });
    for (const index of links.keys()) await page.hover(`#l${index}`);
    await page.evaluate('customerProfile.flush()');
    await gateway.until(() => gateway.to('/graphql').length >= 2);
    const asked = gateway.to('/graphql').map(({ graphql }) => [graphql.variables?.i?.url, graphql.variables?.i?.touchpoint]);
    expect(asked).toEqual(links.filter(([, touchpoint]) => touchpoint));
  });

  describe('on arrival', () => {
    it('sends the address with its token at once, and removes the token from the address bar', async () => {
      const { gateway, shop, page } = await start();
      await page.evaluate('customerProfile.flush()');
      await page.goto(`${shop}/offer?q=a%20b+c&ct=T9&empty=#part?ct=1`);
      const [, request] = await gateway.until(() => gateway.received.length > 1 && gateway.received);
      expect(request?.records.map(({ type, pageUrl }) => [type, pageUrl])).toEqual([
        ['page_view', `${shop}/offer?q=a%20b+c&ct=T9&empty=#part?ct=1`],
      ]);
      expect(page.url()).toBe(`${shop}/offer?q=a%20b+c&empty=#part?ct=1`);
      await page.evaluate("customerProfile.capture('later'); customerProfile.flush()");
      expect(gateway.records().at(-1)?.pageUrl).toBe(`${shop}/offer?q=a%20b+c&empty=#part?ct=1`);
    });

    it('leaves no question mark, and keeps the state of the router', async () => {
      const { shop, page } = await start({ head: "<script>history.replaceState({ key: 7 }, '')</script>" });
      await page.goto(`${shop}/offer?ct=T9`);
      expect([page.url(), await page.evaluate('history.state')]).toEqual([`${shop}/offer`, { key: 7 }]);
    });

    it('removes the token again when a router restores it', async () => {
      const { gateway, shop, page } = await start();
      await page.goto(`${shop}/offer?ct=T9`);
      await page.evaluate("history.pushState({}, '', '/next?ct=T9&a=1')");
      expect(page.url()).toBe(`${shop}/next?a=1`);
      await page.evaluate("history.replaceState({}, '', '/next?ct=T9&a=1')");
      expect(page.url()).toBe(`${shop}/next?a=1`);
      await page.evaluate('customerProfile.flush()');
      const urls = gateway.accepted().map(({ pageUrl }) => pageUrl.slice(shop.length));
      expect(urls.slice(-2)).toEqual(['/offer?ct=T9', '/next?a=1']);
    });

    it.each(['optOut', 'gpc'])('only removes the token from the address bar when the person refuses capturing (%s)', async (reason) => {
      const { gateway, shop, page, context } = await start();
      await page.evaluate('customerProfile.flush()');
      if (reason === 'gpc') await context.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
      else await page.evaluate('customerProfile.optOut()');
      const before = gateway.received.length;
      await page.goto(`${shop}/offer?ct=T9`);
      expect(page.url()).toBe(`${shop}/offer`);
      await page.evaluate('customerProfile.flush()');
      expect(gateway.received).toHaveLength(before);
    });

    it('keeps the token for a consent that is given on the page', async () => {
      const gateway = await fakeGateway();
      const shop = await site(gateway, { attributes: 'data-consent="required"' });
      const page = await (await newContext()).newPage();
      await page.goto(`${shop}/offer?ct=T9`);
      expect(page.url()).toBe(`${shop}/offer`);
      await page.evaluate('customerProfile.consent(true)');
      const [view] = await gateway.untilAccepted(1);
      expect(view?.pageUrl).toBe(`${shop}/offer?ct=T9`);
    });
  });
});
