import { captureInteractions, type InteractionSender, type InteractionServices } from '../../journey/capture-interactions.ts';
import { OBJECT_FIELDS, TEXT_FIELDS, UnreadableRecord } from '../../journey/interaction-input.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import type { ColumnVocabulary } from './csv-columns.ts';
import { readIdentifierList } from './identifier-list.ts';
import type { Outcome } from './import-file.ts';
import { importedId, type ParsedRecord } from './record-file.ts';

/** Sends as a service, which names the customer of each interaction: there is no request that could prove one. */
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
    viewer: { role: 'SERVICE', authenticated: true, claims: {} },
  },
  read: async () => ({ identifiers: [], handedOver: [], newVisitor: null, refused: [] }),
};

export function interactionColumns(types: readonly string[]): ColumnVocabulary {
  return { types, fields: TEXT_FIELDS, parts: OBJECT_FIELDS, required: ['type'] };
}

/** Tells interactions as they are parsed at the door: the same limits, schemas and refusals. Batches are stored in the order of the calls. */
export function recordInteractions(services: InteractionServices): (batch: readonly ParsedRecord[]) => Promise<Outcome> {
  const { interactions } = services;
  let lastTurn = Promise.resolve();
  return async (batch) => {
    const before = lastTurn;
    const turn = Promise.withResolvers<void>();
    lastTurn = turn.promise;
    const saveInteractions: typeof interactions.saveInteractions = async (toSave) => {
      await before;
      const saved = interactions.saveInteractions(toSave);
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
  // What is no object at all is refused like any other.
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return parsed;
  const { id, occurredAt, ...rest } = parsed as Record<string, unknown>;
  const identifiers = rest.identifiers == null ? [] : readIdentifierList(rest.identifiers);
  if ('problem' in identifiers) return new UnreadableRecord(identifiers.problem);
  return {
    ...rest,
    id: id ?? importedId(record),
    // A file's times without an offset are UTC, in a line as in a CSV's cell.
    occurredAt: typeof occurredAt === 'string' ? (readTimeInUtc(occurredAt) ?? occurredAt) : occurredAt,
    identifiers,
  };
}
