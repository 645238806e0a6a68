import { sqlAdapter } from 'customer-profile-gateway';

/** The CRM, a SQL database. */
export default sqlAdapter({
  url: process.env.CRM_URL ?? 'sqlite:.data/demo/crm.db',
  key: 'crmId',
  match: 'customer_id',
  query: 'select customer_id, name, country, email, phone, member_since from customer where customer_id in ($keys)',
  // By number, name, e-mail address or phone number; a number that is typed whole comes first.
  search: `select customer_id from customer
    where customer_id like $prefix or name like $pattern or email like $prefix or phone like $digits
    order by customer_id = $text desc, customer_id like $prefix desc, name, customer_id limit $first`,
});
