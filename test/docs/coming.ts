/**
 * What the pages describe and this branch does not have yet, because it is built on other branches. To be deleted, with its uses, when
 * all of them are merged.
 */
export const COMING: ReadonlySet<string> = new Set([
  'drain',
  'limits.keyBytes',
  'touchpoints.*.visitors',
  'issuedCookie.domain',
  'backup',
  'docs/capture.md',
]);
