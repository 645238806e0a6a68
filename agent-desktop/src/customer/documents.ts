import { graphql } from '../generated/index.ts';

/** Something about the customer has changed: what it is, the layout's documents read. */
export const CUSTOMER_CHANGED = graphql(`
  subscription CustomerChanged($id: ID!) {
    customerChanged(customerId: $id) {
      id
    }
  }
`);
