import { platform } from 'node:os';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type Attack, AttackedProcess } from './attacked-process.ts';

const json = { 'content-type': 'application/json' };
const lines = { 'content-type': 'application/x-ndjson' };
const names = Array.from({ length: 80_000 }, (_, index) => `"${index.toString(36)}":0`).join(',');
const records = (record: object) => JSON.stringify(Array(5_000).fill(record));
const cookies = Array.from({ length: 700 }, (_, index) => `visitor=${index};customer_id=${index}`)
  .join(';')
  .slice(0, 15_000);
const token = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA';

const ATTACKS: Readonly<Record<string, Attack>> = {
  '15 KB of cookies': { method: 'GET', path: '/pixel.gif?type=open', headers: { cookie: cookies } },
  '140 tokens of handoffs': { method: 'GET', path: `/pixel.gif?type=open&${Array(140).fill(`ct=${token}`).join('&')}` },
  '100 tokens of a mail': { method: 'GET', path: `/pixel.gif?type=open&${Array(100).fill(`token=${token}`).join('&')}` },
  'half a million numbers, the last a long one': {
    path: '/graphql',
    headers: json,
    body: `{"query":"{__typename}","variables":{"a":[${'0,'.repeat(480_000)}99999999999999999999]}}`,
  },
  'an object with 80,000 names': { path: '/interactions', headers: json, body: `{"type":"a",${names}}` },
  'properties with 80,000 names': { path: '/interactions', headers: json, body: `{"type":"a","properties":{${names}}}` },
  '400,000 levels of nesting': {
    path: '/interactions',
    headers: json,
    body: `{"type":"a","properties":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
  },
  'a million empty lines': { path: '/interactions', headers: lines, body: '\n'.repeat(1_000_000) },
  '5,000 broken lines': { path: '/interactions', headers: lines, body: '{\n'.repeat(5_000) },
  '5,000 wrong records': { path: '/interactions', headers: json, body: records({ type: 7, id: 7, pageUrl: 7, occurredAt: 7, a: 1 }) },
  '5,000 records with 60 wrong identifiers': {
    path: '/interactions',
    headers: json,
    body: records({ type: 7, identifiers: Array(60).fill(0) }),
  },
  '256 MB of zeros, compressed': {
    path: '/interactions',
    headers: { ...lines, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(2 ** 28)),
  },
};

// What a process has used is read in /proc.
it.skipIf(platform() !== 'linux')('one anonymous request costs little, whatever its body, cookies and address hold', async () => {
  const attacked = await AttackedProcess.start();
  const costs: Record<string, unknown> = {};
  const dear: string[] = [];
  for (const [name, attack] of Object.entries(ATTACKS)) {
    const cost = await attacked.costOf(attack);
    costs[name] = cost;
    expect([name, cost.status]).toEqual([name, expect.toSatisfy((status: number) => status < 500)]);
    // 500 small queries take 0.05 to 0.1 CPU seconds, and the contract has 0.25 and 64 MB. Memory includes uncollected garbage.
    if (cost.cpu > 6 || cost.memory > 128) dear.push(name);
    await attacked.expectWell();
  }
  expect(dear, JSON.stringify(costs, null, 1)).toEqual([]);
});
