import { join } from 'node:path';
import { bearerClaim, issuedCookie } from '../src/index.ts';
import { listenBare } from './bare-gateway.ts';

/**
 * A gateway in a process of its own, so that the process that measures it takes none of its time.
 * Usage: DIRECTORY. Sends `{ url }` to its parent process, answers each message with `{ rss }`, its memory in bytes, and ends when
 * the parent ends.
 */
const [directory = ''] = process.argv.slice(2);
const { gateway, url } = await listenBare(
  directory,
  {
    identifiers: {
      crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] },
      visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
    },
    store: `sqlite:${join(directory, 'gateway.db')}`,
    touchpoints: { web: { channel: 'WEB' } },
    // All load comes from one address.
    limits: { connections: 20_000 },
  },
  process.env.GATEWAY_SECRET,
);
process.send?.({ url });
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }));
process.once('disconnect', () => void gateway.close());
