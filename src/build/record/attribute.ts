import { posix } from 'node:path';
import type { ObservedAct, RecordedActor } from './act.ts';
import type { TraceEvent } from './strace-events.ts';
import { isSystemCompiler } from './system-program.ts';

/** An actor with what is kept while the trace is read: its variables name no secrets in what is told. */
export interface TracedActor extends RecordedActor {
  readonly env: ReadonlyMap<string, string>;
}

/** What was read out of a trace. */
export interface Attributed {
  readonly actors: readonly TracedActor[];
  /** The packages of macros that were compiled, by the names that the files of their libraries have. */
  readonly macroPackages: ReadonlyMap<string, TracedPackage>;
  /** The same of all libraries that were compiled. */
  readonly crateFolders: ReadonlyMap<string, string>;
}

/** A package as its compiler saw it. */
export interface TracedPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Who stands behind a connection; `nobody` is none of the code of a crate, or code of which that cannot be told. */
export type Owner = { readonly kind: 'actor'; readonly actor: TracedActor } | { readonly kind: 'nobody' };

interface Process {
  cwd: string;
  actor: Actor | undefined;
  /** The program that it runs, where that is not the actor's own. */
  program: string | undefined;
  /** Whether it is the actor itself: a build script, a compiler. */
  isOwn: boolean;
  /** Whether a compiler runs it to link: what it does is the compiler's own, and nothing that it starts is cargo's. */
  isTool: boolean;
}

interface Actor {
  readonly kind: RecordedActor['kind'];
  readonly env: ReadonlyMap<string, string>;
  readonly macros: Set<string>;
  readonly acts: Map<string, ObservedAct>;
  expectedWrites: number;
  /** How many processes it began, itself among them, and whether it has ended itself. */
  begun: number;
  hasEnded: boolean;
}

/** Acts that one actor may have; a build that does more is not read further. */
const maxActs = 20_000;

/** Which files are worth a word that were read, or were not there to be. */
export type IsTold = (path: string, how: 'read' | 'absent' | 'absent-write') => boolean;

/**
 * Says whose each event is, by cargo's variables in the environment of what cargo executes: a build script is what it runs by that
 * name, macros are what a compiler has loaded. Children belong to who started them, and what those execute makes nobody else of them,
 * whatever it is called. Events come in their order, also while the build runs; a child's may come before the line that names it, and
 * then wait for that.
 */
export class Attribution {
  readonly #cwd: string;
  readonly #isTold: IsTold;
  readonly #processes = new Map<number, Process>();
  /** Of processes that nobody has named yet. */
  readonly #waiting = new Map<number, TraceEvent[]>();
  readonly #actors: Actor[] = [];
  readonly #owners = new Map<number, Actor | undefined>();
  readonly #crateFolders = new Map<string, string>();
  readonly #macroPackages = new Map<string, TracedPackage>();
  /** What whoever builds has set themselves. */
  #loaders: ReadonlyMap<string, string> | undefined;

  constructor(cwd: string, isTold: IsTold = () => false) {
    this.#cwd = cwd;
    this.#isTold = isTold;
  }

  add(event: TraceEvent): void {
    if (event.kind === 'exec') {
      this.#loaders ??= event.env;
      keepFolder(event, this.#crateFolders, this.#macroPackages);
    }
    if (this.#processes.size === 0 && !this.#waiting.has(event.pid)) this.#begin(event.pid, undefined);
    const process = this.#processes.get(event.pid);
    const waiting = this.#waiting.get(event.pid);
    if (process !== undefined) this.#take(process, event);
    else if (waiting === undefined) this.#waiting.set(event.pid, [event]);
    else waiting.push(event);
  }

  /** Who made the connection of a socket, by its inode; `undefined` while that is not known yet. */
  ownerOf(socket: number): Owner | undefined {
    if (!this.#owners.has(socket)) return undefined;
    const actor = this.#owners.get(socket);
    return actor === undefined ? { kind: 'nobody' } : { kind: 'actor', actor: shown(actor) };
  }

  /** What was seen until now. */
  attributed(): Attributed {
    return {
      actors: this.#actors
        .map(shown)
        .filter(
          ({ kind, macros, acts }) => kind === 'build-script' || macros.length > 0 || acts.some(isPreload),
        ),
      crateFolders: this.#crateFolders,
      macroPackages: this.#macroPackages,
    };
  }

  /** Takes those whose parent was never named for nobody's children. */
  finish(): Attributed {
    for (const pid of [...this.#waiting.keys()]) if (this.#waiting.has(pid)) this.#begin(pid, undefined);
    return this.attributed();
  }

  #begin(pid: number, parent: Process | undefined): void {
    const { cwd = this.#cwd, actor, program, isTool = false } = parent ?? {};
    const process: Process = { cwd, actor, program, isOwn: false, isTool };
    if (actor !== undefined) actor.begun++;
    this.#processes.set(pid, process);
    const waiting = this.#waiting.get(pid) ?? [];
    this.#waiting.delete(pid);
    for (const event of waiting) this.#take(process, event);
  }

  #ended(
    { actor, program, isOwn }: Process,
    { pid, killed }: Extract<TraceEvent, { readonly kind: 'exit' }>,
  ): void {
    this.#processes.delete(pid);
    if (actor === undefined) return;
    // What the sandbox ends with itself comes last: whoever was killed after its actor had gone was left behind.
    if (actor.kind === 'build-script' && actor.hasEnded && killed === 'SIGKILL')
      add(actor, { kind: 'left', program: program ?? '' });
    if (isOwn) actor.hasEnded = true;
  }

  /** Who began most processes and threads, and how many. What has ended counts until its parent asks for it, which is not told. */
  busiest(): { readonly actor: TracedActor; readonly begun: number } | undefined {
    const [first] = this.#actors.toSorted((a, b) => b.begun - a.begun);
    return first === undefined ? undefined : { actor: shown(first), begun: first.begun };
  }

  #take(process: Process, event: TraceEvent): void {
    if (event.kind === 'child') this.#begin(event.child, process);
    else if (event.kind === 'exit') this.#ended(process, event);
    else if (event.kind === 'chdir') process.cwd = posix.resolve(process.cwd, event.path);
    else if (event.kind === 'exec') executed(process, event, this.#actors, this.#loaders ?? new Map());
    else {
      if (event.kind === 'connect' && event.socket !== undefined)
        this.#owners.set(event.socket, process.actor);
      take(process, event, this.#isTold);
    }
  }
}

/** The same for a trace that is whole. */
export function attribute(events: readonly TraceEvent[], cwd: string): Attributed {
  const attribution = new Attribution(cwd);
  for (const event of events) attribution.add(event);
  return attribution.finish();
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

/** Where the source of a library is, by the name that code calls it by; of one with macros, by the name that its file will have. */
function keepFolder(
  { argv, env }: Extract<TraceEvent, { readonly kind: 'exec' }>,
  crates: Map<string, string>,
  macros: Map<string, TracedPackage>,
): void {
  const name = argv[argv.indexOf('--crate-name') + 1];
  const folder = env.get('CARGO_MANIFEST_DIR');
  if (name === undefined || folder === undefined) return;
  if (argv.includes('lib')) crates.set(name, folder);
  if (argv.includes('proc-macro'))
    macros.set(name, {
      name: env.get('CARGO_PKG_NAME') ?? name,
      version: env.get('CARGO_PKG_VERSION') ?? '',
      folder,
    });
}

function executed(
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
  add(process.actor, { kind: 'exec', program, argv, ...below(process) });
  process.program = program;
}

type Done = Exclude<TraceEvent, { readonly kind: 'exec' | 'child' | 'exit' | 'chdir' }>;

function take(process: Process, event: Done, isTold: IsTold): void {
  const { actor, cwd } = process;
  if (actor === undefined) return;
  switch (event.kind) {
    case 'library':
      if (actor.kind === 'macros' && process.program === undefined && isMacroLibrary(event.path, actor.env))
        actor.macros.add(posix.basename(event.path));
      break;
    case 'read':
      if (isTold(event.path, 'read')) add(actor, { kind: 'read', path: event.path, ...below(process) });
      break;
    case 'exec-failed':
      add(actor, { kind: 'exec-failed', program: event.program, error: event.error, ...below(process) });
      break;
    case 'connect': {
      const refused = event.refused === undefined ? {} : { refused: event.refused };
      add(actor, { kind: 'connect', address: event.address, ...refused, ...below(process) });
      break;
    }
    case 'lookup':
      add(actor, { kind: 'lookup', host: event.host, ...below(process) });
      break;
    case 'bind':
      add(actor, { kind: 'bind', address: event.address, ...below(process) });
      break;
    case 'hidden':
      add(actor, { kind: 'hidden', what: event.what, ...below(process) });
      break;
    case 'absent': {
      const path = posix.resolve(cwd, event.path);
      if (isTold(path, event.write ? 'absent-write' : 'absent'))
        add(actor, { kind: 'absent', path, write: event.write, ...below(process) });
      break;
    }
    case 'write': {
      const path = posix.resolve(cwd, event.path);
      if (!isMemory(path) && (isNoFile(event.path) || isNoFile(path))) break;
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

/** `libserde_derive-0123.so` is of `serde_derive`. */
export function macroName(file: string): string {
  return file.replace(/^lib/, '').replace(/-[0-9a-f]+\.\w+$/, '');
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
