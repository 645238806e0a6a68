import { type AskOptions, type TestGatewayOptions, temporaryDirectory, testGateway } from './gateway.ts';

export const SUMMER = { role: 'AGENT', subject: 'summer' } as const;
export const TOM = { role: 'AGENT', subject: 'tom' } as const;
export const SERVICE = { role: 'SERVICE', subject: 'shop' } as const;
export const ADA = { type: 'crmId', value: '1' };
export const EMAIL = { type: 'email', value: 'ada.lovelace@example.com' };
export const BEN = { type: 'crmId', value: '2' };

const BY = `query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) {
  id assurance name email identifiers { type value } confirmation { method confirmedAt expiresAt } } }`;
const CONFIRM = `mutation ($id: ID!, $method: String! = "security questions") {
  confirmIdentity(input: { customerId: $id, method: $method }) {
    expiresAt customer { id assurance email identifiers { type value } confirmation { method expiresAt } }
  }
}`;
const IDENTIFY = `mutation ($i: IdentifyInput!) { identify(input: $i) {
  outcome customer { id assurance } linked { type value } unlinked { type value } rejected { type value reason message } } }`;

type Identifier = typeof ADA;

/** A gateway at which agents confirm who a customer is, with a clock that the test sets. */
export async function confirmingGateway({ config, directory = temporaryDirectory(), ...options }: TestGatewayOptions = {}) {
  let now = new Date('2026-03-01T12:00:00Z');
  const viewers = { agentsConfirm: true, ...config?.viewers };
  const gateway = await testGateway({ now: () => now, ...options, directory, config: { ...config, viewers } });
  const { ask } = gateway;
  return {
    ...gateway,
    /** Sets the gateway's clock forward. */
    pass: (minutes: number) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    /** Looks a customer up. */
    by: async (identifier: Identifier, as: AskOptions = SUMMER) => {
      const { data, codes } = await ask(BY, { ...as, variables: { i: identifier } });
      return { customer: data.customerByIdentifier, codes };
    },
    confirm: (id: string, as: AskOptions = SUMMER, method?: string) =>
      ask(CONFIRM, { ...as, variables: { id, ...(method !== undefined && { method }) } }),
    identify: async (identifiers: readonly Identifier[], as: AskOptions = SERVICE, more: object = {}) =>
      (await ask(IDENTIFY, { ...as, variables: { i: { identifiers, ...more } } })).data.identify,
  };
}
