import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { type FakeGateway, fakeGateway, site } from './fake-gateway.ts';

let issued = 0;
/** JSON with escapes for all characters beyond ASCII, as some issuers write it. */
const json = (value: unknown) => JSON.stringify(value).replace(/[\ud800-\udfff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
/** A token of this person, different each time. The name causes characters that only base64url has, and claims beyond ASCII. */
const tokenOf = (sub: string) =>
  ['{"alg":"none"}', json({ name: '¿Zoë~?>', act: { sub: 'delegate' }, sub, iat: issued++ }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

describe.skipIf(isBrowserMissing)(naming('web tag: the person of a record'), () => {
  const newContext = useBrowser();

  async function start() {
    const gateway = await fakeGateway();
    const shop = await site(gateway);
    const context = await newContext();
    // Records are sent only when the test asks for it.
    return { gateway, shop, context };
  }

  /** Opens a page of the site. @param token of the person whom the page knows before the tag has loaded. */
  async function visit(context: BrowserContext, shop: string, token?: string) {
    const page = await context.newPage();
    if (token !== undefined) await page.addInitScript(`window.customerProfile ||= [['login', '${token}']]`);
    await page.goto(shop);
    return page;
  }
  const call = (page: Page, text: string) => page.evaluate(`customerProfile.${text}`);
  const flush = (page: Page) => call(page, 'flush()');

  /** The sender of each record: its type, the person of its token, and the visitor. */
  const sent = (gateway: FakeGateway) =>
    gateway.to('/interactions').map(({ records, headers: { authorization, cookie } }) => ({
      types: records.map(({ type }) => type),
      sub: authorization && JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()).sub,
      cookie,
    }));

  /** Captures an interaction of Tom without a connection, and closes the page. */
  async function leaveWhatTomDid(gateway: FakeGateway, shop: string, context: BrowserContext) {
    const page = await visit(context, shop, tokenOf('tom'));
    await flush(page);
    // Not by `setOffline`: a request that the tag makes when the page is closed could be on its way until the connection is back.
    await page.evaluate("window.fetch = () => Promise.reject(new Error('no connection'))");
    await call(page, "capture('of_tom')");
    await flush(page);
    await page.close();
    gateway.received.length = 0;
  }

  it("is not the next person's: they get a new visitor cookie, and waiting records of the person before are sent under neither", async () => {
    const { gateway, shop, context } = await start();
    await leaveWhatTomDid(gateway, shop, context);
    const summers = await visit(context, shop, tokenOf('summer'));
    await call(summers, "capture('of_summer')");
    await flush(summers);
    expect(gateway.types()).toEqual(['page_view', 'of_summer']);
    for (const request of sent(gateway)) expect(request).toMatchObject({ sub: 'summer', cookie: 'visitor=2' });
    await visit(context, shop, tokenOf('tom')).then(flush);
    expect(gateway.types()).not.toContain('of_tom');
  });

  it('is the same when the next person logs in on a page that was open before', async () => {
    const { gateway, shop, context } = await start();
    await leaveWhatTomDid(gateway, shop, context);
    const page = await visit(context, shop);
    await call(page, "capture('before_login')");
    await call(page, `login('${tokenOf('summer')}')`);
    await call(page, "capture('of_summer')");
    await flush(page);
    // Made with the former visitor cookie, and sent with it.
    expect(sent(gateway)).toEqual([
      { types: ['page_view', 'before_login'], sub: undefined, cookie: 'visitor=1' },
      { types: ['of_summer'], sub: 'summer', cookie: 'visitor=2' },
    ]);
  });

  it('waits for its person, over pages without a login, and is sent with a renewed token', async () => {
    const { gateway, shop, context } = await start();
    await leaveWhatTomDid(gateway, shop, context);
    const anonymous = await visit(context, shop);
    await flush(anonymous);
    await anonymous.goto(`${shop}/elsewhere`);
    expect(gateway.types()).toEqual(['page_view']);
    const back = await visit(context, shop);
    await call(back, `login('${tokenOf('tom')}')`);
    await flush(back);
    expect(sent(gateway).at(-1)).toEqual({ types: ['of_tom'], sub: 'tom', cookie: 'visitor=1' });
    expect(gateway.to('/graphql')).toEqual([]);
  });

  it('is sent without a token when it was made before the login, also from a later page', async () => {
    const { gateway, shop, context } = await start();
    gateway.answer = () => 503;
    const page = await visit(context, shop);
    await call(page, "capture('before_login')");
    await flush(page);
    // The beacon of a page that is closed may arrive at any time later.
    await page.evaluate('navigator.sendBeacon = () => true');
    await page.close();
    gateway.answer = () => 200;
    gateway.received.length = 0;
    const later = await visit(context, shop, tokenOf('tom'));
    await flush(later);
    expect(sent(gateway).map(({ types, sub }) => ({ types, sub }))).toEqual([
      { types: ['page_view', 'before_login'], sub: undefined },
      { types: ['page_view'], sub: 'tom' },
    ]);
  });

  it('is not sent by a tab of another person', async () => {
    const { gateway, shop, context } = await start();
    gateway.answer = () => 503;
    const toms = await visit(context, shop, tokenOf('tom'));
    const anonymous = await visit(context, shop);
    await call(toms, "capture('of_tom')");
    await call(anonymous, "capture('of_nobody')");
    await Promise.all([flush(toms), flush(anonymous)]);
    gateway.answer = () => 200;
    for (const page of [anonymous, toms, anonymous]) await flush(page);
    const answered = gateway.received.filter(({ status }) => status === 200);
    const senders = Object.fromEntries(
      answered.flatMap(({ records, headers }) => records.map(({ type }) => [type, headers.authorization !== undefined])),
    );
    expect(senders).toMatchObject({ of_tom: true, of_nobody: false });
    expect(gateway.accepted()).toHaveLength(4);
  });

  it('has no person after a log-out in another tab, also on a page from the cache for back and forward', async () => {
    const { gateway, shop, context } = await start();
    const other = await visit(context, shop, tokenOf('tom'));
    await flush(other);
    const page = await visit(context, shop, tokenOf('tom'));
    await call(page, 'reset()');
    // Another tab may be another process, which learns of it later.
    await other.waitForFunction("Object.keys(localStorage).some((key) => key.includes('logout'))");
    gateway.received.length = 0;
    await other.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await call(other, "capture('after_logout')");
    await flush(other);
    expect(sent(gateway)).toEqual([{ types: ['page_view', 'after_logout'], sub: undefined, cookie: 'visitor=2' }]);
    await call(other, `login('${tokenOf('tom')}')`);
    await call(other, "capture('again')");
    await flush(other);
    expect(sent(gateway).at(-1)).toEqual({ types: ['again'], sub: 'tom', cookie: 'visitor=2' });
  });

  it('is kept without a token or a name in the storage', async () => {
    const { gateway, shop, context } = await start();
    const token = tokenOf('tom@shop.example');
    gateway.answer = () => 503;
    const page = await visit(context, shop, token);
    await flush(page);
    const stored = await page.evaluate<string>('JSON.stringify(localStorage)');
    expect(stored).toContain('page_view');
    for (const secret of ['tom@', ...token.split('.')]) expect(stored).not.toContain(secret);
  });

  it('is kept apart for people whose names are nearly equal', async () => {
    const { gateway, shop, context } = await start();
    gateway.answer = () => 503;
    const page = await visit(context, shop);
    const people = ['17850', '17851', '27850', '7850', '178500', '', 'null', 'undefined', 'tom', 'mot', 'Tom', '\u{1f600}', '\u{1f601}'];
    const keys = new Set<string>();
    for (const sub of people) {
      await call(page, `login('${tokenOf(sub)}')`);
      await call(page, "capture('one')");
      const marks = await page.evaluate<string[]>("Object.keys(localStorage).filter((key) => key.includes('record:'))");
      for (const mark of marks) keys.add(mark.replace(/#.*/, ''));
    }
    // And the one without a login.
    expect(keys.size).toBe(people.length + 1);
  });
});
