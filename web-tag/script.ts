import { startTag } from './start-tag.ts';
import type { Tag } from './tag-options.ts';

type PageTag = Omit<Tag, 'stop'>;
type Call = readonly [method: keyof PageTag, ...args: unknown[]];

declare global {
  interface Window {
    /** A list of calls until the script has loaded; then the tag, whose `push` takes further calls. */
    customerProfile?: readonly Call[] | (PageTag & { push(...calls: readonly Call[]): void });
  }
  interface Document {
    readonly prerendering?: boolean;
  }
}

function start({ src, dataset }: HTMLScriptElement): void {
  const waiting = window.customerProfile ?? [];
  // A second script element starts no second tag.
  if ('page' in waiting) return;
  const [[method, token] = []] = waiting as readonly [string, string][];
  const gateway = new URL('.', src).href;
  const tag = startTag(
    dataset as { touchpoint?: string; consent?: 'required' },
    gateway,
    method === 'login' && token,
    // `shop.example=web2, *.third.example=web3`
    `${dataset.handoff}`.split(/[\s,]+/).map((part) => part.split('=')),
    // The gateway writes its parameter here when it serves this file.
    '__CT__',
    () => import(`${gateway}tag-offers.js`),
  );
  const push = (...calls: readonly Call[]) => {
    for (const [method, ...args] of calls) (tag[method] as undefined | ((...args: unknown[]) => unknown))?.(...args);
  };
  window.customerProfile = { ...tag, push };
  push(...waiting);
}

const script = document.currentScript as HTMLScriptElement;
// A page that the browser prerenders has not been seen yet.
if (document.prerendering) document.addEventListener('prerenderingchange', () => start(script));
else start(script);
