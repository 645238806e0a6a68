import type { CodegenConfig } from '@graphql-codegen/cli';
import { PAGE_INFO } from './src/graphql/schema/schema-parts.ts';

/** Types of the engine's resolvers, from the engine's part of the schema. */
const config: CodegenConfig = {
  schema: ['src/graphql/schema/engine.graphql', PAGE_INFO, 'scalar DateTime scalar JSON scalar JSONObject scalar URL'],
  generates: {
    'src/graphql/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        immutableTypes: true,
        scalars: {
          DateTime: { input: 'Date', output: 'Date' },
          JSON: 'unknown',
          JSONObject: 'Record<string, unknown>',
          URL: { input: 'URL', output: 'URL | string' },
        },
        contextType: '../request-context.ts#RequestContext',
        mappers: {
          Customer: '../../model/customer.ts#ResolvedCustomer',
          Identifier: '../../model/identifier.ts#LinkedIdentifier',
          Attribute: '../../model/ports.ts#Attribute as StoredAttribute',
          Interaction: '../../model/interaction.ts#StoredInteraction',
          Session: '../../journey/read-sessions.ts#Session as JourneySession',
          IdentityEvent: '../../model/identity.ts#IdentityRecord',
          SourceStatus: '../../profile/source-usage.ts#SourceStatus as UsedSource',
        },
      },
    },
  },
};

export default config;
