/** Runs a server as a child process and kills it as `kill -9` does. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MirrorOptions } from './mirror.ts';
import { type Cleanup, tempDir } from './temp.ts';

export type VictimOptions = Pick<
  MirrorOptions,
  'upstream' | 'config' | 'database' | 'env' | 'advisoryDatabases'
> & {
  readonly data: string;
  /** Where its clock stands at first; epoch milliseconds. */
  readonly now: number;
};

export type ToVictim = {
  readonly number: number;
  readonly now: number;
  /** Whether it delivers notifications, instead of doing the watch's work. */
  readonly notify: boolean;
};
export type FromVictim =
  | { readonly kind: 'up'; readonly url: string; readonly token: string }
  | { readonly kind: 'ticked'; readonly number: number }
  | { readonly kind: 'failed'; readonly number: number; readonly message: string };

export type Victim = {
  readonly url: string;
  readonly token: string;
  /** Sets its clock and ticks; whether it said that it was done before it died. */
  tick(now: number): Promise<boolean>;
  /** The same, delivering notifications. */
  notify(now: number): Promise<boolean>;
  /** Resolves when it is dead; may be called again. */
  kill(): Promise<void>;
  isDead(): boolean;
};

const compiled = tempDir();

/** Starts one that is up; it does not outlive the test. Rejects with what it wrote where it ends before that. */
export async function startVictim(options: VictimOptions, t: Cleanup): Promise<Victim> {
  const child = fork(fileURLToPath(new URL('victim-child.ts', import.meta.url)), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Compiled once: many are started.
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const dead = once(child, 'exit').then(() => undefined);
  const kill = async () => {
    child.kill('SIGKILL');
    await dead;
  };
  t.after(kill);
  const waiting = new Map<number, (done: boolean) => void>();
  const up = Promise.withResolvers<Extract<FromVictim, { kind: 'up' }>>();
  child.on('message', (message: FromVictim) => {
    if (message.kind === 'up') up.resolve(message);
    else waiting.get(message.number)?.(message.kind === 'ticked');
  });
  void dead.then(() => {
    up.reject(new Error(`the server ended: ${stderr}`));
    for (const tell of waiting.values()) tell(false);
  });
  const { url, token } = await up.promise;
  let number = 0;
  const work = (now: number, notify: boolean) =>
    new Promise<boolean>((resolve) => {
      if (!child.connected) return resolve(false);
      waiting.set(++number, resolve);
      // A send that fails is a death that `dead` tells of.
      child.send({ number, now, notify } satisfies ToVictim, () => {});
    });
  return {
    url,
    token,
    tick: (now) => work(now, false),
    notify: (now) => work(now, true),
    kill,
    isDead: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** Numbers that look random and are the same every time. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
