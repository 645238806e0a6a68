import { startTag } from './start-tag.ts';
import type { Tag, TagOptions } from './tag-options.ts';

export type { Tag, TagOptions } from './tag-options.ts';

/** Starts capturing on this page, until `stop()`. */
export function createTag({ gateway, handoff = {}, handoffParameter = '', ...options }: TagOptions): Tag {
  const stopping = new AbortController();
  const tag = startTag(
    { ...options, handoffParameter, gateway: gateway.replace(/\/?$/, '/'), handoff: Object.entries(handoff) },
    stopping.signal,
  );
  return { ...tag, stop: () => stopping.abort() };
}
