import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SignJWT } from 'jose';
import { Secrets } from '../src/capture/secrets.ts';
import { bearerClaim, issuedCookie, urlParameter } from '../src/index.ts';
import { listenBare } from './bare-gateway.ts';

/**
 * Compares the time of answers to a stranger who guesses identifiers that are somebody's with the time for those that are
 * nobody's, guess by guess in turn. Nothing can be learned from a difference below the noise, which is the difference between
 * the two halves of the same kind.
 */
const { guesses } = parseArgs({ options: { guesses: { type: 'string', default: '100000' } } }).values;
const GUESSES = Number(guesses);
const KNOWN = 1_000;
const SECRET = 'a-secret-for-the-bench-0123456789';

const directory = mkdtempSync(join(tmpdir(), 'bench-enumeration-'));
const { gateway, url } = await listenBare(
  directory,
  {
    identifiers: {
      crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid')] },
      visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
    },
    store: `sqlite:${join(directory, 'gateway.db')}`,
    touchpoints: { web: { channel: 'WEB', visitors: false } },
  },
  SECRET,
);
const json = { 'content-type': 'application/json' };

/** A claimed identifier in the address: what a stranger can guess without a token. @returns milliseconds. */
async function guess(value: number): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(`${url}/graphql?cid=${value}`, {
    method: 'POST',
    headers: json,
    body: '{"query":"{ customer { id assurance firstSeenAt } }"}',
  });
  await answer.text();
  return performance.now() - begun;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
}

/** Even numbers are somebody's, odd ones nobody's. */
async function fill(): Promise<void> {
  const key = new Secrets([SECRET]).keys('development-token')[0];
  const token = await new SignJWT({ scope: 'service' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('bench')
    .setExpirationTime('1h')
    .sign(key);
  const records = Array.from({ length: KNOWN }, (_, n) => ({
    type: 'view',
    identifiers: [{ type: 'crmId', value: String(2 * n + 1_000_000) }],
  }));
  const headers = { ...json, authorization: `Bearer ${token}` };
  const { status } = await fetch(`${url}/interactions`, { method: 'POST', headers, body: JSON.stringify(records) });
  if (status !== 200) throw new Error(`expected the status 200, received ${status}`);
}

try {
  await fill();
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  for (let n = -200; n < GUESSES / 2; n++) {
    const value = 1_000_000 + 2 * (Math.abs(n * 7_919) % KNOWN);
    const [known, unknown] =
      n % 2 === 0 ? [await guess(value), await guess(value + 1)] : [await guess(value + 1), await guess(value)].reverse();
    // The first ones warm up.
    if (n < 0) continue;
    times.known.push(known as number);
    times.unknown.push(unknown as number);
  }
  const { known, unknown } = times;
  const half = known.length / 2;
  const us = (milliseconds: number) => `${(milliseconds * 1_000).toFixed(1)} µs`;
  const difference = median(known) - median(unknown);
  const noise = Math.max(...[known, unknown].map((all) => Math.abs(median(all.slice(0, half)) - median(all.slice(half)))));
  process.stdout.write(
    `${GUESSES} guesses: known ${us(median(known))}, unknown ${us(median(unknown))}, difference ${us(difference)}, noise ${us(noise)}\n`,
  );
} finally {
  await gateway.close();
  rmSync(directory, { recursive: true });
}
