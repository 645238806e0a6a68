import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { useDesk } from '../desk.ts';
import { startProvider, type TestProvider } from '../provider.ts';

const MAYA = { name: 'Maya Ashdown', level: 1 } as const;

/** Fills in the provider's own pages: who one is, and that the desktop may know it. */
async function signInAtProvider(page: Page): Promise<void> {
  await page.locator('input[name=login]').fill('tom-hale');
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]', { hasText: 'Continue' }).click();
}

const atProvider = ({ config, allow }: TestProvider) => ({ config, settle: allow, isSignedOut: true }) as const;

describe.skipIf(isBrowserMissing)(naming('signing in at an issuer'), () => {
  const openDesk = useDesk();

  it('opens the customer of the screen pop, and leaves no token in an address or in what outlives the tab', async () => {
    const provider = await startProvider();
    const { page, url } = await openDesk({ ...atProvider(provider), address: '#identifier=crmId:17850' });
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    page.on('framenavigated', (frame) => addresses.push(frame.url()));
    await signInAtProvider(page);
    await page.getByRole('heading', MAYA).waitFor();

    expect(page.url()).toBe(`${url}/agent`);
    expect(provider.tokens).toHaveLength(2);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + document.cookie);
    for (const token of provider.tokens) expect(addresses.join() + kept).not.toContain(token);
    expect(addresses.join()).not.toContain('17850');
  });

  it('works with an issuer whose token endpoint is at another origin', async () => {
    const provider = await startProvider({ isTokenElsewhere: true });
    const { page } = await openDesk({ ...atProvider(provider), address: '#identifier=crmId:17850' });
    await signInAtProvider(page);
    await page.getByRole('heading', MAYA).waitFor();
  });

  it('goes on with a new token when the old one is over', async () => {
    const provider = await startProvider({ tokenLife: 8 });
    const { page } = await openDesk(atProvider(provider));
    await signInAtProvider(page);
    await page.getByRole('combobox').waitFor();
    await expect.poll(() => provider.tokens.length, { timeout: 60_000 }).toBeGreaterThan(2);
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:17850';
    });
    await page.getByRole('heading', MAYA).waitFor();
  });

  it('signs the agent out at the issuer as well, without a token in the address', async () => {
    const provider = await startProvider();
    const { page } = await openDesk(atProvider(provider));
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await signInAtProvider(page);
    await page.getByRole('button', { name: /^Agent/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.locator('input[name=login]').waitFor();
    // The beginning of every JWT.
    expect(addresses.filter((address) => address.includes('eyJ'))).toEqual([]);
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    for (const token of provider.tokens) expect(kept).not.toContain(token);
  });

  it('does not take an answer that is for another tab', async () => {
    const provider = await startProvider();
    const { page, url } = await openDesk({ ...atProvider(provider), address: '?code=stolen&state=forged' });
    await page.getByText('The sign-in did not work').waitFor();
    expect(page.url()).toBe(`${url}/agent`);
    expect(provider.tokens).toHaveLength(0);
  });
});
