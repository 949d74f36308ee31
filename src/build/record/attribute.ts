import { posix } from 'node:path';
import {
  type Actor,
  executed,
  type IsTold,
  isPreload,
  keepAct,
  type Process,
  shown,
  type TracedActor,
  took,
} from './actor.ts';
import type { TraceEvent } from './strace-events.ts';

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

/**
 * Says whose each event is, by cargo's variables in the environment of what cargo executes: a build script is what it
 * runs by that name, macros are what a compiler has loaded. Children belong to who started them, and what those execute
 * makes nobody else of them, whatever it is called. Events come in their order, also while the build runs; a child's
 * may come before the line that names it, and then wait for that.
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

  /** Who began most processes and threads, and how many. What has ended counts until its parent asks for it, which is not told. */
  busiest(): { readonly actor: TracedActor; readonly begun: number } | undefined {
    const [first] = this.#actors.toSorted((a, b) => b.begun - a.begun);
    return first === undefined ? undefined : { actor: shown(first), begun: first.begun };
  }

  /** The compiler that wrote a file, itself or by a macro, where it runs some. */
  compilerOf(file: string): TracedActor | undefined {
    const found = this.#actors.find(({ macros, wrote }) => macros.size > 0 && wrote.has(file));
    return found === undefined ? undefined : shown(found);
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
    if (actor.hasEnded && killed === 'SIGKILL') keepAct(actor, { kind: 'left', program: program ?? '' });
    // An actor that is killed itself leaves nobody: all of the build is.
    if (isOwn && killed !== 'SIGKILL') actor.hasEnded = true;
  }

  #take(process: Process, event: TraceEvent): void {
    if (event.kind === 'child') this.#begin(event.child, process);
    else if (event.kind === 'exit') this.#ended(process, event);
    else if (event.kind === 'chdir') process.cwd = posix.resolve(process.cwd, event.path);
    else if (event.kind === 'exec') executed(process, event, this.#actors, this.#loaders ?? new Map());
    else {
      if (event.kind === 'connect' && event.socket !== undefined)
        this.#owners.set(event.socket, process.actor);
      took(process, event, this.#isTold);
    }
  }
}

/** The same for a trace that is whole. */
export function attribute(events: readonly TraceEvent[], cwd: string): Attributed {
  const attribution = new Attribution(cwd);
  for (const event of events) attribution.add(event);
  return attribution.finish();
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

/** `libserde_derive-0123.so` is of `serde_derive`. */
export function macroName(file: string): string {
  return file.replace(/^lib/, '').replace(/-[0-9a-f]+\.\w+$/, '');
}
