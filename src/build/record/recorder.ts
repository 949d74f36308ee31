import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { eventsOf, type TraceEvent, tracedCalls } from './strace-events.ts';
import { StraceLines } from './strace-lines.ts';

/** Why nothing is recorded where strace is there, as a part of a sentence. */
export const untraced = 'this machine does not let programs be traced';

/** What records a build. One is for `observe` and `build`: strace, from outside, so that nothing of the build reaches it. */
export type Recorder =
  | { readonly kind: 'strace'; readonly version: string }
  /** `reason` is a part of a sentence; `lacks` is what would mend it. */
  | { readonly kind: 'none'; readonly lacks?: 'strace' | 'leave'; readonly reason: string };

/** The longest text that is kept whole: an execution has its whole environment. */
const textLimit = 65_536;

/** Looks whether strace (6.0 or later) is there and may trace. */
export function findRecorder(): Recorder {
  const said = spawnSync('strace', ['--version'], { encoding: 'utf8' });
  if (said.error !== undefined || said.status !== 0)
    return { kind: 'none', lacks: 'strace', reason: 'there is no strace on this machine' };
  const version = /version (\S+)/.exec(said.stdout)?.[1] ?? '?';
  if (Number.parseInt(version, 10) < 6)
    return { kind: 'none', lacks: 'strace', reason: `strace ${version} is too old: 6.0 or later is needed` };
  const tried = spawnSync('strace', ['-f', '--seccomp-bpf', '-qq', '-e', 'trace=none', 'true']);
  return tried.status === 0
    ? { kind: 'strace', version }
    : { kind: 'none', lacks: 'leave', reason: untraced };
}

/** The command line that runs a command with all that it does written to a file. */
function recordedWords(command: readonly string[], trace: string): readonly string[] {
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
 * of others; and none of them goes on once the recorder has ended. Where no such namespace may be made, it is recorded
 * all the same.
 */
export function recordedApart(command: readonly string[], trace: string): readonly string[] {
  // A sandbox makes one inside of it.
  apart ??= canRun([...own, 'unshare', ...own, 'true']);
  return [...(apart ? ['unshare', ...own] : []), ...recordedWords(command, trace)];
}

/** The same for a command that is kept from nothing: root stays the root of this machine. */
export function recordedAsEver(command: readonly string[], trace: string): readonly string[] {
  if (process.getuid?.() !== 0) return recordedApart(command, trace);
  asEver ??= canRun([...processes, 'true']);
  return [...(asEver ? ['unshare', ...processes] : []), ...recordedWords(command, trace)];
}

function canRun(words: readonly string[]): boolean {
  return spawnSync('unshare', words, { stdio: 'ignore' }).status === 0;
}

const processes = ['--pid', '--fork', '--mount-proc', '--kill-child', '--'];
const own = ['--user', '--map-current-user', ...processes];
let apart: boolean | undefined;
let asEver: boolean | undefined;

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
