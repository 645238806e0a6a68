import { Component, type ReactNode } from 'react';
import { useText } from '../text/text.tsx';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

export interface BoundaryProps {
  readonly children: ReactNode;
}

/**
 * Around what may fail to be shown, so that it takes nothing else with it. The usual reason is a part of the page that is loaded when
 * it is first needed: after an update of the gateway its file is not there any more, and only a new page knows the new one.
 */
export class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean; readonly isOld: boolean }> {
  override state = { hasFailed: false, isOld: false };

  static getDerivedStateFromError(error: unknown) {
    return { hasFailed: true, isOld: isUnloaded(error) };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Failed isOld={this.state.isOld} /> : this.props.children;
  }
}

function Failed({ isOld }: { readonly isOld: boolean }) {
  const { t } = useText();
  const reload = (
    <Button kind="fail" size="small" icon="retry" onPress={() => location.reload()}>
      {t('Load the page again')}
    </Button>
  );
  return (
    <div className="boundary">
      <Notice acts={reload}>
        {isOld
          ? t(
              'A part of this page could not be loaded: the gateway cannot be reached, or there is a newer page. Save your note before you load it again.',
            )
          : t('A part of this page does not work. Save your note before you load the page again.')}
      </Notice>
    </div>
  );
}

/** What browsers throw for a script or a style sheet that cannot be loaded: each has words of its own. */
const isUnloaded = (error: unknown): boolean =>
  error instanceof Error && /dynamically imported module|importing a module script|preload CSS|module script failed/i.test(error.message);
