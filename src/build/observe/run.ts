import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ObservedAct } from '../record/act.ts';
import type { TracedActor } from '../record/actor.ts';
import { type Attributed, Attribution } from '../record/attribute.ts';
import { findRecorder, recordedAsEver, TraceReader, untraced } from '../record/recorder.ts';
import { endingWithUs, stopping } from '../run/ending-with-us.ts';
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
  const recorder = findRecorder();
  if (recorder.kind === 'none')
    throw recorder.lacks === 'leave'
      ? notTraced(recorder.reason)
      : new ObserveError('observe/no-strace', recorder.reason, {
          next: 'Install the package `strace` (6.0 or later), then run this again.',
        });
  // Whoever can write into the trace can hide from it: nobody else sees the folder.
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-observe-'));
  const trace = join(folder, 'trace');
  try {
    const shim = pkgConfigShim(folder, process.env.PATH ?? '');
    const writable = shim === undefined ? [] : [shim.folder];
    const { command, env } = confine ? confined(words, folder, writable) : { command: words, env: {} };
    const searched = shim === undefined ? {} : { PATH: shim.searched };
    const exit = await traced(command, cwd, trace, { ...process.env, ...searched, ...env });
    if (!existsSync(trace)) throw notTraced(`strace wrote nothing: ${untraced}`);
    const seen = readTrace(trace, cwd);
    if (seen === undefined) throw notTraced(`strace saw nothing: ${untraced}`);
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

/** Its exit code; `undefined` where a signal ended it, or this process was told to stop, which ends all that it started. */
function traced(
  command: readonly string[],
  cwd: string,
  trace: string,
  env: NodeJS.ProcessEnv,
): Promise<number | undefined> {
  const recorded = recordedAsEver(command, trace);
  const [program = '', ...args] = [...endingWithUs(), ...recorded];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' });
    // What was seen until then is told all the same.
    let isStopped = false;
    const stop = () => {
      isStopped = true;
      child.kill('SIGKILL');
    };
    for (const signal of stopping) process.on(signal, stop);
    const ended = () => {
      for (const signal of stopping) process.off(signal, stop);
    };
    child.on('error', (error) => {
      ended();
      reject(error);
    });
    child.on('close', (code) => {
      ended();
      resolve(isStopped ? undefined : (code ?? undefined));
    });
  });
}

function notTraced(message: string): ObserveError {
  return new ObserveError('observe/not-traced', message, {
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
