import { bearerClaim, issuedCookie } from '../src/index.ts';
import { listenBare } from '../test/support/bare-gateway.ts';

/** A gateway in a process of its own, so that whoever asks it takes nothing from it. Usage: DIRECTORY; says its URL, ends with its parent. */
const [directory = ''] = process.argv.slice(2);
const { gateway, url } = await listenBare(
  directory,
  {
    identifiers: {
      crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] },
      visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
    },
    touchpoints: { web: { channel: 'WEB' } },
  },
  process.env.GATEWAY_SECRET,
);
process.send?.({ url });
process.once('disconnect', () => void gateway.close());
