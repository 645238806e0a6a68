import { GatewayError } from '../model/errors.ts';
import { hasRole, roleRefusal, type Viewer, type ViewerRole } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';

/** The kinds of touchpoint. */
export const CHANNELS = ['WEB', 'MOBILE', 'EMAIL', 'CALL_CENTRE', 'STORE', 'SOCIAL', 'MESSAGING', 'OTHER'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A touchpoint, as the owner configures it. */
export interface Touchpoint {
  readonly channel: Channel;
  /** Web origins whose requests are this touchpoint's. */
  readonly origins: readonly string[];
  /** The roles that may use it; undefined for all. */
  readonly viewers?: readonly ViewerRole[] | undefined;
  /** True when a request without any proven identifier starts a visitor. */
  readonly visitors: boolean;
  /** Its own capture rules by identifier type, tried before the type's. */
  readonly capture: Readonly<Record<string, readonly CaptureRule[]>>;
}

const NO_RULES: readonly CaptureRule[] = [];

/** The configured touchpoints, and how requests and interactions are matched to them. */
export class Touchpoints {
  readonly #byName: ReadonlyMap<string, Touchpoint>;

  constructor(touchpoints: Readonly<Record<string, Touchpoint>>) {
    this.#byName = new Map(Object.entries(touchpoints));
  }

  /** Web origins that may call with cookies. */
  get origins(): string[] {
    return [...this.#byName.values()].flatMap(({ origins }) => origins);
  }

  /**
   * The touchpoint of a request: the one that `x-touchpoint` names, or else the one of its page's origin.
   * @param headers with lower-case names.
   * @returns null when none is named, and the origin has no touchpoint that this viewer may use.
   * @throws GatewayError BAD_USER_INPUT for an unknown name, UNAUTHENTICATED or FORBIDDEN for one that this viewer may not use.
   */
  ofRequest(headers: Readonly<Record<string, string | undefined>>, viewer: Viewer): string | null {
    const named = headers['x-touchpoint'];
    if (named !== undefined) return this.use(named, viewer, 'x-touchpoint');
    const origin = headers.origin ?? originOf(headers.referer);
    if (origin === undefined) return null;
    for (const [name, { origins, viewers }] of this.#byName) {
      if (origins.includes(origin)) return viewers === undefined || hasRole(viewer, viewers) ? name : null;
    }
    return null;
  }

  /**
   * @param what the name of the argument, for messages: `touchpoint`, `x-touchpoint`.
   * @returns the name. @throws GatewayError as above.
   */
  use(name: string, viewer: Viewer, what = 'touchpoint'): string {
    const { viewers } = this.#get(name, what, viewer);
    if (viewers !== undefined && !hasRole(viewer, viewers)) throw roleRefusal(viewers, viewer, `${what} ${name}`);
    return name;
  }

  /** @returns the name. @throws GatewayError BAD_USER_INPUT for an unknown touchpoint. */
  check(name: string, viewer: Viewer, what = 'touchpoint'): string {
    this.#get(name, what, viewer);
    return name;
  }

  /**
   * Requires that an address is a page of the touchpoint, so that no other page gets its handoff tokens. A touchpoint without
   * origins is an app, whose links can have any form.
   * @throws GatewayError BAD_USER_INPUT for a page of another origin.
   */
  checkPage(name: string, page: URL): void {
    const origins = this.#byName.get(name)?.origins ?? [];
    const isWeb = /^https?:$/.test(page.protocol);
    if (origins.length === 0 || (isWeb && origins.includes(page.origin))) return;
    const received = isWeb ? page.origin : page.protocol;
    throw new GatewayError('BAD_USER_INPUT', `url: expected a page of ${origins.join(' or ')}; received one of ${received.slice(0, 100)}`);
  }

  /** Null for a touchpoint that is no longer configured. */
  channelOf(name: string): Channel | null {
    return this.#byName.get(name)?.channel ?? null;
  }

  /** @param name of the request's own touchpoint; null without one. */
  startsVisitors(name: string | null): boolean {
    return (name === null ? undefined : this.#byName.get(name)?.visitors) ?? true;
  }

  rulesOf(name: string | null, identifierType: string): readonly CaptureRule[] {
    return (name === null ? undefined : this.#byName.get(name)?.capture[identifierType]) ?? NO_RULES;
  }

  /** Every rule that some touchpoint adds. */
  get rules(): CaptureRule[] {
    return [...this.#byName.values()].flatMap(({ capture }) => Object.values(capture).flat());
  }

  /** @param viewer the error names only touchpoints that this viewer may use. */
  #get(name: string, what: string, viewer: Viewer): Touchpoint {
    const touchpoint = this.#byName.get(name);
    if (touchpoint !== undefined) return touchpoint;
    const usable = [...this.#byName].filter(([, { viewers }]) => !viewers || hasRole(viewer, viewers));
    const known = usable.map(([each]) => each).join(', ') || 'none configured';
    const received = name.length > 60 ? `${name.slice(0, 60)}…` : name;
    throw new GatewayError('BAD_USER_INPUT', `${what}: expected one of ${known}; received ${JSON.stringify(received)}`);
  }
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}
