import type { BrowserContext, Page } from 'playwright-core';
import { type FakeOffer, fakeGateway, type SiteOptions, site } from './fake-gateway.ts';

export const TEMPLATE = '<template><a data-offer-link><h2 data-offer="title"></h2><p data-offer></p><img data-offer-image></a></template>';
export const hero = (template = TEMPLATE, attributes = '') =>
  `<div id="hero" data-placement="hero" ${attributes}>${template}<b>Default</b></div>`;
export const offer = (title: string, content: Record<string, unknown> = {}): FakeOffer => ({
  content: { title, ...content },
  token: `T-${title}`,
});

/** A shop with the tag, in a page of this profile that has not opened it yet. At each placement there is an offer "Tea". */
export async function openShop(context: BrowserContext, options: SiteOptions = {}) {
  const gateway = await fakeGateway();
  gateway.offers = () => [offer('Tea')];
  const shop = await site(gateway, { body: hero(), ...options });
  const page = await context.newPage();
  /** The addresses of all requests of the page; those to the gateway without its origin. */
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url().replace(gateway.url, '')));
  return { gateway, shop, page, requests };
}

export const textOf = async (page: Page, selector = '#hero') => (await page.locator(selector).textContent())?.trim();
export const shown = (page: Page, text: string) => page.locator('#hero').getByText(text, { exact: true }).waitFor();
/** Waits for the answers to all that the page has sent until now. */
export const settle = async (page: Page) => {
  await page.evaluate('customerProfile.flush()');
  await page.evaluate("fetch('/').then((response) => response.text())");
};
