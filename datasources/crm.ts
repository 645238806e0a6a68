import { sqlAdapter } from 'customer-profile-gateway';

/** The CRM, a SQL database. */
export default sqlAdapter({
  url: process.env.CRM_URL ?? 'sqlite:.data/demo/crm.db',
  key: 'crmId',
  match: 'customer_id',
  query: 'select customer_id, name, country, email, phone, member_since from customer where customer_id in ($keys)',
});
