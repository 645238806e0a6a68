import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface NoticeProps {
  readonly kind?: 'attention' | 'failed';
  readonly icon?: IconName;
  /** Buttons that help. */
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

/** A sentence about something that is wrong: what it means for this call, and what to press. Screen readers say it when it comes. */
export function Notice({ kind = 'failed', icon = 'alert', acts, children }: NoticeProps) {
  return (
    <div className={`notice notice-${kind}`} role="alert">
      <div className="notice-first">
        <Icon name={icon} />
        <div>{children}</div>
      </div>
      {acts && <div className="notice-acts">{acts}</div>}
    </div>
  );
}
