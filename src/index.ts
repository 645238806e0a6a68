/**
 * The package's public exports: for `gateway.config.ts`, `datasources/` and `resolvers.ts`, and for programs that embed a gateway.
 * Every command loads this module, so it loads no server.
 */

import type { Project } from './config/load-project.ts';
import type { Gateway } from './wiring/gateway.ts';
import type { GatewayOverrides } from './wiring/surroundings.ts';

/** For the schemas of interactions. */
export { z } from 'zod';
export { AdapterFailure } from './adapters/adapter-failure.ts';
export type {
  CommonAdapterOptions,
  DataAdapter,
  DataAdapterDefinition,
  DataRecord,
  KeyAnswer,
  LoadContext,
  SearchContext,
} from './adapters/data-adapter.ts';
export { defineAdapter } from './adapters/define-adapter.ts';
export { type FileAdapterOptions, fileAdapter } from './adapters/file-adapter.ts';
export { type GraphqlAdapterOptions, type GraphqlSearch, graphqlAdapter } from './adapters/graphql-adapter.ts';
export { type HttpAdapterOptions, type HttpSearch, httpAdapter } from './adapters/http-adapter.ts';
export { type RedisAdapterOptions, redisAdapter } from './adapters/redis-adapter.ts';
export type { CachePolicyInput, SourcePolicy } from './adapters/source-policy.ts';
export { type SqlAdapterOptions, sqlAdapter } from './adapters/sql-adapter.ts';
export {
  bearerClaim,
  type CaptureRule,
  type CaptureRuleOptions,
  cookie,
  handoff,
  header,
  issuedCookie,
  urlParameter,
} from './capture/capture-rule.ts';
export { defineGateway, type GatewayConfigInput } from './config/gateway-config.ts';
export { loadProject, type Project } from './config/load-project.ts';
export { type Problem, ProjectError } from './config/problem.ts';
export { defineResolvers, type OwnResolver, type OwnResolvers, type OwnType } from './graphql/own-resolvers/define-resolvers.ts';
export type { RecordLoader, ResolverContext, ResolverCustomer } from './graphql/own-resolvers/resolver-context.ts';
export { defineOffer, type OfferDefinition } from './offers/definition/define-offer.ts';
export { type AdapterSamples, testAdapter } from './sources/test-adapter.ts';
export type { Gateway } from './wiring/gateway.ts';
export type { GatewayOverrides } from './wiring/surroundings.ts';

/**
 * Builds a gateway, which serves after `app.listen`. Loads the server.
 * @throws ProjectError with all problems of the project.
 */
export async function createGateway(project: Project, overrides?: GatewayOverrides): Promise<Gateway> {
  return (await import('./wiring/gateway.ts')).createGateway(project, overrides);
}
