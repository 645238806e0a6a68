import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findAxeViolations } from '../../support/axe.ts';
import { isBrowserMissing, naming } from '../../support/browser.ts';
import { PATIENTLY } from '../../support/waiting.ts';
import { untilFocused, useDesk } from '../desk.ts';

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const box = (page: Page) => page.getByRole('combobox', { name: 'Phone, e-mail, number or name' });

describe.skipIf(isBrowserMissing)(naming('the shell of the agent desktop'), () => {
  const openDesk = useDesk();

  it('opens the customer of a screen pop, and takes the identifier out of the address', async () => {
    const { page, url } = await openDesk({ address: '?identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    expect(page.url()).toBe(`${url}/agent`);
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('17850');
  });

  it('lets one choose an agent in development', async () => {
    const { page } = await openDesk({ isSignedOut: true });
    await page.getByRole('button', { name: 'Tom Hale' }).click();
    await box(page).waitFor();
    await page.getByRole('button', { name: 'Agent Tom Hale' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Tom Hale' }).waitFor();
  });

  it('finds, opens, changes and closes customers by keys alone', async () => {
    const { page } = await openDesk();
    await untilFocused(box(page));
    await page.keyboard.type('hugo');
    // Before the answer is there: the first customer of the answer is meant.
    await page.keyboard.press('Enter');
    await heading(page, 'Hugo Garner').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ashdown');
    await page.getByRole('option').nth(2).waitFor();
    expect(await page.getByRole('option', { selected: true }).locator('mark').textContent()).toBe('Ashdown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const tabs = page.getByRole('navigation', { name: 'Open customers' });
    await page.keyboard.press('Alt+1');
    await heading(page, 'Hugo Garner').waitFor();
    await page.keyboard.press('Alt+w');
    await heading(page, 'Hugo Garner').waitFor({ state: 'detached' });
    expect(await tabs.locator('[aria-current=page]').count()).toBe(1);
  });

  it('keeps what was written at one customer while another is shown', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    const note = page.getByRole('textbox', { name: 'Note on this call' }).filter({ visible: true });
    await note.fill('wants it on Friday');
    await page.evaluate(() => {
      location.hash = 'identifier=crmId:12583';
    });
    await heading(page, 'Hugo Garner').waitFor();
    expect(await note.inputValue()).toBe('');
    await page.keyboard.press('Alt+1');
    await heading(page, 'Maya Ashdown').waitFor();
    expect(await note.inputValue()).toBe('wants it on Friday');
  });

  it('opens who rings also where as many are open as there are keys for, and says who made room', async () => {
    const { page } = await openDesk();
    await box(page).waitFor();
    const tabs = page.getByRole('navigation', { name: 'Open customers' }).getByRole('button', { name: /^Close/ });
    const ring = (number: string) =>
      page.evaluate((hash) => {
        location.hash = hash;
      }, `identifier=crmId:${number}`);
    for (let count = 1; count <= 9; count += 1) {
      await ring(`9000${count}`);
      await expect.poll(() => tabs.count(), PATIENTLY).toBe(count);
    }
    await ring('17850');
    // First, because the message is there for some seconds only.
    await page.getByText('Customer …0001 was closed to make room for the call.').first().waitFor();
    await heading(page, 'Maya Ashdown').waitFor();
    expect(await tabs.count()).toBe(9);
  });

  it('gives the focus back when the find box closes', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    const note = page.getByRole('textbox', { name: 'Note on this call' });
    await note.focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await note.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('says which source cannot be reached, and that nobody was found', async () => {
    const { page, backEnds } = await openDesk();
    backEnds.stop('crm');
    await box(page).fill('nobody at all');
    await page.getByText('crm cannot be reached').waitFor();
    backEnds.start('crm');
    await box(page).fill('nobody at all!');
    await page.getByText('No customer has “nobody at all!”').waitFor();
  });

  it('shows all keys, and switches those of a single sign off', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('button', { name: 'Switch single keys off' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+k');
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  it('shows the keys of each part of the desk together', async () => {
    const { page } = await openDesk({ address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    await page.keyboard.press('?');
    const group = (name: string) => page.getByRole('dialog').locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    await group('Everywhere').getByText('All keys').waitFor();
    expect(await group('Who').locator('dd').allTextContents()).toEqual(['Source and age of every fact']);
    expect(await group('What happened').locator('kbd').allTextContents()).toEqual(expect.arrayContaining(['J', 'K', 'F', 'U']));
    expect(await group('What to do').locator('kbd').allTextContents()).toEqual(expect.arrayContaining(['N', 'Ctrl ↵']));
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 380],
    ['dark', 380],
  ] as const)('has nothing that axe finds: %s, %s wide', async (theme, width) => {
    const { page } = await openDesk({ theme, width, address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
    await page.keyboard.press('/');
    await page.keyboard.type('ashd');
    await page.getByRole('option').first().waitFor();
    expect(await findAxeViolations(page)).toEqual([]);
  });

  it('speaks German', async () => {
    const { page } = await openDesk({ language: 'de', address: '#identifier=crmId:17850' });
    await heading(page, 'Maya Ashdown').waitFor();
    await page.getByRole('button', { name: 'Kunden suchen' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  });
});
