export const CONTENT_TYPE_OPTIONS = 'x-content-type-options';
export const NOSNIFF = 'nosniff';

/** On every answer: a browser takes it only for what its `content-type` says, never for a script that it looks like. */
export const EVERY_ANSWER = { [CONTENT_TYPE_OPTIONS]: NOSNIFF } as const;

/** On answers that pages of other sites load, such as the tag and the pixel. */
export const FOR_EVERY_SITE = { 'cross-origin-resource-policy': 'cross-origin' } as const;
/** On answers that no page of another site has a use for. Without it, such a page could load them as if they were a picture. */
export const FOR_OWN_SITE = { 'cross-origin-resource-policy': 'same-origin' } as const;

/** What a page may load, by directive of a Content Security Policy. Whatever is not named, it may not. */
export type PagePolicy = Readonly<Record<`${string}-src`, string>>;

/**
 * Headers of a page. It is shown in no frame of another page, loads what the policy names, and sends its address, which may
 * have an identifier, to no other site.
 */
export function pageHeaders(policy: PagePolicy): Readonly<Record<string, string>> {
  const sources = Object.entries(policy).map(([directive, allowed]) => `${directive} ${allowed}; `);
  return {
    'content-security-policy': `default-src 'none'; ${sources.join('')}base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    // For browsers that don't know `frame-ancestors`.
    'x-frame-options': 'DENY',
    // To the gateway itself the address is sent: capture rules read it.
    'referrer-policy': 'same-origin',
    // A page that opens this one gets no handle on it. Apollo Sandbox logs in by a window of its own.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    ...FOR_OWN_SITE,
  };
}
