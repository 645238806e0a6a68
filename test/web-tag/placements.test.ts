import { describe, expect, it } from 'vitest';
import { OWN_DOCUMENTS } from '../../src/graphql/execution/own-documents.ts';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { serve } from '../support/services.ts';
import { type FakeOffer, fakeGateway, type SiteOptions, site } from './fake-gateway.ts';
import { hero, offer, openShop, settle, shown, TEMPLATE, textOf } from './shop-with-offers.ts';

describe.skipIf(isBrowserMissing)(naming('web tag: placements'), () => {
  const newContext = useBrowser();

  const start = async (options?: SiteOptions) => openShop(await newContext(), options);

  it('shows the offer in a copy of the template, in place of what the page has there', async () => {
    const { gateway, shop, page } = await start();
    gateway.offers = () => [offer('Tea', { text: '2 for 1', url: '/tea?a=1', image: '/favicon.ico' }), offer('Mugs', { text: 3 })];
    await page.goto(`${shop}/home`);
    await shown(page, 'Tea');
    expect(await page.locator('#hero').evaluate((element) => [...element.children].slice(1).map((child) => child.outerHTML))).toEqual([
      `<a data-offer-link="" href="${shop}/tea?a=1"><h2 data-offer="title">Tea</h2><p data-offer="">2 for 1</p><img data-offer-image="" src="${shop}/favicon.ico"></a>`,
      '<a data-offer-link=""><h2 data-offer="title">Mugs</h2><p data-offer="">3</p></a>',
    ]);
  });

  it('never reads content as HTML, and sets no URL of a script', async () => {
    const { gateway, shop, page } = await start({
      body: hero(`<template><a data-offer-link href="/own"><h2 data-offer="title"></h2>
        <img data-offer-image="picture" data-offer-alt="label" src="/favicon.ico"><style data-offer="css">p{}</style><script data-offer="script" data-offer-image="picture"></script><base data-offer-link></a></template>`),
    });
    const urls = [
      'javascript:alert(1)',
      ' JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,x',
      'blob:x',
      'http://',
      '',
      5,
      null,
      {},
      ['/list'],
    ];
    gateway.offers = () =>
      urls.map((url, at) =>
        offer(`<img src=x onerror=alert(${at})>`, { url, picture: url, label: '"><b>', css: '*{color:red}', script: 'alert(1)' }),
      );
    const alerts: string[] = [];
    page.on('dialog', (dialog) => {
      alerts.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(shop);
    await page
      .locator('#hero a')
      .nth(urls.length - 1)
      .waitFor();
    const links = await page
      .locator('#hero a')
      .evaluateAll((found) =>
        found.map((link) => [
          link.getAttribute('href'),
          ...[...link.children].map((child) => child.getAttribute('src') ?? child.getAttribute('href') ?? child.textContent),
        ]),
      );
    expect(links).toEqual(
      urls.map((url, at) => [
        url === 5 ? `${shop}/5` : '/own',
        `<img src=x onerror=alert(${at})>`,
        url === 5 ? `${shop}/5` : '/favicon.ico',
        'p{}',
        '',
        '',
      ]),
    );
    expect(await page.locator('#hero img').first().getAttribute('alt')).toBe('"><b>');
    expect(alerts).toEqual([]);
  });

  it('keeps what the template has where the offer has nothing, and removes what would be empty', async () => {
    const { gateway, shop, page } = await start({
      body: hero(
        '<template><a data-offer-link="more"><p data-offer="text"></p><p data-offer="constructor"></p><button data-offer="label">More</button><img data-offer-image></a></template>',
      ),
    });
    gateway.offers = () => [offer('Tea', { text: { html: 'x' } })];
    await page.goto(shop);
    await shown(page, 'More');
    expect(await page.locator('#hero a').innerHTML()).toBe('<button data-offer="label">More</button>');
  });

  it('asks once for all placements of a page, in the language of the page, for as many offers as there are slots', async () => {
    const { gateway, shop, page, requests } = await start({
      head: "<script>document.documentElement.lang = 'de'; customerProfile = [['login', 'L1']]</script>",
      body: `${hero(TEMPLATE, 'data-slots="2"')}<div data-placement="side" data-slots="many">${TEMPLATE}</div><div data-placement="bare"></div><i data-placement="">${TEMPLATE}</i>`,
    });
    gateway.offers = (placement) => ['A', 'B', 'C'].map((name) => offer(`${placement} ${name}`));
    await page.goto(`${shop}/home?cid=5#top`);
    await shown(page, 'hero A');
    expect(await textOf(page, '[data-placement=hero] a:last-child')).toContain('hero B');
    expect(await page.locator('[data-placement=side] a').count()).toBe(3);
    expect(gateway.asked()).toEqual([{ l: 'de', p0: 'hero', f0: 2, p1: 'side' }]);
    expect(gateway.to('/graphql')[0]?.headers).toMatchObject({
      authorization: 'Bearer L1',
      'x-touchpoint': 'web',
      referer: `${shop}/home?cid=5`,
    });
    expect(requests.filter((url) => url === '/tag-offers.js')).toHaveLength(1);
  });

  it('asks with documents that every gateway trusts, for at most 10 placements each', async () => {
    const { gateway, shop, page } = await start();
    for (let count = 1; count <= 10; count++) {
      gateway.received.length = 0;
      await page.goto(`${shop}/elsewhere`);
      const body = Array.from({ length: count === 10 ? 23 : count }, (_, at) => `<div data-placement="p${at}">${TEMPLATE}</div>`).join('');
      await page.setContent(`<script src="${gateway.url}/tag.js"></script>${body}`);
      await page
        .locator('a')
        .nth((count === 10 ? 23 : count) - 1)
        .waitFor();
      const queries = gateway.to('/graphql').map(({ graphql }) => graphql.query);
      expect(queries).toHaveLength(count === 10 ? 3 : 1);
      for (const query of queries) expect(OWN_DOCUMENTS).toContain(query);
    }
  });

  it.each([
    ['{"data":{"customer":null}}'],
    ['{"data":{"customer":{"o0":null}},"errors":[{"message":"x"}]}'],
    ['{"data":{"customer":{"o0":[]}}}'],
    ['{"data":null,"errors":[{"message":"x"}]}'],
    ['{"errors":[]}'],
    ['<html>'],
    ['{"data":{"customer":{"o0":[null]}}}'],
  ])('leaves the page as it is after the answer %s', async (answer) => {
    const { gateway, shop, page } = await start();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    gateway.offersAnswer = answer;
    const answered = page.waitForResponse((response) => response.url() === `${gateway.url}/graphql`);
    await page.goto(shop);
    await (await answered).finished();
    await settle(page);
    expect(await textOf(page)).toBe('Default');
    expect(errors).toEqual([]);
  });

  it('does not show an answer that comes later than 300 ms, and counts nothing', async () => {
    const { gateway, shop, page } = await start();
    const { promise, resolve } = Promise.withResolvers<FakeOffer[]>();
    gateway.offers = () => promise;
    const givenUp = page.waitForEvent('requestfailed');
    await page.goto(shop);
    await gateway.until(() => gateway.asked().length > 0);
    await page.clock.runFor(299);
    expect(await textOf(page)).toBe('Default');
    await page.clock.runFor(1);
    expect((await givenUp).url()).toBe(`${gateway.url}/graphql`);
    resolve([offer('Late')]);
    await page.clock.runFor(5_000);
    await settle(page);
    expect(await textOf(page)).toBe('Default');
    expect(gateway.responses()).toEqual([]);
  });

  it('shows an answer that comes within 300 ms', async () => {
    const { gateway, shop, page } = await start();
    const { promise, resolve } = Promise.withResolvers<FakeOffer[]>();
    gateway.offers = () => promise;
    await page.goto(shop);
    await gateway.until(() => gateway.asked().length > 0);
    await page.clock.runFor(299);
    resolve([offer('In time')]);
    await shown(page, 'In time');
  });

  it('moves nothing else on the page when an offer is smaller than what was there', async () => {
    const { gateway, shop, page } = await start({
      body: `<style>#hero{padding:7px;border:3px solid}</style>${hero(`${TEMPLATE}<div style="height:200px"></div>`)}<p id="below">Below</p>`,
    });
    const { promise, resolve } = Promise.withResolvers<FakeOffer[]>();
    gateway.offers = () => promise;
    await page.goto(shop);
    await gateway.until(() => gateway.asked().length > 0);
    const before = await page.locator('#below').boundingBox();
    resolve([offer('Small')]);
    await shown(page, 'Small');
    expect(await page.locator('#below').boundingBox()).toEqual(before);
  });

  it('asks for nothing on a page without a placement, and fills those that are added later', async () => {
    const { gateway, shop, page, requests } = await start({ body: '<main></main>' });
    await page.goto(shop);
    await settle(page);
    expect(requests).not.toContain('/tag-offers.js');
    await page.evaluate("history.pushState({}, '', '/next')");
    await page.evaluate(`document.querySelector('main').innerHTML = ${JSON.stringify(hero())}`);
    await shown(page, 'Tea');
    gateway.offers = (placement) => [offer(`Offer at ${placement}`)];
    await page.evaluate(
      `document.querySelector('main').append(document.createRange().createContextualFragment('<div data-placement="second">${TEMPLATE}</div>'))`,
    );
    await page.getByText('Offer at second').waitFor();
    expect(await textOf(page)).toContain('Tea');
    expect(gateway.asked().map((variables) => variables?.p0)).toEqual(['hero', 'second']);
  });

  it('shows what the page has there when an element becomes another placement, until that has an offer', async () => {
    const { gateway, shop, page } = await start({ body: `${hero()}<i></i>` });
    await page.goto(shop);
    await shown(page, 'Tea');
    const { promise, resolve } = Promise.withResolvers<FakeOffer[]>();
    gateway.offers = () => promise;
    await page.evaluate("document.querySelector('#hero').dataset.placement = 'other'; document.querySelector('i').remove()");
    await shown(page, 'Default');
    resolve([offer('Other')]);
    await shown(page, 'Other');
  });

  it('waits for the whole page before it reads a template', async () => {
    const gateway = await fakeGateway();
    gateway.offers = () => [offer('Tea', { text: '2 for 1' })];
    const { promise, resolve } = Promise.withResolvers<void>();
    const shop = await serve(async (_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.write(
        `<script src="${gateway.url}/tag.js"></script><p id="hero" data-placement="hero"><template><b data-offer="title"></b>`,
      );
      await promise;
      response.end('<i data-offer></i></template></p>');
    });
    const page = await (await newContext()).newPage();
    const loaded = page.waitForResponse(`${gateway.url}/tag-offers.js`);
    const opened = page.goto(shop);
    await loaded;
    resolve();
    await opened;
    await page.locator('#hero > i').waitFor();
    expect(await textOf(page)).toBe('Tea2 for 1');
  });

  it('sends the first records with a handoff token before it asks for offers', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(`${shop}/?ct=T1`);
    await shown(page, 'Tea');
    expect(gateway.received.map(({ path }) => path)).toEqual(['/interactions', '/graphql']);
  });

  it('works under a content security policy that allows nothing but the gateway', async () => {
    const gateway = await fakeGateway();
    gateway.offers = () => [offer('Tea')];
    const shop = await site(gateway, {
      body: hero(),
      headers: {
        'content-security-policy': `default-src 'none'; script-src ${gateway.url}; connect-src ${gateway.url}; require-trusted-types-for 'script'`,
      },
    });
    const page = await (await newContext()).newPage();
    const messages: string[] = [];
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(error.message));
    await page.goto(shop);
    await shown(page, 'Tea');
    expect(messages).toEqual([]);
  });
});
