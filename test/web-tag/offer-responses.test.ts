import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { fakeGateway, site } from './fake-gateway.ts';

const BOX =
  '<template><div style="height:400px" class="box"><a data-offer-link data-offer="title"></a> <a href="/other">Terms</a></div></template>';
const placement = (style = '') => `<div id="hero" data-placement="hero" style="${style}">${BOX}<b>Default</b></div>`;

/** Counts how often the browser has reported what is visible. Reports come with frames, which no clock of a test delays or brings on. */
const COUNT_REPORTS = `window.reports = 0;
  window.IntersectionObserver = class extends IntersectionObserver {
    constructor(callback, options) { super((entries) => { callback(entries); window.reports += entries.length; }, options); }
  };`;

describe.skipIf(isBrowserMissing)(naming('web tag: responses to offers'), () => {
  const newContext = useBrowser();

  async function visit(body: string, count = 1) {
    const gateway = await fakeGateway();
    gateway.offers = (name) => [{ content: { title: `At ${name}`, url: '/elsewhere/offer' }, token: 'T1' }];
    const shop = await site(gateway, { body });
    const context = await newContext();
    await context.addInitScript(COUNT_REPORTS);
    const page = await context.newPage();
    await page.setViewportSize({ width: 800, height: 600 });
    await page.goto(shop);
    await page
      .locator('.box')
      .nth(count - 1)
      .waitFor({ state: 'attached' });
    await reported(page, count);
    return { gateway, shop, context, page };
  }

  const reported = (page: Page, count: number) => page.waitForFunction(`reports >= ${count}`);
  /** Scrolls, and waits until the browser has reported what is visible now. */
  async function scroll(page: Page, to: number) {
    const before = await page.evaluate('reports');
    await page.evaluate(`scrollTo(0, ${to})`);
    await reported(page, Number(before) + 1);
  }
  /** Sends a request as the script would, and waits for its answer: what the page sent before has arrived, too. */
  const settle = (page: Page, { url }: { readonly url: string }) =>
    page.evaluate(
      (gateway) =>
        fetch(`${gateway}/graphql`, {
          method: 'POST',
          credentials: 'include',
          headers: { 'content-type': 'application/json', 'x-touchpoint': 'web' },
          body: '{"query":"last"}',
        }).then((response) => response.text()),
      url,
    );
  const hide = (page: Page, isHidden: boolean) =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} }); document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`,
    );

  it('counts an offer as presented when it was visible for a second, once', async () => {
    const { gateway, page } = await visit(placement());
    await page.clock.runFor(999);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual([]);
    await page.clock.runFor(1);
    await gateway.until(() => gateway.responses().length > 0);
    await page.evaluate("document.body.style.paddingTop = '2000px'");
    await page.evaluate("document.body.style.paddingTop = '0'");
    await page.clock.runFor(10_000);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual(['PRESENTED T1']);
    expect(gateway.to('/graphql').map(({ graphql }) => graphql.query)).toContain(
      'mutation($i:RespondToOfferInput!){respondToOffer(input:$i){outcome}}',
    );
  });

  it('counts it when half of it is visible, and not when less is', async () => {
    // 190 of 400 pixels are in the window.
    const { gateway, page } = await visit(
      `<div style="height:410px"></div>${placement()}<div style="height:2000px"></div><style>body{margin:0}</style>`,
    );
    await page.clock.runFor(5_000);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual([]);
    await scroll(page, 20);
    await page.clock.runFor(1_000);
    await gateway.until(() => gateway.responses().length > 0);
  });

  it('counts no second that was interrupted', async () => {
    const { gateway, page } = await visit(`${placement()}<div style="height:3000px"></div>`);
    await page.clock.runFor(600);
    await scroll(page, 2_000);
    await page.clock.runFor(600);
    await scroll(page, 0);
    await page.clock.runFor(999);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual([]);
    await page.clock.runFor(1);
    await gateway.until(() => gateway.responses().length > 0);
  });

  it('counts no time in which the page is hidden', async () => {
    const { gateway, page } = await visit(placement());
    await page.clock.runFor(600);
    await hide(page, true);
    await page.clock.runFor(10_000);
    await hide(page, false);
    await page.clock.runFor(999);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual([]);
    await page.clock.runFor(1);
    await gateway.until(() => gateway.responses().length > 0);
  });

  it('sends a response once where a page shows an offer twice', async () => {
    const { gateway, page } = await visit(
      placement('width:300px') + placement('width:300px;position:absolute;top:0;left:400px').replace('hero', 'two'),
      2,
    );
    await page.clock.runFor(5_000);
    await gateway.until(() => gateway.responses().length > 0);
    await settle(page, gateway);
    expect(gateway.responses()).toEqual(['PRESENTED T1']);
  });

  it('counts a click on the link of an offer before the page is left, and then it was seen, too', async () => {
    const { gateway, page } = await visit(placement());
    await page.click('[data-offer-link]');
    await page.waitForURL('**/elsewhere/offer');
    await gateway.until(() => gateway.responses().length > 1);
    expect(new Set(gateway.responses())).toEqual(new Set(['PRESENTED T1', 'CLICKED T1']));
  });

  it('counts a click with the middle button, and one that the page handles itself, once', async () => {
    const { gateway, page } = await visit(placement());
    await page.evaluate(
      "document.addEventListener('click', (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true)",
    );
    await page.click('[data-offer-link]', { button: 'middle' });
    await page.click('[data-offer-link]');
    await gateway.until(() => gateway.responses().length > 1);
    await settle(page, gateway);
    expect(gateway.responses().sort()).toEqual(['CLICKED T1', 'PRESENTED T1']);
  });

  it('counts no click of the second button, and none on anything else', async () => {
    const { gateway, page } = await visit(placement());
    await page.evaluate("document.addEventListener('click', (event) => event.preventDefault())");
    await page.click('[data-offer-link]', { button: 'right' });
    await page.click('text=Terms');
    await page.evaluate("dispatchEvent(new Event('click'))");
    await settle(page, gateway);
    expect(gateway.responses()).toEqual([]);
  });
});
