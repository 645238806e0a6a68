import { useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import { Chance } from './offer-item.tsx';
import { useNeedsConfirmation } from './use-confirm.ts';
import { useOffers } from './use-offers.ts';
import './next-action.css';

/** The page of a narrow window that has everything there is to do. */
const PAGE = 'actions';

/** In a narrow window: the most urgent of what to do, at the bottom of every other page. */
export function NextAction() {
  const { t } = useText();
  const { page, show } = useCustomerPage();
  const { name, isLoading, isNobody, id } = useOpenCustomer();
  const needsConfirmation = useNeedsConfirmation();
  const offers = useOffers();
  if (page === PAGE || isLoading || isNobody || id === null) return null;
  if (needsConfirmation) {
    return (
      <aside className="actions-next" aria-label={t('Next')}>
        <div className="actions-next-first">
          <Icon name="shield-half" />
          <span className="actions-item-title">{name === null ? t('Who is this?') : t('Is this {name}?', { name })}</span>
        </div>
        <div className="actions-next-acts">
          <Button kind="primary" size="small" onPress={() => show(PAGE)}>
            {t('Confirm')}
          </Button>
          <Button size="small" onPress={() => show(PAGE)}>
            {t('Note')}
          </Button>
        </div>
      </aside>
    );
  }
  const offer = offers?.offers.find(({ answer }) => answer === null || answer.kind === 'PRESENTED') ?? null;
  return (
    <aside className="actions-next" aria-label={t('Next')}>
      {offer !== null && (
        <>
          <div className="actions-next-first">
            <Tag kind="accent">{t('Next')}</Tag>
            <span className="actions-item-title">{offer.title}</span>
            {offer.chance !== null && (
              <span className="actions-end">
                <Chance of={offer.chance} />
              </span>
            )}
          </div>
          {offer.say !== null && <p className="actions-why">{offer.say}</p>}
        </>
      )}
      <div className="actions-next-acts">
        {offer !== null && (
          <Button
            kind="primary"
            size="small"
            isPending={offers?.pending === offer.id}
            onPress={() => {
              if (offer.answer === null) void offers?.store.respond(offer.id, 'PRESENTED');
              show(PAGE);
            }}
          >
            {offer.answer === null ? t('Present') : t('What did they say?')}
          </Button>
        )}
        <Button size="small" onPress={() => show(PAGE)}>
          {t('Note')}
        </Button>
      </div>
    </aside>
  );
}
