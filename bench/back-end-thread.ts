import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** An HTTP back end in a thread of its own. Its batch call answers a record for every id, after `latency` milliseconds. */
const { latency } = workerData as { readonly latency: number };
const server = createServer(async (request, response) => {
  const ids = (request.url ?? '').split('ids=')[1]?.split(',') ?? [];
  if (latency > 0) await pause(latency);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(ids.map((id) => ({ id, name: `Name of ${id}`, country: 'United Kingdom', points: 17 }))));
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as { port: number }).port));
