import { sqlAdapter } from 'customer-profile-gateway';

/** The CRM, a SQL database. */
export default sqlAdapter({
  url: process.env.CRM_URL ?? 'sqlite:.data/demo/crm.db',
  key: 'crmId',
  match: 'customer_id',
  query: 'select customer_id, name, country, email, phone, member_since from customer where customer_id in ($keys)',
  // By number, words of the name in any order, e-mail address or phone number; a number that is typed whole comes first.
  search: `select customer_id from customer
    where customer_id like $prefix or email like $prefix or phone like $digits
      or name is not null and not exists (
        select 1 from json_each('[' || replace(json_quote($text), ' ', '","') || ']') as word
        where instr(lower(name), lower(word.value)) = 0)
    order by customer_id = $text desc, customer_id like $prefix desc, name, customer_id limit $first`,
});
