import { useOpenCustomer } from '../../customer/open-customer.tsx';
import { Button } from '../../pieces/button.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { useText } from '../../text/text.tsx';
import type { SheetHost } from '../identity-sheets.tsx';
import { nameOf } from './side-view.tsx';
import type { Side } from './use-side.ts';

export interface ConfirmFirstProps {
  readonly sides: readonly Side[];
  readonly host: SheetHost;
}

/** Everybody whom a change names must be confirmed: who is not, and a button that leads to where they are. */
export function ConfirmFirst({ sides, host }: ConfirmFirstProps) {
  const { t } = useText();
  const customer = useOpenCustomer();
  const waiting = sides.filter(({ assurance }) => assurance !== 'VERIFIED');
  const goTo = (id: string) => () => {
    host.close();
    // A fragment reaches no log; the desktop takes it out of the address at once.
    if (id !== customer.id) location.hash = new URLSearchParams({ id }).toString();
  };
  const acts = waiting.map((side) => (
    <Button key={side.id} size="small" icon="shield" onPress={goTo(side.id)}>
      {t('Confirm {name}', { name: nameOf(side, t) })}
    </Button>
  ));
  return (
    <Notice kind="attention" icon="lock" acts={acts.length > 0 ? acts : undefined}>
      {sides.length > 1
        ? t('Both must be confirmed before you can change who they are. You have 30 minutes after each confirmation.')
        : t('Confirm who is calling before you change who they are.')}
    </Notice>
  );
}
