import type { Translate } from '../text/translate.ts';
import { typeName } from '../text/type-name.ts';
import type { OpenTab } from './open-customers.ts';

/** How much of an identifier a tab shows. */
const SHOWN = 4;
/** What the gateway puts before the end of an identifier that is not to be seen whole. */
const MASK = '•••';

/** The name; of a customer without one, an identifier as the agent sees it. */
export function tabName({ name, question, identifiers }: OpenTab, t: Translate): string {
  if (name !== null) return name;
  const identifier = 'identifier' in question ? question.identifier : identifiers[0];
  if (identifier === undefined) return t('Customer');
  const type = typeName(identifier.type, t);
  const value = identifier.value.replace(MASK, '');
  // The end of an e-mail address says nothing.
  if (value.includes('@')) return `${type} ${value}`;
  return value === '' ? type : `${type} …${value.slice(-SHOWN)}`;
}
