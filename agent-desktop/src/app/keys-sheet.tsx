import { Button } from '../pieces/button.tsx';
import { isSingleKey, printedKeys } from '../pieces/keys.ts';
import { Sheet } from '../pieces/sheet.tsx';
import { type ShortcutGroup, useShortcuts } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import './keys-sheet.css';

const IS_LATER_TAB = /^Alt\+[2-9]$/;

/** All keys that work here, and the switch for those of a single sign (WCAG 2.1.4). */
export function KeysSheet({ onClose }: { readonly onClose: () => void }) {
  const { t } = useText();
  const { list, isOn, setOn } = useShortcuts();
  // Nine lines that say the same would hide the others.
  const keys = new Map(
    list().flatMap(({ key, label, group }) =>
      IS_LATER_TAB.test(key) ? [] : [[key, { label: key === 'Alt+1' ? t('Open customers, 1 to 9') : label, group }]],
    ),
  );
  const titles: Readonly<Record<ShortcutGroup, string>> = {
    desk: t('Everywhere'),
    who: t('Who'),
    journey: t('What happened'),
    actions: t('What to do'),
    identity: t('Identity'),
  };
  return (
    <Sheet
      isOpen
      onClose={onClose}
      title={t('All keys')}
      isText
      foot={
        <>
          <Button isPressed={isOn} onPress={() => setOn(!isOn)}>
            {isOn ? t('Switch single keys off') : t('Switch single keys on')}
          </Button>
          <span className="muted">{t('Keys with Ctrl or Alt, and F6, always work.')}</span>
        </>
      }
    >
      <div className="app-keys">
        {(Object.keys(titles) as ShortcutGroup[]).map((shown) => {
          const own = [...keys].filter(([, { group }]) => group === shown);
          return own.length === 0 ? null : (
            <section key={shown}>
              <h3>{titles[shown]}</h3>
              <dl>
                {own.map(([key, { label }]) => (
                  <div key={key} className={!isOn && isSingleKey(key) ? 'app-key-off' : undefined}>
                    <dt>
                      <kbd>{printedKeys(key)}</kbd>
                    </dt>
                    <dd>{label}</dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Sheet>
  );
}
