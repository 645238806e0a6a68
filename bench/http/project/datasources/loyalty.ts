import { httpAdapter } from '../../../../src/index.ts';

export default httpAdapter({
  baseUrl: process.env.LOYALTY_URL,
  key: 'crmId',
  batch: '/loyalty?ids={keys}',
  match: 'customerId',
});
