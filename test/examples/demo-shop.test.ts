import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { SECRET, signToken } from '../support/tokens.ts';
import { PATIENTLY } from '../support/waiting.ts';

const VIEW = `query ($types: [String!]) { customerByIdentifier(identifier: { type: "crmId", value: "17850" }) {
  name favouriteStore pagesViewed lastInBasket identifiers { type }
  interactions(first: 100, types: $types) { edges { node { type touchpoint pageUrl identifier { type } properties } } }
} }`;
/** The folder for screenshots, when they are wanted. */
const PICTURES = process.env.SCREENSHOTS;

async function demo() {
  const command = new Command('examples/demo/run.ts', ['start', '--port', '0'], {
    variables: { STORE: `sqlite:${join(temporaryDirectory(), 'gateway.db')}`, GATEWAY_SECRET: SECRET },
  });
  const shop = await command.says(/Demo shop +(\S+)/);
  const club = await command.says(/customer club on (\S+)\)/);
  const gateway = await command.says(GATEWAY_URL);
  const agent = await signToken({ role: 'AGENT', subject: 'summer' });
  /** @param types of the interactions; without them, all. */
  const view = async (types?: readonly string[]) => {
    const headers = { authorization: `Bearer ${agent}`, 'content-type': 'application/json' };
    const response = await fetch(`${gateway}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: VIEW, variables: { types } }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    return ((await response.json()) as any).data.customerByIdentifier;
  };
  return { command, shop, club, gateway, view };
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

describe.skipIf(isBrowserMissing)(naming('a visitor of the demo shop'), () => {
  const openProfile = useBrowser({ frozen: false });
  const openStoppedProfile = useBrowser();

  it('who comes without a cookie, follows a link to the club on another site and logs in there is one customer with the whole journey', async () => {
    const { shop, club, view } = await demo();
    const context = await openProfile();
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    const sent = () => page.waitForResponse((response) => response.url().endsWith('/interactions') && response.ok());

    await Promise.all([sent(), page.goto(shop)]);
    expect(await context.cookies()).toMatchObject([{ name: 'cid', domain: 'localhost', httpOnly: true }]);
    await picture(page, 'shop');
    await page.getByLabel('Your store').selectOption('York');
    await page.getByRole('button', { name: 'Remember' }).click();
    // The browser captures no page view of a page that is left before it has loaded.
    await page.waitForURL(`${shop}/?favouriteStore=York`);
    await page.goto(`${shop}/cake-stand`);
    await page.getByRole('button', { name: 'Add to basket' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Added to your basket.');
    await page.goto(`${shop}/light-holder`);

    const link = page.locator('#club');
    await link.hover();
    await vi.waitFor(async () => expect(await link.getAttribute('href')).toContain('ct='), PATIENTLY);
    await Promise.all([sent(), page.waitForURL(`${club}/**`), link.click()]);
    await page.waitForURL((url) => !url.search.includes('ct='));
    expect(page.url()).toBe(`${club}/`);

    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Hello, ').waitFor();
    await picture(page, 'club');
    expect(await page.locator('#journey li').first().textContent()).toContain('logged_in');
    expect(problems).toEqual([]);

    // The beacon that was sent when the shop was left may arrive last.
    const { interactions, identifiers, ...profile } = await vi.waitFor(async () => {
      const seen = await view(['page_view', 'preferences', 'add_to_cart', 'logged_in']);
      const types = seen.interactions.edges.map(({ node }: { node: { type: string; pageUrl: string } }) => `${node.type} ${node.pageUrl}`);
      expect(types).toHaveLength(8);
      return seen;
    }, PATIENTLY);
    expect(profile).toEqual({ name: expect.any(String), favouriteStore: 'York', pagesViewed: 5, lastInBasket: '22423' });
    // The interactions on the shop's site belong to the customer. The shop's cookie does not, since another person may follow a link.
    expect(identifiers.map(({ type }: { type: string }) => type).sort()).toEqual(['crmId', 'visitorId']);
    const journey = interactions.edges.map(({ node }: { node: { type: string; touchpoint: string; pageUrl: string } }) => node).reverse();
    expect(
      journey.map(({ type, touchpoint, pageUrl }: { type: string; touchpoint: string; pageUrl: string }) => [type, touchpoint, pageUrl]),
    ).toEqual([
      ['page_view', 'web', `${shop}/`],
      ['preferences', 'web', `${shop}/`],
      ['page_view', 'web', `${shop}/?favouriteStore=York`],
      ['page_view', 'web', `${shop}/cake-stand`],
      ['add_to_cart', 'web', `${shop}/cake-stand`],
      ['page_view', 'web', `${shop}/light-holder`],
      ['page_view', 'club', `${club}/`],
      ['logged_in', 'club', `${club}/`],
    ]);
  });

  /** In front of the shop's home page. Its clock is stopped, so that an answer is in time however busy the machine is. */
  async function atHome(path = '/') {
    const { shop, view } = await demo();
    const page = await (await openStoppedProfile()).newPage();
    const problems: string[] = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.addInitScript(
      "window.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true })",
    );
    await page.goto(shop + path);
    return { shop, view, page, problems, hero: page.locator('[data-placement=home-hero]') };
  }

  it('sees an offer that is for everybody, without anything moving on the page', async () => {
    const { page, problems, hero } = await atHome();
    await hero.getByText('Our best-loved gift').waitFor();
    expect(await hero.getByText('Made for giving').count()).toBe(0);
    await picture(page, 'offer-for-everybody');
    expect(await page.evaluate('shifts.length')).toBe(0);
    expect(problems).toEqual([]);
  });

  it('who is a gold member sees the offer for them, which leads to its page, and both are in their journey', async () => {
    const { shop, view, page, problems, hero } = await atHome('/?cid=17850');
    const link = hero.getByRole('link', { name: 'Free delivery' });
    await link.waitFor();
    await picture(page, 'offer-for-gold');
    const responses = async () => {
      const { interactions } = await view(['offer_presented', 'offer_clicked']);
      return interactions.edges.map(({ node }: { node: { type: string; touchpoint: string; properties: Record<string, string> } }) => [
        node.type,
        node.touchpoint,
        node.properties.offer,
        node.properties.placement,
      ]);
    };
    const presented = ['offer_presented', 'web', 'free-delivery', 'home-hero'];
    // The browser reports what is visible with one of its next frames.
    await vi.waitFor(async () => {
      await page.clock.runFor(1_000);
      expect(await responses()).toEqual([presented]);
    }, PATIENTLY);
    expect(await page.evaluate('shifts.length')).toBe(0);
    await link.click();
    await page.waitForURL(`${shop}/cake-stand`);
    await vi.waitFor(async () => expect(await responses()).toEqual([['offer_clicked', ...presented.slice(1)], presented]), PATIENTLY);
    expect(problems).toEqual([]);
  });
});
