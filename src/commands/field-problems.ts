import { describeValue, isRecord, valueAt } from '../adapters/values.ts';
import { SourceError } from '../model/errors.ts';
import { ListEdge } from '../profile/page-list.ts';
import { showError, showNames, showValue } from './terminal-text.ts';

/** The records in which a field's property was looked for. */
interface SeenRecords {
  readonly source: string;
  readonly property: string;
  /** The operation that read it first. Later ones read the same records again, so they do not count. */
  readonly operation: object;
  readonly records: Set<object>;
  readonly names: Set<string>;
  isThere: boolean;
}

interface ErrorLine {
  readonly source: string | null;
  readonly text: string;
  readonly isOfCall: boolean;
  times: number;
}

/** The problems with the fields of one customer, for the owner's terminal. */
export class FieldProblems {
  readonly #errors = new Map<string, ErrorLine>();
  /** Paths in the answer whose first error is counted. */
  readonly #counted = new Set<string>();
  readonly #received = new Map<SourceError, { readonly path: string | null; readonly value: unknown }>();
  readonly #seen = new Map<string, SeenRecords>();
  readonly #absent = new Map<string, Set<string>>();

  /** Adds an error of the answer. @param path in the answer. Only the first error of a path counts. */
  addError(path: string, error: unknown, message: string): void {
    if (this.#counted.has(path)) return;
    this.#counted.add(path);
    const source = error instanceof SourceError ? String(error.details.source) : null;
    const isOfCall = source !== null && message.startsWith(`${source}: `);
    const explained = error instanceof SourceError ? this.#explained(error) : message;
    const text = isOfCall ? `the call for a field failed: ${showError((error as SourceError).cause ?? error)}` : explained;
    const known = this.#errors.get(text);
    if (known) known.times++;
    else this.#errors.set(text, { source, text, isOfCall, times: 1 });
  }

  /** Notes the value that a field refused. @param path of its `@from`, if it is not the field's name. */
  sawValue(error: SourceError, path: string | null, value: unknown): void {
    this.#received.set(error, { path, value });
  }

  /** Notes that a field was read that is a property of its parent record. @param operation that read it. */
  sawField(field: string, property: string, record: unknown, source: string, operation: object): void {
    if (!isRecord(record) || record instanceof ListEdge) return;
    let seen = this.#seen.get(field);
    if (seen === undefined) {
      seen = { source, property, operation, records: new Set(), names: new Set(), isThere: false };
      this.#seen.set(field, seen);
    }
    if (seen.isThere || seen.operation !== operation) return;
    seen.records.add(record);
    seen.isThere = Object.hasOwn(record, property);
    for (const name of Object.keys(record)) seen.names.add(name);
  }

  /** Notes the path of a field's `@from` if this record does not have it. A path that ends at null is right. */
  sawPath(field: string, record: unknown, path: readonly string[], source: string): void {
    const end = path.findIndex((_, index) => valueAt(record, path.slice(0, index + 1)) === undefined);
    if (end === -1) return;
    const parent = valueAt(record, path.slice(0, end));
    // Null has no fields, and a text may hold JSON, in which a path goes on.
    if (parent === null || typeof parent === 'string') return;
    const where = `the record${end === 0 ? '' : `'s ${path.slice(0, end).join('.')}`}`;
    const has = isRecord(parent) ? `it has ${showNames(Object.keys(parent))}` : `it is ${describeValue(parent)}`;
    const name = path.join('.');
    const shown = field.endsWith(`.${name}`) ? field : `${field} (path "${name}")`;
    this.#noteAbsent(source, `${shown}: ${where} has no field ${path[end]}; ${has}`);
  }

  /** Notes that a field was not read, because it has a required argument. */
  skipped(field: string, argument: string, source: string): void {
    this.#noteAbsent(source, `${field}: not tried, since it needs the argument ${argument}`);
  }

  #noteAbsent(source: string, line: string): void {
    const lines = this.#absent.get(source) ?? new Set();
    this.#absent.set(source, lines.add(line));
  }

  /** True if a field of this source has an error. @param source null for errors without a known source. */
  hasErrors(source: string | null): boolean {
    return [...this.#errors.values()].some((error) => error.source === source);
  }

  /**
   * One line per problem of a source.
   * @param source null for problems without a known source.
   * @param withCalls false if failed calls are reported already.
   */
  linesOf(source: string | null, withCalls: boolean): string[] {
    const errors = [...this.#errors.values()].filter((error) => error.source === source && (withCalls || !error.isOfCall));
    const lines = errors.map(({ text, times }) => (times === 1 ? text : `${text} (${times} times)`));
    for (const [field, seen] of this.#seen) {
      if (seen.source !== source || seen.isThere) continue;
      const { size } = seen.records;
      const records = size === 1 ? 'the record has no' : `none of the ${size} records has a`;
      lines.push(`${field}: ${records} field ${seen.property}; ${size === 1 ? 'it has' : 'they have'} ${showNames([...seen.names])}`);
    }
    return [...lines, ...(source === null ? [] : (this.#absent.get(source) ?? []))];
  }

  #explained(error: SourceError): string {
    const received = this.#received.get(error);
    if (received === undefined) return error.message;
    const [field = '', ...rest] = error.message.split(': ');
    const at = received.path === null ? '' : ` (path "${received.path}")`;
    const value = received.value ?? null;
    return `${field}${at}: ${rest.join(': ')}${value === null ? '' : `: ${showValue(value)}`}`;
  }
}
