import type { z } from 'zod';

/** One option of a Zod schema. */
export interface SchemaOption {
  /** Names with dots; `*` for a name that the owner chooses: `identifiers.*.class`. */
  readonly path: string;
  readonly isRequired: boolean;
  /** Undefined where the option has no default of its own. */
  readonly defaultValue: unknown;
  /** All values, for an option with fixed values. */
  readonly values: readonly string[];
  /** True for an object whose options follow. A page may have no row for it. */
  readonly isContainer: boolean;
}

/** The parts of Zod's definitions that are read here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly in?: z.ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly defaultValue?: unknown;
}

/** Every option of an object's schema, nested ones included. Items of lists are left out: functions make them. */
export function optionsOf(schema: z.ZodType, prefix = ''): SchemaOption[] {
  const { shape } = definitionOf(unwrapped(schema));
  return Object.entries(shape ?? {}).flatMap(([name, option]) => describe(`${prefix}${name}`, option));
}

function describe(path: string, schema: z.ZodType): SchemaOption[] {
  const inner = unwrapped(schema);
  const { type, valueType } = definitionOf(inner);
  const within =
    type === 'record' && valueType !== undefined && holdsObject(valueType)
      ? describe(`${path}.*`, valueType)
      : objectsOf(inner, `${path}.`);
  const option = {
    path,
    isRequired: !schema.safeParse(undefined).success,
    defaultValue: defaultOf(schema),
    values: valuesOf(inner),
    isContainer: within.length > 0,
  };
  return [option, ...within];
}

/** The options of an object, or of the objects among a union's members. */
function objectsOf(schema: z.ZodType, prefix: string): SchemaOption[] {
  const { options } = definitionOf(schema);
  return options === undefined ? optionsOf(schema, prefix) : options.flatMap((member) => objectsOf(unwrapped(member), prefix));
}

function holdsObject(schema: z.ZodType): boolean {
  const { type, options } = definitionOf(unwrapped(schema));
  return type === 'object' || (options?.some(holdsObject) ?? false);
}

/** The schema behind defaults, `optional` and transformations. */
function unwrapped(schema: z.ZodType): z.ZodType {
  const { innerType, in: input } = definitionOf(schema);
  const next = innerType ?? input;
  return next === undefined ? schema : unwrapped(next);
}

function defaultOf(schema: z.ZodType): unknown {
  const { type, innerType, defaultValue } = definitionOf(schema);
  if (type === 'default' || type === 'prefault') return defaultValue;
  return innerType === undefined ? undefined : defaultOf(innerType);
}

function valuesOf(schema: z.ZodType): string[] {
  const { entries, element, options } = definitionOf(schema);
  if (entries !== undefined) return Object.values(entries);
  return [...(element === undefined ? [] : [element]), ...(options ?? [])].flatMap((member) => valuesOf(unwrapped(member)));
}

function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** A member of an exported interface. */
export interface OptionMember {
  readonly name: string;
  readonly hasDocstring: boolean;
}

/** The members of an interface, read from its source text, since types do not exist at run time. @throws Error when there is no such interface. */
export function membersOf(source: string, name: string): OptionMember[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(source)?.[1];
  if (body === undefined) throw new Error(`expected an exported interface ${name}, found none`);
  return documentedLines(body, /^ {2}(?:readonly )?(\w+)\??[:(]/);
}

/** The options in a text: the first group of `line`, for each line that matches, and whether a docstring ends on the line above. */
export function documentedLines(text: string, line: RegExp): OptionMember[] {
  const lines = text.split('\n');
  return lines.flatMap((each, index) => {
    const name = line.exec(each)?.[1];
    return name === undefined ? [] : [{ name, hasDocstring: lines[index - 1]?.trimEnd().endsWith('*/') ?? false }];
  });
}
