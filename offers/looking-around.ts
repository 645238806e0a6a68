import { defineOffer } from 'customer-profile-gateway';

/** For visitors who looked at several pages today and put nothing into the basket. */
export default defineOffer({
  placements: ['home-hero'],
  when: 'journey.count("page_view", "1d") >= 3 && journey.count("add_to_cart", "1d") == 0',
  content: {
    en: { title: 'Looking for a gift?', text: 'The Regency cake stand is what others choose.', url: '/cake-stand' },
    de: { title: 'Suchen Sie ein Geschenk?', text: 'Die Regency-Etagere wählen andere.', url: '/cake-stand' },
  },
});
