import { defineOffer } from 'customer-profile-gateway';

/** Brings gold members back who have not bought for a month. */
export default defineOffer({
  placements: ['home-hero', 'agent'],
  when: 'customer.loyalty.tier == "GOLD" && journey.count("purchase", "30d") == 0',
  content: {
    en: { title: 'Free delivery', text: 'For gold members: your next order is delivered free.', url: '/cake-stand' },
    de: { title: 'Gratis-Lieferung', text: 'Für Gold-Mitglieder: Ihre nächste Bestellung liefern wir kostenlos.', url: '/cake-stand' },
  },
  value: 4.5,
  caps: [{ count: 10, per: '7d' }],
});
