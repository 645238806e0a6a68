import { defineOffer } from 'customer-profile-gateway';

/** For members who are not gold yet. */
export default defineOffer({
  placements: ['home-hero', 'agent'],
  when: 'customer.loyalty.tier in ["BRONZE", "SILVER"]',
  content: {
    en: { title: 'Double points', text: 'Every pound counts twice on your next order.', url: '/alarm-clock' },
    de: { title: 'Doppelte Punkte', text: 'Bei Ihrer nächsten Bestellung zählt jedes Pfund doppelt.', url: '/alarm-clock' },
  },
  value: 2,
});
