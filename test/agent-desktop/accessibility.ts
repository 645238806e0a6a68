import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong below an element: each rule with the elements that break it. */
export async function accessibilityFindings(page: Page, within: string): Promise<readonly string[]> {
  // Evaluated, since the page's content security policy refuses a script element.
  await page.evaluate(AXE);
  return page.evaluate(
    async ({ within, rules }) => {
      type Axe = { run: (context: string, options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      const { violations } = await (window as unknown as { axe: Axe }).axe.run(within, { runOnly: rules });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`);
    },
    { within, rules: RULES },
  );
}
