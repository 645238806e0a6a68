import { createHash } from 'node:crypto';

const FIRST_NAMES = [
  'Ada',
  'Ben',
  'Clara',
  'Dev',
  'Elif',
  'Finn',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kira',
  'Leo',
  'Maya',
  'Noor',
  'Oskar',
  'Priya',
];
const LAST_NAMES = [
  'Ashdown',
  'Birch',
  'Cole',
  'Dahl',
  'Ekwall',
  'Fenn',
  'Garner',
  'Holt',
  'Iversen',
  'Jarvis',
  'Kemp',
  'Lind',
  'Marsh',
  'Nash',
  'Orr',
  'Pike',
];

export interface InventedPerson {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly memberSince: string;
}

/** The data set has no names or addresses. These are derived from the customer's number, so each run invents the same. */
export function inventPerson(customerId: string): InventedPerson {
  const dice = createHash('sha256').update(`demo:${customerId}`).digest();
  const first = FIRST_NAMES[dice.readUInt8(0) % FIRST_NAMES.length] as string;
  const last = LAST_NAMES[dice.readUInt8(1) % LAST_NAMES.length] as string;
  const day = new Date(Date.UTC(2009, 0, 1) + (dice.readUInt16BE(2) % 700) * 86_400_000);
  return {
    name: `${first} ${last}`,
    // A reserved domain that nobody can register (RFC 2606).
    email: `${first}.${last}.${customerId}@example.com`.toLowerCase(),
    // A range of numbers that Ofcom reserves for drama, so none is in use.
    phone: `+447700900${String(dice.readUInt16BE(4) % 1000).padStart(3, '0')}`,
    memberSince: day.toISOString().slice(0, 10),
  };
}
