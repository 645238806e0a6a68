import { consentOf } from '../../capture/consent.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Viewer } from '../../model/viewer.ts';
import { type IdentifyResult, type IdentifyServices, identify } from '../../profile/identify.ts';
import type { FileEvent } from './identify-events-file.ts';
import type { Outcome } from './import-file.ts';
import { importedId } from './record-file.ts';

type Refusal = Omit<Outcome['rejected'][number], 'index'>;

const VIEWER: Viewer = { roles: ['SERVICE'], authenticated: true, claims: {} };
/** The source of an event whose file names none. */
const SOURCE = 'import';

/** Records identify events in the order of the file, like the mutation `identify` of a service. */
export function recordIdentifiers(services: IdentifyServices): (batch: readonly FileEvent[]) => Promise<Outcome> {
  return async (batch) => {
    const results = await Promise.all(batch.map((event) => record(services, event)));
    const rejected = results.flatMap((result, index) => ('code' in result ? [{ index, ...result }] : []));
    const duplicates = results.filter((result) => 'outcome' in result && result.outcome === 'UNCHANGED').length;
    return { accepted: results.length - duplicates - rejected.length, duplicates, rejected };
  };
}

async function record(services: IdentifyServices, event: FileEvent): Promise<Refusal | Pick<IdentifyResult, 'outcome'>> {
  if (event.problem !== null) return badInput(event.problem);
  const { identifiers, occurredAt } = event;
  // The mutation ignores such an identifier. A file can be corrected, so its event is rejected.
  const unknown = identifiers.find(({ type }) => !services.identifierTypes.has(type));
  if (unknown !== undefined) return badInput(`identifiers: expected types out of ${[...services.identifierTypes.keys()].join(', ')}`);
  const eventId = event.eventId ?? importedId(event);
  try {
    const result = await identify(services, {
      identifiers,
      attributes: {},
      touchpoint: null,
      occurredAt,
      eventId,
      viewer: VIEWER,
      captured: [],
      consent: consentOf({ headers: {}, viewer: VIEWER }),
      source: event.source ?? SOURCE,
    });
    return result.outcome === 'REJECTED' ? refusalOf(result) : result;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function refusalOf({ rejected }: IdentifyResult): Refusal {
  const types = (reason: string) => [...new Set(rejected.filter((each) => each.reason === reason).map(({ type }) => type))].join(', ');
  const conflicting = types('CONFLICTING_IDENTIFIERS');
  if (conflicting !== '') {
    return { code: 'CONFLICTING_IDENTIFIERS', message: `one customer can't have all the values of ${conflicting}: nothing was linked` };
  }
  if (types('ERASED') !== '') return { code: 'NOT_FOUND', message: 'its customer was erased, and the event is not newer than that' };
  const received = rejected.map(({ type, reason, message }) => `${type} ${reason} (${message})`).join(', ') || 'none';
  return badInput(`identifiers: expected at least one that names somebody, received ${received}`);
}

function badInput(message: string): Refusal {
  return { code: 'BAD_USER_INPUT', message };
}
