import { serveProfiles } from './by-hand-server.ts';
import { fetchBatch, profileOf } from './fetch-profile.ts';

/** An endpoint without GraphQL: each request makes three calls at the same time. */
serveProfiles(async (id, first) => {
  const [[customer], [loyalty], orders] = await Promise.all([fetchBatch.crm([id]), fetchBatch.loyalty([id]), fetchBatch.orders([id])]);
  return profileOf(customer, loyalty, orders, first);
});
