import { posix } from 'node:path';
import type { ObservedAct, RecordedActor } from './act.ts';
import { isBelow } from './hidden.ts';
import type { TraceEvent } from './strace-events.ts';
import { isSystemCompiler } from './system-program.ts';

/** An actor with what is kept while the trace is read: its variables name no secrets in what is told. */
export interface TracedActor extends RecordedActor {
  readonly env: ReadonlyMap<string, string>;
}

/** A process, and whose it is. */
export interface Process {
  cwd: string;
  actor: Actor | undefined;
  /** The program that it runs, where that is not the actor's own. */
  program: string | undefined;
  /** Whether it is the actor itself: a build script, a compiler. */
  isOwn: boolean;
  /** Whether a compiler runs it to link: what it does is the compiler's own, and nothing that it starts is cargo's. */
  isTool: boolean;
}

/** A build script or a compiler, while what it does comes in. */
export interface Actor {
  readonly kind: RecordedActor['kind'];
  readonly env: ReadonlyMap<string, string>;
  readonly macros: Set<string>;
  readonly acts: Map<string, ObservedAct>;
  expectedWrites: number;
  /** Of a compiler: the files that it, or a macro in it, wrote where compilers write. */
  readonly wrote: Set<string>;
  /** How many processes it began, itself among them, and whether it has ended itself. */
  begun: number;
  hasEnded: boolean;
}

/** Acts of one actor that are kept to be told. */
const maxActs = 20_000;

/** Which files are worth a word that were read, or were not there to be. */
export type IsTold = (path: string, how: 'read' | 'absent' | 'absent-write') => boolean;

/** Takes what a process executes: it becomes an actor's own, or one of its acts. */
export function executed(
  process: Process,
  event: Extract<TraceEvent, { readonly kind: 'exec' }>,
  actors: Actor[],
  loaders: ReadonlyMap<string, string>,
): void {
  if (process.isTool) return;
  const { env, argv } = event;
  const name = posix.basename(event.program);
  if (process.actor === undefined) {
    const isOfCargo = env.has('CARGO_PKG_NAME') && env.has('CARGO_MANIFEST_DIR');
    const isScript = /^build[-_]script[-_]/.test(name) && env.has('OUT_DIR') && isOfCargo;
    const isRustc = /^(?:rustc|clippy-driver)$/.test(name) && isOfCargo;
    if (!isScript && !isRustc) return;
    const kind = isScript ? 'build-script' : 'macros';
    const actor: Actor = {
      kind,
      env,
      macros: new Set(),
      acts: new Map(),
      expectedWrites: 0,
      wrote: new Set(),
      begun: 1,
      hasEnded: false,
    };
    actors.push(actor);
    if (isRustc) preloaded(actor, env, loaders);
    process.actor = actor;
    process.program = undefined;
    process.isOwn = true;
    return;
  }
  if (process.actor.kind === 'macros' && process.program === undefined) {
    // rustup's own rustc executes the real one: that is the same actor.
    if (/^(?:rustc|clippy-driver)$/.test(name)) return;
    if (isSystemCompiler(event.program)) {
      // The compiler links by it. That a macro started it cannot be told apart, and what it does is its own.
      process.actor = undefined;
      process.isTool = true;
      return;
    }
  }
  const program = posix.resolve(process.cwd, event.program);
  keepAct(process.actor, { kind: 'exec', program, argv, ...below(process) });
  process.program = program;
}

type Done = Exclude<TraceEvent, { readonly kind: 'exec' | 'child' | 'exit' | 'chdir' }>;

/** Takes what else a process does, for an act of its actor. */
export function took(process: Process, event: Done, isTold: IsTold): void {
  const { actor, cwd } = process;
  if (actor === undefined) return;
  switch (event.kind) {
    case 'library':
      if (actor.kind === 'macros' && process.program === undefined && isMacroLibrary(event.path, actor.env))
        actor.macros.add(posix.basename(event.path));
      break;
    case 'read':
      if (isTold(event.path, 'read')) keepAct(actor, { kind: 'read', path: event.path, ...below(process) });
      break;
    case 'exec-failed':
      keepAct(actor, { kind: 'exec-failed', program: event.program, error: event.error, ...below(process) });
      break;
    case 'connect': {
      const refused = event.refused === undefined ? {} : { refused: event.refused };
      keepAct(actor, { kind: 'connect', address: event.address, ...refused, ...below(process) });
      break;
    }
    case 'lookup':
      keepAct(actor, { kind: 'lookup', host: event.host, ...below(process) });
      break;
    case 'bind':
      keepAct(actor, { kind: 'bind', address: event.address, ...below(process) });
      break;
    case 'hidden':
      keepAct(actor, { kind: 'hidden', what: event.what, ...below(process) });
      break;
    case 'absent': {
      const path = posix.resolve(cwd, event.path);
      if (isTold(path, event.write ? 'absent-write' : 'absent'))
        keepAct(actor, { kind: 'absent', path, write: event.write, ...below(process) });
      break;
    }
    case 'write': {
      const path = posix.resolve(cwd, event.path);
      if (!isMemory(path) && (isNoFile(event.path) || isNoFile(path))) break;
      if (isExpected(actor, path)) {
        actor.expectedWrites++;
        if (actor.kind === 'macros' && event.refused === undefined) actor.wrote.add(path);
      } else {
        const refused = event.refused === undefined ? {} : { refused: event.refused };
        keepAct(actor, { kind: 'write', path, how: event.how, ...refused, ...below(process) });
      }
    }
  }
}

function below({ program }: Process): { readonly below?: string } {
  return program === undefined ? {} : { below: program };
}

/** Keeps an act, once. What a build can fail by is kept however much else is done: nobody hides it behind that. */
export function keepAct(actor: Actor, act: ObservedAct): void {
  const isWeighed = act.kind === 'read' || (act.kind === 'write' && act.refused === undefined);
  if (isWeighed || actor.acts.size < maxActs) actor.acts.set(JSON.stringify(act), act);
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
      keepAct(actor, { kind: 'hidden', what: `${name}=${value}` });
  }
}

/** Whether it had code loaded into the compiler. */
export function isPreload(act: ObservedAct): boolean {
  return act.kind === 'hidden' && loading.some((name) => act.what.startsWith(`${name}=`));
}

/** A library of macros that was compiled before; what the compiler itself makes it opens as well. */
function isMacroLibrary(path: string, env: ReadonlyMap<string, string>): boolean {
  const [, name] = /\/deps\/lib([^/]+)-[0-9a-f]+\.(?:so|dylib|dll)$/.exec(path) ?? [];
  return name !== undefined && name !== env.get('CARGO_CRATE_NAME');
}

/** The memory of a process, which whoever writes it is the process from then on. */
export function isMemory(path: string): boolean {
  return /^\/proc\/\d+\/(?:task\/\d+\/)?mem$/.test(path);
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

/** What is told of one. */
export function shown({ kind, env, macros, acts, expectedWrites }: Actor): TracedActor {
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
