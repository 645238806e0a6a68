import { defineOffer } from 'customer-profile-gateway';

/** For silver members with a few points left to gold, which begins at 1,000. */
export default defineOffer({
  placements: ['home-hero', 'agent'],
  when: 'customer.loyalty.tier == "SILVER" && customer.loyalty.points >= 600',
  content: {
    en: { title: 'Nearly gold', text: 'One more order and you are a gold member.', url: '/cake-stand' },
    de: { title: 'Fast Gold', text: 'Noch eine Bestellung, und Sie sind Gold-Mitglied.', url: '/cake-stand' },
  },
  value: 3,
  excludes: ['double-points'],
});
