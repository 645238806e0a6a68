import { startTag } from './start-tag.ts';
import type { Tag, TagOptions } from './tag-options.ts';

export type { Tag, TagOptions } from './tag-options.ts';

/** Starts capturing on this page, until `stop()`. */
export function createTag({ gateway, handoff = {}, handoffParameter = '', ...options }: TagOptions): Tag {
  const stopping = new AbortController();
  const tag = startTag(
    options,
    gateway.replace(/\/?$/, '/'),
    options.token,
    Object.entries(handoff),
    handoffParameter,
    () => import('./placements.ts'),
    { signal: stopping.signal, automatic: options.automatic },
  );
  return { ...tag, stop: () => stopping.abort() };
}
