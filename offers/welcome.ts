import { defineOffer } from 'customer-profile-gateway';

/** For visitors of whom nothing is known: the fallback of `home-hero`, so it names no placement itself. */
export default defineOffer({
  placements: [],
  content: {
    en: { title: 'Gifts for every occasion', text: 'Our best-loved gift: the white hanging heart.', url: '/light-holder' },
    de: { title: 'Geschenke für jeden Anlass', text: 'Unser beliebtestes Geschenk: das weiße Herz zum Aufhängen.', url: '/light-holder' },
  },
});
