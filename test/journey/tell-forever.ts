import { issuedCookie } from '../../src/index.ts';
import { listenBare } from '../support/bare-gateway.ts';
import { SECRET } from '../support/tokens.ts';

/**
 * Tells a gateway of interactions through its door, several requests at a time, and says the ids of each request that was
 * acknowledged. Ends only by being killed. Usage: DIRECTORY ROUND
 */
const [directory = '', round = ''] = process.argv.slice(2);
const identifiers = { visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] } } as const;
const { url } = await listenBare(directory, { identifiers }, SECRET);

async function tell(client: number): Promise<void> {
  let cookie = '';
  for (let sequence = 0; ; sequence++) {
    const ids = Array.from({ length: 1 + (sequence % 7) }, (_, n) => `${round}-${client}-${sequence}-${n}`);
    const body = JSON.stringify(ids.map((id) => ({ id, type: 'view', properties: { sequence } })));
    const response = await fetch(`${url}/interactions`, { method: 'POST', body, headers: { 'content-type': 'application/json', cookie } });
    const { accepted } = (await response.json()) as { accepted: number };
    cookie ||= response.headers.get('set-cookie')?.split(';')[0] ?? '';
    if (accepted !== ids.length) throw new Error(`expected ${ids.length} accepted, received ${accepted}`);
    process.stdout.write(`${ids.join(' ')}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, client) => tell(client)));
