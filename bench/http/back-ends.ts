import { createServer } from 'node:http';
import { CUSTOMERS, crmRecord, loyaltyRecord, orderRows } from './work.ts';

/**
 * The three back ends, in one process: REST with a batch call each, which answers after so many milliseconds. Everything is
 * made beforehand, because they share a core with the load: `GET /<anything>?<anything>=1,2,3`.
 *
 * Says `{ urls }` by the names of the variables that contestants read them from. Told `{ latency }` (milliseconds) it
 * answers with how many calls came since it was told the last time.
 */
let latency = 0;
let calls = 0;

/** @param fragment the rows of one customer, with commas between. */
function backEnd(fragment: (n: number) => string): Promise<string> {
  const fragments = Array.from({ length: CUSTOMERS + 1 }, (_, n) => fragment(n));
  const server = createServer((request, response) => {
    calls++;
    const url = request.url as string;
    const keys = url.slice(url.indexOf('=') + 1).split(/,|%2C/);
    const rows = keys.flatMap((key) => fragments[Number(key)] ?? []);
    const body = `[${rows.join(',')}]`;
    const answer = () => {
      // All of it is ASCII, so a character is a byte.
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body, 'latin1');
    };
    if (latency > 0) setTimeout(answer, latency);
    else answer();
  });
  // Contestants pause while others are measured; a connection that ends meanwhile would cost them, and not tell of them.
  server.keepAliveTimeout = 600_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as { port: number }).port}`));
  });
}

const rows = (records: readonly object[]) => records.map((record) => JSON.stringify(record)).join(',');
const urls = {
  CRM_URL: await backEnd((n) => rows([crmRecord(n)])),
  LOYALTY_URL: await backEnd((n) => rows([loyaltyRecord(n)])),
  ORDERS_URL: await backEnd((n) => rows(orderRows(n))),
};
process.on('message', (told: { readonly latency: number }) => {
  latency = told.latency;
  process.send?.({ calls });
  calls = 0;
});
process.once('disconnect', () => process.exit());
process.send?.({ urls });
