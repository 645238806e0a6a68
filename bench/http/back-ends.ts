import { createServer } from 'node:http';
import { CUSTOMERS, crmRecord, loyaltyRecord, orderRows } from './work.ts';

/**
 * The three back ends, in one process: REST services with one batch call each, `GET /<anything>?<anything>=1,2,3`, which answer
 * after `latency` milliseconds. Answers are built beforehand, because this process shares a core with the load.
 *
 * Sends `{ urls }`, by the names of the variables that contestants read. Receives `{ latency }`, and answers with the number of
 * calls since the message before.
 */
let latency = 0;
let calls = 0;

/** @param fragment returns the rows of one customer as JSON, with commas between. */
function backEnd(fragment: (n: number) => string): Promise<string> {
  const fragments = Array.from({ length: CUSTOMERS + 1 }, (_, n) => fragment(n));
  const server = createServer((request, response) => {
    calls++;
    const url = request.url as string;
    const keys = url.slice(url.indexOf('=') + 1).split(/,|%2C/);
    const rows = keys.flatMap((key) => fragments[Number(key)] ?? []);
    const body = `[${rows.join(',')}]`;
    const answer = () => {
      // All characters are ASCII, so each is one byte.
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body, 'latin1');
    };
    if (latency > 0) setTimeout(answer, latency);
    else answer();
  });
  // A contestant pauses while others are measured. A connection that ends meanwhile would slow it for a reason that is not its own.
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
process.on('message', (order: { readonly latency: number }) => {
  latency = order.latency;
  process.send?.({ calls });
  calls = 0;
});
process.once('disconnect', () => process.exit());
process.send?.({ urls });
