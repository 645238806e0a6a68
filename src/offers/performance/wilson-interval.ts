/** The 97.5 % quantile of the standard normal distribution: 2.5 % are left out on each side. */
const Z = 1.959963984540054;

/**
 * The score interval of a rate, which covers it in about 95 % of samples, also in small samples and for rates near 0 and 1, where
 * the usual rate ± 1.96 standard errors does not. E. B. Wilson, Probable inference, the law of succession, and statistical
 * inference, Journal of the American Statistical Association 22 (1927), 209-212; recommended by Brown, Cai and DasGupta, Interval
 * estimation for a binomial proportion, Statistical Science 16 (2001), 101-133.
 * @returns bounds within 0 and 1 that contain successes / trials; null without trials.
 */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } | null {
  if (trials === 0) return null;
  if (!(successes >= 0 && successes <= trials)) {
    throw new TypeError(`wilsonInterval: expected 0 to ${trials} successes, received ${successes}`);
  }
  const rate = successes / trials;
  const z2 = Z * Z;
  const middle = rate + z2 / (2 * trials);
  const width = Z * Math.sqrt((rate * (1 - rate) + z2 / (4 * trials)) / trials);
  const scale = 1 + z2 / trials;
  // The limits are exact at 0 and 1; rounding must not leave them.
  return {
    low: successes === 0 ? 0 : Math.min(rate, Math.max(0, (middle - width) / scale)),
    high: successes === trials ? 1 : Math.max(rate, Math.min(1, (middle + width) / scale)),
  };
}
