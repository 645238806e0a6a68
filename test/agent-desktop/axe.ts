import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** What axe finds against WCAG 2.2 AA on a page: the rule, and the elements that break it. */
export async function findAxeViolations(page: Page): Promise<readonly string[]> {
  // Given to the browser itself: the page's content security policy lets no script of ours in.
  await page.evaluate(SOURCE);
  return page.evaluate(async () => {
    const { axe: tester } = globalThis as unknown as { axe: typeof axe };
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    // An experiment of axe's, which takes icons and counts for words.
    const rules = { 'label-content-name-mismatch': { enabled: false } };
    const { violations } = await tester.run(document, { runOnly, rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}
