import { useSyncExternalStore } from 'react';
import { agentOf } from '../connection/agent.ts';
import { useConnection } from '../connection/connection.tsx';
import { Button } from '../pieces/button.tsx';
import { Menu, type MenuEntry } from '../pieces/menu.tsx';
import { initialsOf } from '../pieces/seal.tsx';
import { useShortcuts } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { leaveDesk } from './kept-customers.ts';
import './agent-menu.css';

export interface AgentMenuProps {
  readonly onShowKeys: () => void;
  readonly canSignOut: boolean;
}

/** Who is signed in, and what is set for this agent: language, keys, sign-out. */
export function AgentMenu({ onShowKeys, canSignOut }: AgentMenuProps) {
  const { t, language, setLanguage } = useText();
  const { session, settings } = useConnection();
  const { isOn, setOn } = useShortcuts();
  const agent = agentOf(useSyncExternalStore(session.subscribe, session.token));
  const invented = settings.signIn?.kind === 'local' ? settings.signIn.agents : [];
  const name = agent.name ?? invented.find(({ id }) => id === agent.id)?.name ?? agent.id;
  const leave = () => leaveDesk(session);
  const entries: MenuEntry[] = [
    { id: 'keys', text: t('All keys'), icon: 'keyboard', shortcut: '?', run: onShowKeys },
    {
      id: 'single',
      text: isOn ? t('Switch single keys off') : t('Switch single keys on'),
      icon: isOn ? 'minus' : 'plus',
      run: () => setOn(!isOn),
    },
    // Each language by its own name, so that it is found by who reads no other.
    language === 'en'
      ? { id: 'language', text: 'Deutsch', icon: 'language', run: () => setLanguage('de') }
      : { id: 'language', text: 'English', icon: 'language', run: () => setLanguage('en') },
    ...(canSignOut ? [{ id: 'leave', text: t('Sign out'), icon: 'leave', run: leave } as const] : []),
  ];
  return (
    <Menu
      label={[name ?? t('Agent'), ...agent.roles].join(', ')}
      button={
        <Button kind="bare" className="app-avatar">
          <span className="only-read">{name === null ? t('Agent') : t('Agent {name}', { name })}</span>
          <span aria-hidden="true">{initialsOf(name)}</span>
        </Button>
      }
      entries={entries}
    />
  );
}
