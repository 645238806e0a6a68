import { describe, expect, it, vi } from 'vitest';
import { isBrowserMissing, naming, useBrowser } from '../support/browser.ts';
import { agree, demoOfFile, followToClub, problemsOf, startDemo } from '../support/demo.ts';
import { PATIENTLY } from '../support/waiting.ts';

const VIEW = `query ($types: [String!]) { customerByIdentifier(identifier: { type: "crmId", value: "17850" }) {
  name favouriteStore pagesViewed lastInBasket purchases spentLately identifiers { type }
  interactions(first: 100, types: $types) { edges { node { type touchpoint pageUrl properties } } }
} }`;
interface Node {
  readonly type: string;
  readonly touchpoint: string;
  readonly pageUrl: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

describe.skipIf(isBrowserMissing)(naming('a visitor of the demo shop'), () => {
  const openProfile = useBrowser({ frozen: false });
  const openStoppedProfile = useBrowser();
  /** Not for tests in which somebody logs in or buys. */
  const sharedDemo = demoOfFile({ isNeeded: !isBrowserMissing });

  it('who agrees, looks around, follows the link to the club on another site and logs in there is one customer with the whole journey', async () => {
    const { shop, club, firstPage, askAsAgent } = await startDemo();
    const view = async (types?: readonly string[]) => (await askAsAgent(VIEW, { types })).customerByIdentifier;
    const context = await openProfile();
    const first = await context.newPage();
    await first.goto(firstPage);
    const page = await context.newPage();
    const problems = problemsOf(page);

    await page.goto(shop);
    expect(await context.cookies()).toEqual([]);
    await agree(page);
    expect(await context.cookies()).toMatchObject([{ name: 'cid', domain: 'localhost', httpOnly: true }]);
    await page.getByLabel('Your shop').selectOption('York');
    await page.getByRole('button', { name: 'Remember it' }).click();
    await page.getByText('York is your shop now').waitFor();
    await page.getByRole('link', { name: 'Regency cakestand 3 tier' }).click();
    await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await page.getByText('It is in your basket.').waitFor();
    // What the gateway has stored of this visit, live.
    await page.locator('#behind-events').getByText('add_to_cart').waitFor();
    await page.goto(`${shop}/light-holder`);
    await followToClub(page, club);
    expect(page.url()).toBe(`${club}/`);
    // Before the log-in, as the gateway answers this browser's own visitor.
    await page.getByText('Regency cakestand 3 tier into the basket').waitFor();

    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.getByRole('heading', { name: 'Hello, Maya.' }).waitFor();
    const thread = page.locator('.thread');
    await thread.getByText('Regency cakestand 3 tier into the basket').waitFor();
    await thread.getByText('Here you said who you are').waitFor();
    await thread.getByText('Came in by the link from the shop').waitFor();
    await page.getByText('Gold member', { exact: true }).waitFor();
    expect(problems).toEqual([]);

    // The beacon that was sent when the shop was left may arrive last.
    const { interactions, identifiers, ...profile } = await vi.waitFor(async () => {
      const seen = await view(['page_view', 'preferences', 'add_to_cart', 'logged_in']);
      expect(seen.interactions.edges).toHaveLength(7);
      return seen;
    }, PATIENTLY);
    expect(profile).toMatchObject({ name: 'Maya Ashdown', favouriteStore: 'York', pagesViewed: 4, lastInBasket: '22423' });
    // The interactions on the shop's site belong to the customer. The shop's cookie does not, since another person may follow a link.
    expect(identifiers.map(({ type }: { type: string }) => type).sort()).toEqual(['crmId', 'visitorId']);
    const journey = interactions.edges.map(({ node }: { node: Node }) => [node.type, node.touchpoint, node.pageUrl]).reverse();
    expect(journey).toEqual([
      ['page_view', 'web', `${shop}/`],
      ['preferences', 'web', `${shop}/`],
      ['page_view', 'web', `${shop}/cake-stand`],
      ['add_to_cart', 'web', `${shop}/cake-stand`],
      ['page_view', 'web', `${shop}/light-holder`],
      ['page_view', 'club', `${club}/`],
      ['logged_in', 'club', `${club}/`],
    ]);

    // The first page shows it, and who it was.
    await first.bringToFront();
    await first.getByText('Logged in: visitor became Maya Ashdown').waitFor();
    await first.getByText('Regency cakestand 3 tier into the basket').waitFor();

    // A second window of the shop, entered from the club: what happens there appears in the club's window by itself.
    const second = await context.newPage();
    await page.bringToFront();
    const back = page.locator('#shop');
    await back.hover();
    await page.waitForFunction(() => document.querySelector('#shop')?.getAttribute('href')?.includes('ct='));
    await second.goto((await back.getAttribute('href')) as string);
    await second.goto(`${shop}/lantern`);
    await second.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await page.locator('.thread .fresh').getByText('White metal lantern into the basket').waitFor();
  });

  it('keeps a basket in the browser, and buying is a purchase with its total', async () => {
    const { shop, club, askAsAgent } = await startDemo();
    const page = await (await openProfile()).newPage();
    const problems = problemsOf(page);
    await page.goto(shop);
    await agree(page);
    const items = page.getByRole('listitem');
    await items.filter({ hasText: 'Regency cakestand' }).getByRole('button', { name: 'Add to basket' }).click();
    await items.filter({ hasText: 'Alarm clock bakelike red' }).getByRole('button', { name: 'Add to basket' }).click();
    await page.goto(`${shop}/basket`);
    await page.getByRole('button', { name: 'One Alarm clock bakelike red more' }).click();
    await page.getByText('£23.20', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Buy, as a demo' }).click();
    await page.getByRole('heading', { name: 'That would have been £23.20.' }).waitFor();
    await followToClub(page, club);
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    await page.locator('.thread').getByText('Bought for £23.20').waitFor();
    const { customerByIdentifier } = await askAsAgent(VIEW);
    expect(customerByIdentifier).toMatchObject({ purchases: 1, spentLately: 23.2 });
    expect(problems).toEqual([]);
  });

  it('who says no is not remembered, shops all the same, and is asked once', async () => {
    const { shop } = sharedDemo();
    const context = await openProfile();
    const page = await context.newPage();
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.goto(shop);
    await page.getByRole('button', { name: 'No, thank you' }).click();
    await page.getByRole('searchbox').fill('lanterns');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'White metal lantern', exact: true }).click();
    await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await page.goto(`${shop}/basket`);
    await page.getByText('Buy, as a demo').waitFor();
    expect(await page.getByRole('button', { name: 'Yes, remember' }).isVisible()).toBe(false);
    expect(sent).toEqual([]);
    expect(await context.cookies()).toEqual([]);
  });

  /** In front of the shop's home page. Its clock is stopped, so that an answer is in time however busy the machine is. */
  async function atHome(path = '/') {
    const { shop, askAsAgent } = sharedDemo();
    const page = await (await openStoppedProfile()).newPage();
    const problems = problemsOf(page);
    await page.addInitScript(
      "localStorage.setItem('remember', 'yes'); (window.customerProfile ||= []).push(['consent', true]); window.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: 'layout-shift', buffered: true })",
    );
    await page.goto(shop + path);
    return { shop, askAsAgent, page, problems, hero: page.locator('[data-placement=home-hero]') };
  }

  it('sees an offer that is for everybody, without anything moving on the page', async () => {
    const { page, problems, hero } = await atHome();
    await hero.getByText('Our best-loved gift').waitFor();
    expect(await hero.getByText('Small things that make a house a home').count()).toBe(0);
    expect(await page.evaluate('shifts.length')).toBe(0);
    expect(problems).toEqual([]);
  });

  it('who is a gold member sees the offer for them, which leads to its page, and both are in their journey', async () => {
    const { shop, askAsAgent, page, problems, hero } = await atHome('/?cid=17850');
    await hero.getByRole('heading', { name: 'Free delivery' }).waitFor();
    const responses = async () => {
      const { customerByIdentifier } = await askAsAgent(VIEW, { types: ['offer_presented', 'offer_clicked'] });
      return customerByIdentifier.interactions.edges.map(({ node: { type, touchpoint, properties } }: { node: Node }) => [
        type,
        touchpoint,
        properties.offer,
        properties.placement,
      ]);
    };
    const presented = ['offer_presented', 'web', 'free-delivery', 'home-hero'];
    // The browser reports what is visible with one of its next frames.
    await vi.waitFor(async () => {
      await page.clock.runFor(1_000);
      expect(await responses()).toEqual([presented]);
    }, PATIENTLY);
    expect(await page.evaluate('shifts.length')).toBe(0);
    await hero.getByRole('link', { name: 'Have a look' }).click();
    await page.waitForURL(`${shop}/cake-stand`);
    await vi.waitFor(async () => expect(await responses()).toEqual([['offer_clicked', ...presented.slice(1)], presented]), PATIENTLY);
    expect(problems).toEqual([]);
  });
});
