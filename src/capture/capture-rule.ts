import { z } from 'zod';
import { ASSURANCES, type Assurance } from '../model/assurance.ts';
import type { OriginKind } from '../model/evidence.ts';
import { VIEWER_ROLES, type ViewerRole } from '../model/viewer.ts';

export type CaptureRuleKind = Exclude<OriginKind, 'recipientToken' | 'resolver'>;

/** What a capture rule proves unless its owner says otherwise, and whose requests it reads. */
const KINDS = {
  // A stranger cannot make these: signed by the token issuer, or by this gateway.
  bearerClaim: { assurance: 'VERIFIED', from: ['CUSTOMER'] },
  issuedCookie: { assurance: 'RECOGNIZED', from: ['CUSTOMER'] },
  handoff: { assurance: 'RECOGNIZED', from: ['CUSTOMER'] },
  // Anybody can type these. An agent's own browser has cookies too: they are not the caller's.
  cookie: { assurance: 'CLAIMED', from: ['CUSTOMER'] },
  urlParameter: { assurance: 'CLAIMED', from: VIEWER_ROLES },
  header: { assurance: 'CLAIMED', from: VIEWER_ROLES },
} as const satisfies Record<CaptureRuleKind, { assurance: Assurance; from: readonly ViewerRole[] }>;

/** Where on a request an identifier is read, how much that proves, and from whose requests it is read at all. */
export interface CaptureRule {
  readonly kind: CaptureRuleKind;
  /** The claim's, cookie's, parameter's or header's name. */
  readonly name: string;
  readonly assurance: Assurance;
  readonly from: readonly ViewerRole[];
  /** Of `email` and `phone_number` claims: the issuer verifies all, whatever `email_verified` says. */
  readonly verified?: 'always' | undefined;
  /** Of an issued cookie: the domain that it is set for. */
  readonly domain?: string | undefined;
}

export interface CaptureRuleOptions {
  /** Raises (or lowers) what the rule proves. Raise it only where values cannot be guessed. */
  readonly assurance?: Assurance;
  /** Whose requests the rule reads. */
  readonly from?: ViewerRole | readonly ViewerRole[];
}

export interface BearerClaimOptions extends CaptureRuleOptions {
  /**
   * `email` and `phone_number` prove something only beside `email_verified` and `phone_number_verified` that are true.
   * `'always'` for an issuer that verifies every address before it is in a token, and leaves those claims out.
   */
  readonly verified?: 'always';
}

export interface IssuedCookieOptions extends CaptureRuleOptions {
  /**
   * Sets the cookie for this domain and its subdomains, for example `'shop.example'`. Then each of those hosts can set it,
   * too, so the name has no `__Host-` prefix. Left out, the cookie is for the gateway's own host.
   */
  readonly domain?: string;
}

/** The shape that the configuration accepts; what the functions below make. */
export const captureRuleSchema = z.strictObject({
  kind: z.enum(Object.keys(KINDS) as [CaptureRuleKind, ...CaptureRuleKind[]]),
  name: z.string().min(1),
  assurance: z.enum(ASSURANCES),
  from: z.array(z.enum(VIEWER_ROLES)).min(1),
  verified: z.literal('always').optional(),
  domain: z
    .string()
    .regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/i, "expected a domain's name such as 'shop.example', without a dot before it")
    .optional(),
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
