import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { bearerClaim, urlParameter } from '../../../src/index.ts';
import { isBrowserMissing, naming, useBrowser } from '../../support/browser.ts';
import { testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';
import { PATIENTLY } from '../../support/waiting.ts';

describe.skipIf(isBrowserMissing)(naming('GraphiQL in a browser without internet'), () => {
  const openProfile = useBrowser({ frozen: false });

  async function open(search: string) {
    const { gateway, ask } = await testGateway({
      config: {
        identifiers: {
          crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid', { assurance: 'RECOGNIZED' })] },
        },
      },
    });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/graphiql`;
    const context = await openProfile();
    const page = await context.newPage();
    const foreign: string[] = [];
    const problems: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`http://127.0.0.1:${port}/`) && !/^(blob|data):/.test(request.url())) foreign.push(request.url());
    });
    page.on('pageerror', (error) => problems.push(error.message));
    await load(page, `${url}${search}`);
    return { page, url, ask, foreign, problems };
  }
  type Opened = Awaited<ReturnType<typeof open>>;

  async function load(page: Page, address: string): Promise<void> {
    await page.goto(address);
    await page.locator('button.graphiql-execute-button').waitFor();
  }
  const run = (page: Page) => page.locator('button.graphiql-execute-button').click();
  const answered = (page: Page, text: string) =>
    page.locator('.graphiql-response, .result-window').filter({ hasText: text }).first().waitFor();
  const query = (text: string) => `query=${encodeURIComponent(text)}`;
  const SUBSCRIPTION = 'subscription { interactionCaptured { type } }';

  it("subscribes as the customer of the page's parameters", async () => {
    const opening = await open(`?cid=1&${query(SUBSCRIPTION)}`);
    const { page, foreign, problems } = opening;
    const opened = page.waitForEvent('websocket');
    await run(page);
    expect((await opened).url()).toMatch(/\/graphql\?cid=1$/);
    await capture(opening, '?cid=1');
    expect([foreign, problems]).toEqual([[], []]);
  });

  it('opens with the tab that was open when it is loaded again, and sends the headers of its editor with a subscription, too', async () => {
    const opening = await open('?cid=1');
    const { page, url } = opening;
    const tabs = page.locator('.graphiql-tab');
    // By its policy, the page evaluates no code that a test waits with.
    await vi.waitFor(async () => expect(await page.evaluate(() => localStorage.getItem('graphiql:tabState'))).not.toBeNull(), PATIENTLY);
    await load(page, `${url}?cid=1`);
    await run(page);
    await answered(page, 'RECOGNIZED');
    expect(await tabs.count()).toBe(1);

    const authorization = `Bearer ${await signToken({ role: 'CUSTOMER', subject: '2' })}`;
    const tab = { id: 'a', title: 'a', variables: null, operationName: null, response: null };
    const stored = { tabs: [{ ...tab, query: SUBSCRIPTION, headers: JSON.stringify({ authorization }) }], activeTabIndex: 0 };
    // Before the page's own code: the page that is left saves its tabs at any time.
    await page.addInitScript((text) => localStorage.setItem('graphiql:tabState', text), JSON.stringify(stored));
    await load(page, url);
    expect(await tabs.count()).toBe(1);
    await run(page);
    await capture(opening, '', authorization);
  });

  /** Something happens at the customer, now and then, until the page shows it: the subscription may not have begun. */
  async function capture({ ask, page }: Opened, search: string, authorization?: string) {
    const mutation = 'mutation { captureInteractions(input: { interactions: [{ type: "seen_live" }] }) { accepted } }';
    const options = { path: `/graphql${search}`, ...(authorization && { headers: { authorization } }) };
    const shown = async () => {
      await ask(mutation, options);
      expect(await page.locator('.graphiql-response, .result-window').first().textContent()).toContain('"seen_live"');
    };
    await vi.waitFor(shown, { ...PATIENTLY, interval: 300 });
  }
});
