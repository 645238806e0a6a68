import { parseStoreUrl } from '../../src/model/store-url.ts';
import { locateStore } from '../../src/store/open-store.ts';
import { AGENTS_TOUCHPOINT, type InventedInteraction, inventedWeek, type Sites } from './invented-week.ts';
import type { MakeToken } from './tokens.ts';

/** Milliseconds in which the gateway has to store them. */
const STORED_WITHIN = 20_000;

/** True when the gateway will begin with an empty store: only then is a week invented for it. @param store as in `gateway.config.ts`. */
export async function isNewStore(store: string): Promise<boolean> {
  const url = parseStoreUrl(store);
  // A store that can't be reached, or a wrong URL: the gateway says so when it starts.
  return (
    url !== null &&
    !(await locateStore(url, process.cwd())
      .exists()
      .catch(() => true))
  );
}

/** Sends the invented week, calls and notes as one of the invented agents, to a gateway that serves, as a company's own programs would: `POST /interactions`. */
export async function sendInventedWeek(gateway: string, sites: Sites, makeToken: MakeToken): Promise<void> {
  const tokens = { SERVICE: await makeToken('SERVICE', 'invented-week'), AGENT: await makeToken('AGENT', 'tom-hale') };
  for (const { role, interactions } of inTurns(inventedWeek(new Date(), sites))) {
    const response = await fetch(`${gateway}/interactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[role]}` },
      body: JSON.stringify(interactions),
      signal: AbortSignal.timeout(STORED_WITHIN),
    });
    // 207 is answered when some are rejected: then the file and the demo's configuration do not fit.
    if (response.status !== 200)
      throw new Error(`expected 200 from ${gateway}/interactions, received ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }
}

interface Turn {
  readonly role: 'SERVICE' | 'AGENT';
  readonly interactions: readonly InventedInteraction[];
}

/** In the order of time, and each sent by a viewer who may: what identifiers prove depends on what was known before. */
function inTurns(interactions: readonly InventedInteraction[]): readonly Turn[] {
  const turns: { role: Turn['role']; interactions: InventedInteraction[] }[] = [];
  for (const each of interactions) {
    const role = each.touchpoint === AGENTS_TOUCHPOINT ? 'AGENT' : 'SERVICE';
    const last = turns.at(-1);
    if (last?.role === role) last.interactions.push(each);
    else turns.push({ role, interactions: [each] });
  }
  return turns;
}
