import { captureInteractions, type InteractionServices, type InteractionTeller } from '../../journey/capture-interactions.ts';
import { OBJECT_FIELDS, TEXT_FIELDS, UnreadableRecord } from '../../journey/interaction-input.ts';
import { readTimeInUtc } from '../../model/read-time.ts';
import type { ColumnVocabulary } from './csv-columns.ts';
import { readIdentifierList } from './identifier-list.ts';
import type { Outcome } from './import-file.ts';
import { importedId } from './recognised.ts';
import type { ToldRecord } from './told-records.ts';

/** A service that says whose each interaction is; there is no request that could say it. */
const IMPORTER: InteractionTeller = {
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

/** Tells interactions as they are told at the door: the same limits, schemas and refusals. Batches are stored in the order of the calls. */
export function tellInteractions(services: InteractionServices): (batch: readonly ToldRecord[]) => Promise<Outcome> {
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

function toInteraction(record: ToldRecord): unknown {
  const { problem, told } = record;
  if (problem !== null) return new UnreadableRecord(problem);
  // What is no object at all is refused like any other.
  if (typeof told !== 'object' || told === null || Array.isArray(told)) return told;
  const { id, occurredAt, ...rest } = told as Record<string, unknown>;
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
