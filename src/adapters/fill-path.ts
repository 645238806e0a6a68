import { UnsentKey } from './adapter-failure.ts';
import { refuseHalfCharacters } from './load-keys.ts';

/** The values for the placeholders of a path. */
export interface PathValues {
  readonly keys: readonly string[];
  readonly fields: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
}

const PLACEHOLDER = /(\{(?:keys?|fields|args\.\w+)\})/;
/** A value that could change a path: a dot, white space or `;` at its beginning, a separator, a percent sign, half a character. */
const RISKY = /^[.\s;]|[/\\%\ud800-\udfff]/;
/** Quotes as a template has them, and what ends a text between them, as `encodeURIComponent` writes it. */
const QUOTES = [
  { quote: /'|%27/, end: /'|%5C/ },
  { quote: /"|%22/, end: /%22|%5C/ },
] as const;

/**
 * A path with placeholders, such as `/customers/{key}/orders?state={args.state}`. Values are percent-encoded, and a value
 * that would still change the path is refused.
 */
export class PathTemplate {
  /** Placeholders at every odd index. */
  readonly #parts: readonly string[];
  /** The parts of each segment with a placeholder; without those of the query. */
  readonly #segments: readonly (readonly string[])[];
  readonly #argumentNames: readonly string[];
  /** Placeholders between quotes, as in OData (`$filter=id eq '{key}'`), each with the characters that would end its text. */
  readonly #quoted: readonly { readonly placeholder: string; readonly end: RegExp }[];

  constructor(template: string) {
    this.#parts = template.split(PLACEHOLDER);
    const [path = ''] = template.split('?');
    this.#segments = path
      .split('/')
      .map((segment) => segment.split(PLACEHOLDER))
      .filter(({ length }) => length > 1);
    this.#argumentNames = this.#parts.filter((part, index) => index % 2 === 1 && part.startsWith('{args.')).map(argumentOf);
    this.#quoted = this.#parts.flatMap((placeholder, index) => {
      const before = this.#parts.slice(0, index).join('');
      // After an odd number of quotes one is open.
      return QUOTES.filter(({ quote }) => index % 2 === 1 && before.split(quote).length % 2 === 0).map(({ end }) => ({ placeholder, end }));
    });
  }

  /** @throws URIError for half a character (a lone surrogate), which no URL can hold; `refusal` finds it earlier. */
  fill(values: PathValues): string {
    return filled(this.#parts, values);
  }

  /**
   * Why a key can't be asked for with these arguments; null when it can.
   *
   * An empty segment, or one of dots only, is removed from a path, or removes the one before it (WHATWG URL, section 4.4;
   * `%2e` is a dot, too). Back ends and proxies that decode a path before they split it (`%2F`, `%5C`, `%252e`, and `;` in
   * servlet containers) find such segments within one: these are refused as well. So is a quote between quotes: back ends
   * decode it, and the rest of the value would be a condition of its own.
   */
  refusal(key: string, args: PathValues['args']): UnsentKey | null {
    const isPlain = key !== '' && !RISKY.test(key) && !this.#argumentNames.some((name) => isRisky(args[name]));
    if (isPlain && this.#quoted.length === 0) return null;
    if (key === '') return new UnsentKey('expected a key that is a value in a URL, received an empty one');
    const half = refuseHalfCharacters(key);
    if (half !== null) return half;
    // The fields' names are the owner's.
    const values = { keys: [key], fields: ['fields'], args };
    try {
      this.fill(values);
    } catch {
      return new UnsentKey('expected whole Unicode characters in arguments, received half of one');
    }
    if (this.#quoted.some(({ placeholder, end }) => end.test(filled(['', placeholder], values)))) {
      return new UnsentKey('expected values that can stand between quotes, received one with a quote or a backslash');
    }
    if (this.#segments.every((segment) => isPlainSegment(filled(segment, values)))) return null;
    return new UnsentKey(
      'expected values that are segments of a path by themselves, received one that is empty or has dots in place of a name',
    );
  }
}

function argumentOf(placeholder: string): string {
  return placeholder.slice('{args.'.length, -1);
}

function isRisky(argument: unknown): boolean {
  return typeof argument === 'string'
    ? argument === '' || RISKY.test(argument)
    : typeof argument !== 'number' && typeof argument !== 'boolean';
}

function filled(parts: readonly string[], { keys, fields, args }: PathValues): string {
  let path = '';
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as string;
    if (index % 2 === 0) path += part;
    else if (part === '{keys}' || part === '{key}') path += keysIn(keys);
    else path += listed(part === '{fields}' ? fields : [args[argumentOf(part)]].flat());
  }
  return path;
}

function keysIn(keys: readonly string[]): string {
  let list = encodeURIComponent(keys[0] ?? '');
  for (let index = 1; index < keys.length; index++) list += `,${encodeURIComponent(keys[index] as string)}`;
  return list;
}

function listed(values: readonly unknown[]): string {
  return values
    .filter((value) => value !== undefined && value !== null)
    .map((value) => encodeURIComponent(typeof value === 'object' ? JSON.stringify(value) : String(value)))
    .join(',');
}

/** Whether a segment still is a name after it is decoded several times. */
function isPlainSegment(segment: string): boolean {
  let decoded = segment;
  for (let time = 0; time < MAX_DECODINGS; time++) decoded = decodeAscii(decoded);
  const names = decoded.split(/[/\\]/).map((part) => part.split(';')[0] as string);
  // Proxies merge empty segments: `/customers/%2F` would be the whole collection.
  return names.some((name) => name !== '') && !names.some((name) => /^[.\s]+$/.test(name));
}

/** This package's own encoding, and three of clients and proxies. */
const MAX_DECODINGS = 4;

/** Other characters make no difference to a path. */
function decodeAscii(text: string): string {
  return text.replace(/%[0-7][0-9a-f]/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)));
}
