/** A table `own (id)` of a customer's ids that were not erased. Parameter 1 is the customer's present id, which need not be stored. */
export const OWN = `(select id from customer where root_id = ?1 and erased_at is null
  union all select ?1 where not exists (select 1 from customer where id = ?1)) own`;
