import { type ReactNode, useState } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Notice } from '../pieces/notice.tsx';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import type { OfferKeys } from './offers-card.tsx';
import type { ShownOffer } from './shown-offers.ts';
import type { Offers } from './use-offers.ts';
import './offer-item.css';

export interface OfferItemProps {
  readonly offer: ShownOffer;
  readonly rank: number;
  readonly offers: Offers;
  readonly isWhyShown: boolean;
  readonly keys: OfferKeys;
}

/** One offer: what to say, the button that records that it was said, and the customer's answer. */
export function OfferItem({ offer, rank, offers, isWhyShown, keys }: OfferItemProps) {
  const { t, formatTime } = useText();
  const sentenceOf = useSentenceOf();
  const [isLater, setIsLater] = useState(false);
  const { answer } = offer;
  const isAwaited = answer?.kind === 'PRESENTED' && !isLater;
  const failed = offers.failed?.id === offer.id ? offers.failed.error : null;
  return (
    <article className={`actions-offer ${isAwaited ? 'actions-offer-open' : ''}`}>
      <div className="actions-offer-first">
        {isWhyShown && <span className="actions-rank">{rank}</span>}
        <h4>{offer.title}</h4>
        <span className="actions-end">
          <OfferEnd offer={offer} isWhyShown={isWhyShown} isAwaited={isAwaited}>
            <Present offer={offer} offers={offers} hasKey={keys.toPresent === offer.id} />
          </OfferEnd>
        </span>
      </div>
      {offer.say !== null && <p className="actions-say">{isAwaited || isWhyShown ? `“${offer.say}”` : offer.say}</p>}
      {isWhyShown && answer === null && (
        <div className="actions-with-act">
          <p className="actions-reason">
            <Icon name="check" size="small" />
            {t('Its rule is true for this customer')}
          </p>
          <Present offer={offer} offers={offers} hasKey={keys.toPresent === offer.id} />
        </div>
      )}
      {isAwaited && (
        <div className="actions-answer">
          <span className="actions-asked">{t('Presented at {time}. What did they say?', { time: formatTime(answer.at) })}</span>
          <Button
            kind="primary"
            size="small"
            shortcut={keys.toAnswer === offer.id ? 'a' : undefined}
            isPending={offers.pending === offer.id}
            onPress={() => void offers.store.respond(offer.id, 'ACCEPTED')}
          >
            {t('Accepted')}
          </Button>
          <Button
            size="small"
            shortcut={keys.toAnswer === offer.id ? 'd' : undefined}
            onPress={() => void offers.store.respond(offer.id, 'DECLINED')}
          >
            {t('Declined')}
          </Button>
          <Button kind="quiet" size="small" onPress={() => setIsLater(true)}>
            {t('Not now')}
          </Button>
        </div>
      )}
      {answer !== null && answer.kind !== 'PRESENTED' && (
        <p className="actions-hint">{t('Recorded at {time}.', { time: formatTime(answer.at) })}</p>
      )}
      {failed !== null && <Notice>{sentenceOf(failed)}</Notice>}
    </article>
  );
}

interface OfferEndProps {
  readonly offer: ShownOffer;
  readonly isWhyShown: boolean;
  readonly isAwaited: boolean;
  /** The button that presents it. */
  readonly children: ReactNode;
}

function OfferEnd({ offer, isWhyShown, isAwaited, children }: OfferEndProps) {
  const { t } = useText();
  if (offer.answer?.kind === 'ACCEPTED') {
    return (
      <Tag kind="good">
        <Icon name="check" size="small" />
        {t('accepted')}
      </Tag>
    );
  }
  if (offer.answer?.kind === 'DECLINED') return <Tag>{t('declined')}</Tag>;
  if (offer.answer !== null && !isAwaited) return <Tag>{t('presented')}</Tag>;
  if (isWhyShown || isAwaited) return offer.chance === null ? null : <Chance of={offer.chance} />;
  return children;
}

function Present({ offer, offers, hasKey }: { readonly offer: ShownOffer; readonly offers: Offers; readonly hasKey: boolean }) {
  const { t } = useText();
  return (
    <Button
      size="small"
      shortcut={hasKey ? 'p' : undefined}
      isPending={offers.pending === offer.id}
      onPress={() => void offers.store.respond(offer.id, 'PRESENTED')}
    >
      {t('Present')}
    </Button>
  );
}

/** How likely it is that the customer accepts, as far as answers to it have shown. */
export function Chance({ of }: { readonly of: number }) {
  const { t } = useText();
  const percent = Math.round(of * 100);
  return (
    <span className="actions-chance" title={t('Chance to be accepted')}>
      <span className="only-read">{t('Chance to be accepted')} </span>
      <span className="actions-bar">
        <i style={{ width: `${percent}%` }} />
      </span>
      {percent} %
    </span>
  );
}
