import type { Page } from 'playwright-core';

/**
 * Texts that a window shows no end of, and that cannot be scrolled to. The page's own `scrollWidth` says nothing about them: the desk
 * is a container of its own, whose overflow a browser does not count.
 */
export function beyondTheEdge(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const isClipped = (element: Element): boolean => {
      for (let above = element.parentElement; above !== null && above !== document.body; above = above.parentElement)
        if (getComputedStyle(above).overflowX !== 'visible') return true;
      return false;
    };
    const hasText = ({ childNodes }: Element) => [...childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '');
    return [...document.querySelectorAll('body *')]
      .filter((element) => hasText(element) && element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
      .filter((element) => !isClipped(element))
      .map((element) => element.textContent ?? '');
  });
}
