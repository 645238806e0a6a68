import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AgentFrame, serveAgentFrame } from '../../../examples/agent-frame/serve.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { signToken } from '../../support/tokens.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { useDesk } from '../desk.ts';

describe.skipIf(isBrowserMissing)(naming('the agent desktop in a page of another origin'), () => {
  const openDesk = useDesk();

  /** A page of the example, and a gateway that lets it embed the desktop, or does not. */
  async function openHost({ isAllowed = true, config = {} }: { isAllowed?: boolean; config?: object } = {}) {
    let gateway = '';
    const host = await serveAgentFrame({ gateway: () => gateway });
    onTestFinished(host.close);
    const embedders = [isAllowed ? host.origin : 'https://tickets.example'];
    const desk = await openDesk({ config: { ...config, agentDesktop: { embedders } }, isSignedOut: true });
    gateway = desk.url;
    const page = await desk.context.newPage();
    return { ...desk, host, page };
  }

  it('opens whom the page names, says so, and keeps the token out of addresses, storage and cookies', async () => {
    const { page, host, context, url } = await openHost();
    const tokens: string[] = [];
    const addresses: string[] = [];
    page.on('request', (request) => {
      addresses.push(request.url());
      const { authorization } = request.headers();
      if (authorization) tokens.push(authorization.replace('Bearer ', ''));
    });
    await open(page, host);
    await said(page, /^ready/);
    await page.locator('#type').selectOption('crmId');
    await page.locator('#value').fill('17850');
    await page.getByRole('button', { name: 'Open' }).click();
    const frame = page.frameLocator('customer-profile iframe');
    await frame.getByRole('heading', { level: 1, name: 'Maya Ashdown' }).waitFor();
    await said(page, /^opened .*"assurance":"VERIFIED"/);

    const [token] = tokens;
    expect(token).toBeDefined();
    expect(addresses.filter((address) => address.includes(token as string) || address.includes('17850'))).toEqual([]);
    const inner = page.frames().find((each) => each.url().startsWith(url));
    // A browser may refuse both storages in a frame of another site; where it does not, nothing of the token is in them.
    const kept = await inner?.evaluate(() => {
      const read = (storage: () => Storage) => {
        try {
          return JSON.stringify({ ...storage() });
        } catch {
          return 'refused';
        }
      };
      return [read(() => localStorage), read(() => sessionStorage)].join();
    });
    expect(kept).toBeDefined();
    expect(kept).not.toContain(token);
    expect(await context.cookies()).toEqual([]);
  });

  it('says to the page that a token is no agent’s, and opens with the next one', async () => {
    const { page, host } = await openHost();
    const isAgent = { now: false };
    await page.route('**/token', async (route) => {
      if (isAgent.now) await route.continue();
      else await route.fulfill({ contentType: 'text/plain', body: await signToken({ role: 'SERVICE', subject: 'back-end' }) });
    });
    await open(page, host);
    await said(page, /^error .*"code":"FORBIDDEN"/);
    const frame = page.frameLocator('customer-profile iframe');
    await frame.getByText('You are signed in, but not as an agent.').waitFor();
    isAgent.now = true;
    await page.evaluate(() => {
      const profile = document.querySelector('customer-profile') as unknown as { token: unknown };
      profile.token = async () => (await fetch('/token', { method: 'POST' })).text();
    });
    await frame.getByRole('heading', { level: 1, name: 'Who is it about?' }).waitFor();
  });

  it('says to the page whom it cannot open, and why', async () => {
    const { page, host } = await openHost();
    await open(page, host);
    await said(page, /^ready/);
    const ask = (type: string, value: string) =>
      page.evaluate(
        (asked) => {
          const profile = document.querySelector('customer-profile') as unknown as { open: (question: object) => void };
          profile.open(asked);
        },
        { type, value },
      );
    await ask('phone', '+447700900999');
    await said(page, /^error .*"code":"NOT_FOUND"/);
    await ask('shoeSize', '43');
    await said(page, /^error .*"code":"BAD_USER_INPUT"/);
    expect(
      await page
        .locator('#said li')
        .filter({ hasText: /900999|shoeSize|43/ })
        .count(),
    ).toBe(0);
  });

  it('shows nothing with a token that the gateway has not taken, though there was a good one before', async () => {
    const { page, host } = await openHost();
    const give = (token: string | null) =>
      page.evaluate((given) => {
        const profile = document.querySelector('customer-profile') as unknown as { token: unknown };
        profile.token = given ?? (async () => (await fetch('/token', { method: 'POST' })).text());
      }, token);
    await open(page, host);
    await page.locator('#type').selectOption('crmId');
    await page.locator('#value').fill('17850');
    await page.getByRole('button', { name: 'Open' }).click();
    await said(page, /^opened /);
    const frame = page.frameLocator('customer-profile iframe');
    await give(await signToken({ role: 'SERVICE', subject: 'back-end' }));
    await said(page, /^error .*"code":"FORBIDDEN"/);
    await frame.getByText('You are signed in, but not as an agent.').waitFor();
    await give('no.token.at-all');
    await said(page, /^error .*"code":"UNAUTHENTICATED"/);
    expect(await frame.getByRole('heading', { level: 1, name: /Maya|Who is it about/ }).count()).toBe(0);
    await give(null);
    await frame.getByRole('heading', { level: 1, name: 'Who is it about?' }).waitFor();
  });

  it('says to the page that its function gives no token', async () => {
    const { page, host } = await openHost();
    await page.route('**/token', (route) => route.fulfill({ contentType: 'text/plain', body: '' }));
    await open(page, host);
    await said(page, /^error .*"code":"UNAUTHENTICATED".*a function that gives one/);
  });

  it('says to the page that a customer was confirmed', async () => {
    const { page, host } = await openHost({ config: { viewers: { agentsConfirm: true } } });
    await open(page, host);
    await said(page, /^ready/);
    await page.locator('#type').selectOption('crmId');
    await page.locator('#value').fill('17850');
    await page.getByRole('button', { name: 'Open' }).click();
    const frame = page.frameLocator('customer-profile iframe');
    await said(page, /^opened .*"assurance":"RECOGNIZED"/);
    // The act at the foot of a narrow panel leads to the page where the way to confirm is chosen.
    await frame.getByRole('complementary', { name: 'Next' }).getByRole('button', { name: 'Confirm' }).click();
    await frame.getByRole('complementary', { name: 'Next' }).waitFor({ state: 'detached' });
    await frame
      .getByRole('button', { name: /^Confirm/ })
      .first()
      .click();
    await said(page, /^confirmed .*"method":/);
  });

  it('says each confirmation once, however often the customer is shown', async () => {
    const { page, host } = await openHost({ config: { viewers: { agentsConfirm: true } } });
    await open(page, host);
    await said(page, /^ready/);
    const frame = page.frameLocator('customer-profile iframe');
    const openIn = async (value: string, name: string) => {
      await page.locator('#type').selectOption('crmId');
      await page.locator('#value').fill(value);
      await page.getByRole('button', { name: 'Open' }).click();
      await frame.getByRole('heading', { level: 1, name }).filter({ visible: true }).waitFor();
    };
    await openIn('17850', 'Maya Ashdown');
    await frame.getByRole('complementary', { name: 'Next' }).getByRole('button', { name: 'Confirm' }).click();
    await frame
      .getByRole('button', { name: /^Confirm/ })
      .first()
      .click();
    await said(page, /^confirmed /);
    await openIn('12583', 'Hugo Garner');
    await openIn('17850', 'Maya Ashdown');
    // Messages come in their order: once this customer's is there, so was all that was said of her.
    await openIn('13047', 'Kira Ashdown');
    const count = (what: RegExp) => page.locator('#said li').filter({ hasText: what }).count();
    await expect.poll(() => count(/^opened/), PATIENTLY).toBe(5);
    expect(await count(/^confirmed/)).toBe(1);
  });

  it('gives a page of another origin nothing: no frame, no message', async () => {
    const { page, host } = await openHost({ isAllowed: false });
    const refused = page.waitForEvent('console', { predicate: (message) => /frame-ancestors/.test(message.text()) });
    await open(page, host);
    await refused;
    await page.getByRole('button', { name: 'Open' }).click();
    expect(await page.locator('#said li').count()).toBe(0);
    expect(page.frames().map((frame) => frame.url())).not.toContainEqual(expect.stringContaining('/agent/embed'));
  });

  it('takes nothing from a window that is not its parent, even of an allowed origin', async () => {
    const { page, host, url } = await openHost();
    await open(page, host);
    await said(page, /^ready/);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate((address) => {
        (globalThis as { opened?: Window | null }).opened = window.open(address);
      }, `${url}/agent/embed`),
    ]);
    // From then on it listens.
    await popup.getByText('The page around this one has not signed you in yet.').waitFor();
    const asked: string[] = [];
    popup.on('request', (request) => request.headers().authorization !== undefined && asked.push(request.url()));
    await popup.evaluate(() => {
      (globalThis as { last?: Promise<void> }).last = new Promise((resolve) => {
        addEventListener('message', ({ data }) => data === 'last' && resolve());
      });
    });
    await page.evaluate(async (gateway) => {
      const token = await (await fetch('/token', { method: 'POST' })).text();
      const { opened } = globalThis as { opened?: Window | null };
      opened?.postMessage({ type: 'customer-profile:token', token }, gateway);
      opened?.postMessage({ type: 'customer-profile:open', identifier: { type: 'crmId', value: '17850' } }, gateway);
    }, url);
    // Messages to one window come in their order: once this one is there, so were the others.
    await page.evaluate((gateway) => {
      (globalThis as { opened?: Window | null }).opened?.postMessage('last', gateway);
    }, url);
    await popup.evaluate(() => (globalThis as { last?: Promise<void> }).last);
    await popup.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)));
    expect(asked).toEqual([]);
    expect(await popup.getByText('The page around this one has not signed you in yet.').count()).toBe(1);
  });
});

const open = (page: Page, { origin }: AgentFrame) => page.goto(origin);

/** Waits until the panel has said this. */
const said = (page: Page, what: RegExp) => page.locator('#said li').filter({ hasText: what }).first().waitFor();
