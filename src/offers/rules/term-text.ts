import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * The text of an expression, the same for expressions that differ only in spaces, quotes and needless brackets. It parses to
 * the same tree: cel-js' own `serialize` loses brackets (`a - (b - c)`) and digits of numbers.
 */
export function textOf({ op, args }: ASTNode): string {
  switch (op) {
    case 'value':
      return literalText(args);
    case 'id':
      return args;
    case '.':
    case '.?':
      return `${operand(args[0])}${op}${args[1]}`;
    case '[]':
      return `${operand(args[0])}[${textOf(args[1])}]`;
    case '[?]':
      return `${operand(args[0])}[?${textOf(args[1])}]`;
    case 'call':
      return `${args[0]}(${args[1].map(textOf).join(', ')})`;
    case 'rcall':
      return `${operand(args[1])}.${args[0]}(${args[2].map(textOf).join(', ')})`;
    case 'list':
      return `[${args.map(textOf).join(', ')}]`;
    case 'map':
      return `{${args.map(([key, value]) => `${textOf(key)}: ${textOf(value)}`).join(', ')}}`;
    case '!_':
    case '-_':
      return `${op[0]}${operand(args, LEVELS.unary + 1)}`;
    case '?:':
      return `${operand(args[0], 1)} ? ${operand(args[1], 1)} : ${operand(args[2], 1)}`;
    default: {
      // From left to right, except that comparisons have no order.
      const level = levelOf(op);
      return `${operand(args[0], level === LEVELS.comparison ? level + 1 : level)} ${op} ${operand(args[1], level + 1)}`;
    }
  }
}

/** How tightly operators bind (https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax); none is for what needs no brackets. */
const LEVELS = { '?:': 0, '||': 1, '&&': 2, comparison: 3, sum: 4, product: 5, unary: 6, none: 7 } as const;

function levelOf(op: ASTNode['op']): number {
  switch (op) {
    case '?:':
    case '||':
    case '&&':
      return LEVELS[op];
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return LEVELS.comparison;
    case '+':
    case '-':
      return LEVELS.sum;
    case '*':
    case '/':
    case '%':
      return LEVELS.product;
    case '!_':
    case '-_':
      return LEVELS.unary;
    default:
      return LEVELS.none;
  }
}

/** @param least the level below which it needs brackets. */
function operand(node: ASTNode, least: number = LEVELS.none): string {
  return levelOf(node.op) < least ? `(${textOf(node)})` : textOf(node);
}

function literalText(value: (ASTNode & { op: 'value' })['args']): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
  if (value instanceof Uint8Array) return `b"${Array.from(value, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  // An UnsignedInt.
  if (typeof value === 'object' && value !== null) return `${value}u`;
  return String(value);
}

/** The parts of an expression, in their order. */
export function partsOf({ op, args }: ASTNode): readonly ASTNode[] {
  switch (op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [args[0]];
    case 'call':
      return args[1];
    case 'rcall':
      return [args[1], ...args[2]];
    case 'list':
      return args;
    case 'map':
      return args.flat();
    case '!_':
    case '-_':
      return [args];
    default:
      return args;
  }
}

/** The name of the part that is read; null where it is computed. */
export function nameIn(node: ASTNode & { op: '.' | '[]' }): string | null {
  return node.op === '.' ? node.args[1] : literalOf(node.args[1]);
}

/** The text of a literal; null for anything else. */
export function literalOf(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}
