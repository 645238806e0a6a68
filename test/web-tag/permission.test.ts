import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { fakeGateway, type SiteOptions, site } from './fake-gateway.ts';

const BODY = `
  <button data-capture="add_to_cart">Add</button>
  <form data-capture="form"><input name="a"></form>
  <a href="http://localhost:1/" id="other">Our other shop</a>`;

describe.skipIf(isBrowserMissing)(naming('web tag: permission'), () => {
  const newContext = useBrowser();

  async function start(options: SiteOptions = {}) {
    const gateway = await fakeGateway();
    const attributes = `data-handoff="localhost:1=web2" ${options.attributes ?? ''}`;
    const shop = await site(gateway, { body: BODY, ...options, attributes });
    const context = await newContext();
    return { gateway, shop, context, page: await context.newPage() };
  }

  /** Does everything that causes a request when it is allowed. */
  async function doEverything(page: Page) {
    await page.hover('#other');
    await page.click('button');
    await page.evaluate("history.pushState({}, '', '/route')");
    await page.evaluate(
      "document.forms[0].addEventListener('submit', (event) => event.preventDefault()); document.forms[0].requestSubmit()",
    );
    await page.evaluate("customerProfile.capture('own'); customerProfile.page(); customerProfile.login('L1'); customerProfile.flush()");
    await page.clock.runFor(5_000);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
  }

  const recordsIn = (page: Page) => page.evaluate("Object.keys(localStorage).filter((key) => key.includes('record:'))");

  it('does, when it is allowed, everything that the following tests expect not to happen', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await doEverything(page);
    await gateway.untilAccepted(6);
    expect(new Set(gateway.types())).toEqual(new Set(['page_view', 'add_to_cart', 'form', 'own']));
    // On a connection of its own, which may be slower.
    await gateway.until(() => gateway.to('/graphql')[0]);
    expect(gateway.to('/graphql')).toHaveLength(1);
  });

  it('captures, sends, stores and decorates nothing under Global Privacy Control', async () => {
    const { gateway, shop, context, page } = await start();
    await context.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    const requests: string[] = [];
    context.on('request', (request) => requests.push(request.url()));
    await page.goto(shop);
    await doEverything(page);
    await page.evaluate('customerProfile.consent(true); customerProfile.optIn(); customerProfile.page(); customerProfile.flush()');
    await page.evaluate('customerProfile.reset()');
    await page.goto(`${shop}/elsewhere`);
    expect(requests.filter((url) => url.startsWith(gateway.url))).toEqual([`${gateway.url}/tag.js`]);
    expect(gateway.received).toEqual([]);
    expect(await page.evaluate('Object.keys(localStorage).filter((key) => !/consent|optOut/.test(key))')).toEqual([]);
  });

  it('leaves no trace in the storage under Global Privacy Control', async () => {
    const { shop, context, page } = await start();
    await context.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    await page.goto(shop);
    await doEverything(page);
    expect(await page.evaluate('localStorage.length')).toBe(0);
  });

  it('stops at an opt-out, deletes waiting records, and remembers it on the next page', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate('customerProfile.optOut()');
    expect(await recordsIn(page)).toEqual([]);
    await doEverything(page);
    await page.goto(shop);
    await doEverything(page);
    await page.goto(`${shop}/elsewhere`);
    expect(gateway.received).toEqual([]);
    expect(await recordsIn(page)).toEqual([]);
  });

  it('heeds an opt-out in another tab', async () => {
    const { gateway, shop, context, page } = await start();
    await page.goto(shop);
    const other = await context.newPage();
    await other.goto(shop);
    await other.evaluate('customerProfile.optOut()');
    // Another tab may be another process, which learns of it later.
    await page.waitForFunction("Object.keys(localStorage).some((key) => key.includes('optOut'))");
    await doEverything(page);
    await page.goto(`${shop}/elsewhere`);
    expect(gateway.received).toEqual([]);
  });

  it('goes on after an opt-in, with the page that is open', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate('customerProfile.optOut()');
    await page.goto(`${shop}/second`);
    await page.evaluate('customerProfile.optIn(); customerProfile.flush()');
    await gateway.untilAccepted(1);
    expect(gateway.records().map(({ pageUrl }) => pageUrl)).toEqual([`${shop}/second`]);
  });

  it('does nothing before the required consent, then captures the open page, and remembers the consent', async () => {
    const { gateway, shop, page } = await start({ attributes: 'data-consent="required"' });
    await page.goto(shop);
    await doEverything(page);
    expect(gateway.received).toEqual([]);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.evaluate('customerProfile.consent(true); customerProfile.consent(true); customerProfile.flush()');
    const [view, ...more] = await gateway.untilAccepted(1);
    expect(view).toMatchObject({ type: 'page_view', pageUrl: `${shop}/route` });
    expect(more).toEqual([]);
    await page.goto(`${shop}/second`);
    await page.evaluate('customerProfile.flush()');
    await gateway.untilAccepted(2);
  });

  it('accepts a consent that was given before it was loaded', async () => {
    const { gateway, shop, page } = await start({
      attributes: 'data-consent="required"',
      head: "<script>customerProfile = [['consent', true]]</script>",
    });
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    expect(gateway.types()).toEqual(['page_view']);
  });

  it.each(['data-consent="required"', ''])('stops when consent is withdrawn, and deletes waiting records (%s)', async (attributes) => {
    const { gateway, shop, page } = await start({ attributes });
    await page.goto(shop);
    await page.evaluate('customerProfile.consent(true)');
    expect(await recordsIn(page)).toHaveLength(1);
    await page.evaluate('customerProfile.consent(false)');
    expect(await recordsIn(page)).toEqual([]);
    await doEverything(page);
    await page.goto(shop);
    await doEverything(page);
    expect(gateway.received).toEqual([]);
  });

  it('heeds the last choice, also when the storage was full meanwhile', async () => {
    const { gateway, shop, page } = await start({ attributes: 'data-consent="required"' });
    await page.goto(shop);
    const fill = `for (let size = 2 ** 23; size >= 1; size /= 2) try { for (;;) localStorage['other' + Math.random()] = 'x'.repeat(size) } catch {}`;
    const empty = 'for (const key of Object.keys(localStorage)) if (key.startsWith("other")) delete localStorage[key]';
    await page.evaluate(fill);
    await page.evaluate('customerProfile.consent(true); customerProfile.flush()');
    await gateway.untilAccepted(1);
    await page.evaluate(empty);
    await page.evaluate('customerProfile.consent(false)');
    await doEverything(page);
    await page.evaluate('customerProfile.consent(true); customerProfile.flush()');
    await gateway.untilAccepted(2);
    await page.evaluate(fill);
    await page.evaluate('customerProfile.consent(false)');
    await page.goto(shop);
    await doEverything(page);
    expect(gateway.types()).toEqual(['page_view', 'page_view']);
  });

  it('deletes records that wait when Global Privacy Control is turned on', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    expect(await recordsIn(page)).toHaveLength(1);
    await page.evaluate('navigator.sendBeacon = () => true');
    await page.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    await page.goto(shop);
    expect(await recordsIn(page)).toEqual([]);
    expect(gateway.received).toEqual([]);
  });
});
