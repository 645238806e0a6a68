import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'undici';
import { expect, onTestFinished } from 'vitest';
import { CLI, Command, GATEWAY_URL } from '../support/command.ts';
import { temporaryDirectory } from '../support/gateway.ts';

const CLOCK_TICKS = 100;
const REFERENCE_REQUESTS = 500;

export interface Attack {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Cost {
  readonly status: number;
  /** CPU time, in units of `REFERENCE_REQUESTS` small queries. */
  readonly cpu: number;
  /** MB by which resident memory grew at most. */
  readonly memory: number;
}

/** A gateway in a process of its own, with the project that `init` writes: what it costs can be measured from outside. */
export class AttackedProcess {
  readonly url: string;
  readonly #pid: number;
  readonly #client: Client;
  #reference = 0;

  private constructor(url: string, pid: number) {
    this.url = url;
    this.#pid = pid;
    this.#client = new Client(url);
    onTestFinished(() => this.#client.destroy());
  }

  static async start(): Promise<AttackedProcess> {
    const directory = join(temporaryDirectory(), 'project');
    expect((await new Command(CLI, ['init', directory]).ended()).code).toBe(0);
    const command = new Command(CLI, ['start', '--port', '0', '--host', '127.0.0.1'], { directory });
    const attacked = new AttackedProcess(await command.says(GATEWAY_URL), command.pid);
    await attacked.#measureReference();
    return attacked;
  }

  /** Sends a request, and reads its whole answer. */
  async send({ method = 'POST', path, headers = {}, body }: Attack): Promise<{ status: number; text: string }> {
    const answer = await this.#client.request({ method, path, headers, ...(body !== undefined && { body }) });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  /** What one request costs: the cheapest of three, because collecting the garbage of earlier requests costs too. */
  async costOf(attack: Attack): Promise<Cost> {
    const costs: Cost[] = [];
    for (let round = 0; round < 3; round++) {
      // The peak is counted from here on (proc(5)).
      writeFileSync(`/proc/${this.#pid}/clear_refs`, '5');
      const [cpu, memory] = [this.cpuSeconds(), this.megabytes('VmRSS')];
      const { status } = await this.send(attack);
      costs.push({ status, cpu: (this.cpuSeconds() - cpu) / this.#reference, memory: this.megabytes('VmHWM') - memory });
    }
    return costs.reduce((least, cost) => (cost.cpu < least.cpu ? cost : least));
  }

  /** CPU seconds that the process has used, of all its threads. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  megabytes(name: 'VmRSS' | 'VmHWM'): number {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) / 1_024;
  }

  async expectWell(): Promise<void> {
    expect(await this.send(QUERY)).toEqual({ status: 200, text: '{"data":{"__typename":"Query"}}\n' });
  }

  /** By the CPU time of small queries, a test does not depend on the machine's speed. The first ones warm up. */
  async #measureReference(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const before = this.cpuSeconds();
      for (let count = 0; count < REFERENCE_REQUESTS; count++) await this.send(QUERY);
      this.#reference = this.cpuSeconds() - before;
    }
  }
}

const QUERY: Attack = { path: '/graphql', headers: { 'content-type': 'application/json' }, body: '{"query":"{ __typename }"}' };
