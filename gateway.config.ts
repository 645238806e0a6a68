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
  // An agent confirms who a customer is (confirmIdentity) before they see what needs VERIFIED, such as the e-mail address.
  viewers: { agentsConfirm: true },
  // Whom a newcomer can look for at the agent desktop: two people, a phone number that two share, and an invoice.
  agentDesktop: { examples: ['Elif Birch', 'Maya Ashdown', '07700 900613', '536581'] },
  // What a purchase must say; interactions of other types may say anything.
  interactions: { purchase: z.object({ total: z.number() }).catchall(z.unknown()) },
  // Where offers are shown; the offers themselves are in offers/.
  placements: {
    'home-hero': { slots: 2, fallback: 'welcome', sticky: '10m', min: 'ANONYMOUS' },
    agent: { slots: 3, viewers: ['AGENT'] },
  },
  audiences: {
    loyal: 'customer.loyalty.points > 1000',
    lapsed: 'journey.count("purchase", "365d") > 0 && journey.count("purchase", "90d") == 0',
  },
  // One decision in twenty tries what is known least about. A control group (control: 0.05) would show what offers are worth.
  decisions: { exploration: 0.05, halfLife: '30d', rank: 'propensity * value * priority' },
  // Two variables are all that several replicas need: a PostgreSQL for what is stored, and a Redis between them.
  store: process.env.DATABASE_URL ?? 'sqlite:.data/gateway.db',
  shared: process.env.REDIS_URL,
});
