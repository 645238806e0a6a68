import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What one start of a gateway did. */
export interface Attempt {
  /** Names of what was made that has a `close` or `stop`, in order. */
  readonly opened: readonly string[];
  /** The same for what was closed; what is closed while something else closes is left out. */
  readonly closed: readonly string[];
}

interface Closable {
  open?(...args: readonly unknown[]): unknown;
  close?(): unknown;
  stop?(): unknown;
}

type Callable = (...args: readonly unknown[]) => unknown;

const WIRING = new URL('../../src/wiring/', import.meta.url).href;
const SOURCE = new URL('../../src/', import.meta.url).href;
const OBSERVED = '?observed';

/**
 * Observes every function and class that a module of `src/wiring/` imports from another folder of this package, and `open` of
 * the objects that they make: each call of one is a step, and a step can be made to fail. To be called before `src/wiring/` is imported.
 */
export function observeWiring() {
  let step = 0;
  let failAt = Number.POSITIVE_INFINITY;
  let isStarting = false;
  let closing = 0;
  let opened: string[] = [];
  let closed: string[] = [];

  const takeStep = (name: string) => {
    if (isStarting && ++step === failAt) throw new Error(`step ${step}: ${name}`);
  };
  const closes = (name: string, close: () => unknown) => async () => {
    if (closing++ === 0) closed.push(name);
    try {
      await close();
    } finally {
      closing--;
    }
  };
  const watch = (name: string, made: unknown) => {
    if (typeof made !== 'object' || made === null) return;
    const closable = made as Closable;
    const { open } = closable;
    if (open !== undefined) replace(made, 'open', observe(`${name}.open`, open.bind(made)));
    const method = (['close', 'stop'] as const).find((each) => typeof closable[each] === 'function');
    if (method === undefined) return;
    const original = closable[method] as () => unknown;
    opened.push(name);
    replace(
      made,
      method,
      closes(name, () => original.call(made)),
    );
  };
  const noted = (name: string, made: unknown): unknown => {
    if (!isStarting) return made;
    if (made instanceof Promise) return made.then((value) => noted(name, value));
    watch(name, made);
    return made;
  };
  const observe = (name: string, value: unknown): unknown => {
    if (typeof value !== 'function') return value;
    return new Proxy(value as Callable, {
      apply(target, self, args) {
        takeStep(name);
        return noted(name, Reflect.apply(target, self, args));
      },
      construct(target, args, type) {
        takeStep(name);
        return noted(name, Reflect.construct(target, args, type)) as object;
      },
    });
  };
  Object.assign(globalThis, { observe });
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      const isFromWiring = context.parentURL?.startsWith(WIRING) === true;
      if (!isFromWiring || resolved.url.startsWith(WIRING) || !resolved.url.startsWith(SOURCE)) return resolved;
      return { ...resolved, url: resolved.url + OBSERVED };
    },
    load: (url, context, next) => {
      if (!url.endsWith(OBSERVED)) return next(url, context);
      return { format: 'module', shortCircuit: true, source: observing(url.slice(0, -OBSERVED.length)) };
    },
  });
  return {
    /** A `close` that is noted under this name. */
    closes,
    begin(at: number) {
      [step, failAt, isStarting, opened, closed] = [0, at, true, [], []];
    },
    started() {
      isStarting = false;
    },
    end(): Attempt {
      isStarting = false;
      return { opened, closed };
    },
  };
}

function replace(object: object, method: string, value: unknown): void {
  Object.defineProperty(object, method, { value, configurable: true, writable: true });
}

/** A module that exports what another one exports, observed. */
function observing(url: string): string {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  const names = [...text.matchAll(/^export (?:async )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name as string);
  const lines = names.map((name) => `export const ${name} = observe('${name}', real.${name});`);
  return [`import * as real from '${url}';`, ...lines].join('\n');
}
