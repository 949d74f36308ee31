import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ObservedAct } from '../record/act.ts';
import type { TracedActor } from '../record/actor.ts';
import { type Attributed, Attribution } from '../record/attribute.ts';
import { recordedWords, TraceReader } from '../record/recorder.ts';
import { confined, deniedIn } from './confine.ts';
import { ObserveError } from './error.ts';
import type { ObservedActor } from './observation.ts';
import { type PkgConfigShim, pkgConfigShim } from './pkg-config.ts';

/** What came of a command that ran under observation. */
export interface ObservedRun {
  /** Absent where a signal ended it. */
  readonly exit: number | undefined;
  readonly actors: readonly (TracedActor & Pick<ObservedActor, 'directives' | 'pkgConfig'>)[];
  /** The packages of macros that were compiled, by the names that the files of their libraries have. */
  readonly macroPackages: Attributed['macroPackages'];
  /** The same of all libraries. */
  readonly crateFolders: ReadonlyMap<string, string>;
}

/**
 * Runs a command under strace, its input and output untouched, and says what the build scripts and macros in it did. With
 * `confine` it is cargo's, and build scripts are kept in. Throws `ObserveError` where the machine has not what that needs.
 */
export async function observeRun(
  words: readonly string[],
  cwd: string,
  { confine = false } = {},
): Promise<ObservedRun> {
  // Whoever can write into the trace can hide from it: nobody else sees the folder.
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-observe-'));
  const trace = join(folder, 'trace');
  try {
    const shim = pkgConfigShim(folder, process.env.PATH ?? '');
    const writable = shim === undefined ? [] : [shim.folder];
    const { command, env } = confine ? confined(words, folder, writable) : { command: words, env: {} };
    const searched = shim === undefined ? {} : { PATH: shim.searched };
    const exit = await traced(command, cwd, trace, { ...process.env, ...searched, ...env });
    if (!existsSync(trace)) throw notTraced('strace wrote nothing');
    const seen = readTrace(trace, cwd);
    if (seen === undefined) throw notTraced('strace saw nothing');
    const { actors, macroPackages, crateFolders } = seen;
    const denied = confine ? deniedIn(folder) : [];
    const asked = shim?.calls();
    return {
      exit,
      actors: actors.map((actor) => ({
        ...actor,
        acts: [
          ...actor.acts.flatMap((act) => withoutShim(act, shim)),
          ...denied.flatMap(({ outDir, what }) =>
            outDir === actor.outDir ? [{ kind: 'denied' as const, what }] : [],
          ),
        ],
        directives: directivesOf(actor),
        pkgConfig: asked?.get(actor.outDir ?? '') ?? [],
      })),
      macroPackages,
      crateFolders,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The acts of the program that stands before pkg-config are those of whoever asked it. */
function withoutShim(act: ObservedAct, shim: PkgConfigShim | undefined): readonly ObservedAct[] {
  // Nothing ends what is left there: whoever was killed was killed by its own.
  if (act.kind === 'left') return [];
  if (shim === undefined) return [act];
  if (act.kind === 'exec' && act.program === shim.path) return [];
  if (act.below !== shim.path) return [act];
  const { below: _, ...own } = act;
  return act.kind === 'exec' && act.program === shim.real ? [own] : [];
}

function traced(
  command: readonly string[],
  cwd: string,
  trace: string,
  env: NodeJS.ProcessEnv,
): Promise<number | undefined> {
  const [program = '', ...args] = recordedWords(command, trace);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    // Ctrl-C reaches the command as well; what was seen until then is told all the same.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    child.on('error', (error: NodeJS.ErrnoException) => {
      process.off('SIGINT', wait);
      reject(
        error.code === 'ENOENT'
          ? new ObserveError('observe/no-strace', 'there is no strace on this machine', {
              next: 'Install the package `strace` (6.0 or later), then run this again.',
              cause: error,
            })
          : error,
      );
    });
    child.on('close', (code) => {
      process.off('SIGINT', wait);
      resolve(code ?? undefined);
    });
  });
}

function notTraced(message: string): ObserveError {
  return new ObserveError('observe/not-traced', `${message}: this machine does not let programs be traced`, {
    next: 'In a container, allow ptrace (for docker: --cap-add SYS_PTRACE), then run this again.',
  });
}

/** `undefined` where nothing is in it. */
function readTrace(trace: string, cwd: string): Attributed | undefined {
  const attribution = new Attribution(cwd);
  let isEmpty = true;
  const reader = new TraceReader(trace, (event) => {
    isEmpty = false;
    attribution.add(event);
  });
  reader.read();
  reader.close();
  return isEmpty ? undefined : attribution.finish();
}

/** What a build script printed for cargo, which keeps it beside OUT_DIR. */
function directivesOf({ kind, outDir }: TracedActor): readonly string[] {
  if (kind !== 'build-script' || outDir === undefined) return [];
  try {
    const text = readFileSync(join(dirname(outDir), 'output'), 'utf8');
    return text.split('\n').filter((line) => line.startsWith('cargo:'));
  } catch {
    return [];
  }
}
