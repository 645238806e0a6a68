import { isHandoff } from '../model/cause.ts';
import type { Identifier } from '../model/identifier.ts';
import type { IdentityRecord } from '../model/identity.ts';

/**
 * Explains an identity event in a sentence.
 * @param name the text for an identifier: only its type, unless the reader may see values.
 */
export function explain(record: IdentityRecord, name: (identifier: Identifier) => string = ({ type }) => type): string {
  const { rule, source, linked, cut, merged, evidence, leftOut, reason } = record;
  const list = (identifiers: readonly Identifier[]) => identifiers.map(name).join(', ');
  const gained = linked.filter(({ from }) => from === null);
  const moved = linked.filter(({ from }) => from !== null);
  const consequences = [
    gained.length > 0 && evidence.length > gained.length && `${list(gained)} ${isOrAre(gained, 'was', 'were')} linked`,
    merged.length > 0 && `${merged.length + 1} customers became one`,
    moved.length > 0 && rule !== 'SPLIT' && `${list(moved)} left the customer who had ${moved.length === 1 ? 'it' : 'them'}`,
    leftOut.length > 0 && `${leftOut.join(', ')} that came along stayed where ${leftOut.length === 1 ? 'it was' : 'they were'}`,
    cut.length > 0 && rule !== 'UNLINK' && rule !== 'ROTATE' && `${list(cut)} ${isOrAre(cut, 'was', 'were')} cut to stay within a limit`,
  ].filter((text) => text !== false);
  const because = reason === null ? '' : ` (${reason})`;
  return `${causeOf(record, list)}${consequences.length > 0 ? `: ${consequences.join('; ')}` : ''} [${source}]${because}`;
}

function causeOf({ rule, evidence, ...cause }: IdentityRecord, list: (identifiers: readonly Identifier[]) => string): string {
  const seen = evidence.length === 1 ? `${list(evidence)} was seen` : `${list(evidence)} were seen together`;
  const who = isHandoff(cause) ? 'a handoff' : 'a person';
  switch (rule) {
    case 'TOGETHER':
      return seen;
    case 'REASSIGN_LATEST':
      return `${seen}, more than one customer may have, and the latest evidence won`;
    case 'KEEP_FIRST':
      return `${seen}, more than one customer may have, and what was owned stayed`;
    case 'MERGE':
      return `${who} merged customers`;
    case 'SPLIT':
      return `${who} made ${list(evidence)} a customer of their own`;
    case 'UNLINK':
      return `${who} unlinked ${list(evidence)}`;
    case 'ERASE':
      return 'everything was erased';
    case 'ROTATE':
      return `${list(evidence)} was replaced`;
    case 'CONFIRM':
      return 'an agent confirmed who the customer is';
  }
}

function isOrAre(identifiers: readonly Identifier[], one: string, many: string): string {
  return identifiers.length === 1 ? one : many;
}
