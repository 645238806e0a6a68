import { httpAdapter } from 'customer-profile-gateway';

/** The order service, REST with a call for many customers. */
export default httpAdapter({
  baseUrl: process.env.ORDERS_URL ?? 'http://127.0.0.1:4101',
  key: 'crmId',
  batch: '/orders?customerIds={keys}',
  match: 'customerId',
  many: true,
  // By invoice number.
  search: '/orders/search?q={text}&limit={first}',
});
