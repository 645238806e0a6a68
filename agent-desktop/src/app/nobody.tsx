import { type ReactNode, useEffect, useState } from 'react';
import { useSentenceOf } from '../connection/connection.tsx';
import { codeOf } from '../connection/gateway-error.ts';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { CustomerFinder, type CustomerFinderProps } from '../find/customer-finder.tsx';
import { useNewCaller } from '../identity/new-caller.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { useAnnounce } from '../pieces/announce.tsx';
import { Button } from '../pieces/button.tsx';
import { Notice } from '../pieces/notice.tsx';
import { useText } from '../text/text.tsx';
import type { Translate } from '../text/translate.ts';
import { typeInSentence } from '../text/type-name.ts';
import './nobody.css';

export interface NobodyProps extends Pick<CustomerFinderProps, 'onChoose'> {
  /** In a narrow window: what stands at the top, as there is no bar. */
  readonly end: ReactNode;
}

/**
 * Who calls is no customer that the gateway has linked: perhaps a source knows them by the same number, which is looked for at once;
 * otherwise the agent begins a new customer. Also where the question itself cannot be answered.
 */
export function Nobody({ onChoose, end }: NobodyProps) {
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const announce = useAnnounce();
  const { question, isNobody, isGone, error, isRefreshing, refresh } = useOpenCustomer();
  const newCaller = useNewCaller();
  const [failure, setFailure] = useState<unknown>(null);
  const [isBeginning, setBeginning] = useState(false);
  const identifier = 'identifier' in question ? question.identifier : null;
  const title = isGone
    ? t('Nothing is held of this customer any more')
    : isNobody
      ? titleOf(question, t)
      : t('This customer could not be opened');
  useEffect(() => announce(title), [announce, title]);
  const begin = async () => {
    if (identifier === null) return;
    setBeginning(true);
    setFailure(null);
    try {
      await newCaller(identifier);
      await refresh();
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBeginning(false);
    }
  };
  return (
    <section className="app-nobody" aria-label={title}>
      {end !== null && <div className="app-nobody-end">{end}</div>}
      <h1>{title}</h1>
      {isGone ? (
        <p className="muted">
          {t('They were erased while they were open here, or lost their last identifier. What was on the screen is gone.')}
        </p>
      ) : isNobody ? (
        <p className="muted">{identifier === null ? t('They were erased, or the link is wrong.') : <Said {...identifier} />}</p>
      ) : (
        <Notice
          acts={
            <Button kind="fail" size="small" icon="retry" isPending={isRefreshing} onPress={() => void refresh()}>
              {t('Try again')}
            </Button>
          }
        >
          {codeOf(error) === 'BAD_USER_INPUT'
            ? t('The call names something that this gateway does not know. Find the customer by what they say.')
            : sentenceOf(error)}
        </Notice>
      )}
      <CustomerFinder onChoose={onChoose} initial={isNobody ? (identifier?.value ?? '') : ''} canOpenBeside={false} autoFocus />
      {isNobody && identifier !== null && (
        <p className="app-nobody-acts">
          <Button icon="plus" isPending={isBeginning} onPress={() => void begin()}>
            {t('Open as a new caller')}
          </Button>
        </p>
      )}
      {failure !== null && <Notice>{sentenceOf(failure)}</Notice>}
    </section>
  );
}

function titleOf(question: OpenQuestion, t: Translate): string {
  if ('id' in question) return t('There is no such customer');
  return t('No customer has this {type}', { type: typeInSentence(question.identifier.type, t) });
}

function Said({ value }: { readonly value: string }) {
  const { t } = useText();
  return (
    <>
      <span className="code">{value}</span> {t('is linked to nobody yet. Perhaps a source knows it:')}
    </>
  );
}
