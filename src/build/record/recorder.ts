import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { eventsOf, type TraceEvent, tracedCalls } from './strace-events.ts';
import { StraceLines } from './strace-lines.ts';

/** What records a build. One is for `observe` and `build`: strace, from outside, so that nothing of the build reaches it. */
export type Recorder =
  | { readonly kind: 'strace'; readonly version: string }
  /** `reason` is a part of a sentence. */
  | { readonly kind: 'none'; readonly reason: string };

/** The longest text that is kept whole: an execution has its whole environment. */
const textLimit = 65_536;

/** Looks whether strace (6.0 or later) is there and may trace. */
export function findRecorder(): Recorder {
  const said = spawnSync('strace', ['--version'], { encoding: 'utf8' });
  if (said.error !== undefined || said.status !== 0)
    return { kind: 'none', reason: 'there is no strace on this machine' };
  const version = /version (\S+)/.exec(said.stdout)?.[1] ?? '?';
  if (Number.parseInt(version, 10) < 6)
    return { kind: 'none', reason: `strace ${version} is too old: 6.0 or later is needed` };
  const tried = spawnSync('strace', ['-f', '--seccomp-bpf', '-qq', '-e', 'trace=none', 'true']);
  return tried.status === 0
    ? { kind: 'strace', version }
    : { kind: 'none', reason: 'this machine does not let programs be traced' };
}

/** The command line that runs a command with all that it does written to a file. */
export function recordedWords(command: readonly string[], trace: string): readonly string[] {
  return [
    'strace',
    '-f',
    '-y',
    '--seccomp-bpf',
    '--pidns-translation',
    '--quiet=attach,personality',
    '-v',
    '-s',
    String(textLimit),
    '-e',
    `trace=${tracedCalls}`,
    '-o',
    trace,
    '--',
    ...command,
  ];
}

/**
 * The same, among processes of the command alone: whoever translates numbers of processes from one namespace to
 * another, as strace must for a sandbox, reads all of `/proc` for each process and thread, and a machine has hundreds
 * of others. Where no such namespace may be made, it is recorded all the same.
 */
export function recordedApart(command: readonly string[], trace: string): readonly string[] {
  // A sandbox makes one inside of it.
  apart ??= spawnSync('unshare', [...own, 'unshare', ...own, 'true'], { stdio: 'ignore' }).status === 0;
  return [...(apart ? ['unshare', ...own] : []), ...recordedWords(command, trace)];
}

const own = ['--user', '--map-current-user', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
let apart: boolean | undefined;

/** Reads a trace while it grows, or when it is whole: strace ends each line before it lets the process go on. */
export class TraceReader {
  readonly #lines = new StraceLines();
  readonly #onEvent: (event: TraceEvent) => void;
  readonly #descriptor: number;
  readonly #buffer = Buffer.alloc(1 << 20);
  #at = 0;
  #rest = '';

  /** Throws what `openSync` does where there is no such file. */
  constructor(path: string, onEvent: (event: TraceEvent) => void) {
    this.#descriptor = openSync(path, 'r');
    this.#onEvent = onEvent;
  }

  /** Reads what has come since. */
  read(): void {
    for (;;) {
      const count = readSync(this.#descriptor, this.#buffer, 0, this.#buffer.length, this.#at);
      if (count === 0) return;
      this.#at += count;
      // strace writes what is no ASCII by escapes.
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, count)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        const call = this.#lines.read(line);
        if (call !== undefined) for (const event of eventsOf(call)) this.#onEvent(event);
      }
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
