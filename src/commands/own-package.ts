import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True in a checkout of the sources, false in the published package. */
export const isCheckout = import.meta.url.endsWith('.ts');

/** The folder of this package's package.json. */
export const packageRoot = fileURLToPath(new URL(isCheckout ? '../../' : '../', import.meta.url));

/** This package's version, such as `1.2.0`. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string };
  return version;
}
