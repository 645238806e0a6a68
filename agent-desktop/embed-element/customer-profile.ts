/** How a customer is opened: by one of the configured identifier types, or by an id from an earlier message. */
export type CustomerProfileQuestion = { readonly type: string; readonly value: string } | { readonly customerId: string };

/** An agent's token, or what gets one. It is asked again when the gateway refuses a token. */
export type CustomerProfileToken = string | (() => string | Promise<string>);

/** The details of the element's events. Each event has the name of the frame's message. */
export interface CustomerProfileEvents {
  'customer-profile:ready': CustomEvent<null>;
  'customer-profile:opened': CustomEvent<{ readonly customerId: string; readonly assurance: string }>;
  'customer-profile:confirmed': CustomEvent<{ readonly customerId: string; readonly method: string }>;
  'customer-profile:error': CustomEvent<{ readonly code: string; readonly message: string }>;
}

/** Where the script was loaded from: the gateway, unless the page serves a copy. */
const HOME = typeof document === 'undefined' ? null : (document.currentScript as HTMLScriptElement | null)?.src || null;
const PREFIX = 'customer-profile:';
/** What the frame may say; every event of the element is one of these. */
const SAID = ['ready', 'opened', 'confirmed', 'error'];

/**
 * `<customer-profile gateway="https://profile.example">`: the agent desktop in a frame. It needs no cookie, and the token is a
 * property: never an attribute, an address or a storage.
 */
class CustomerProfileElement extends HTMLElement {
  static readonly observedAttributes = ['gateway'];

  readonly #frame = document.createElement('iframe');
  #token: CustomerProfileToken | null = null;
  #question: CustomerProfileQuestion | null = null;
  #isReady = false;
  /** Tokens that were refused in a row: a function that gives the same one again must not be asked for ever. */
  #refused = 0;

  constructor() {
    super();
    const style = new CSSStyleSheet();
    style.replaceSync(':host{display:block;min-height:480px}iframe{display:block;width:100%;height:100%;min-height:inherit;border:0}');
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.adoptedStyleSheets = [style];
    this.#frame.title = 'Customer profile';
    this.#frame.referrerPolicy = 'no-referrer';
    this.#frame.allow = 'clipboard-write';
    shadow.append(this.#frame);
  }

  /** The agent's token. Set it before or after the element is in the page, and again when there is a new one. */
  get token(): CustomerProfileToken | null {
    return this.#token;
  }

  set token(token: CustomerProfileToken | null) {
    this.#token = token;
    this.#refused = 0;
    if (this.#isReady) void this.#sendToken();
  }

  /** Opens a customer, at once or as soon as the frame is ready. The last call counts. */
  open(question: CustomerProfileQuestion): void {
    this.#question = question;
    if (this.#isReady) this.#sendQuestion();
  }

  connectedCallback(): void {
    window.addEventListener('message', this.#receive);
    this.#load();
  }

  disconnectedCallback(): void {
    window.removeEventListener('message', this.#receive);
    this.#isReady = false;
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#load();
  }

  /** The gateway's origin; null when the attribute is no address. */
  get #origin(): string | null {
    const address = this.getAttribute('gateway') ?? HOME;
    return address !== null && URL.canParse(address) && /^https?:/.test(address) ? new URL(address).origin : null;
  }

  #load(): void {
    this.#isReady = false;
    const origin = this.#origin;
    if (origin !== null) this.#frame.src = `${origin}/agent/embed`;
    else
      this.#report('error', {
        code: 'BAD_USER_INPUT',
        message: 'customer-profile: expected the attribute gateway to be an https address.',
      });
  }

  readonly #receive = ({ source, origin, data }: MessageEvent): void => {
    if (source === null || source !== this.#frame.contentWindow || origin !== this.#origin) return;
    const { type, ...detail } = (data ?? {}) as Record<string, unknown>;
    const name = String(type).slice(PREFIX.length);
    if (!String(type).startsWith(PREFIX) || !SAID.includes(name)) return;
    if (name === 'ready') void this.#begin();
    if (name === 'opened') this.#refused = 0;
    if (name === 'error' && detail.code === 'UNAUTHENTICATED' && typeof this.#token === 'function' && this.#refused++ < 3)
      void this.#sendToken();
    this.#report(name, name === 'ready' ? null : detail);
  };

  async #begin(): Promise<void> {
    this.#isReady = true;
    await this.#sendToken();
    this.#sendQuestion();
  }

  async #sendToken(): Promise<void> {
    const given = this.#token;
    try {
      const token = typeof given === 'function' ? await given() : given;
      // A newer token may have been set while this one was asked for.
      if (given === null || given !== this.#token) return;
      if (typeof token !== 'string' || token === '') throw new Error('none was given');
      this.#post({ type: `${PREFIX}token`, token });
    } catch (error) {
      this.#report('error', {
        code: 'UNAUTHENTICATED',
        message: `customer-profile: expected token to be a text, or a function that gives one. ${error}`,
      });
    }
  }

  #sendQuestion(): void {
    const question = this.#question;
    if (question === null) return;
    this.#post({
      type: `${PREFIX}open`,
      ...('customerId' in question ? { customerId: question.customerId } : { identifier: { type: question.type, value: question.value } }),
    });
  }

  #post(message: object): void {
    const origin = this.#origin;
    if (origin !== null) this.#frame.contentWindow?.postMessage(message, origin);
  }

  #report(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(PREFIX + name, { detail }));
  }
}

// The script defines the element and has no exports; a program that imports it gets its types.
export type { CustomerProfileElement };

declare global {
  interface HTMLElementTagNameMap {
    'customer-profile': CustomerProfileElement;
  }
}

if (typeof customElements !== 'undefined' && !customElements.get('customer-profile'))
  customElements.define('customer-profile', CustomerProfileElement);
