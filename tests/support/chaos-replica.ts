/** `safeguard serve` as people run it, killed and started again over the same folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cacheFolder } from '../../src/store/s3/blobs-bucket.ts';
import { type Cleanup, tempDir } from './temp.ts';

export interface ReplicaOptions {
  readonly upstream: string;
  readonly database: string;
  /** Text of safeguard.toml. */
  readonly policy: string;
  /** Text of server.toml. */
  readonly config: string;
  /** Folder of advisories. */
  readonly advisories: string;
  /** More of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Told how a replica ended that nobody had ended. */
  readonly ended: (how: string) => void;
}

export class Replica {
  readonly name: string;
  readonly folder: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #ended: (how: string) => void;
  #child: ChildProcess | undefined;
  #starts = 0;
  /** Where it listens; `undefined` while it is down. */
  url: string | undefined;

  constructor(name: string, options: ReplicaOptions, t: Cleanup) {
    this.name = name;
    this.#env = options.env;
    this.#ended = options.ended;
    this.folder = tempDir(t, `safeguard-chaos-${name}-`);
    const [policy, config] = [join(this.folder, 'safeguard.toml'), join(this.folder, 'server.toml')];
    writeFileSync(policy, options.policy);
    writeFileSync(config, options.config);
    const places = ['--data', join(this.folder, 'data'), '--policy', policy, '--config', config];
    const from = ['--upstream', options.upstream, '--database', options.database];
    const feeds = ['--advisory-db', options.advisories];
    this.#args = ['serve', '--listen', '127.0.0.1:0', ...places, ...from, ...feeds];
    t.after(() => void this.#child?.kill('SIGKILL'));
  }

  /** Starts it, again and again until its database is there. */
  async start(): Promise<void> {
    const program = join(import.meta.dirname, '..', '..', 'safeguard');
    for (;;) {
      const log = join(this.folder, `log-${++this.#starts}`);
      const out = openSync(log, 'w');
      const child = spawn(program, this.#args, {
        stdio: ['ignore', out, out],
        env: { ...process.env, ...this.#env },
      });
      this.#child = child;
      child.once('exit', (code, signal) => {
        if (this.url !== undefined)
          this.#ended(`${this.name} ended by itself (${code ?? signal}): ${this.said()}`);
      });
      while (child.exitCode === null && child.signalCode === null) {
        const url = /sparse\+(http:\/\/[\d.:]+)\/index/.exec(readFileSync(log, 'utf8'))?.[1];
        if (url !== undefined) {
          this.url = url;
          return;
        }
        await setTimeout(100);
      }
      await setTimeout(500);
    }
  }

  async kill(): Promise<void> {
    this.url = undefined;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Removes what it keeps of a bucket, while it is down. */
  loseCopies(): void {
    rmSync(join(this.folder, 'data', cacheFolder), { recursive: true, force: true });
  }

  /** Ends it in good order; returns milliseconds. */
  async stop(): Promise<number> {
    const began = performance.now();
    const child = this.#child;
    this.url = undefined;
    if (child !== undefined && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    return performance.now() - began;
  }

  /** Holds it still, and lets it go on. */
  async freeze(milliseconds: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await setTimeout(milliseconds);
    this.#child?.kill('SIGCONT');
  }

  token(): string {
    return readFileSync(join(this.folder, 'data', 'admin.token'), 'utf8').trim();
  }

  /** The ends of its logs. */
  said(): string {
    const last = join(this.folder, `log-${this.#starts}`);
    return readFileSync(last, 'utf8').split('\n').slice(-60).join('\n');
  }
}
