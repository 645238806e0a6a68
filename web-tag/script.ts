import { startTag } from './start-tag.ts';
import type { Tag } from './tag-options.ts';

type PageTag = Omit<Tag, 'stop'>;
type Call = readonly [method: keyof PageTag, ...args: unknown[]];

declare global {
  interface Window {
    /** Before the tag is there, a list of calls for it; then the tag, which goes on taking such calls. */
    customerProfile?: readonly Call[] | (PageTag & { push(...calls: readonly Call[]): void });
  }
  interface Document {
    readonly prerendering?: boolean;
  }
}

function start({ src, dataset }: HTMLScriptElement): void {
  const waiting = window.customerProfile ?? [];
  // A second script element: one tag is enough.
  if ('page' in waiting) return;
  const [[method, token] = []] = waiting as readonly [string, string][];
  const tag = startTag({
    token: method === 'login' ? token : undefined,
    ...(dataset as { touchpoint?: string; consent?: 'required' }),
    gateway: new URL('.', src).href,
    // `shop.example=web2, *.third.example=web3`
    handoff: `${dataset.handoff}`.split(/[\s,]+/).map((part) => part.split('=')),
    // Filled in by the gateway that serves this file.
    handoffParameter: '__HANDOFF_PARAMETER__',
  });
  const push = (...calls: readonly Call[]) => {
    for (const [method, ...args] of calls) (tag[method] as undefined | ((...args: unknown[]) => unknown))?.(...args);
  };
  window.customerProfile = { ...tag, push };
  push(...waiting);
}

const script = document.currentScript as HTMLScriptElement;
// A page that was only fetched in advance has been seen by nobody yet.
if (document.prerendering) document.addEventListener('prerenderingchange', () => start(script));
else start(script);
