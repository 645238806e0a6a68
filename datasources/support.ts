import { graphqlAdapter } from 'customer-profile-gateway';

/** The ticket system, GraphQL. */
export default graphqlAdapter({
  url: process.env.SUPPORT_URL ?? 'http://127.0.0.1:4102',
  key: 'crmId',
  query: `query ($keys: [String!]!) {
    tickets(customerIds: $keys) { id customerId subject status openedAt channel agentNote }
  }`,
  select: 'tickets',
  match: 'customerId',
  many: true,
});
