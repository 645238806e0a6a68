import { z } from 'zod';
import { ASSURANCES, type Assurance } from '../model/assurance.ts';
import type { OriginKind } from '../model/evidence.ts';
import { VIEWER_ROLES, type ViewerRole } from '../model/viewer.ts';

export type CaptureRuleKind = Exclude<OriginKind, 'recipientToken' | 'resolver'>;

/** By kind: the default assurance, and the roles whose requests the rule reads. */
const KINDS = {
  // A stranger cannot make these, because the token issuer or this gateway signs them.
  bearerClaim: { assurance: 'VERIFIED', from: ['CUSTOMER'] },
  issuedCookie: { assurance: 'RECOGNIZED', from: ['CUSTOMER'] },
  handoff: { assurance: 'RECOGNIZED', from: ['CUSTOMER'] },
  // Anybody can make these. An agent's browser has cookies, too, but they are not the customer's.
  cookie: { assurance: 'CLAIMED', from: ['CUSTOMER'] },
  urlParameter: { assurance: 'CLAIMED', from: VIEWER_ROLES },
  header: { assurance: 'CLAIMED', from: VIEWER_ROLES },
} as const satisfies Record<CaptureRuleKind, { assurance: Assurance; from: readonly ViewerRole[] }>;

/** Where an identifier is read on a request, what that proves, and on whose requests the rule is used. */
export interface CaptureRule {
  readonly kind: CaptureRuleKind;
  /** The name of the claim, cookie, parameter or header. */
  readonly name: string;
  readonly assurance: Assurance;
  readonly from: readonly ViewerRole[];
  /** For `email` and `phone_number` claims: the issuer verifies all addresses, so `email_verified` is not needed. */
  readonly verified?: 'always' | undefined;
  /** For an issued cookie: the domain for which it is set. */
  readonly domain?: string | undefined;
}

export interface CaptureRuleOptions {
  /** What the rule proves, instead of its default. Raise it only when values cannot be guessed. */
  readonly assurance?: Assurance;
  /** The roles whose requests the rule reads. */
  readonly from?: ViewerRole | readonly ViewerRole[];
}

export interface BearerClaimOptions extends CaptureRuleOptions {
  /**
   * Without it, `email` and `phone_number` prove something only when `email_verified` or `phone_number_verified` is true.
   * `'always'` is for an issuer that verifies every address before it puts it in a token, and leaves those claims out.
   */
  readonly verified?: 'always';
}

export interface IssuedCookieOptions extends CaptureRuleOptions {
  /**
   * Sets the cookie for this domain and its subdomains, for example `'shop.example'`. Each of those hosts can set it, too, so
   * its name has no `__Host-` prefix. Left out, the cookie is for the gateway's own host.
   */
  readonly domain?: string;
}

/** Names that cookies and headers can have: a token (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;
const NEEDS_TOKEN: ReadonlySet<CaptureRuleKind> = new Set(['issuedCookie', 'cookie', 'header']);

/** The rules that the configuration accepts; the functions below make them. */
export const captureRuleSchema = z
  .strictObject({
    kind: z.enum(Object.keys(KINDS) as [CaptureRuleKind, ...CaptureRuleKind[]]),
    name: z.string().min(1),
    assurance: z.enum(ASSURANCES),
    from: z.array(z.enum(VIEWER_ROLES)).min(1),
    verified: z.literal('always').optional(),
    domain: z
      .string()
      .regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/i, "expected a domain's name such as 'shop.example', without a dot before it")
      .optional(),
  })
  .refine(({ kind, name }) => !NEEDS_TOKEN.has(kind) || TOKEN.test(name), {
    path: ['name'],
    error: "expected a name of letters, digits and !#$%&'*+-.^_`|~, as cookies and headers have",
  });

function rule(kind: CaptureRuleKind, name: string, { assurance, from }: CaptureRuleOptions): CaptureRule {
  const defaults = KINDS[kind];
  return { kind, name, assurance: assurance ?? defaults.assurance, from: from === undefined ? [...defaults.from] : [from].flat() };
}

/**
 * A claim of a customer's verified bearer token, for example `sub`. Proves VERIFIED; `email` and `phone_number` prove
 * CLAIMED unless the token says that they are verified.
 */
export const bearerClaim = (claim: string, { verified, ...options }: BearerClaimOptions = {}): CaptureRule => ({
  ...rule('bearerClaim', claim, options),
  ...(verified && { verified }),
});

/** A visitor cookie that the gateway issues itself: a signed random UUID. Proves RECOGNIZED. */
export const issuedCookie = (name: string, { domain, ...options }: IssuedCookieOptions = {}): CaptureRule => ({
  ...rule('issuedCookie', name, options),
  ...(domain !== undefined && { domain }),
});

/** A handoff token in this URL parameter: signed, at most five minutes old, single use, for one touchpoint. Proves RECOGNIZED. */
export const handoff = (parameter: string, options: CaptureRuleOptions = {}): CaptureRule => rule('handoff', parameter, options);

/** A cookie that another system sets. Anybody can set one, so it proves CLAIMED. */
export const cookie = (name: string, options: CaptureRuleOptions = {}): CaptureRule => rule('cookie', name, options);

/** A parameter of the request's URL or of the page's (`Referer`). Proves CLAIMED. */
export const urlParameter = (name: string, options: CaptureRuleOptions = {}): CaptureRule => rule('urlParameter', name, options);

/** A request header. Proves CLAIMED. */
export const header = (name: string, options: CaptureRuleOptions = {}): CaptureRule => rule('header', name.toLowerCase(), options);
