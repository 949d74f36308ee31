import { posix } from 'node:path';
import { isSystemCompiler } from './explained.ts';
import type { ObservedAct, ObservedActor } from './observation.ts';
import type { TraceEvent } from './strace-events.ts';

/** An actor with what is kept while the trace is read: its variables name no secrets in the observation. */
export interface TracedActor extends Omit<ObservedActor, 'directives' | 'pkgConfig'> {
  readonly env: ReadonlyMap<string, string>;
}

/** What was read out of a trace. */
export interface Attributed {
  readonly actors: readonly TracedActor[];
  /** Folders of the libraries of macros that were compiled, by the names that code calls them by. */
  readonly macroFolders: ReadonlyMap<string, string>;
  /** The same of all libraries that were compiled. */
  readonly crateFolders: ReadonlyMap<string, string>;
}

interface Process {
  cwd: string;
  actor: Actor | undefined;
  /** The program that it runs, where that is not the actor's own. */
  program: string | undefined;
}

interface Actor {
  readonly kind: ObservedActor['kind'];
  readonly env: ReadonlyMap<string, string>;
  readonly macros: Set<string>;
  readonly acts: Map<string, ObservedAct>;
  expectedWrites: number;
}

/** Acts that one actor may have; a build that does more is not read further. */
const maxActs = 20_000;

/**
 * Says whose each event is, by cargo's variables in the environment of what is executed: a build script is what cargo runs by that
 * name, macros are what a compiler has loaded. Children belong to who started them, so who started whom is known first:
 * a child's first line may come before the line that names it.
 */
export function attribute(events: readonly TraceEvent[], cwd: string): Attributed {
  const parents = new Map<number, number>();
  for (const event of events) if (event.kind === 'child') parents.set(event.child, event.pid);
  const processes = new Map<number, Process>();
  const actors: Actor[] = [];
  // What whoever builds has set themselves.
  const loaders = events.find((event) => event.kind === 'exec')?.env ?? new Map();
  const processOf = (pid: number): Process => {
    const known = processes.get(pid);
    if (known !== undefined) return known;
    const parent = parents.get(pid);
    const from = parent === undefined || parent === pid ? undefined : processOf(parent);
    const made = { cwd: from?.cwd ?? cwd, actor: from?.actor, program: from?.program };
    processes.set(pid, made);
    return made;
  };
  for (const event of events) {
    // A child is what its parent is when it is made.
    if (event.kind === 'child') processOf(event.child);
    const process = processOf(event.pid);
    if (event.kind === 'chdir') process.cwd = posix.resolve(process.cwd, event.path);
    else if (event.kind === 'exec') executed(process, event, actors, loaders);
    else take(process, event);
  }
  return {
    actors: actors
      .map(shown)
      .filter(
        ({ kind, macros, acts }) => kind === 'build-script' || macros.length > 0 || acts.some(isPreload),
      ),
    crateFolders: new Map(events.flatMap(crateFolder)),
    macroFolders: new Map(events.flatMap(macroFolder)),
  };
}

/** Variables that bring code into every program; a build script may set them for the compiler (`cargo::rustc-env`). */
const loading = ['LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'];

function preloaded(
  actor: Actor,
  env: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): void {
  for (const name of loading) {
    const value = env.get(name);
    if (value !== undefined && value !== '' && value !== before.get(name))
      add(actor, { kind: 'hidden', what: `${name}=${value}` });
  }
}

function isPreload(act: ObservedAct): boolean {
  return act.kind === 'hidden' && loading.some((name) => act.what.startsWith(`${name}=`));
}

/** Where the source of a library is, by the name that code calls it by. */
function crateFolder(event: TraceEvent): readonly (readonly [name: string, folder: string])[] {
  if (event.kind !== 'exec' || !event.argv.includes('lib')) return [];
  const name = event.argv[event.argv.indexOf('--crate-name') + 1];
  const folder = event.env.get('CARGO_MANIFEST_DIR');
  return name === undefined || folder === undefined ? [] : [[name, folder]];
}

/** Where the source of a library of macros is that is compiled in this build, by the name that its file will have. */
function macroFolder(event: TraceEvent): readonly (readonly [name: string, folder: string])[] {
  if (event.kind !== 'exec' || !event.argv.includes('proc-macro')) return [];
  const name = event.argv[event.argv.indexOf('--crate-name') + 1];
  const folder = event.env.get('CARGO_MANIFEST_DIR');
  return name === undefined || folder === undefined ? [] : [[name, folder]];
}

function executed(
  process: Process,
  event: Extract<TraceEvent, { readonly kind: 'exec' }>,
  actors: Actor[],
  loaders: ReadonlyMap<string, string>,
): void {
  const { env, argv } = event;
  const name = posix.basename(event.program);
  const isOfCargo = env.has('CARGO_PKG_NAME') && env.has('CARGO_MANIFEST_DIR');
  const isScript = /^build[-_]script[-_]/.test(name) && env.has('OUT_DIR') && isOfCargo;
  const isRustc =
    /^(?:rustc|clippy-driver)$/.test(name) && isOfCargo && process.actor?.kind !== 'build-script';
  if (isScript || isRustc) {
    // rustup's own rustc executes the real one: that is the same actor.
    if (isRustc && process.actor !== undefined && process.program === undefined) return;
    const kind = isScript ? 'build-script' : 'macros';
    const actor: Actor = { kind, env, macros: new Set(), acts: new Map(), expectedWrites: 0 };
    actors.push(actor);
    if (isRustc) preloaded(actor, env, loaders);
    process.actor = actor;
    process.program = undefined;
    return;
  }
  if (process.actor === undefined) return;
  if (process.actor.kind === 'macros' && process.program === undefined && isSystemCompiler(event.program)) {
    // The compiler links by it. That a macro started it cannot be told apart, and what it does is its own.
    process.actor = undefined;
    return;
  }
  const program = posix.resolve(process.cwd, event.program);
  add(process.actor, { kind: 'exec', program, argv, ...below(process) });
  process.program = program;
}

function take(process: Process, event: TraceEvent): void {
  const { actor, cwd } = process;
  if (actor === undefined) return;
  switch (event.kind) {
    case 'library':
      if (actor.kind === 'macros' && process.program === undefined && isMacroLibrary(event.path, actor.env))
        actor.macros.add(posix.basename(event.path));
      break;
    case 'exec-failed':
      add(actor, { kind: 'exec-failed', program: event.program, error: event.error, ...below(process) });
      break;
    case 'connect':
      add(actor, { kind: 'connect', address: event.address, ...below(process) });
      break;
    case 'bind':
      add(actor, { kind: 'bind', address: event.address, ...below(process) });
      break;
    case 'hidden':
      add(actor, { kind: 'hidden', what: event.what, ...below(process) });
      break;
    case 'write': {
      const path = posix.resolve(cwd, event.path);
      if (isNoFile(event.path) || isNoFile(path)) break;
      if (isExpected(actor, path)) actor.expectedWrites++;
      else {
        const refused = event.refused === undefined ? {} : { refused: event.refused };
        add(actor, { kind: 'write', path, how: event.how, ...refused, ...below(process) });
      }
    }
  }
}

function below({ program }: Process): { readonly below?: string } {
  return program === undefined ? {} : { below: program };
}

function add(actor: Actor, act: ObservedAct): void {
  if (actor.acts.size < maxActs) actor.acts.set(JSON.stringify(act), act);
}

/** A library of macros that was compiled before; what the compiler itself makes it opens as well. */
function isMacroLibrary(path: string, env: ReadonlyMap<string, string>): boolean {
  const [, name] = /\/deps\/lib([^/]+)-[0-9a-f]+\.(?:so|dylib|dll)$/.exec(path) ?? [];
  return name !== undefined && name !== env.get('CARGO_CRATE_NAME');
}

/** Devices and pipes. */
function isNoFile(path: string): boolean {
  return /^\/(?:dev|proc)\/|^(?:pipe|socket|anon_inode):/.test(path);
}

function isExpected({ kind, env }: Actor, path: string): boolean {
  const out = env.get('OUT_DIR');
  if (out !== undefined && isBelow(path, out)) return true;
  if (kind === 'build-script') return false;
  // The compiler and its linker write what they make, and put aside what they need meanwhile.
  const temp = env.get('TMPDIR') ?? '/tmp';
  return (
    /\/target\/|\/(?:debug|release)\/(?:deps|incremental|build|\.fingerprint|examples)\//.test(path) ||
    /^(?:rustc|cc|rmeta)[^/]*/.test(posix.relative(temp, path))
  );
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function shown({ kind, env, macros, acts, expectedWrites }: Actor): TracedActor {
  return {
    kind,
    crate: env.get('CARGO_PKG_NAME') ?? '',
    version: env.get('CARGO_PKG_VERSION') ?? '',
    manifestDir: env.get('CARGO_MANIFEST_DIR') ?? '',
    outDir: env.get('OUT_DIR'),
    macros: [...macros].sort(),
    acts: [...acts.values()],
    expectedWrites,
    env,
  };
}
