import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { nextColumn } from './next-column.ts';
import { MOST_TABS, type OpenTabs, type TabAct } from './open-customers.ts';

export interface DeskKeysProps {
  readonly open: OpenTabs;
  readonly act: (act: TabAct) => void;
  readonly onClose: (key: string) => void;
  readonly onFind: () => void;
  readonly onShowKeys: () => void;
}

/** The keys of the desk itself. */
export function DeskKeys({ open, act, onClose, onFind, onShowKeys }: DeskKeysProps) {
  const { t } = useText();
  const { tabs, shown } = open;
  useShortcut({ key: '/', label: t('Find a customer'), run: onFind });
  useShortcut({ key: 'Mod+k', label: t('Find a customer'), run: onFind });
  useShortcut({ key: '?', label: t('All keys'), run: onShowKeys });
  useShortcut({ key: 'F6', label: t('Next column'), run: () => nextColumn(1) });
  useShortcut({ key: 'Shift+F6', label: t('Column before'), run: () => nextColumn(-1), inFields: true });
  useShortcut({
    key: 'Alt+w',
    label: t('Close the customer'),
    run: () => shown !== null && onClose(shown),
    isOn: shown !== null,
  });
  return Array.from({ length: MOST_TABS }, (_, index) => {
    const key = tabs[index]?.key;
    // biome-ignore lint/suspicious/noArrayIndexKey: the position is the key that one presses
    return <TabKey key={index} number={index + 1} run={() => key !== undefined && act({ kind: 'show', key })} isOn={key !== undefined} />;
  });
}

function TabKey({ number, run, isOn }: { number: number; run: () => void; isOn: boolean }) {
  const { t } = useText();
  useShortcut({ key: `Alt+${number}`, label: t('Open customer {number}', { number }), run, isOn });
  return null;
}
