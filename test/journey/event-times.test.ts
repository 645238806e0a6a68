import { describe, expect, it } from 'vitest';
import { timeReader } from '../../src/commands/import/date-format.ts';
import { readInstant, readTimeInUtc } from '../../src/model/read-time.ts';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

async function doors() {
  const { ask, gateway } = await testGateway({ now: () => NOW });
  const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 'shop' })}`;
  const identifiers = [{ type: 'crmId', value: '1' }];
  /** Sends an event with this time to every door. @returns for each door its error; null when it accepts the time. */
  const send = async (occurredAt: unknown) => {
    const record = { type: 'visit', occurredAt, identifiers };
    const posted = await gateway.app.inject({
      method: 'POST',
      url: '/interactions',
      headers: { 'content-type': 'application/json', authorization },
      payload: JSON.stringify([record]),
    });
    const pixel = await gateway.app.inject({ url: `/pixel.gif?${new URLSearchParams({ type: 'visit', occurredAt: String(occurredAt) })}` });
    const captured = await ask(
      'mutation ($r: [InteractionInput!]!) { captureInteractions(input: { interactions: $r }) { rejected { code message } } }',
      { variables: { r: [record] }, role: 'SERVICE' },
    );
    const identified = await ask('mutation ($i: IdentifyInput!) { identify(input: $i) { outcome } }', {
      variables: { i: { identifiers, occurredAt } },
      role: 'SERVICE',
    });
    return {
      interactions: posted.json().rejected[0]?.message ?? null,
      pixel: pixel.headers['x-error'] ?? null,
      captureInteractions: captured.errors[0]?.message ?? captured.data.captureInteractions.rejected[0]?.message ?? null,
      identify: identified.errors[0]?.message ?? null,
      codes: [...identified.codes, ...captured.codes],
    };
  };
  const times = async () => {
    const { data } = await ask(
      `{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { interactions(first: 100) { edges { node { occurredAt } } } } }`,
      { role: 'AGENT' },
    );
    return data.customerByIdentifier.interactions.edges.map(({ node }: { node: { occurredAt: string } }) => node.occurredAt);
  };
  return { send, times };
}

/** Forms of ISO 8601 that programs write, with the same time in UTC. */
const INSTANTS = [
  ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.000Z'],
  ['2026-01-05T10:00:00.123456Z', '2026-01-05T10:00:00.123Z'],
  ['2026-01-05T10:00:00,5Z', '2026-01-05T10:00:00.500Z'],
  ['2026-01-05T10:00:00+02:00', '2026-01-05T08:00:00.000Z'],
  ['2026-01-05T10:00:00+0200', '2026-01-05T08:00:00.000Z'],
  ['2026-01-05T10:00:00-0330', '2026-01-05T13:30:00.000Z'],
  ['2026-01-05T10:00Z', '2026-01-05T10:00:00.000Z'],
  ['2026-01-05T10:00+0200', '2026-01-05T08:00:00.000Z'],
  ['2026-01-05 10:00:00+02', '2026-01-05T08:00:00.000Z'],
  ['2026-01-05 10:00:00 +0000', '2026-01-05T10:00:00.000Z'],
  ['2026-01-05t10:00:00z', '2026-01-05T10:00:00.000Z'],
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
] as const;
const NO_TIMES = [
  '2026-02-30T10:00:00Z',
  '2026-13-01T10:00:00Z',
  '2026-01-05T25:00:00Z',
  '2026-01-05T10:00:00+2',
  '5 Jan 2026',
  '',
  '1767607200000',
];

describe('the time of an event', () => {
  it('is read in every form of ISO 8601 that programs write', async () => {
    const { send, times } = await doors();
    for (const [text, meant] of INSTANTS) {
      expect([text, readInstant(text)?.toISOString(), readTimeInUtc(text)?.toISOString()]).toEqual([text, meant, meant]);
      expect(await send(text)).toMatchObject({ interactions: null });
    }
    const stored: string[] = await times();
    for (const [, meant] of INSTANTS) expect(stored).toContain(meant);
  });

  it('is refused when the text is no time', async () => {
    const { send } = await doors();
    for (const text of NO_TIMES) {
      expect([text, readInstant(text), readTimeInUtc(text)]).toEqual([text, null, null]);
      expect((await send(text)).interactions).toBe('occurredAt: expected a time such as 2026-01-31T12:00:00Z');
    }
  });

  it('needs an offset at the doors; in a file, one without is UTC', async () => {
    for (const text of ['2026-01-05T10:00:00', '2026-01-05 10:00', '2026-01-05']) expect(readInstant(text)).toBeNull();
    expect(readTimeInUtc('2026-01-05 10:00')?.toISOString()).toBe('2026-01-05T10:00:00.000Z');
    expect(readTimeInUtc('2026-01-05')?.toISOString()).toBe('2026-01-05T00:00:00.000Z');
  });

  it.each(['1969-12-31T23:59:59Z', '0001-01-01T00:00:00Z'])('is refused before 1970, at every door: %s', async (text) => {
    const { send, times } = await doors();
    const refused = expect.stringContaining(`occurredAt: expected a time since 1970-01-01T00:00:00Z, received ${text.slice(0, 19)}`);
    expect(await send(text)).toEqual({
      ...{ interactions: refused, pixel: refused, captureInteractions: refused, identify: refused },
      codes: ['BAD_USER_INPUT'],
    });
    expect(await send('1970-01-01T00:00:00Z')).toEqual({
      ...{ interactions: null, pixel: null, captureInteractions: null, identify: null },
      codes: [],
    });
    expect(new Set(await times())).toEqual(new Set(['1970-01-01T00:00:00.000Z']));
  });

  it('of a CSV is read in the given format, also with a clock of twelve hours', () => {
    const read = timeReader('mm/dd/yyyy');
    const times = ['1/2/2026', '1/2/2026 9:05', '1/2/2026 9:05 PM', '01/02/2026 12:00:30 am', '1/2/2026 12:30PM', '1/2/2026 21:05'];
    expect(times.map((text) => read(text)?.toISOString())).toEqual([
      '2026-01-02T00:00:00.000Z',
      '2026-01-02T09:05:00.000Z',
      '2026-01-02T21:05:00.000Z',
      '2026-01-02T00:00:30.000Z',
      '2026-01-02T12:30:00.000Z',
      '2026-01-02T21:05:00.000Z',
    ]);
    for (const none of ['2/30/2026', '1/2/2026 25:00', '1/2/2026 13:05 PM', '1/2/2026 0:05 AM', '1/2/26', '2026-01-02'])
      expect(read(none)).toBeNull();
  });
});
