import { CustomerFinder, type CustomerFinderProps } from '../find/customer-finder.tsx';
import { useText } from '../text/text.tsx';
import './home.css';

/** Where nobody is open: the find box, and who was open before. */
export function Home({ onChoose, newCallers }: Pick<CustomerFinderProps, 'onChoose' | 'newCallers'>) {
  const { t } = useText();
  return (
    <section className="app-home" aria-label={t('Find a customer')}>
      <h1>{t('Who is it about?')}</h1>
      <CustomerFinder onChoose={onChoose} newCallers={newCallers} autoFocus />
    </section>
  );
}
