/**
 * A random number of the distribution Beta(a, b), always more than 0 and less than 1: X / (X + Y) for X of Gamma(a) and Y of
 * Gamma(b) (Devroye, Non-Uniform Random Variate Generation, 1986, IX.3).
 * @param a, b more than 0, finite.
 * @param random gives uniform numbers in [0, 1).
 */
export function sampleBeta(a: number, b: number, random: () => number): number {
  if (!(a > 0 && b > 0 && a + b < Number.POSITIVE_INFINITY)) {
    throw new TypeError(`sampleBeta: expected finite parameters of more than 0, received ${a} and ${b}`);
  }
  const normal = normals(random);
  // Logarithms, because a gamma of a small shape may be below the smallest number, and 0 / (0 + 0) is NaN.
  const logX = sampleLogGamma(a, normal, random);
  const logY = sampleLogGamma(b, normal, random);
  const sample = 1 / (1 + Math.exp(logY - logX));
  return Math.min(Math.max(sample, Number.MIN_VALUE), 1 - Number.EPSILON / 2);
}

/**
 * The logarithm of a random number of the distribution Gamma(shape, 1). G. Marsaglia and W. W. Tsang, A simple method for
 * generating gamma variables, ACM Transactions on Mathematical Software 26 (2000), 363-372; the constants are theirs. For a
 * shape of less than 1 they take one of shape + 1 times U^(1/shape).
 */
function sampleLogGamma(shape: number, normal: () => number, random: () => number): number {
  if (shape < 1) return sampleLogGamma(shape + 1, normal, random) + Math.log(1 - random()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random();
    // The first comparison needs no logarithm, and decides nearly always.
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}

/** Standard normal random numbers, two at a time, by the polar method (Marsaglia and Bray 1964; Knuth, TAOCP 2, 3.4.1, P). */
function normals(random: () => number): () => number {
  let second: number | null = null;
  return () => {
    if (second !== null) {
      const kept = second;
      second = null;
      return kept;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      second = y * factor;
      return x * factor;
    }
  };
}
