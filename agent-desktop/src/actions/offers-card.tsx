import { useState } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { Card } from '../pieces/card.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { NotShownOffers } from './not-shown-offers.tsx';
import { OfferItem } from './offer-item.tsx';
import type { OfferAnswer } from './shown-offers.ts';
import { type Offers, useOffers } from './use-offers.ts';

/** What to offer the customer, why, and what they said. */
export function OffersCard() {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const offers = useOffers();
  const [isWhyShown, setIsWhyShown] = useState(false);
  const toggleWhy = () => setIsWhyShown((isShown) => !isShown);
  const keys = useOfferKeys(offers);
  useShortcut({ key: 'o', label: t('Why these offers'), run: toggleWhy, isOn: offers !== null });
  if (offers === null || offers.isLoading) return null;
  if (offers.error !== null) {
    const retry = (
      <Button kind="fail" size="small" icon="retry" onPress={offers.retry}>
        {t('Try again')}
      </Button>
    );
    return (
      <Card title={t('Offers')}>
        <div className="actions-notice">
          <Notice acts={retry}>{sentenceOf(offers.error)}</Notice>
        </div>
      </Card>
    );
  }
  const shown = offers.offers;
  const all = shown.length + offers.notShown.length;
  const why = (
    <Button kind="quiet" size="small" shortcut="o" isExpanded={isWhyShown} onPress={toggleWhy}>
      {t('Why')}
    </Button>
  );
  return (
    <Card title={t('Offers')} count={isWhyShown ? t('{count} of {all}', { count: shown.length, all }) : shown.length} end={why}>
      {offers.isControl && <p className="actions-hint">{t('This customer is in the control group, which gets no other offers.')}</p>}
      {shown.length === 0 && <p className="actions-empty">{t('Nothing fits this customer now.')}</p>}
      {shown.map((offer, index) => (
        <OfferItem key={offer.id} offer={offer} rank={index + 1} offers={offers} isWhyShown={isWhyShown} keys={keys} />
      ))}
      {isWhyShown && <NotShownOffers offers={offers.notShown} />}
    </Card>
  );
}

/** Which offer the keys mean: the first that was not presented, and the last that waits for an answer. */
export interface OfferKeys {
  readonly toPresent: string | null;
  readonly toAnswer: string | null;
}

function useOfferKeys(offers: Offers | null): OfferKeys {
  const { t } = useText();
  const toPresent = offers?.offers.find(({ answer }) => answer === null)?.id ?? null;
  const toAnswer = offers?.offers.findLast(({ answer }) => answer?.kind === 'PRESENTED')?.id ?? null;
  const respond = (id: string | null, answer: OfferAnswer) => () => {
    if (id !== null) void offers?.store.respond(id, answer);
  };
  useShortcut({ key: 'p', label: t('Present the first offer'), run: respond(toPresent, 'PRESENTED'), isOn: toPresent !== null });
  useShortcut({ key: 'a', label: t('The offer was accepted'), run: respond(toAnswer, 'ACCEPTED'), isOn: toAnswer !== null });
  useShortcut({ key: 'd', label: t('The offer was declined'), run: respond(toAnswer, 'DECLINED'), isOn: toAnswer !== null });
  return { toPresent, toAnswer };
}
