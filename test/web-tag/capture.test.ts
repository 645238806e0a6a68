import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { fakeGateway, site } from './fake-gateway.ts';

describe.skipIf(isBrowserMissing)(naming('web tag: what it captures'), () => {
  const newContext = useBrowser();

  async function visit(body = '', path = '/', attributes = '') {
    const gateway = await fakeGateway();
    const shop = await site(gateway, { body, attributes });
    const context = await newContext();
    const page = await context.newPage();
    await page.goto(shop + path);
    /** The records of these types, after the page has sent all its records. */
    const captured = async (...types: string[]) => {
      await page.evaluate('customerProfile.flush()');
      return gateway.accepted().filter(({ type }) => types.includes(type));
    };
    return { gateway, shop, page, context, captured };
  }

  const route = (page: Page, call: string) => page.evaluate(`history.${call}`);

  it('captures the page that was opened, with its title and referrer', async () => {
    const { gateway, shop, page } = await visit('<a href="/b?size=4#top">b</a>', '/a?q=secret');
    await page.click('a');
    await page.waitForURL('**/b*');
    await page.evaluate('customerProfile.flush()');
    const [first, second] = await gateway.untilAccepted(2);
    expect(first).toMatchObject({ type: 'page_view', touchpoint: 'web', pageUrl: `${shop}/a?q=secret`, properties: { title: 'Page /a' } });
    expect(first?.properties).not.toHaveProperty('referrer');
    expect(second).toMatchObject({ pageUrl: `${shop}/b?size=4#top`, properties: { title: 'Page /b', referrer: `${shop}/a` } });
    expect(Math.abs(Date.parse(first?.occurredAt ?? '') - Date.now())).toBeLessThan(60_000);
    expect(new Set([first?.id, second?.id]).size).toBe(2);
  });

  it('captures the routes of a router that has its path in the hash, and no other change of the hash', async () => {
    const { shop, page, captured } = await visit('<a href="#/basket?step=2">basket</a>');
    await page.evaluate("location.hash = '#/cart'");
    await page.evaluate("location.hash = '#!/checkout'");
    await page.evaluate("location.hash = '#!/checkout'");
    await page.click('a');
    await page.evaluate("location.hash = 'reviews'");
    await page.evaluate("location.hash = 'prices'");
    await route(page, "pushState({}, '', '#!pay')");
    await page.goBack();
    const views = await captured('page_view');
    expect(views.map(({ pageUrl }) => pageUrl.slice(shop.length))).toEqual([
      '/',
      '/#/cart',
      '/#!/checkout',
      '/#/basket?step=2',
      '/#reviews',
    ]);
    expect(views[2]?.properties).toMatchObject({ referrer: `${shop}/` });
  });

  it('captures every route of a single-page app once, and no change of the hash alone', async () => {
    const { shop, page, captured } = await visit();
    await route(page, "pushState({}, '', '/list?page=1')");
    await route(page, "replaceState({ filled: true }, '', '/list?page=1')");
    await page.evaluate("location.hash = 'reviews'");
    await route(page, "replaceState({}, '', '/list?page=2')");
    await page.goBack();
    await page.goBack();
    const views = await captured('page_view');
    expect(views.map(({ pageUrl }) => pageUrl.slice(shop.length))).toEqual(['/', '/list?page=1', '/list?page=2', '/list?page=1', '/']);
    expect(views[1]?.properties).toMatchObject({ referrer: `${shop}/` });
  });

  it('works with a router that has patched the history before, and with one that patches it after', async () => {
    const gateway = await fakeGateway();
    const spy = (name: string) =>
      `{ const push = history.pushState; history.pushState = function (...args) { window.${name} = (window.${name} ?? 0) + 1; return push.apply(this, args); }; }`;
    const shop = await site(gateway);
    const page = await (await newContext()).newPage();
    await page.addInitScript(spy('before'));
    await page.goto(shop);
    await page.evaluate(spy('after'));
    await route(page, "pushState({ kept: 1 }, '', '/next')");
    await page.evaluate('customerProfile.flush()');
    expect(await page.evaluate('[before, after, history.state.kept, location.pathname]')).toEqual([1, 1, 1, '/next']);
    expect(gateway.accepted()).toHaveLength(2);
  });

  it('captures a page from the cache for back and forward', async () => {
    const { page, captured } = await visit();
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    expect(await captured('page_view')).toHaveLength(2);
  });

  it('captures clicks inside marked elements, with the properties of the element, and no other clicks', async () => {
    const { page, captured } = await visit(`
      <button data-capture="add_to_cart" data-capture-sku="22423" data-capture-unit-price="12.75" data-captured="no" data-other="no" id="b"><i>Add</i></button>
      <button id="unmarked">Other</button>`);
    await page.evaluate("document.querySelector('#b').addEventListener('click', (event) => event.stopPropagation())");
    await page.click('i');
    await page.click('#unmarked');
    const clicks = await captured('add_to_cart', 'click', 'undefined');
    expect(clicks.map(({ type, properties }) => ({ type, properties }))).toEqual([
      { type: 'add_to_cart', properties: { sku: '22423', unitPrice: '12.75' } },
    ]);
  });

  it('captures a marked form when it is submitted, with the fields that the owner names, and never a password or a file', async () => {
    const { page, captured } = await visit(`
      <form data-capture="preferences" data-capture-step="2" data-capture-attributes="favouriteStore newsletter terms size topics langs plan secret shown upload  absent">
        <input name="favouriteStore" value="Leeds"><input name="unnamed" value="private"><input value="nameless">
        <input type="checkbox" name="newsletter" checked value=""><input type="checkbox" name="terms">
        <input type="radio" name="size" value="S"><input type="radio" name="size" value="M" checked>
        <input type="checkbox" name="topics" value="tea" checked><input type="checkbox" name="topics" value="mugs"><input type="checkbox" name="topics" value="jam" checked>
        <select name="langs" multiple><option selected>en<option selected>de<option>fr</select>
        <select name="plan"><option value="basic">Basic<option value="pro" selected>Pro</select>
        <input type="password" name="secret" value="hunter2"><input type="text" autocomplete="current-password" name="shown" value="hunter2">
        <input type="file" name="upload"><button>Save</button>
      </form>`);
    await page.evaluate("document.forms[0].addEventListener('submit', (event) => event.preventDefault())");
    await page.click('input[name=favouriteStore]');
    expect(await captured('preferences')).toEqual([]);
    await page.click('button');
    const [form, ...more] = await captured('preferences');
    expect(more).toEqual([]);
    expect(form?.properties).toEqual({ step: '2' });
    expect(form?.attributes).toEqual({
      favouriteStore: 'Leeds',
      newsletter: true,
      terms: false,
      size: 'M',
      topics: ['tea', 'jam'],
      langs: ['en', 'de'],
      plan: 'pro',
    });
  });

  it('captures what the page passes to it, and ignores what is no valid call', async () => {
    const { page, captured } = await visit();
    await page.evaluate("customerProfile.capture('quiz', { score: 7 }, { favouriteStore: 'York' })");
    await page.evaluate("{ const self = {}; self.self = self; customerProfile.capture('broken', self); }");
    await page.evaluate("customerProfile.capture('huge', { text: 'x'.repeat(70_000) })");
    await page.evaluate('customerProfile.page()');
    const records = await captured('quiz', 'broken', 'huge', 'page_view');
    expect(records.map(({ type }) => type)).toEqual(['page_view', 'quiz', 'page_view']);
    expect(records[1]).toMatchObject({ properties: { score: 7 }, attributes: { favouriteStore: 'York' } });
  });

  it('makes the calls from before it was loaded, and takes such calls afterwards', async () => {
    const gateway = await fakeGateway();
    const head = `<script>window.customerProfile = [['login', 'L1'], ['capture', 'early', { n: 1 }], ['nonsense']]</script>`;
    const page = await (await newContext()).newPage();
    await page.goto(await site(gateway, { head }));
    await page.evaluate("customerProfile.push(['capture', 'late'], ['flush'])");
    await gateway.untilAccepted(3);
    expect(gateway.types()).toEqual(['page_view', 'early', 'late']);
    expect(gateway.to('/interactions').map(({ headers }) => headers.authorization)).toEqual(['Bearer L1']);
  });

  it('is one tag, however many script elements the page has', async () => {
    const gateway = await fakeGateway();
    const page = await (await newContext()).newPage();
    await page.goto(await site(gateway, { body: `<script src="${gateway.url}/tag.js" defer></script>` }));
    await page.evaluate('customerProfile.flush()');
    expect(gateway.types()).toEqual(['page_view']);
  });

  it('works on insecure pages, where the browser has no UUIDs', async () => {
    const gateway = await fakeGateway();
    const page = await (await newContext()).newPage();
    await page.addInitScript('delete Crypto.prototype.randomUUID');
    await page.goto(await site(gateway));
    await page.evaluate('customerProfile.page(); customerProfile.flush()');
    const [first, second] = await gateway.untilAccepted(2);
    expect(first?.id).toMatch(/^[\d.e-]{20,}$/);
    expect(first?.id).not.toBe(second?.id);
  });

  it('finds its gateway by the address of its script, with the path in front', async () => {
    const gateway = await fakeGateway();
    const page = await (await newContext()).newPage();
    await page.goto(
      await site(gateway, { body: `<script src="${gateway.url}/profile/tag.js?v=2" defer></script>`, attributes: 'type="none"' }),
    );
    await page.evaluate('customerProfile.flush()');
    expect(gateway.received.map(({ path }) => path)).toEqual(['/profile/interactions']);
  });

  it('captures a prerendered page only when it is shown', async () => {
    const gateway = await fakeGateway();
    const page = await (await newContext()).newPage();
    await page.addInitScript("Object.defineProperty(document, 'prerendering', { value: true })");
    await page.goto(await site(gateway));
    expect(await page.evaluate('typeof customerProfile')).toBe('undefined');
    await page.evaluate("document.dispatchEvent(new Event('prerenderingchange'))");
    await page.evaluate('customerProfile.flush()');
    expect(gateway.types()).toEqual(['page_view']);
  });
});
