import { RequestFailure } from '../connection/gateway-error.ts';
import { SignInFailure } from '../connection/sign-in-failure.ts';
import { useText } from '../text/text.tsx';

/** What the person who runs the gateway needs to know of a sign-in that failed; an agent reads it out or sends a picture of it. */
export function ForOwner({ failure }: { readonly failure: unknown }) {
  const { t } = useText();
  if (!(failure instanceof SignInFailure || failure instanceof RequestFailure)) return null;
  return (
    <p className="muted app-for-owner">
      {t('For the person who runs it:')}{' '}
      <span lang="en" className="code">
        {failure.message}
      </span>
    </p>
  );
}
