import { type RefObject, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useCustomerPage, useOpenCustomer } from '../customer/open-customer.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { Tag } from '../pieces/tag.tsx';
import { useText } from '../text/text.tsx';
import { Chance } from './offer-item.tsx';
import { useNeedsConfirmation } from './use-confirm.ts';
import { useOffers } from './use-offers.ts';
import './next-action.css';

/** The page of a narrow window that has everything there is to do. */
const PAGE = 'actions';

/** In a narrow window: the most urgent of what to do, at the bottom of every other page, whose keys work here as well. */
export function NextAction() {
  const { page } = useCustomerPage();
  const { isLoading, isNobody, id } = useOpenCustomer();
  const needsConfirmation = useNeedsConfirmation();
  if (page === PAGE || isLoading || isNobody || id === null) return null;
  return needsConfirmation ? <NextConfirmation /> : <NextOffer />;
}

function NextConfirmation() {
  const { t } = useText();
  const { name, layout } = useOpenCustomer();
  const { aside, goTo } = useWayTo();
  const choose = (index: number) => goTo('.actions-method input', index)?.click();
  return (
    <aside ref={aside} className="actions-next" aria-label={t('Next')}>
      {layout.methods.slice(0, 9).map((method, index) => (
        <MethodKey key={method} method={method} number={index + 1} run={() => choose(index)} />
      ))}
      <div className="actions-next-first">
        <Icon name="shield-half" />
        <span className="actions-item-title">{name === null ? t('Who is this?') : t('Is this {name}?', { name })}</span>
      </div>
      <div className="actions-next-acts">
        <Button kind="primary" size="small" onPress={() => goTo('.actions-method input:checked')}>
          {t('Confirm')}
        </Button>
        <NoteButton goTo={goTo} />
      </div>
    </aside>
  );
}

/** A way to make sure is chosen by its number, as on the page that has them. It is confirmed there. */
function MethodKey({ method, number, run }: { readonly method: string; readonly number: number; readonly run: () => void }) {
  useShortcut({ key: String(number), label: method, run });
  return null;
}

function NextOffer() {
  const { t } = useText();
  const { show } = useCustomerPage();
  const offers = useOffers();
  const { aside, goTo } = useWayTo();
  const offer = offers?.offers.find(({ answer }) => answer === null || answer.kind === 'PRESENTED') ?? null;
  const isToPresent = offer !== null && offer.answer === null;
  const present = () => {
    if (offer?.answer === null) void offers?.store.respond(offer.id, 'PRESENTED');
    show(PAGE);
  };
  useShortcut({ key: 'p', label: t('Present the first offer'), run: present, isOn: isToPresent });
  return (
    <aside ref={aside} className="actions-next" aria-label={t('Next')}>
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
          <Button kind="primary" size="small" isPending={offers?.pending === offer.id} onPress={present}>
            {isToPresent ? t('Present') : t('What did they say?')}
          </Button>
        )}
        <NoteButton goTo={goTo} />
      </div>
    </aside>
  );
}

/** Shows the page of everything there is to do, and focuses what was asked for. @returns that element; null when it is not there. */
type GoTo = (selector: string, index?: number) => HTMLElement | null;

function useWayTo(): { readonly aside: RefObject<HTMLElement | null>; readonly goTo: GoTo } {
  const { show } = useCustomerPage();
  const aside = useRef<HTMLElement>(null);
  const goTo: GoTo = (selector, index = 0) => {
    // It goes with the page that it is on.
    const panel = aside.current?.parentElement ?? null;
    flushSync(() => show(PAGE));
    const found = panel?.querySelectorAll<HTMLElement>(selector)[index] ?? null;
    found?.focus();
    return found;
  };
  return { aside, goTo };
}

function NoteButton({ goTo }: { readonly goTo: GoTo }) {
  const { t } = useText();
  const write = () => {
    goTo('.actions-note textarea');
  };
  useShortcut({ key: 'n', label: t('Write a note'), run: write });
  return (
    <Button size="small" onPress={write}>
      {t('Note')}
    </Button>
  );
}
