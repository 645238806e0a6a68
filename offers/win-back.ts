import { defineOffer } from 'customer-profile-gateway';

/** For customers who bought within a year, but not lately. */
export default defineOffer({
  placements: ['home-hero', 'agent'],
  when: 'audience("lapsed") && !audience("loyal")',
  content: {
    en: { title: 'We miss you', text: 'Ten percent off your next order.', url: '/alarm-clock' },
    de: { title: 'Sie fehlen uns', text: 'Zehn Prozent Rabatt auf Ihre nächste Bestellung.', url: '/alarm-clock' },
  },
  value: 2.5,
});
