/** What F6 goes through, in the order of the page. In a narrow window the customer's name and what is next are parts of their own. */
const COLUMNS = '.app-bar, .profile-summary, .app-column, .app-home, .actions-next';

/** Moves the focus to the next part of the page, or to the one before. */
export function nextColumn(step: 1 | -1): void {
  const columns = [...document.querySelectorAll<HTMLElement>(COLUMNS)].filter((column) => column.checkVisibility());
  const now = columns.findIndex((column) => column.contains(document.activeElement));
  const next = columns[now < 0 ? 0 : (now + step + columns.length) % columns.length];
  const first = next?.querySelector<HTMLElement>(
    'button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], [tabindex="0"]',
  );
  (first ?? next)?.focus();
}
