import { defineOffer } from 'customer-profile-gateway';

/** Most customers live in the United Kingdom: what the others want to know. */
export default defineOffer({
  placements: ['home-hero', 'agent'],
  when: 'has(customer.country) && customer.country != "United Kingdom"',
  content: {
    en: { title: 'We deliver to you', text: 'Delivery abroad takes four days, and returns are free.', url: '/' },
    de: { title: 'Wir liefern zu Ihnen', text: 'Der Versand ins Ausland dauert vier Tage, Rücksendungen sind kostenlos.', url: '/' },
  },
});
