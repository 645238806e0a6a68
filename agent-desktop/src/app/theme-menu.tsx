import { Button } from '../pieces/button.tsx';
import { Menu } from '../pieces/menu.tsx';
import { useText } from '../text/text.tsx';
import { type Theme, useTheme } from './theme.ts';

export function ThemeMenu() {
  const { t } = useText();
  const [theme, setTheme] = useTheme();
  const titles: Readonly<Record<Theme, string>> = { system: t('As the system'), light: t('Light'), dark: t('Dark') };
  const entries = (Object.keys(titles) as Theme[]).map((id) => ({ id, text: titles[id], isChosen: id === theme, run: () => setTheme(id) }));
  return <Menu label={t('Theme')} button={<Button kind="quiet" size="small" icon="theme" label={t('Theme')} />} entries={entries} />;
}
