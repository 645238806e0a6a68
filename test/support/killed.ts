import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect } from 'vitest';

/** Lets a program work in a process of its own until it has said so many lines, then kills it. @returns what it said. */
export async function linesUntilKilled(script: string, args: readonly string[], lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [resolve(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  }
  await closed;
  expect(child.signalCode).toBe('SIGKILL');
  // The last line may be cut off.
  return said.split('\n').slice(0, -1);
}
