import { text } from 'node:stream/consumers';
import { buildSchema, graphql } from 'graphql';
import { type RunningService, serve, serveForParent } from '../demo/serve.ts';
import { type Order, ordersOf } from './orders.ts';
import { readTransactions } from './transactions.ts';

const schema = buildSchema(`
  type Query { tickets(customerIds: [String!]!): [Ticket!]! }
  type Ticket { id: ID! customerId: String! subject: String! status: Status! openedAt: String! channel: String! agentNote: String }
  enum Status { OPEN CLOSED }
`);

interface Ticket {
  readonly id: string;
  readonly customerId: string;
  readonly subject: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly openedAt: string;
  readonly channel: string;
  readonly agentNote: string | null;
}

/** Invented: there is a question about the delivery of every invoice whose number is a multiple of this. */
const ASKED_EVERY = 3;

/** A ticket for every real cancellation, and invented tickets. */
export function ticketsOf(orders: readonly Order[]): Ticket[] {
  return orders.flatMap(({ invoiceNo, customerId, date, cancelled }): Ticket[] => {
    const common = { id: `T-${invoiceNo}`, customerId, openedAt: `${date}T09:00:00Z` };
    if (cancelled)
      return [{ ...common, subject: `Return of ${invoiceNo}`, status: 'CLOSED', channel: 'CALL_CENTRE', agentNote: 'Refunded in full.' }];
    if (Number(invoiceNo) % ASKED_EVERY !== 0) return [];
    return [{ ...common, subject: `When will ${invoiceNo} arrive?`, status: 'OPEN', channel: 'EMAIL', agentNote: 'Ask the carrier.' }];
  });
}

/** The ticket system: a GraphQL API. */
export async function startTicketService(port: number): Promise<RunningService> {
  const byCustomer = Map.groupBy(ticketsOf(ordersOf(readTransactions())), ({ customerId }) => customerId);
  const rootValue = { tickets: ({ customerIds }: { customerIds: string[] }) => customerIds.flatMap((id) => byCustomer.get(id) ?? []) };
  return serve(port, async (request) => {
    if (request.method !== 'POST') return { status: 200, body: { service: 'tickets' } };
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables: Record<string, unknown> };
    return { status: 200, body: await graphql({ schema, source: query, rootValue, variableValues: variables }) };
  });
}

if (import.meta.main) await serveForParent(startTicketService);
