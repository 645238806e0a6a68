import { cookie, defineGateway } from '../../../src/index.ts';

/** What an owner writes for the work of this benchmark; limits are the defaults. */
export default defineGateway({
  identifiers: {
    crmId: { class: 'person', unique: true, capture: [cookie('customer_id', { assurance: 'RECOGNIZED' })] },
    email: { class: 'person', normalize: 'email', limit: 5 },
  },
  store: process.env.STORE,
});
