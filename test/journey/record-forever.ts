import { listenBare } from '../../bench/bare-gateway.ts';
import { issuedCookie } from '../../src/index.ts';
import { SECRET } from '../support/tokens.ts';

/**
 * Sends interactions to a gateway's `POST /interactions`, several requests at a time, and prints the ids of each request
 * that was acknowledged. Runs until it is killed. Usage: DIRECTORY STORE-URL ROUND
 */
const [directory = '', store = '', round = ''] = process.argv.slice(2);
const identifiers = { visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] } } as const;
const { url } = await listenBare(directory, { identifiers, store }, SECRET);

async function send(client: number): Promise<void> {
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

await Promise.all(Array.from({ length: 8 }, (_, client) => send(client)));
