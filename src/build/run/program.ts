import { spawn } from 'node:child_process';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endingWithUs } from './ending-with-us.ts';

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
