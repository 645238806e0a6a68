import { useState } from 'react';
import { agentOf } from '../../connection/agent.ts';
import { useConnection, useSentenceOf } from '../../connection/connection.tsx';
import { codeOf } from '../../connection/gateway-error.ts';
import { NO_DRAFT, useDrafts } from '../../customer/drafts.ts';
import { useCloseCustomer, useOpenCustomer } from '../../customer/open-customer.tsx';
import { Button } from '../../pieces/button.tsx';
import { Field } from '../../pieces/field.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { Sheet } from '../../pieces/sheet.tsx';
import { useToasts } from '../../pieces/toasts.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import { erase } from '../changes.ts';
import type { SheetHost } from '../identity-sheets.tsx';
import { nameOf } from './side-view.tsx';
import { useSide } from './use-side.ts';

/** Erases the customer, here and in the sources. It can't be undone, so what is erased must be typed. */
export function EraseSheet({ host }: { readonly host: SheetHost }) {
  const { t } = useText();
  const { client, layout, session } = useConnection();
  const isAdmin = agentOf(session.token()).roles.includes('admin');
  const toasts = useToasts();
  const sentenceOf = useSentenceOf();
  const drafts = useDrafts();
  const closeTab = useCloseCustomer();
  const { id, sources } = useOpenCustomer();
  const read = useSide(id);
  const [typed, setTyped] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const side = read.kind === 'ready' ? read.side : null;
  // Before a confirmation, identifiers are masked.
  const isMasked = side !== null && side.assurance !== 'VERIFIED';
  const word =
    side === null
      ? null
      : wordOf(
          side,
          layout.identifiers.map(({ type }) => type),
          isMasked,
          t,
        );
  const isTyped = word !== null && typed.trim() === word.value;
  const run = async () => {
    if (id === null || !isTyped) return;
    setIsPending(true);
    setFailure(null);
    try {
      const { complete, sources: asked } = await erase(client, id);
      const left = asked.filter(({ erased }) => !erased).map(({ name }) => name);
      if (complete) {
        host.close();
        host.changed();
        toasts.show({
          text:
            asked.length === 0
              ? t('Erased here. The sources have no way to erase: ask those who run them.')
              : t('Erased here and in {count, plural, one {# source} other {# sources}}.', { count: asked.length }),
        });
        // Of one who was erased nothing stays, and nothing can be brought back.
        drafts.keep(id, NO_DRAFT);
        closeTab?.();
      } else if (left.length > 0) {
        setFailure(t('Nothing was erased here, because {sources} could not erase. Try again.', { sources: left.join(', ') }));
      } else setFailure(t('Nothing was erased here, because the customer got new identifiers meanwhile. Try again.'));
    } catch (error) {
      setFailure(
        codeOf(error) === 'FORBIDDEN' ? t('You are signed in without the role admin. Ask somebody who has it.') : sentenceOf(error),
      );
    }
    setIsPending(false);
  };
  return (
    <Sheet
      isOpen
      onClose={host.close}
      title={t('Erase this customer?')}
      size="small"
      foot={
        <>
          <span className="identity-foot">{!isAdmin && t('Needs the role admin.')}</span>
          <Button onPress={host.close} shortcut="Escape">
            {t('Keep')}
          </Button>
          <Button kind="fail" icon="trash" isDisabled={!isTyped} isPending={isPending} onPress={() => void run()}>
            {t('Erase')}
          </Button>
        </>
      }
    >
      <div className="identity-sheet">
        {side !== null && (
          <p className="identity-lead">
            {t(
              'All that is held of {name} is deleted here and in the sources that can erase: {interactions}, {identifiers} and {sources}.',
              {
                name: nameOf(side, t),
                interactions: sayInteractions(side.interactions, t),
                identifiers: t('{count, plural, one {# identifier} other {# identifiers}}', { count: (side.identifiers ?? []).length }),
                sources: t('{count, plural, one {records of # source} other {records of # sources}}', {
                  count: sources.filter(({ status }) => status !== 'SKIPPED').length,
                }),
              },
            )}{' '}
            <b>{t('This cannot be undone.')}</b>
          </p>
        )}
        {word !== null && <Field label={t('Type {type}: {value}', word)} value={typed} onChange={setTyped} autoFocus />}
        {failure !== null && <Notice>{failure}</Notice>}
      </div>
    </Sheet>
  );
}

/**
 * What must be typed: the strongest identifier, else the name. Dots of a mask can't be typed: then the name, else what a mask shows. Of
 * a short value it shows nothing, and what can be left empty would ask nothing: then a word.
 */
function wordOf(
  side: { readonly name: string | null; readonly identifiers: readonly { readonly type: string; readonly value: string }[] | null },
  types: readonly string[],
  isMasked: boolean,
  t: ReturnType<typeof useText>['t'],
): { type: string; value: string } {
  const own = types.flatMap((type) => side.identifiers?.find((each) => each.type === type) ?? []);
  const shown = own.map(({ type, value }) => ({ type: typeLabel(type, t), value: (isMasked ? value.replaceAll('•', '') : value).trim() }));
  const strongest = shown.find(({ value }) => value !== '');
  const name = side.name === null || side.name.trim() === '' ? undefined : { type: t('Name'), value: side.name.trim() };
  return (isMasked ? (name ?? strongest) : (strongest ?? name)) ?? { type: t('the word'), value: t('Erase') };
}

function sayInteractions(
  interactions: { readonly count: number; readonly isMore: boolean } | null,
  t: ReturnType<typeof useText>['t'],
): string {
  if (interactions === null) return t('the journey');
  if (interactions.isMore) return t('more than {count} interactions', { count: interactions.count });
  return t('{count, plural, =0 {no interactions} one {# interaction} other {# interactions}}', { count: interactions.count });
}
