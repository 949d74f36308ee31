import { spawn, spawnSync } from 'node:child_process';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface RunOptions {
  /** A file that standard error goes to. */
  readonly log: string;
  /** Each line of standard output. */
  readonly onLine?: (line: string) => void;
  /** Ends it, with all that it started. */
  readonly stop?: AbortSignal;
}

/** How a program ended. */
export interface Ended {
  /** Absent where a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it said on standard error. */
  readonly said: string;
}

/** How much of that is kept, in characters. */
const most = 16_384;

/**
 * Words before a program by which the kernel ends it with this process, however that ends (prctl(2), PR_SET_PDEATHSIG):
 * a tracer in between would go on, and with it all that is kept in. None where this machine has no such program
 * (util-linux); then what was started goes on until it says something.
 */
function endingWithUs(): readonly string[] {
  ending ??= ['/usr/bin/setpriv', '/bin/setpriv']
    .filter((path) => spawnSync(path, [...withParent, 'true'], { stdio: 'ignore' }).status === 0)
    .slice(0, 1)
    .flatMap((path) => [path, ...withParent]);
  return ending;
}

const withParent = ['--pdeathsig', 'KILL', '--'];
let ending: readonly string[] | undefined;

/**
 * Runs a program to its end, or until its log cannot be written any more. `filter` is a file that it gets as descriptor
 * 3. Throws what files and `spawn` do.
 */
export async function runProgram(
  words: readonly string[],
  options: RunOptions & {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd?: string | undefined;
    readonly filter?: string | undefined;
  },
): Promise<Ended> {
  const [program = '', ...args] = [...endingWithUs(), ...words];
  const { env, cwd, filter, log, onLine, stop } = options;
  const descriptor = filter === undefined ? undefined : openSync(filter, 'r');
  const written = createWriteStream(log, { flags: 'a' });
  try {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
    });
    const end = () => void child.kill('SIGKILL');
    let unwritten: Error | undefined;
    written.on('error', (error) => {
      unwritten ??= error;
      end();
    });
    stop?.addEventListener('abort', end);
    if (stop?.aborted === true) end();
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      written.write(text);
      said = `${said}${text}`.slice(-most);
    });
    const lines = child.stdout === null ? undefined : createInterface({ input: child.stdout });
    lines?.on('line', (line) => onLine?.(line));
    const read = lines === undefined ? undefined : new Promise((done) => lines.once('close', done));
    const code = await new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    }).finally(() => stop?.removeEventListener('abort', end));
    await read;
    if (unwritten !== undefined) throw unwritten;
    return { code: code ?? undefined, said };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
    await new Promise((done) => written.end(done));
  }
}
