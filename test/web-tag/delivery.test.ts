import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, nextMillisecond, useBrowser } from '../support/browser.ts';
import { type FakeGateway, fakeGateway, type SiteOptions, site } from './fake-gateway.ts';

/** Counts requests that the page makes, and answers that it receives. */
const COUNT = `
  window.sent = 0;
  window.settled = 0;
  const send = fetch;
  window.fetch = (...args) => {
    sent++;
    return send(...args).finally(() => settled++);
  };`;
const STORED = "Object.keys(localStorage).filter((key) => key.includes('record:')).length";
const idsOf = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id);

describe.skipIf(isBrowserMissing)(naming('web tag: how it sends'), () => {
  const newContext = useBrowser();

  async function start(options: SiteOptions = {}) {
    const gateway = await fakeGateway();
    const shop = await site(gateway, options);
    const context = await newContext();
    const page = await context.newPage();
    return { gateway, shop, context, page };
  }

  const capture = (page: Page, type: string) => page.evaluate(`customerProfile.capture('${type}')`);
  const fill = (page: Page, count: number, type = 'click', size = 0) =>
    page.evaluate(`for (let n = 1; n <= ${count}; n++) customerProfile.capture('${type}', { n, filling: 'x'.repeat(${size}) })`);

  /** Opens a page with the tag, in the same browser profile. */
  async function visitAgain(context: BrowserContext, shop: string) {
    const page = await context.newPage();
    await page.goto(shop);
    return page;
  }

  it('collects interactions for a second, and sends them as one list of plain text, with cookies', async () => {
    const { gateway, shop, page } = await start();
    await page.addInitScript(COUNT);
    await page.goto(shop);
    await page.clock.runFor(900);
    await capture(page, 'one');
    expect(await page.evaluate('sent')).toBe(0);
    await page.clock.runFor(100);
    await page.waitForFunction('settled === 1');
    expect(gateway.received.map(({ records }) => records.map(({ type }) => type))).toEqual([['page_view', 'one']]);
    await capture(page, 'two');
    await page.clock.runFor(1_000);
    await page.waitForFunction('settled === 2');
    const [first, second] = gateway.received;
    expect(first?.headers['content-type']).toMatch(/^text\/plain/);
    expect([first?.headers.cookie, second?.headers.cookie]).toEqual([undefined, 'visitor=1']);
    await page.waitForFunction(`${STORED} === 0`);
  });

  it('does not wait for the second when it has twenty records', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    await fill(page, 19);
    expect(gateway.received).toHaveLength(1);
    await capture(page, 'twentieth');
    await gateway.untilAccepted(21);
  });

  it('sends waiting records when the page is left, and again from the next page with the same ids', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await capture(page, 'last_click');
    await page.goto(`${shop}/elsewhere`);
    const [beacon] = await gateway.until(() => gateway.to('/interactions')[0] && gateway.to('/interactions'));
    expect(beacon?.records.map(({ type }) => type)).toEqual(['page_view', 'last_click']);
    expect(gateway.received).toHaveLength(1);
    await nextMillisecond(page);
    await page.goto(shop);
    await page.clock.runFor(1_000);
    const [, again] = await gateway.until(() => gateway.to('/interactions')[1] && gateway.to('/interactions'));
    expect(idsOf(again?.records ?? []).slice(0, 2)).toEqual(idsOf(beacon?.records ?? []));
    await page.evaluate('customerProfile.flush()');
    expect(await page.evaluate(STORED)).toBe(0);
  });

  it('sends when the page is hidden, in beacons of a size that browsers accept', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate(`
      window.beacons = [];
      navigator.sendBeacon = (url, body) => beacons.push(body) > 0;
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' });`);
    await fill(page, 10, 'click', 15_000);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))");
    const beacons = await page.evaluate<string[]>('beacons');
    expect(beacons.length).toBeGreaterThan(2);
    for (const beacon of beacons) expect(Buffer.byteLength(beacon)).toBeLessThanOrEqual(60_000);
    const types = beacons.flatMap((beacon) => JSON.parse(beacon)).map(({ type }) => type);
    expect(types).toEqual(['page_view', ...Array(10).fill('click')]);
    expect(gateway.received).toEqual([]);
  });

  it('sends the login token with records that are captured after the login, also when the page is left', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate("customerProfile.login('L1')");
    await page.evaluate('customerProfile.flush()');
    await capture(page, 'last_click');
    await page.goto(`${shop}/elsewhere`);
    await gateway.until(() => gateway.types().includes('last_click'));
    expect(gateway.received.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer L1']);
  });

  it('sends again, after a pause, when the answer asks for a later attempt', async () => {
    const { gateway, shop, page } = await start();
    await page.addInitScript(COUNT);
    await page.goto(shop);
    let sent = 0;
    for (const status of [500, 503, 429, 425, 408]) {
      gateway.answer = () => status;
      await capture(page, `before ${status}`);
      await page.evaluate('customerProfile.flush()');
      sent++;
      await fill(page, 30, `after ${status}`);
      expect(await page.evaluate('sent'), `${status}`).toBe(sent);
      gateway.answer = () => 200;
      await page.clock.runFor(3_000);
      await gateway.until(() => gateway.accepted().at(-1)?.type === `after ${status}`);
      sent++;
      await page.waitForFunction(`settled === ${sent}`);
    }
    expect(gateway.accepted()).toHaveLength(1 + 5 * 31);
  });

  it('pauses longer after each failure, up to about a minute', async () => {
    const { gateway, shop, page } = await start();
    gateway.answer = () => 500;
    await page.addInitScript(`${COUNT}; Math.random = () => 1;`);
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    const pauses: number[] = [];
    for (let sent = 2; sent <= 8; sent++) {
      let pause = 0;
      do await page.clock.runFor(1_000);
      while (++pause < 70 && (await page.evaluate<number>('sent')) < sent);
      pauses.push(pause);
      await page.waitForFunction(`settled === ${sent}`);
    }
    expect(pauses).toEqual([3, 5, 9, 17, 33, 61, 61]);
  });

  it('does not send again a record that was refused', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    for (const status of [400, 401, 403, 404, 422]) {
      gateway.answer = () => status;
      await capture(page, `${status}`);
      await page.evaluate('customerProfile.flush()');
    }
    gateway.answer = () => 200;
    await capture(page, 'next');
    await page.evaluate('customerProfile.flush()');
    expect(gateway.types()).toEqual(['page_view', '400', '401', '403', '404', '422', 'next']);
  });

  it('keeps records that could not be sent for the next page, without a network and when the gateway is down', async () => {
    const { gateway, shop, context, page } = await start();
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    await context.setOffline(true);
    await capture(page, 'offline');
    await page.evaluate('customerProfile.flush()');
    await context.setOffline(false);
    gateway.answer = () => 503;
    await capture(page, 'down');
    await page.evaluate('customerProfile.flush()');
    await page.goto(`${shop}/elsewhere`);
    gateway.answer = () => 200;
    await nextMillisecond(page);
    await page.goto(shop);
    await page.evaluate('customerProfile.flush()');
    expect(gateway.accepted().map(({ type }) => type)).toEqual(['page_view', 'offline', 'down', 'page_view']);
  });

  it('loses no record of two tabs that write at the same time, whichever is closed', async () => {
    const { gateway, shop, context, page: first } = await start();
    gateway.answer = () => 503;
    await first.goto(shop);
    const second = await visitAgain(context, shop);
    await Promise.all([fill(first, 50, 'first'), fill(second, 50, 'second')]);
    await Promise.all([first.close(), second.close()]);
    gateway.answer = () => 200;
    const third = await visitAgain(context, shop);
    await third.evaluate('customerProfile.flush()');
    const types = gateway.accepted().map(({ type }) => type);
    expect(types.filter((type) => type === 'first')).toHaveLength(50);
    expect(types.filter((type) => type === 'second')).toHaveLength(50);
    expect(await third.evaluate(STORED)).toBe(0);
  });

  it('halves a batch that is too large for the gateway, and gives up only a record that is too large by itself', async () => {
    const { gateway, shop, page } = await start();
    gateway.answer = (records) => (records.length > 4 || records.some(({ type }) => type === 'large') ? 413 : 200);
    await page.goto(shop);
    await fill(page, 9);
    await capture(page, 'large');
    await fill(page, 3, 'after');
    await page.evaluate('customerProfile.flush()');
    const types = gateway.accepted().map(({ type }) => type);
    expect(types).toEqual(['page_view', ...Array(9).fill('click'), ...Array(3).fill('after')]);
    expect(await page.evaluate(STORED)).toBe(0);
    const requests = gateway.received.length;
    await page.evaluate('customerProfile.flush()');
    expect(gateway.received).toHaveLength(requests);
  });

  it('keeps the newest 500 records at most', async () => {
    const { gateway, shop, page } = await start();
    gateway.answer = () => 503;
    await page.goto(shop);
    await fill(page, 510);
    expect(await page.evaluate(STORED)).toBe(500);
    gateway.answer = () => 200;
    await page.evaluate('customerProfile.flush()');
    await page.evaluate('customerProfile.flush()');
    expect(gateway.accepted().map(({ properties }) => properties?.n)).toEqual(Array.from({ length: 500 }, (_, index) => index + 11));
  });

  it('keeps 200 KB at most', async () => {
    const { gateway, shop, page } = await start();
    gateway.answer = () => 503;
    await page.goto(shop);
    await fill(page, 30, 'click', 10_000);
    const stored = await page.evaluate<number>('Object.values(localStorage).join().length');
    expect(stored).toBeGreaterThan(180_000);
    expect(stored).toBeLessThanOrEqual(200_000);
  });

  it.each([
    ['is none', "Object.defineProperty(window, 'localStorage', { value: null })"],
    ['is refused', "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"],
    ['is full', "localStorage.setItem('filling', 'x'.repeat(5 * 1024 * 1024 - 8))"],
  ])('delivers where there %s storage', async (_, script) => {
    const { gateway, shop, page } = await start({ head: `<script>${script}</script>` });
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    gateway.answer = () => 503;
    await page.goto(shop);
    await capture(page, 'one');
    await page.evaluate('customerProfile.flush()');
    gateway.answer = () => 200;
    await capture(page, 'two');
    await page.evaluate('customerProfile.flush()');
    expect(gateway.accepted().map(({ type }) => type)).toEqual(['page_view', 'one', 'two']);
    await page.evaluate('customerProfile.flush()');
    expect(gateway.received).toHaveLength(2);
    expect(errors).toEqual([]);
  });

  describe('at log-out', () => {
    const answers = (gateway: FakeGateway) => gateway.received.map(({ path, headers }) => [path, headers.cookie, headers.authorization]);

    it('sends waiting records as the person who leaves, and then asks for a new visitor cookie', async () => {
      const { gateway, shop, page } = await start();
      await page.goto(shop);
      await page.evaluate("customerProfile.login('L1'); customerProfile.flush()");
      await capture(page, 'theirs');
      await page.evaluate("{ const done = customerProfile.reset(); customerProfile.capture('of_the_next'); done }");
      await gateway.until(() => gateway.types().includes('of_the_next'));
      expect(gateway.received.map(({ records }) => records.map(({ type }) => type))).toEqual([
        ['page_view'],
        ['theirs'],
        [],
        ['of_the_next'],
      ]);
      expect(answers(gateway)).toEqual([
        ['/interactions', undefined, undefined],
        ['/interactions', 'visitor=1', 'Bearer L1'],
        ['/graphql', 'visitor=1', undefined],
        ['/interactions', 'visitor=2', undefined],
      ]);
      expect(gateway.to('/graphql')[0]?.graphql.query).toContain('resetVisitor');
    });

    it('asks for the new visitor cookie only after the last records were answered', async () => {
      const { gateway, shop, page } = await start();
      await page.goto(shop);
      await page.evaluate('customerProfile.flush()');
      await capture(page, 'theirs');
      const { promise, resolve } = Promise.withResolvers<number>();
      gateway.answer = () => promise;
      const done = page.evaluate('customerProfile.reset()');
      await gateway.until(() => gateway.types().includes('theirs'));
      await page.evaluate('fetch("/elsewhere").then((response) => response.text())');
      expect(gateway.to('/graphql')).toEqual([]);
      resolve(200);
      await done;
      expect(gateway.to('/graphql')).toHaveLength(1);
    });

    it.each([503, 400, 403])(
      'sends nothing as the former person when the log-out was answered %i, not even from the next page',
      async (status) => {
        const { gateway, shop, page } = await start();
        await page.goto(shop);
        await page.evaluate('customerProfile.flush()');
        await capture(page, 'theirs');
        gateway.answer = () => 503;
        gateway.resetStatus = status;
        await page.evaluate('customerProfile.reset()');
        gateway.answer = () => 200;
        await capture(page, 'of_the_next');
        await page.goto(`${shop}/elsewhere`);
        gateway.resetStatus = 200;
        await page.goto(shop);
        await page.clock.runFor(1_000);
        await gateway.until(() => gateway.accepted().some(({ type }) => type === 'of_the_next'));
        const next = gateway.received.filter(({ records }) => records.some(({ type }) => type === 'of_the_next'));
        expect(next.map(({ headers }) => headers.cookie)).toEqual(['visitor=2']);
        expect(gateway.accepted().map(({ type }) => type)).not.toContain('theirs');
      },
    );
  });
});
