import { posix } from 'node:path';
import { baseName } from '../../rust/capability/programs.ts';
import { languageOf } from '../../rust/inputs/language.ts';
import { isOrdinary } from '../../rust/inputs/ordinary.ts';
import { isToolchain } from '../../rust/toolchain.ts';
import type { ObservedAct } from '../record/act.ts';
import { isOfSystem, isSystemCompiler } from '../record/system-program.ts';
import { isExplainedBy } from './explained.ts';
import { isKeptBy, isPartOf } from './own-files.ts';

/** Where an actor runs. */
export interface ActorPlace {
  readonly manifestDir: string;
  /** Its variables; none is printed. */
  readonly env: ReadonlyMap<string, string>;
}

/** An act, and what named it beforehand. */
export interface ReconciledAct {
  readonly act: ObservedAct;
  /** The shape that named it, or that a program which was named ran it; `undefined`: nobody expected it. */
  readonly named: string | undefined;
}

export interface Reconciled {
  readonly acts: readonly ReconciledAct[];
  /** What the review said and nobody saw: other machines may. */
  readonly notSeen: readonly string[];
}

/** Kinds that an observation can show. */
const visible =
  /^(?:process|shell|downloader|network|writes|writes-package|temp|native-build|native-library|probes-compiler|bindings) /;

/**
 * Compares what was seen with what a review said, by program and by kind. An act is named by a capability or by a known
 * build tool that does it. Below a program that was named, what belongs to every build by a script is its own:
 * toolchains, ordinary programs, what it made itself, temporary files; not other programs, connections or writes.
 * `shapes` are what the code can do without where, such as `process make`. Pure.
 */
export function reconcile(
  acts: readonly ObservedAct[],
  shapes: readonly string[],
  place: ActorPlace,
): Reconciled {
  const used = new Set<string>();
  const expected = new Set<string>();
  const reconciled = acts.map((act): ReconciledAct => {
    const named = namedBy(act, shapes, place) ?? belowNamed(act, expected, place);
    if (named !== undefined) {
      used.add(named);
      if (act.kind === 'exec') expected.add(act.program);
    }
    return { act, named };
  });
  return { acts: reconciled, notSeen: shapes.filter((shape) => visible.test(shape) && !used.has(shape)) };
}

function namedBy(act: ObservedAct, shapes: readonly string[], place: ActorPlace): string | undefined {
  switch (act.kind) {
    case 'exec':
    case 'exec-failed':
      return (
        shapes.find((shape) => namesProgram(shape, act.program, place)) ??
        (isOwn(act.program, place) ? undefined : shapes.find((shape) => isExplainedBy(shape, act.program)))
      );
    case 'connect':
    case 'bind':
      // The C library asks its own services for names and users.
      if (act.address.family === 'unix' && /^\/(?:var\/)?run\/(?:nscd|systemd)\//.test(act.address.address))
        return 'of the C library';
      return shapes.find((shape) => /^(?:network|downloader) /.test(shape));
    case 'lookup':
      return shapes.find((shape) => /^(?:network|downloader) /.test(shape));
    case 'write':
      return shapes.find((shape) => namesWrite(shape, act.path, place));
    case 'hidden':
      return shapes.find((shape) => shape === `compiler-directive rustc-env=${act.what}`);
    case 'absent':
    case 'read':
    case 'denied':
    case 'left':
      return undefined;
  }
}

/** What belongs to every build that a program which was named runs. */
function belowNamed(act: ObservedAct, expected: ReadonlySet<string>, place: ActorPlace): string | undefined {
  if (act.below === undefined || !expected.has(act.below)) return undefined;
  const by = `run by ${posix.basename(act.below)}`;
  switch (act.kind) {
    case 'exec':
    case 'exec-failed': {
      const name = baseName(act.program);
      const isUsual =
        isOfSystem(act.program) && (isToolchain(name) || isOrdinary(name) || builders.test(name));
      return isUsual || isOwn(act.program, place) || isPartOf(act.program, act.below) ? by : undefined;
    }
    case 'write':
      // A compiler has its own files for a while; what a script writes there is its own.
      if (isKeptBy(act.below, act.path)) return by;
      return isTemporary(act.path, place) && languageOf(baseName(act.below)) === undefined ? by : undefined;
    default:
      return undefined;
  }
}

const builders = /^(?:cmake|ctest|[gn]?make|ninja|meson|(?:ba|da)?sh)$/;

/** Whether a program lies in the package or where the script makes its own; what it does is told of it in turn. */
function isOwn(program: string, { manifestDir, env }: ActorPlace): boolean {
  const out = env.get('OUT_DIR');
  return program.startsWith(`${manifestDir}/`) || (out !== undefined && program.startsWith(`${out}/`));
}

function isTemporary(path: string, { env }: ActorPlace): boolean {
  return [env.get('TMPDIR') ?? '/tmp', '/tmp', '/var/tmp'].some((folder) => path.startsWith(`${folder}/`));
}

function namesProgram(shape: string, program: string, { env }: ActorPlace): boolean {
  const [, kind, name = ''] = /^(process|shell|downloader) (.*)$/.exec(shape) ?? [];
  if (kind === undefined) return false;
  if (name === '?') return true;
  if (name === 'the C compiler') return isSystemCompiler(program);
  if (name === '$OUT_DIR') return program.startsWith(`${env.get('OUT_DIR')}/`);
  const said = name.startsWith('$') ? env.get(name.slice(1)) : name;
  // A variable that is not set is what the script falls back to, which has a name of its own.
  return said !== undefined && baseName(said) === baseName(program);
}

/** A name that is no variable here, such as `../x`, may be anywhere. */
function isBelowVariable(path: string, name: string, env: ActorPlace['env']): boolean {
  const value = env.get(name === 'home' ? 'HOME' : name.replace(/^\$/, ''));
  return value === undefined || path === value || path.startsWith(`${value}/`);
}

function namesWrite(shape: string, path: string, { manifestDir, env }: ActorPlace): boolean {
  const [, kind, name = '?'] = /^(writes|writes-package|temp) (.*)$/.exec(shape) ?? [];
  switch (kind) {
    case 'writes':
      return (
        name === '?' || (name.startsWith('/') ? path.startsWith(name) : isBelowVariable(path, name, env))
      );
    case 'writes-package':
      return path.startsWith(`${manifestDir}/`);
    case 'temp':
      return path.startsWith(`${env.get('TMPDIR') ?? '/tmp'}/`);
    default:
      return false;
  }
}
