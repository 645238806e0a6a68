import { useConnection } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { useText } from '../text/text.tsx';

/** What the owner's configuration suggests to search for, where nobody was opened yet. */
export function Examples({ onChoose }: { readonly onChoose: (example: string) => void }) {
  const { t } = useText();
  const { examples } = useConnection().layout;
  if (examples.length === 0) return null;
  return (
    <p className="find-examples">
      <span>{t('For example')}</span>
      {examples.map((example) => (
        <Button key={example} size="small" onPress={() => onChoose(example)}>
          {example}
        </Button>
      ))}
    </p>
  );
}
