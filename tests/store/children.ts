import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A child process of `child.ts`. */
export interface Child {
  readonly pid: number;
  /** The next line that it says; `undefined` when it has ended. */
  line(): Promise<string | undefined>;
  /** `kill -9`, and all that it had said until then. */
  kill(): Promise<readonly string[]>;
}

const script = fileURLToPath(new URL('child.ts', import.meta.url));

/** Starts one; it ends when the test ends it, or with this process, whose pipe it reads. */
export function startChild(what: 'hold' | 'write' | 'stuck', where: string): Child {
  const child = spawn(process.execPath, [script, what, where], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  const line = async () => {
    const next = await lines.next();
    return next.done ? undefined : next.value;
  };
  if (child.pid === undefined) throw new Error('the child did not start');
  return {
    pid: child.pid,
    line,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
      const rest: string[] = [];
      for (let said = await line(); said !== undefined; said = await line()) rest.push(said);
      return rest;
    },
  };
}
