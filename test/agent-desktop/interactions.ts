import fc from 'fast-check';
import { parseInteraction, type SentInteraction } from '../../agent-desktop/src/journey/interaction.ts';

/** Friday 3 December 2010, 12:00 in the time zone of the machine. */
export const NOON = new Date(2010, 11, 3, 12).getTime();
export const MINUTE = 60_000;

/** An interaction as the gateway sends it; `at` in milliseconds. */
export function sent({ at = NOON, ...rest }: Partial<Omit<SentInteraction, 'occurredAt'>> & { at?: number } = {}): SentInteraction {
  return {
    id: `i-${at}`,
    type: 'page_view',
    occurredAt: new Date(at).toISOString(),
    recordedAt: new Date(at).toISOString(),
    touchpoint: 'web',
    channel: 'WEB',
    pageUrl: `https://shop.example/page-${at}`,
    properties: {},
    source: null,
    actor: null,
    ...rest,
  };
}

export const item = (given: Parameters<typeof sent>[0] = {}) => parseInteraction(sent(given));

/** Interactions of any kind within some days, each id once; many share a time, a page or a touchpoint. */
export const anyInteractions = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      minutes: fc.integer({ min: 0, max: 4_000 }),
      type: fc.constantFrom('page_view', 'page_view', 'purchase', 'email_open', 'note', 'something else'),
      touchpoint: fc.constantFrom('web', 'club', null),
      page: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 60, selector: ({ id }) => id },
  )
  .map((all) =>
    all.map(({ id, minutes, type, touchpoint, page }) =>
      sent({
        id,
        at: NOON - minutes * MINUTE,
        type,
        touchpoint,
        channel: touchpoint === null ? null : 'WEB',
        pageUrl: `https://shop.example/${page}`,
      }),
    ),
  );
