import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
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
    await expect.poll(() => provider.tokens.length, PATIENTLY).toBeGreaterThan(2);
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:17850';
    });
    await page.getByRole('heading', MAYA).waitFor();
  });

  it('goes on in a tab that the browser has duplicated, although a refresh token is good once', async () => {
    const provider = await startProvider({ tokenLife: 8 });
    const { page, context, url } = await openDesk(atProvider(provider));
    await signInAtProvider(page);
    await page.getByRole('combobox').waitFor();
    const copy = await context.newPage();
    const token = () => page.evaluate(() => sessionStorage.getItem('agent-desktop.token'));
    const first = await token();
    // A new token, so that it is still good when the copy begins.
    await expect.poll(token, PATIENTLY).not.toBe(first);
    const copied = await page.evaluate(() => ({ ...sessionStorage }));
    await copy.addInitScript((entries) => {
      for (const [name, value] of Object.entries(entries)) sessionStorage.setItem(name, value);
    }, copied);
    await copy.goto(`${url}/agent`);
    await copy.getByRole('combobox').waitFor();
    const before = provider.tokens.length;
    // Two new tokens, each with what renews it: when the second is there, the copy's time for the first has passed as well.
    await expect.poll(() => provider.tokens.length, PATIENTLY).toBeGreaterThan(before + 2);
    expect(provider.refusals).toEqual([]);
    await copy.getByRole('combobox').waitFor();
  });

  it('signs the agent out at the issuer as well, without a token in the address', async () => {
    const provider = await startProvider();
    const { page, url } = await openDesk(atProvider(provider));
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await signInAtProvider(page);
    await page.getByRole('button', { name: /^Agent/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.locator('input[name=login]').waitFor();
    // The beginning of every JWT.
    expect(addresses.filter((address) => address.includes('eyJ'))).toEqual([]);
    // What the tab holds of the desktop's origin can be read at that origin only.
    await page.goto(`${url}/health/live`);
    const kept = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
    expect(kept).toContain('agent-desktop.');
    for (const token of provider.tokens) expect(kept).not.toContain(token);
  });

  it('does not take an answer that is for another tab', async () => {
    const provider = await startProvider();
    const { page, url } = await openDesk({ ...atProvider(provider), address: '?code=stolen&state=forged' });
    await page.getByText('a sign-in that is over').waitFor();
    expect(page.url()).toBe(`${url}/agent`);
    expect(provider.tokens).toHaveLength(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signInAtProvider(page);
    await page.getByRole('combobox').waitFor();
  });

  it('keeps the customer and the note of an agent who has to sign in again in the middle of a call', async () => {
    const provider = await startProvider({ isWithoutRefresh: true });
    const { page } = await openDesk({ ...atProvider(provider), address: '#identifier=crmId:17850' });
    await signInAtProvider(page);
    await page.getByRole('heading', MAYA).waitFor();
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    await note.fill('wants it on Friday');
    const body = JSON.stringify({ errors: [{ message: 'over', extensions: { code: 'UNAUTHENTICATED' } }] });
    await page.route('**/graphql', (route) => route.fulfill({ status: 401, contentType: 'application/json', body }));
    await note.press('Control+Enter');
    await page.getByText('Your sign-in is over. What you were writing waits for you.').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The issuer still knows who it is.
    await page.locator('button[type=submit]', { hasText: 'Continue' }).click();
    await page.getByRole('heading', MAYA).waitFor();
    await expect.poll(() => note.inputValue(), PATIENTLY).toBe('wants it on Friday');
    await note.press('Control+Enter');
    await page.getByText('Note saved.').first().waitFor();
    await page.reload();
    await page.getByRole('heading', MAYA).waitFor();
    expect(await note.inputValue()).toBe('');
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Friday');
  });

  it.each([
    ['an audience', { audience: 'https://other.example' }, 'does not take it', 'its claim "aud" is not viewers.audience'],
    ['a role claim', { roleClaim: 'roles' }, 'not as an agent', 'roles are read from the claim "roles" (viewers.roleClaim)'],
  ])('says what is wrong where the token does not fit the configuration: %s', async (_, viewers, sentence, why) => {
    const provider = await startProvider();
    const config = { ...provider.config, viewers: { ...provider.config.viewers, ...viewers } };
    const { page } = await openDesk({ ...atProvider(provider), config });
    await signInAtProvider(page);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain(sentence);
    expect(await alert.textContent()).toContain(why);
    for (const token of provider.tokens) expect(await page.content()).not.toContain(token);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).waitFor();
  });

  it('says what is wrong where the issuer does not let the page ask for a token', async () => {
    const provider = await startProvider({ settings: { clientBasedCORS: () => false } });
    const { page, url } = await openDesk({ ...atProvider(provider), complains: /blocked by CORS policy/ });
    await signInAtProvider(page);
    await page.getByText(`it may not allow the web origin ${url} (CORS)`).waitFor();
    await page.getByText('The sign-in did not work.').waitFor();
  });

  it('takes a sign-in that was cancelled for what it is, and begins another', async () => {
    const provider = await startProvider();
    const { page, url } = await openDesk({ ...atProvider(provider), address: '#identifier=crmId:17850' });
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('You are not signed in: it was cancelled').waitFor();
    expect(page.url()).toBe(`${url}/agent`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signInAtProvider(page);
    await page.getByRole('heading', MAYA).waitFor();
  });

  it('is where one signs in again after a sign-out at an issuer that has no page for it', async () => {
    const provider = await startProvider({ settings: { features: { rpInitiatedLogout: { enabled: false } } } });
    const { page } = await openDesk(atProvider(provider));
    await signInAtProvider(page);
    await page.getByRole('button', { name: /^Agent/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByText('waits for you').count()).toBe(0);
  });
});
