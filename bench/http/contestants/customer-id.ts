/** The customer number in the cookie. Every contestant except this gateway reads it by hand. */
export function customerIdOf(cookie: string | null | undefined): string | null {
  return /(?:^|; )customer_id=([^;]+)/.exec(cookie ?? '')?.[1] ?? null;
}
