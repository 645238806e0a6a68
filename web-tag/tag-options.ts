/** How a tag is made. */
export interface TagOptions {
  /** Where the gateway is, with the path before its routes if there is one: `https://gw.shop.example`. */
  readonly gateway: string;
  /** A login token that is there already, as by `login(token)` before anything is captured. */
  readonly token?: string | undefined;
  /** The touchpoint that this site is, as named in the gateway's configuration. */
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
 * What a page or an app can say to its tag. Nothing here throws. Under Global Privacy Control, after `optOut()` or `consent(false)`, and
 * without a consent that is required, nothing is captured, sent or decorated.
 */
export interface Tag {
  /**
   * Captures an interaction at this page.
   * @param type what happened: `add_to_cart`
   * @param properties what there is to say about it
   * @param attributes what the customer said about themselves by it: `{ favouriteStore: 'Leeds' }`
   */
  capture(type: string, properties?: Readonly<Record<string, unknown>>, attributes?: Readonly<Record<string, unknown>>): void;
  /** Captures a page view. With `automatic` it happens by itself. */
  page(): void;
  /**
   * What is captured from now on is this person's, and sent with this login token or a renewed one of theirs (its `sub` tells), or not at
   * all. What was captured before is sent without. Before another person's, call `reset()`.
   */
  login(token: string): void;
  /** At log-out: sends what waits as the person who leaves, forgets them, and asks for a fresh visitor. @returns when that is done. */
  reset(): Promise<unknown>;
  /** This person wants none of it: remembered, and what waits is deleted. */
  optOut(): void;
  /** Undoes `optOut()`. */
  optIn(): void;
  /** What this person answered when asked for consent: remembered. `false` deletes what waits. */
  consent(given: boolean): void;
  /** Sends what waits. @returns when it is answered, or can't be sent for now. */
  flush(): Promise<unknown>;
  /** Leaves the page alone. What waits is kept, for the next tag to send. */
  stop(): void;
}
