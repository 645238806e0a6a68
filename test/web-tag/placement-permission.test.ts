import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import type { SiteOptions } from './fake-gateway.ts';
import { openShop, settle, shown, textOf } from './shop-with-offers.ts';

describe.skipIf(isBrowserMissing)(naming('web tag: permission to ask for offers'), () => {
  const newContext = useBrowser();
  const start = async (options?: SiteOptions) => openShop(await newContext(), options);

  it('asks for nothing under Global Privacy Control', async () => {
    const { shop, page, requests } = await start();
    await page.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
    await page.goto(shop);
    await page.evaluate("document.body.append('x')");
    await settle(page);
    expect(requests.filter((url) => /offers|graphql/.test(url))).toEqual([]);
    expect(await textOf(page)).toBe('Default');
  });

  it('asks for nothing after an opt-out, and asks after an opt-in', async () => {
    const { shop, page, requests } = await start();
    await page.goto(shop);
    await shown(page, 'Tea');
    await page.evaluate('customerProfile.optOut()');
    requests.length = 0;
    await page.goto(`${shop}/second`);
    await settle(page);
    expect(requests.filter((url) => /offers|graphql/.test(url))).toEqual([]);
    await page.evaluate('customerProfile.optIn()');
    await shown(page, 'Tea');
  });

  it('asks for nothing before the required consent', async () => {
    const { shop, page, requests } = await start({ attributes: 'data-consent="required"' });
    await page.goto(shop);
    await settle(page);
    expect(requests.filter((url) => /offers|graphql/.test(url))).toEqual([]);
    await page.evaluate('customerProfile.consent(true)');
    await shown(page, 'Tea');
  });

  it('sends no response after an opt-out', async () => {
    const { gateway, shop, page } = await start();
    await page.goto(shop);
    await shown(page, 'Tea');
    await page.evaluate('customerProfile.optOut()');
    await page.click('#hero h2');
    await page.clock.runFor(5_000);
    await settle(page);
    expect(gateway.responses()).toEqual([]);
  });
});
