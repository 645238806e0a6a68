import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { Command, type CommandOptions, GATEWAY_URL } from './command.ts';
import { temporaryDirectory } from './gateway.ts';
import { SECRET, signToken } from './tokens.ts';

/** A demo of a test's own: with a store and with files of its back ends that no other test has. */
export async function startDemo(command: 'start' | 'dev' = 'start', { atEnd }: Pick<CommandOptions, 'atEnd'> = {}) {
  const folder = temporaryDirectory(atEnd);
  const process = new Command('examples/demo/run.ts', [command, '--port', '0'], {
    variables: { DATABASE_URL: `sqlite:${join(folder, 'gateway.db')}`, DEMO_FOLDER: join(folder, 'demo'), GATEWAY_SECRET: SECRET },
    ...(atEnd && { atEnd }),
  });
  const firstPage = await process.says(/Demo first page +(\S+)/);
  const shop = await process.says(/Demo shop +(\S+)/);
  const club = await process.says(/customer club on (\S+)\)/);
  const gateway = await process.says(GATEWAY_URL);
  const token = await signToken({ role: 'AGENT', subject: 'summer' });
  /** What an agent is answered. */
  const askAsAgent = async (query: string, variables: Record<string, unknown> = {}) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${gateway}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
    return ((await response.json()) as any).data;
  };
  return { process, firstPage, shop, club, gateway, folder, askAsAgent };
}

/**
 * One demo for tests of a file that leave nothing behind on which another one depends: a start costs more than most of them.
 * @param isNeeded false where they are all skipped.
 */
export function demoOfFile({ isNeeded = true } = {}): () => Demo {
  let demo: Demo | undefined;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    if (isNeeded) demo = await startDemo('start', { atEnd: (end) => ends.unshift(end) });
  });
  afterAll(() => {
    for (const end of ends) end();
  });
  return () => demo as Demo;
}

type Demo = Awaited<ReturnType<typeof startDemo>>;

/** Collects what a page writes as an error: a page of the demo has none. */
export function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  return problems;
}

/** The visitor says that they may be remembered. @returns when the first page view is stored. */
export async function agree(page: Page): Promise<void> {
  const stored = page.waitForResponse((response) => response.url().endsWith('/interactions') && response.ok());
  await page.getByRole('button', { name: 'Yes, remember' }).click();
  await stored;
}

/** Follows the shop's link to the club, with the handoff that the tag puts into it. */
export async function followToClub(page: Page, club: string): Promise<void> {
  const link = page.locator('#club');
  await link.hover();
  await page.waitForFunction(() => document.querySelector('#club')?.getAttribute('href')?.includes('ct='));
  await Promise.all([page.waitForURL(`${club}/**`), link.click()]);
  await page.waitForURL((url) => !url.search.includes('ct='));
}
