/** What a client may ask of the gateway, where requests are counted; each has its name in the configuration. */
export const DOORS = ['graphql', 'interactions', 'pixel', 'invalidation'] as const;
export type Door = (typeof DOORS)[number];

const RATE = /^([1-9]\d{0,8})\/([1-9]\d{0,6})([smhd])$/;
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** How many requests in how long, with the unit in the text: `'100/10s'`, `'1000/1h'`. */
export type RateText = `${number}/${number}${keyof typeof SECONDS}`;

/** At most `count` requests within a window, which begins with the first of them. */
export interface Rate {
  readonly count: number;
  /** The length of the window, in whole seconds. */
  readonly seconds: number;
}

/** The rate of a door. Doors of one `group` are counted together. */
export interface DoorRate extends Rate {
  readonly group: Door | 'all';
}

export type DoorRates = Readonly<Partial<Record<Door, DoorRate>>>;

/** What requests are counted by, each with its rates. */
export interface Rates {
  readonly viewer?: DoorRates;
  readonly address?: DoorRates;
  readonly identifier?: DoorRates;
}

/** @returns null for a text that is no rate. */
export function parseRate(text: string): Rate | null {
  const [, count, length, unit] = RATE.exec(text) ?? [];
  if (count === undefined) return null;
  return { count: Number(count), seconds: Number(length) * SECONDS[unit as keyof typeof SECONDS] };
}
