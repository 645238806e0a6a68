import { printedKeys } from '../pieces/keys.ts';
import { useText } from '../text/text.tsx';

/** Which keys work in the box. */
export function FinderFoot({ canOpenBeside }: { readonly canOpenBeside: boolean }) {
  const { t } = useText();
  return (
    <div className="find-foot">
      <span>
        <kbd>↑</kbd>
        <kbd>↓</kbd> {t('choose')}
      </span>
      <span>
        <kbd>↵</kbd> {t('open')}
      </span>
      {canOpenBeside && (
        <span>
          <kbd>{printedKeys('Mod+Enter')}</kbd> {t('open beside')}
        </span>
      )}
      <span className="find-foot-end">{t('Also takes a phone or an order number')}</span>
    </div>
  );
}
