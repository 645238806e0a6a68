import type { OfferWrite } from '../../plan/offer-writes.ts';
import type { StoreWrite } from '../../plan/writes.ts';
import type { Gathering } from '../gathering.ts';
import type { Locks } from '../locks.ts';
import { OfferRows } from '../offers/offer-rows.ts';
import type { Statement } from '../statement.ts';
import { AttributeRows } from './attribute-rows.ts';
import { ConfirmationRows } from './confirmation-rows.ts';
import { CustomerRows } from './customer-rows.ts';
import { ErasureRows } from './erasure-rows.ts';
import { FormerOwnerRows } from './former-owner-rows.ts';
import { HistoryRows } from './history-rows.ts';
import { IdentifierRows } from './identifier-rows.ts';
import { InteractionRows } from './interaction-rows.ts';
import { MentionRows } from './mention-rows.ts';
import { RetiredCookieRows } from './retired-cookie-rows.ts';
import type { WriteFacts } from './write-facts.ts';

/** A background task of each process forgets what is old: where plans of SQLite do that as they write, nothing happens here. */
type Forgotten = 'forget-remembered-events' | 'forget-confirmations' | 'forget-erased-interactions';
type CompiledKind = Exclude<StoreWrite['kind'], OfferWrite['kind']>;
/** What each kind of write does to the rows in memory. */
type Writers = { readonly [Kind in CompiledKind]: (write: Extract<StoreWrite, { kind: Kind }>) => void };
const FORGETTERS = {
  'forget-remembered-events': () => {},
  'forget-confirmations': () => {},
  'forget-erased-interactions': () => {},
} satisfies Pick<Writers, Forgotten>;

/**
 * Turns the writes of a plan into statements, each about all rows of a table that change in the same way. The writes are applied
 * one after the other to rows in memory, over the facts of the transaction; what is written is the difference. So their number
 * doesn't count: five hundred interactions of known customers are a few statements.
 *
 * What it must know for that is asked for like what the plan asks: where `gathering` is not complete afterwards, the statements
 * are worth nothing. Otherwise it has noted the locks of all customers under whom something is written.
 */
export function compileWrites(writes: readonly StoreWrite[], facts: WriteFacts, gathering: Gathering, locks: Locks): readonly Statement[] {
  const customers = new CustomerRows(facts);
  const mentions = new MentionRows();
  const identifiers = new IdentifierRows(facts, customers);
  const formerOwners = new FormerOwnerRows(gathering, customers);
  const retired = new RetiredCookieRows(facts, customers);
  const history = new HistoryRows(customers, mentions);
  const confirmations = new ConfirmationRows(gathering, customers);
  const attributes = new AttributeRows(gathering, customers);
  const erasures = new ErasureRows(customers, mentions);
  const interactions = new InteractionRows(customers, mentions);
  const offers = new OfferRows(gathering, customers);
  const writers: Writers = {
    'insert-customer': (write) => customers.insert(write),
    'move-aliases': (write) => customers.moveAliases(write),
    'set-root': (write) => customers.setRoot(write),
    'see-customer': (write) => customers.see(write),
    'insert-identifier': (write) => identifiers.insert(write),
    'move-identifiers': (write) => identifiers.moveAll(write),
    'move-identifier': (write) => identifiers.move(write),
    'rename-identifier': (write) => identifiers.rename(write),
    'see-identifier': (write) => identifiers.see(write),
    'delete-identifier': ({ key }) => identifiers.delete(key),
    'insert-separation': (write) => identifiers.separate(write),
    'insert-former-owner': (write) => formerOwners.insert(write),
    'collapse-former-owners': (write) => formerOwners.collapse(write),
    'rename-former-owner': (write) => formerOwners.rename(write),
    'delete-nameless-member': (write) => formerOwners.deleteMember(write),
    'insert-retired-cookie': (write) => retired.insert(write),
    'delete-retired-cookie': ({ key }) => retired.delete(key),
    'erase-retired-cookie': (write) => retired.erase(write),
    'insert-identity-event': (write) => history.insert(write),
    'insert-remembered-event': (write) => history.remember(write),
    'save-confirmation': (write) => confirmations.save(write),
    'move-confirmations': (write) => confirmations.move(write),
    'save-attribute': (write) => attributes.save(write),
    suppress: (write) => erasures.suppress(write),
    'erase-identifier': ({ key }) => {
      identifiers.erase(key);
      formerOwners.erase(key);
    },
    'erase-customer': ({ root, at }) => customers.erase(root, at),
    'purge-customer': (write) => erasures.purgeCustomer(write),
    'purge-identifier': (write) => erasures.purgeIdentifier(write),
    'insert-interaction': (write) => interactions.insert(write),
    'insert-interaction-mention': ({ identifier, customerId }) => interactions.mention(identifier, customerId),
    'save-totals': (write) => interactions.saveTotals(write),
    'see-trait-value': (write) => interactions.seeValue(write),
    ...FORGETTERS,
  };
  for (const write of writes) {
    const writer = writers[write.kind as CompiledKind] as ((write: StoreWrite) => void) | undefined;
    if (writer === undefined) offers.add(write as OfferWrite);
    else writer(write);
  }
  const graph = [customers, identifiers, formerOwners, retired, confirmations, attributes, erasures, history, mentions, interactions];
  // Rows that many customers share come last: others wait for them until the transaction ends.
  const statements = [...graph, offers].flatMap((table) => table.statements());
  if (gathering.isComplete) {
    customers.noteLocks(locks);
    offers.noteLocks(locks);
  }
  return statements;
}
