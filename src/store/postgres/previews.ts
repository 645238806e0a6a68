import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { ChangeToPreview, PreviewedChange } from '../../model/identity.ts';
import { previewChange } from '../plan/preview-change.ts';
import type { Connections } from './connections.ts';
import { PostgresPreviewFacts } from './facts/preview-facts.ts';
import { FreshIds } from './fresh-ids.ts';
import { Gathering } from './gathering.ts';
import { COMMIT, type Connection, prepared } from './statement.ts';

/** One snapshot for all that a preview reads. */
const BEGIN = prepared('begin isolation level repeatable read read only');

/** Previews: plans whose writes are thrown away. They lock nothing. */
export class Previews {
  readonly #connections: Connections;
  readonly #secret: string;
  readonly #rules: IdentityRules;

  constructor(connections: Connections, secret: string, rules: IdentityRules) {
    this.#connections = connections;
    this.#secret = secret;
    this.#rules = rules;
  }

  preview(change: ChangeToPreview): Promise<PreviewedChange> {
    return this.#connections.repeats.run(() => this.#connections.exclusive((connection) => this.#previewOn(connection, change)));
  }

  async #previewOn(connection: Connection, change: ChangeToPreview): Promise<PreviewedChange> {
    const gathering = new Gathering();
    const facts = new PostgresPreviewFacts(gathering, null, this.#secret, this.#connections.isCluster);
    const now = Date.now();
    const fresh = new FreshIds();
    const decide = () => previewChange(this.#rules, facts, () => now, fresh.ofRun(), change);
    const begun = connection.run({ prepared: BEGIN, values: [] });
    begun.catch(() => {});
    for (;;) {
      const preview = gathering.decide(decide);
      if (gathering.isComplete) {
        await Promise.all([begun, connection.run({ prepared: COMMIT, values: [] })]);
        return preview as PreviewedChange;
      }
      await gathering.load(connection);
    }
  }
}
