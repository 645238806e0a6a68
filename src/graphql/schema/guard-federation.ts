import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import { requireRole } from '../../model/viewer.ts';
import type { RequestContext } from '../request-context.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext>;

/** What a router sends of an entity (Federation's scalar `_Any`). */
interface Representation {
  readonly __typename?: unknown;
  readonly id?: unknown;
}

/**
 * Checks what routers ask for, in front of the resolvers that @apollo/subgraph brings:
 * - `_service.sdl` has the same content as introspection, so where that is off it is for SERVICE and ADMIN. `sdl` is nullable:
 *   a refusal makes nothing else of the answer null.
 * - A representation that names no entity makes its own entry of `_entities` null, not the whole list.
 */
export function guardFederation(schema: GraphQLSchema): GraphQLSchema {
  wrap(schema, '_service', (resolve) => (source, args, context, info) => {
    const { sdl } = resolve(source, args, context, info) as { readonly sdl: string };
    return {
      sdl: () => {
        if (context.engine.guardServiceSdl) requireRole(['SERVICE', 'ADMIN'], context.viewer, '_service');
        return sdl;
      },
    };
  });
  wrap(schema, '_entities', (resolve) => {
    const entities = entityNames(schema);
    return (source, { representations }: { readonly representations: readonly Representation[] }, context, info) =>
      representations.map((representation) => {
        const problem = problemOf(representation, entities);
        // graphql-js takes an error in a list as the error of that item.
        if (problem !== null) return new GatewayError('BAD_USER_INPUT', problem);
        const [entity] = resolve(source, { representations: [representation] }, context, info) as readonly unknown[];
        return entity;
      });
  });
  return schema;
}

function wrap(schema: GraphQLSchema, name: string, around: (resolve: Resolver) => Resolver): void {
  const field = schema.getQueryType()?.getFields()[name];
  if (field?.resolve === undefined) throw new Error(`expected @apollo/subgraph to bring a resolver for ${name}`);
  field.resolve = around(field.resolve);
}

function entityNames(schema: GraphQLSchema): string[] {
  const entity = schema.getType('_Entity');
  return entity !== undefined && 'getTypes' in entity ? entity.getTypes().map(({ name }) => name) : [];
}

/** @returns null for a representation that can be looked up. Values of it are not repeated: an id may be an identifier. */
function problemOf(representation: unknown, entities: readonly string[]): string | null {
  const expected = `representations: expected { __typename, id } with __typename ${entities.join(' or ')}`;
  if (typeof representation !== 'object' || representation === null || Array.isArray(representation)) {
    return `${expected}; received ${Array.isArray(representation) ? 'a list' : typeof representation}`;
  }
  const { __typename, id } = representation as Representation;
  if (typeof __typename !== 'string' || !entities.includes(__typename)) return `${expected}; received another __typename`;
  if (typeof id !== 'string' && typeof id !== 'number') return `${expected}; received an id that is ${id === null ? 'null' : typeof id}`;
  return null;
}
