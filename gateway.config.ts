import { bearerClaim, cookie, defineGateway, handoff, header, issuedCookie, urlParameter, z } from 'customer-profile-gateway';

export default defineGateway({
  // Strongest first: order is priority.
  identifiers: {
    crmId: {
      class: 'person',
      unique: true,
      capture: [
        bearerClaim('sub'),
        handoff('ct'),
        // Raised from CLAIMED so that a first query in a browser shows something. Don't do this with numbers that
        // can be guessed: a visitor who types another number would be that customer. It is right for values that only
        // the customer can know, such as a long random id in a mail to them.
        cookie('customer_id', { assurance: 'RECOGNIZED' }),
        urlParameter('cid', { assurance: 'RECOGNIZED' }),
      ],
    },
    email: { class: 'person', normalize: 'email', limit: 5 },
    phone: { class: 'person', normalize: 'phone', region: 'GB', capture: [header('x-caller-number', { from: 'AGENT' })] },
    visitorId: { class: 'cookie', capture: [issuedCookie('cid'), handoff('ct')] },
  },
  touchpoints: {
    web: { channel: 'WEB', origins: [process.env.SHOP_URL ?? 'http://localhost:4201'] },
    club: { channel: 'WEB', origins: [process.env.CLUB_URL ?? 'http://127.0.0.1:4202'] },
    newsletter: { channel: 'EMAIL' },
    ios: { channel: 'MOBILE' },
    store: { channel: 'STORE' },
    callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
  },
  // What a purchase must say; interactions of other types may say anything.
  interactions: { purchase: z.object({ total: z.number() }).catchall(z.unknown()) },
  store: process.env.STORE ?? 'sqlite:.data/gateway.db',
});
