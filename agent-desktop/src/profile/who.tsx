import { useState } from 'react';
import { useOpenCustomer } from '../customer/open-customer.tsx';
import { useShortcut } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { Facts } from './facts.tsx';
import { Identifiers } from './identifiers.tsx';
import { SourcesFoot } from './sources-foot.tsx';
import { WhoHead } from './who-head.tsx';
import './who.css';

/** The left column: who this is and how sure that is, what is known of them, and how their sources answered. */
export function Who() {
  const { t } = useText();
  const { isNobody } = useOpenCustomer();
  const [showsOrigins, setShowsOrigins] = useState(false);
  const toggleOrigins = () => setShowsOrigins((shows) => !shows);
  useShortcut({ key: 's', label: t('Source and age of every fact'), run: toggleOrigins });
  if (isNobody) return null;
  return (
    <div className="profile-who" data-origins={showsOrigins || undefined}>
      <WhoHead />
      <div className="profile-body">
        <Facts showsOrigins={showsOrigins} onToggleOrigins={toggleOrigins} />
        <Identifiers />
      </div>
      <SourcesFoot />
    </div>
  );
}
