import { useCallback, useState } from 'react';
import { lastingStorage } from '../model/page-storage.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEPT_AS = 'agent-desktop.theme';

function keptTheme(): Theme {
  const kept = lastingStorage.getItem(KEPT_AS);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Shows the chosen theme before the first picture of the page. */
export const showKeptTheme = (): void => showTheme(keptTheme());

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(keptTheme);
  const choose = useCallback((next: Theme) => {
    lastingStorage.setItem(KEPT_AS, next);
    showTheme(next);
    setTheme(next);
  }, []);
  return [theme, choose];
}
