import type { Translate } from '../text/translate.ts';
import { typeName } from '../text/type-name.ts';
import type { OpenTab } from './open-customers.ts';

/** How much of an identifier a tab shows, before it knows a name. */
const SHOWN = 4;

export function tabName({ name, question }: OpenTab, t: Translate): string {
  if (name !== null) return name;
  if ('id' in question) return t('Customer');
  const { type, value } = question.identifier;
  return `${typeName(type, t)} …${value.slice(-SHOWN)}`;
}
