import { defineOffer } from 'customer-profile-gateway';

/** For agents: a customer who waits for an answer hears about that first, and is offered a voucher once a month. */
export default defineOffer({
  placements: ['agent'],
  when: 'customer.tickets.exists(ticket, ticket.status == "OPEN")',
  content: {
    en: { title: 'Apologise, and offer a voucher', text: 'The customer waits for an answer. Offer a voucher of 5 pounds.', url: '/' },
    de: {
      title: 'Um Entschuldigung bitten, Gutschein anbieten',
      text: 'Der Kunde wartet auf eine Antwort. Bieten Sie einen Gutschein über 5 Pfund an.',
      url: '/',
    },
  },
  mandatory: true,
  caps: [{ count: 1, per: '30d' }],
});
