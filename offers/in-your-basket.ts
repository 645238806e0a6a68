import { defineOffer } from 'customer-profile-gateway';

/** For somebody, also a visitor, who put something into the basket and did not buy. */
export default defineOffer({
  placements: ['home-hero'],
  when: 'journey.count("add_to_cart", "7d") > 0 && journey.count("purchase", "7d") == 0',
  content: {
    en: { title: 'Still in your basket', text: 'What you chose is waiting for you.', url: '/light-holder' },
    de: { title: 'Noch in Ihrem Warenkorb', text: 'Was Sie ausgesucht haben, wartet auf Sie.', url: '/light-holder' },
  },
  value: 5,
  priority: 2,
  channels: ['WEB', 'MOBILE', 'EMAIL'],
});
