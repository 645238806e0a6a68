/** Notes of one kind that are printed. Further ones are only counted. */
const MAX_NOTES = 20;
/** The kind of notes about lines that were left out. */
export const UNREADABLE = 'lines that could not be read';

/** Notes for the owner by kind; the first few of each kind are printed, all are counted. */
export class Notes {
  readonly #kinds = new Map<string, { count: number; readonly first: string[] }>();

  add(kind: string, note: string): void {
    const entry = this.#kinds.get(kind) ?? { count: 0, first: [] };
    entry.count++;
    if (entry.first.length < MAX_NOTES) entry.first.push(note);
    this.#kinds.set(kind, entry);
  }

  has(kind: string): boolean {
    return this.#kinds.has(kind);
  }

  print(): string {
    return [...this.#kinds]
      .map(([kind, { count, first }]) => {
        const more = count > first.length ? `  and ${count - first.length} more\n` : '';
        return `${kind}: ${count}\n${first.map((note) => `  ${note}\n`).join('')}${more}`;
      })
      .join('');
  }
}
