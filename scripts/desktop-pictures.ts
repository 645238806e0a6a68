import { writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';

/** Lossy, so that fourteen pictures stay small; letters are still sharp. */
const QUALITY = 0.86;
const [ELIF, BEN_PIKE, BEN_GARNER] = ['13777', '13145', '17920'];
const [WIDE, NARROW] = [
  { width: 1280, height: 720 },
  { width: 380, height: 720 },
];

/** Makes the pictures of the agent desktop, each in light and dark: `docs/images/agent-desktop-<state>[-dark].webp`. */
export async function desktopPictures(browser: Browser, gateway: string): Promise<void> {
  // Another agent in the dark: for the one who confirmed somebody, they stay confirmed for 30 minutes.
  for (const [colorScheme, agent] of [
    ['light', 'Amira Lindqvist'],
    ['dark', 'Ruth Okafor'],
  ] as const) {
    const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce', colorScheme });
    const page = await context.newPage();
    const encoder = await browser.newPage();
    const picture = async (state: string) => {
      await page.mouse.move(640, 719);
      await page.waitForLoadState('networkidle');
      const name = `docs/images/agent-desktop-${state}${colorScheme === 'dark' ? '-dark' : ''}.webp`;
      writeFileSync(name, await asWebp(encoder, await page.screenshot()));
    };
    await page.goto(`${gateway}/agent`);
    await page.getByRole('button', { name: agent }).click();
    await page.getByRole('button', { name: 'Elif Birch' }).waitFor();
    await statesOf(page, gateway, picture);
    await context.close();
    await encoder.close();
  }
}

/** An agent's day in seven pictures. */
async function statesOf(page: Page, gateway: string, picture: (state: string) => Promise<void>): Promise<void> {
  const typed = page.getByRole('combobox').first();
  await typed.fill('900613');
  await typed.fill('07700 900613');
  await page.getByRole('option').nth(1).waitFor();
  await picture('find');
  await open(page, gateway, ELIF as string);
  await seen(page, 'The carrier has no trace').waitFor();
  await picture('pop');
  await confirm(page);
  await seen(page, 'Free delivery').waitFor();
  await picture('confirmed');
  await page.keyboard.press('g');
  await page.getByRole('heading', { name: 'Identity of Elif Birch' }).waitFor();
  await picture('identity');
  await switchTo(gateway, 'orders', 'stop');
  await open(page, gateway, ELIF as string);
  await seen(page, 'orders failed').waitFor();
  await seen(page, /^Orders/).click();
  await page.getByRole('button', { name: 'Ask orders again' }).waitFor();
  await picture('source-down');
  await switchTo(gateway, 'orders', 'start');
  for (const number of [BEN_GARNER, BEN_PIKE] as string[]) {
    await open(page, gateway, number);
    await confirm(page);
  }
  await seen(page, 'same phone').waitFor();
  await page.keyboard.press('m');
  await page.getByRole('dialog').getByText('Ben Garner').first().waitFor();
  await picture('merge');
  await page.keyboard.press('Escape');
  await page.setViewportSize(NARROW as { width: number; height: number });
  await open(page, gateway, ELIF as string);
  await seen(page, 'The carrier has no trace').waitFor();
  await picture('narrow');
}

/** A text in sight: the customers who are open besides are in the page too. */
const seen = (page: Page, text: string | RegExp) => page.getByText(text).filter({ visible: true }).first();

/** As a telephone system does. */
async function open(page: Page, gateway: string, number: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${gateway}/agent#identifier=crmId:${number}`);
  await seen(page, /^(Recognised|Verified)/).waitFor();
}

async function confirm(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Confirm' }).filter({ visible: true });
  if ((await button.count()) > 0) await button.click();
  await seen(page, /^Verified/).waitFor();
}

/** Asks the demo's first page, as its own switch does. */
async function switchTo(gateway: string, name: string, to: 'stop' | 'start'): Promise<void> {
  const { origin } = new URL(gateway);
  const response = await fetch(`${gateway}/demo/back-ends/${name}?do=${to}`, { method: 'POST', headers: { origin } });
  if (!response.ok) throw new Error(`expected the demo to ${to} ${name}, received ${response.status}`);
}

/** The browser writes WebP itself, so that no other program is needed. */
export async function asWebp(page: Page, png: Buffer): Promise<Buffer> {
  const url = await page.evaluate(
    async ({ data, quality }) => {
      const bitmap = await createImageBitmap(await (await fetch(data)).blob());
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      return canvas.toDataURL('image/webp', quality);
    },
    { data: `data:image/png;base64,${png.toString('base64')}`, quality: QUALITY },
  );
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}
