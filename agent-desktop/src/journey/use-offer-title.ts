import { useCallback } from 'react';
import { useLayout } from '../connection/connection.tsx';
import { useText } from '../text/text.tsx';
import type { JourneyItem } from './interaction.ts';
import { offerNameOf } from './kinds.ts';

/** @returns what finds the title of the offer that an interaction answers; null for no offer, and for one that is not there any more. */
export function useOfferTitle(): (item: JourneyItem) => string | null {
  const { offers } = useLayout();
  const { language } = useText();
  return useCallback(
    (item) => {
      const name = offerNameOf(item);
      return offers.find((offer) => offer.name === name)?.titles[language] ?? null;
    },
    [offers, language],
  );
}
