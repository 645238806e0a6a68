import { readdirSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';
import { PAGE_INFO } from './src/graphql/schema/schema-parts.ts';

const PLUGINS = ['typescript', 'typescript-resolvers'];
const TYPES = { useTypeImports: true, enumsAsTypes: true, strictScalars: true, immutableTypes: true };
/** The data sources' names, as the type of a loader's name. */
const SOURCES = readdirSync('datasources')
  .filter((name) => extname(name) === '.ts')
  .map((name) => `'${basename(name, '.ts')}'`)
  .join(' | ');

const ENGINE_SCHEMA = ['src/graphql/schema/engine.graphql', PAGE_INFO, 'scalar DateTime scalar JSON scalar JSONObject scalar URL'];

const config: CodegenConfig = {
  generates: {
    // Types of `resolvers.ts`, from the public schema (`customer-profile-gateway schema`).
    'generated/resolver-types.ts': {
      schema: 'docs/schema.graphql',
      plugins: PLUGINS,
      config: {
        ...TYPES,
        scalars: {
          Date: { input: 'Date', output: 'Date | string' },
          DateTime: { input: 'Date', output: 'Date | string' },
          EmailAddress: 'string',
          JSON: 'unknown',
          JSONObject: 'Record<string, unknown>',
          URL: { input: 'URL', output: 'URL | string' },
        },
        contextType: `customer-profile-gateway#ResolverContext<${SOURCES}>`,
        mappers: { Customer: 'customer-profile-gateway#ResolverCustomer' },
      },
    },
    // The agent desktop's own documents, which ask only for the engine's part of the schema, and their manifest.
    'agent-desktop/src/generated/': {
      schema: ENGINE_SCHEMA,
      documents: ['agent-desktop/src/**/*.{ts,tsx}', '!agent-desktop/src/generated/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      documentTransforms: [addTypenameSelectionDocumentTransform],
      config: {
        useTypeImports: true,
        // Node reads these files as they are, in tests.
        importExtension: '.ts',
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown', JSONObject: 'Record<string, unknown>', URL: 'string' },
      },
    },
    // Types of the engine's resolvers, from the engine's part of the schema.
    'src/graphql/generated/resolver-types.ts': {
      schema: ENGINE_SCHEMA,
      plugins: PLUGINS,
      config: {
        ...TYPES,
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
          IdentityPreview: '../../profile/preview-identity.ts#PreviewedIdentity',
          Offer: '../../offers/choosing/given-offer.ts#GivenOffer',
          OfferExplanation: '../../offers/offers.ts#OfferExplanation as WhyOffers',
          OfferDecision: '../../model/offer.ts#Decision as KeptDecision',
          OfferPerformance: '../../offers/performance/offer-performance.ts#OfferPerformance as PerformedOffer',
          SourceStatus: '../../profile/source-usage.ts#SourceStatus as UsedSource',
        },
      },
    },
  },
};

export default config;
