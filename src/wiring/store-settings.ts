import { resolve } from 'node:path';
import type { GatewayConfig } from '../config/gateway-config.ts';

/** @returns an absolute path; a relative one starts at the configuration file. */
export function storePathOf({ store }: GatewayConfig, directory: string): string {
  return resolve(directory, store.path);
}
