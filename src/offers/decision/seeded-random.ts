/** Outputs that are discarded after seeding, so that every bit of the state depends on the whole seed. PractRand discards 15, too. */
const WARM_UP = 15;

/**
 * Uniform random numbers in [0, 1) with 53 bits, the same sequence for the same seed and name. Sequences of different names are
 * independent, so an offer's numbers depend on no other offer.
 *
 * The generator is sfc32 of PractRand (Chris Doty-Humphrey, public domain; 128 bits of state, passes PractRand and BigCrush).
 * Its state is a hash of the name (MurmurHash3 x86 32 of Austin Appleby, public domain, over UTF-16 code units) with three words
 * of the seed as hash seeds, and three more added. The generator need not be cryptographic, because the seed is a keyed hash.
 * @param seed at least 24 bytes, evenly random.
 */
export function seededRandom(seed: Uint8Array, name: string): () => number {
  if (seed.length < 24) throw new TypeError(`seededRandom: expected a seed of at least 24 bytes, received ${seed.length}`);
  let a = wordOf(seed, 0);
  let b = wordOf(seed, 4);
  let c = wordOf(seed, 8);
  for (let index = 0; index < name.length; index++) {
    let block = Math.imul(name.charCodeAt(index), 0xcc9e2d51);
    block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
    a = absorbed(a, block);
    b = absorbed(b, block);
    c = absorbed(c, block);
  }
  a = (finished(a ^ name.length) + wordOf(seed, 12)) | 0;
  b = (finished(b ^ name.length) + wordOf(seed, 16)) | 0;
  c = (finished(c ^ name.length) + wordOf(seed, 20)) | 0;
  let counter = 1;
  const next = () => {
    const output = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + output) | 0;
    return output >>> 0;
  };
  for (let index = 0; index < WARM_UP; index++) next();
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** 32 bits, the lowest byte first. */
function wordOf(bytes: Uint8Array, at: number): number {
  return Number(bytes[at]) | (Number(bytes[at + 1]) << 8) | (Number(bytes[at + 2]) << 16) | (Number(bytes[at + 3]) << 24);
}

function absorbed(hash: number, block: number): number {
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finished(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return second ^ (second >>> 16);
}
