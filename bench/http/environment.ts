import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { cpus } from 'node:os';
import type { Contestant } from './contestants.ts';
import { NOT_PINNED } from './program.ts';

/** The machine, the day and the versions of a run. */
export interface Environment {
  readonly machine: string;
  readonly cores: number;
  readonly node: string;
  /** The day, ISO 8601. */
  readonly date: string;
  /** Why programs were not pinned to a core each; null when they were. */
  readonly notPinned: string | null;
  /** By package: this gateway and the packages of all contestants. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The environment of this run. */
export function environmentOf(contestants: readonly Contestant[]): Environment {
  const names = [...new Set(contestants.flatMap(({ packages }) => packages))].sort();
  const own = versionIn(new URL('../../package.json', import.meta.url));
  return {
    machine: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    notPinned: NOT_PINNED,
    versions: { 'customer-profile-gateway': own, ...Object.fromEntries(names.map((name) => [name, versionOf(name)])) },
  };
}

/** The version of a package, resolved as the contestants' programs resolve it. */
function versionOf(name: string): string {
  const file = findPackageJSON(name, new URL('./contestants/', import.meta.url));
  return file === undefined ? 'not installed' : versionIn(file);
}

const versionIn = (file: string | URL) => (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
