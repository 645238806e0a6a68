import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useIdentitySheet } from '../identity/identity-sheets.tsx';
import { Button } from '../pieces/button.tsx';
import { Menu } from '../pieces/menu.tsx';
import { useText } from '../text/text.tsx';

/** What changes who this is. Each entry opens a sheet that shows beforehand what would happen. */
export function WhoMenu() {
  const { t } = useText();
  const { id } = useOpenCustomer();
  const { open } = useIdentitySheet();
  if (id === null) return null;
  return (
    <Menu
      label={t('More about this customer')}
      button={<Button kind="quiet" size="small" icon="more" label={t('More: link, merge, split, unlink, erase')} />}
      entries={[
        { id: 'link', text: t('Link an identifier'), icon: 'link', run: () => open({ kind: 'link' }) },
        { id: 'merge', text: t('Merge with another customer'), icon: 'merge', run: () => open({ kind: 'merge', ids: [id] }) },
        { id: 'split', text: t('Split off identifiers'), icon: 'split', run: () => open({ kind: 'split', identifiers: [] }) },
        { id: 'unlink', text: t('Unlink an identifier'), icon: 'cut', run: () => open({ kind: 'unlink', identifiers: [] }) },
        { id: 'erase', text: t('Erase this customer'), icon: 'trash', run: () => open({ kind: 'erase' }) },
      ]}
    />
  );
}
