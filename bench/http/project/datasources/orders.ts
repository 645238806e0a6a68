import { httpAdapter } from '../../../../src/index.ts';

export default httpAdapter({
  baseUrl: process.env.ORDERS_URL,
  key: 'crmId',
  batch: '/orders?customerIds={keys}',
  match: 'customerId',
  many: true,
});
