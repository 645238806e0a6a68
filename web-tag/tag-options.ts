/** How a tag is made. */
export interface TagOptions {
  /** The gateway's URL, with the path in front of its routes, if there is one: `https://gw.shop.example`. */
  readonly gateway: string;
  /** A login token that the page has already. Equal to `login(token)` before anything is captured. */
  readonly token?: string | undefined;
  /** The touchpoint of this site, as named in the gateway's configuration. */
  readonly touchpoint?: string | undefined;
  /**
   * The owner's other sites: host to touchpoint. A host stands for itself, with its port if that is not the usual one
   * (`shop.example`, `localhost:4100`); with `*.` before it, for all its subdomains and not for itself.
   */
  readonly handoff?: Readonly<Record<string, string>>;
  /** The URL parameter in which handoff tokens arrive, as in the gateway's configuration: `ct`. */
  readonly handoffParameter?: string;
  /** `required`: nothing is captured, sent or stored before `consent(true)`. */
  readonly consent?: 'required' | undefined;
  /** `false`: no page views, marked clicks and forms, only what the app captures itself. */
  readonly automatic?: boolean;
}

/**
 * What a page or an app can ask of its tag. No method throws. Under Global Privacy Control, after `optOut()` or `consent(false)`, and
 * without a consent that is required, nothing is captured, sent or decorated.
 */
export interface Tag {
  /**
   * Captures an interaction at this page.
   * @param type what happened: `add_to_cart`
   * @param properties its details: `{ sku: '85123A' }`
   * @param attributes what the customer stated about themselves: `{ favouriteStore: 'Leeds' }`
   */
  capture(type: string, properties?: Readonly<Record<string, unknown>>, attributes?: Readonly<Record<string, unknown>>): void;
  /** Captures a page view. With `automatic`, page views are captured without this call. */
  page(): void;
  /**
   * From now on, interactions are this person's. They are sent with this login token or a renewed one (one with the same `sub`), or not
   * at all. Interactions that were captured before are sent without a token. Call `reset()` before another person logs in.
   */
  login(token: string): void;
  /** For log-out: sends waiting interactions as the person who leaves, forgets their login, and asks for a new visitor cookie. @returns when that is done. */
  reset(): Promise<unknown>;
  /** The person refuses capturing. Remembered in the browser; waiting interactions are deleted. */
  optOut(): void;
  /** Undoes `optOut()`. */
  optIn(): void;
  /** The person's answer to the question for consent. Remembered in the browser; `false` deletes waiting interactions. */
  consent(given: boolean): void;
  /** Sends waiting interactions. @returns when they are answered, or can't be sent at present. */
  flush(): Promise<unknown>;
  /** Ends the tag on this page. Waiting interactions are kept, and the next tag sends them. */
  stop(): void;
}
