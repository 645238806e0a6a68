import { bearerClaim, cookie, defineGateway, handoff, header, issuedCookie, urlParameter } from 'customer-profile-gateway';

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
        // can be guessed: whoever types another number would be that customer. It is right for values that only
        // the customer can know, such as a long random id in a mail to them.
        cookie('customer_id', { assurance: 'RECOGNIZED' }),
        urlParameter('cid', { assurance: 'RECOGNIZED' }),
      ],
    },
    email: { class: 'person', normalize: 'email', limit: 5 },
    phone: { class: 'person', normalize: 'phone', region: 'GB', capture: [header('x-caller-number', { from: 'AGENT' })] },
    visitorId: { class: 'cookie', capture: [issuedCookie('cid')] },
  },
  touchpoints: {
    web: { channel: 'WEB' },
    ios: { channel: 'MOBILE' },
    callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
  },
  store: process.env.STORE ?? 'sqlite:.data/gateway.db',
});
