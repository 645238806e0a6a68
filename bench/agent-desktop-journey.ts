import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../scripts/chromium.ts';
import { urlParameter } from '../src/index.ts';
import { listenBare } from './bare-gateway.ts';

/**
 * Scrolls through a long journey in the agent desktop, in a real browser at a real gateway, and reports its frames. A frame of 60 a
 * second has 16.7 ms: what counts is how much of these the page's own main thread needs, since a busy machine delays frames as well.
 *
 *     npm run build:agent-desktop && node bench/agent-desktop-journey.ts --interactions 10000
 */
const { values } = parseArgs({
  options: { interactions: { type: 'string', default: '10000' }, pixels: { type: 'string', default: '60' } },
});
const [INTERACTIONS, PIXELS] = [Number(values.interactions), Number(values.pixels)];
const [AGENT, BATCH, MINUTE] = ['tom-hale', 1_000, 60_000];
const TYPES = ['page_view', 'page_view', 'page_view', 'page_view', 'add_to_cart', 'email_open', 'search', 'purchase'];

const directory = mkdtempSync(join(tmpdir(), 'journey-'));
const { gateway, url } = await listenBare(
  directory,
  {
    identifiers: { crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'RECOGNIZED' })] } },
    touchpoints: { web: { channel: 'WEB' }, newsletter: { channel: 'EMAIL' }, callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } },
    store: 'sqlite:journey.db',
  },
  'a-secret-for-measuring-only-0123456789',
);
const browser = await chromium.launch(CHROMIUM);
try {
  await seed();
  const page = await openJourney();
  const read = await readWhole(page);
  process.stdout.write(`${INTERACTIONS} interactions, load of the machine ${loadavg()[0]?.toFixed(1)}\n`);
  process.stdout.write(`read to the beginning in ${(read / 1_000).toFixed(1)} s\n`);
  for (const [name, step] of [
    ['down', PIXELS],
    ['up', -PIXELS],
  ] as const)
    process.stdout.write(`scrolling ${name}: ${await scroll(page, step)}\n`);
} finally {
  await browser.close();
  await gateway.close();
  rmSync(directory, { recursive: true, force: true });
}

async function seed(): Promise<void> {
  const now = Date.now();
  for (let start = 0; start < INTERACTIONS; start += BATCH) {
    const interactions = Array.from({ length: Math.min(BATCH, INTERACTIONS - start) }, (_, offset) => {
      const index = start + offset;
      const type = TYPES[index % TYPES.length] ?? 'page_view';
      const touchpoint = type === 'email_open' ? 'newsletter' : 'web';
      const properties = { description: `WHITE HANGING HEART ${index}`, total: type === 'purchase' ? 12.5 : undefined };
      return {
        id: `i${index}`,
        type,
        touchpoint,
        occurredAt: new Date(now - index * 3 * MINUTE).toISOString(),
        properties,
        pageUrl: `https://shop.example/product-${index % 40}`,
      };
    });
    const response = await fetch(`${url}/interactions?cid=17850`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-touchpoint': 'web' },
      body: JSON.stringify(interactions),
    });
    if (!response.ok) throw new Error(`/interactions: expected 200, received ${response.status}`);
  }
}

async function openJourney(): Promise<Page> {
  const response = await fetch(`${url}/agent/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent: AGENT }),
  });
  const token = JSON.stringify(await response.json());
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.addInitScript((kept) => sessionStorage.setItem('agent-desktop.token', kept), token);
  await page.goto(`${url}/agent#identifier=crmId:17850`);
  await page.locator('.journey-event').first().waitFor();
  return page;
}

/** Scrolls to the end again and again, until there is no more to read. @returns milliseconds. */
async function readWhole(page: Page): Promise<number> {
  const began = performance.now();
  await page.evaluate(async () => {
    const timeline = document.querySelector('.journey-timeline') as HTMLElement;
    while (document.querySelector('.journey-beginning') === null) {
      timeline.scrollTo(0, timeline.scrollHeight);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    timeline.scrollTo(0, 0);
  });
  return performance.now() - began;
}

/** Scrolls for 300 frames, this many pixels each. */
async function scroll(page: Page, step: number): Promise<string> {
  const client = await page.context().newCDPSession(page);
  // The thread's own time: that of the clock counts the other work of the machine as well.
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  const before = await busy();
  const frames = await page.evaluate(async (pixels) => {
    const timeline = document.querySelector('.journey-timeline') as HTMLElement;
    const times: number[] = [];
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (let frame = 0; frame < 300; frame++) {
      timeline.scrollBy(0, pixels);
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      times.push(now - last);
      last = now;
    }
    return times.toSorted((a, b) => a - b);
  }, step);
  const each = ((await busy()) - before) / frames.length;
  const at = (share: number) => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(1);
  const late = frames.filter((time) => time > 25).length;
  return `frames of ${at(0.5)} ms in the middle, ${at(0.95)} ms at 95 %, ${late} of ${frames.length} late; main thread ${each.toFixed(1)} ms a frame`;
}
