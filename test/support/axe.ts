import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The rules of WCAG 2.2 AA, and what axe takes for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on a page, or below one element of it: each rule with the elements that break it. */
export async function findAxeViolations(page: Page, within?: string): Promise<readonly string[]> {
  // Given to the browser itself, since a page's content security policy lets no script of ours in.
  await page.evaluate(axe.source);
  return page.evaluate(
    async ({ within, runOnly }) => {
      const { axe: tester } = globalThis as unknown as { axe: typeof axe };
      const { violations } = await tester.run(within ?? document, { runOnly });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    },
    { within, runOnly: RULES },
  );
}
