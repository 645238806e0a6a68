import type { Translate } from '../../text/translate.ts';
import { typeInSentence, typeLabel } from '../../text/type-name.ts';
import type { Applied } from '../changes.ts';

/** Why an identifier was left out, as a sentence for the agent. */
export function sayRejected(rejected: Applied['rejected'], t: Translate): string {
  const [first] = rejected;
  if (first === undefined) return '';
  const { value } = first;
  const type = typeLabel(first.type, t);
  switch (first.reason) {
    case 'BLOCKED_VALUE':
      return t('{value} is a placeholder that systems write, not a value of a customer.', { value });
    case 'INVALID_VALUE':
      return t('{value} is not a {type}. Check what you typed.', { value, type: typeInSentence(first.type, t) });
    case 'CONFLICTING_IDENTIFIERS':
      return t('{type} {value} was not linked: a customer may not have so many of this kind. Merge the customers if they are one person.', {
        type,
        value,
      });
    case 'UNLINKED':
      return t('{type} {value} was not linked: somebody took it from this customer later.', { type, value });
    case 'ERASED':
      return t('{type} {value} was not linked: it belonged to a customer who was erased.', { type, value });
    case 'UNKNOWN_TYPE':
    case 'INSUFFICIENT_ASSURANCE':
      return t('{type} {value} was not linked. Report it to your support.', { type, value });
  }
}
