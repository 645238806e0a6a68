import { useEffect, useRef } from 'react';
import { RunningTime } from '../find/running-time.tsx';
import { Button } from '../pieces/button.tsx';
import { Icon } from '../pieces/icon.tsx';
import { Kbd } from '../pieces/kbd.tsx';
import { useText } from '../text/text.tsx';
import { AgentMenu } from './agent-menu.tsx';
import { Brand } from './brand.tsx';
import type { OpenTab, OpenTabs, TabAct } from './open-customers.ts';
import { tabName } from './tab-name.ts';
import { ThemeMenu } from './theme-menu.tsx';
import './bar.css';

export interface BarProps {
  readonly open: OpenTabs;
  readonly act: (act: TabAct) => void;
  readonly onClose: (key: string) => void;
  readonly onFind: () => void;
  readonly onShowKeys: () => void;
  /** In a frame the page around it has signed the agent in. */
  readonly canSignOut: boolean;
}

/** The top of the desk: the open customers, the find box, which is the page itself where nobody is open, and the agent. */
export function Bar({ open, act, onClose, onFind, onShowKeys, canSignOut }: BarProps) {
  const { t } = useText();
  return (
    <header className="app-bar">
      <span className="app-brand">
        <Brand />
      </span>
      <nav className="app-tabs" aria-label={t('Open customers')}>
        {open.tabs.map((tab) => (
          <BarTab key={tab.key} tab={tab} isShown={tab.key === open.shown} act={act} onClose={onClose} />
        ))}
      </nav>
      {open.shown !== null && (
        <Button kind="quiet" size="small" icon="plus" label={t('Open another customer')} className="app-new-tab" onPress={onFind} />
      )}
      <span className="app-spacer" />
      {open.shown !== null && (
        <button type="button" className="app-find" aria-haspopup="dialog" onClick={onFind}>
          <Icon name="search" />
          <span className="only-read">{t('Find a customer')}</span>
          <span className="cut">{t('Phone, e-mail, number or name')}</span>
          <Kbd keys="/" />
        </button>
      )}
      <div className="app-bar-end">
        <ThemeMenu />
        <AgentMenu onShowKeys={onShowKeys} canSignOut={canSignOut} />
      </div>
    </header>
  );
}

function BarTab({ tab, isShown, act, onClose }: { tab: OpenTab; isShown: boolean } & Pick<BarProps, 'act' | 'onClose'>) {
  const { t } = useText();
  const name = tabName(tab, t);
  const ref = useRef<HTMLDivElement>(null);
  // Of more tabs than a narrow window has room for, the one that is shown is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a tab grows when its name is known
  useEffect(() => {
    if (isShown) ref.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isShown, name]);
  return (
    <div ref={ref} className="app-tab">
      <button
        type="button"
        className="app-tab-show"
        aria-current={isShown ? 'page' : undefined}
        onClick={() => act({ kind: 'show', key: tab.key })}
      >
        <span className="app-tab-name cut">{name}</span>
        <RunningTime since={tab.openedAt} isShown={isShown} />
      </button>
      <button type="button" className="app-tab-close" aria-label={t('Close {name}', { name })} onClick={() => onClose(tab.key)}>
        <Icon name="close" size="small" />
      </button>
    </div>
  );
}
