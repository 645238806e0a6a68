import type { OpenTabs, TabAct } from './open-customers.ts';

export interface BarProps {
  readonly open: OpenTabs;
  readonly act: (act: TabAct) => void;
}

export function Bar(_props: BarProps) {
  return <header className="app-bar" />;
}
