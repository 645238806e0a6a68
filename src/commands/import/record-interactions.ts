import { captureInteractions, type InteractionSender, type InteractionServices } from '../../journey/capture-interactions.ts';
import { OBJECT_FIELDS, TEXT_FIELDS, UnreadableRecord } from '../../journey/interaction-input.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import type { ColumnVocabulary } from './csv-columns.ts';
import { readIdentifierList } from './identifier-list.ts';
import type { Outcome } from './import-file.ts';
import { importedId, type ParsedRecord } from './record-file.ts';

/** The sender is a service that names the customer of each interaction. There is no request that could prove one. */
const IMPORTER: InteractionSender = {
  source: 'import',
  request: {
    headers: {},
    query: new URLSearchParams(),
    pageUrl: undefined,
    touchpoint: null,
    audience: null,
    setsCookies: false,
    startsVisitors: false,
    redeemsHandoffs: false,
    secure: true,
    viewer: { roles: ['SERVICE'], authenticated: true, claims: {} },
  },
  read: async () => ({ identifiers: [], handedOver: [], newVisitor: null, refused: [] }),
};

/** The columns that a CSV of interactions may have. */
export function interactionColumns(types: readonly string[]): ColumnVocabulary {
  return { types, fields: TEXT_FIELDS, parts: OBJECT_FIELDS, required: ['type'] };
}

/**
 * Records interactions like `POST /interactions`, with the same limits, schemas and rejections. Batches are stored in the order of
 * the calls.
 */
export function recordInteractions(services: InteractionServices): (batch: readonly ParsedRecord[]) => Promise<Outcome> {
  const { interactions } = services;
  let lastTurn = Promise.resolve();
  return async (batch) => {
    const before = lastTurn;
    const turn = Promise.withResolvers<void>();
    lastTurn = turn.promise;
    const saveInteractions: typeof interactions.saveInteractions = async (toSave, options) => {
      await before;
      const saved = interactions.saveInteractions(toSave, options);
      turn.resolve();
      return saved;
    };
    try {
      return await captureInteractions({ ...services, interactions: { saveInteractions } }, batch.map(toInteraction), IMPORTER);
    } finally {
      turn.resolve();
    }
  };
}

function toInteraction(record: ParsedRecord): unknown {
  const { problem, parsed } = record;
  if (problem !== null) return new UnreadableRecord(problem);
  // A record that is no object is rejected by the parser of interactions.
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return parsed;
  const { id, occurredAt, ...rest } = parsed as Record<string, unknown>;
  const identifiers = rest.identifiers == null ? [] : readIdentifierList(rest.identifiers);
  if ('problem' in identifiers) return new UnreadableRecord(identifiers.problem);
  return {
    ...rest,
    id: id ?? importedId(record),
    // In a file, a time without an offset is UTC.
    occurredAt: typeof occurredAt === 'string' ? (readTimeInUtc(occurredAt) ?? occurredAt) : occurredAt,
    identifiers,
  };
}
