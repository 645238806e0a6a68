import { httpAdapter } from '../../../../src/index.ts';

export default httpAdapter({
  baseUrl: process.env.CRM_URL,
  key: 'crmId',
  batch: '/customers?ids={keys}',
  match: 'customerId',
});
