import type { CompiledMessage } from '@lingui/message-utils/compileMessage';

type Part = Exclude<CompiledMessage, string>[number];

/**
 * Compiles a text of ICU's message format, as far as the desktop's texts use it: `{name}`, `{count, plural, one {# page} other {# pages}}`
 * and `{kind, select, web {…} other {…}}`, within each other as well. The general compiler is larger than all texts together.
 * @throws SyntaxError for what it does not know, at a text of this program: a test compiles them all.
 */
export function compileMessage(text: string): CompiledMessage {
  const reader = new Reader(text);
  const parts = reader.readParts(false);
  if (!reader.isAtEnd()) throw reader.unexpected('the end');
  return parts;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** @param isPlural `#` is the number. */
  readParts(isPlural: boolean): Part[] {
    const parts: Part[] = [];
    let plain = '';
    const flush = () => {
      if (plain !== '') parts.push(plain);
      plain = '';
    };
    while (!this.isAtEnd() && this.#text[this.#at] !== '}') {
      const sign = this.#text[this.#at];
      if (sign === "'") plain += this.#readApostrophe();
      else if (sign === '{') {
        flush();
        parts.push(this.#readArgument());
      } else if (sign === '#' && isPlural) {
        flush();
        parts.push('#');
        this.#at += 1;
      } else {
        plain += sign;
        this.#at += 1;
      }
    }
    flush();
    return parts;
  }

  /** Two are one; one before a brace begins a part in which braces are plain signs; any other is itself. */
  #readApostrophe(): string {
    this.#at += 1;
    const next = this.#text[this.#at];
    if (next === "'") {
      this.#at += 1;
      return "'";
    }
    if (next !== '{' && next !== '}' && next !== '#') return "'";
    const end = this.#text.indexOf("'", this.#at);
    const quoted = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at += quoted.length + 1;
    return quoted;
  }

  #readArgument(): Part {
    this.#expect('{');
    const name = this.#readWord();
    if (this.#takes('}')) return [name] as unknown as Part;
    this.#expect(',');
    const type = this.#readWord();
    if (type !== 'plural' && type !== 'select') throw this.unexpected('plural or select');
    this.#expect(',');
    const cases: Record<string, unknown> = {};
    while (!this.#takes('}')) {
      const key = this.#readWord().replace(/^=/, '');
      this.#expect('{');
      cases[key] = this.readParts(type === 'plural');
      this.#expect('}');
    }
    if (!('other' in cases)) throw this.unexpected('a case other');
    return [name, type, cases] as unknown as Part;
  }

  #readWord(): string {
    const word = /^\s*([=\w]+)\s*/.exec(this.#text.slice(this.#at));
    if (word === null) throw this.unexpected('a name');
    this.#at += word[0].length;
    return word[1] ?? '';
  }

  #takes(sign: string): boolean {
    const [space] = /^\s*/.exec(this.#text.slice(this.#at)) ?? [''];
    if (this.#text[this.#at + space.length] !== sign) return false;
    this.#at += space.length + 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.unexpected(sign);
  }

  unexpected(wanted: string): SyntaxError {
    return new SyntaxError(`compileMessage: expected ${wanted} at ${this.#at} of ${JSON.stringify(this.#text)}.`);
  }
}
