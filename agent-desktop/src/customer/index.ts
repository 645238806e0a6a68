export {
  ASSURANCES,
  type Assurance,
  type Confirmation,
  type CustomerIdentifier,
  type CustomerQuestion,
  type Entry,
  type FactValue,
  hasAssurance,
  type ListValue,
  type OpenCustomer,
  type SourceStatus,
  type ValueState,
} from './open-customer.ts';
export { OpenCustomerProvider, useOpenCustomer } from './open-customer-provider.tsx';
