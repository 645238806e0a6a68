/** Whose cookie it is: what every contestant but this gateway reads by hand. */
export function customerIdOf(cookie: string | null | undefined): string | null {
  return /(?:^|; )customer_id=([^;]+)/.exec(cookie ?? '')?.[1] ?? null;
}
