import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import type { RecordedActor } from './act.ts';
import { isMemory } from './actor.ts';
import { type Attributed, Attribution, macroName } from './attribute.ts';
import { isKeptFromSight, isOpenable, isOrdinary, type OutsideView, outsidePath } from './hidden.ts';
import { TraceReader } from './recorder.ts';
import { type Refused, refusedActs } from './refusal.ts';
import type { Refusal } from './report.ts';

/** What a policy lets code see besides, and who may. */
export interface OpenedPlace {
  readonly path: string;
  readonly isFor: (by: Refused) => boolean;
}

/** Paths inside, and who may change what others made. */
export interface BuildPlaces {
  readonly cwd: string;
  /** The folder that cargo and compilers write to. */
  readonly target: string;
  /** What programs of all crates have for their home. */
  readonly home: string;
  /** Whether they may change what is in one of these, wherever it is in this build. */
  readonly mayAlter: (by: Refused, place: 'target' | 'home') => boolean;
}

/** How often a trace is read while a build runs, in milliseconds. */
const every = 1000;

/** The record of one sealed build, read while it runs. */
export class BuildRecord {
  readonly #trace: string;
  readonly #places: BuildPlaces;
  readonly #attribution: Attribution;
  readonly #view: OutsideView;
  readonly #opened: readonly OpenedPlace[];
  readonly #timer: NodeJS.Timeout;
  #reader: TraceReader | undefined;

  constructor(trace: string, places: BuildPlaces, view: OutsideView, opened: readonly OpenedPlace[]) {
    const { cwd } = places;
    this.#places = places;
    this.#trace = trace;
    this.#view = view;
    this.#opened = opened;
    this.#attribution = new Attribution(cwd, (path, how) =>
      how === 'read'
        ? this.#openedAt(path) !== undefined
        : isKeptFromSight(path, how === 'absent-write', view),
    );
    this.#timer = setInterval(() => this.read(), every);
  }

  /** Reads what has been written to the trace since. */
  read(): void {
    if (this.#reader === undefined && existsSync(this.#trace))
      this.#reader = new TraceReader(this.#trace, (event) => this.#attribution.add(event));
    this.#reader?.read();
  }

  /**
   * Whose code made the connection of a socket, by its inode. `undefined` where that cannot be told: nobody's of a crate, or
   * something changed what others run, so that they may not be who they seem.
   */
  async askerOf(socket: number): Promise<Refused | undefined> {
    for (let tries = 0; tries < 100; tries++) {
      this.read();
      const owner = this.#attribution.ownerOf(socket);
      if (owner !== undefined) {
        const { actors, macroPackages } = this.#attribution.attributed();
        const isAltered = actors.some(
          (actor) => this.#altered(actor, refusedOf(actor, macroPackages)).length > 0,
        );
        return owner.kind === 'nobody' || isAltered ? undefined : refusedOf(owner.actor, macroPackages);
      }
      await new Promise((looked) => setTimeout(looked, 20));
    }
    return undefined;
  }

  /** Ends it, with what code was kept from, and what it did that was opened for others. */
  finish(): { readonly refusals: readonly Refusal[]; readonly trespasses: readonly Refusal[] } {
    clearInterval(this.#timer);
    this.read();
    this.#reader?.close();
    this.#reader = undefined;
    const { actors, macroPackages } = this.#attribution.finish();
    // A compiler without macros is cargo's own business.
    const told = actors.filter(({ kind, macros }) => kind === 'build-script' || macros.length > 0);
    return {
      refusals: told.flatMap((actor) => this.#refusalsOf(actor, refusedOf(actor, macroPackages))),
      trespasses: told.flatMap((actor) => this.#trespassesOf(actor, refusedOf(actor, macroPackages))),
    };
  }

  /** Who began most processes, where that were so many. */
  busiest(atLeast: number): { readonly by: Refused; readonly begun: number } | undefined {
    const found = this.#attribution.busiest();
    if (found === undefined || found.begun < atLeast) return undefined;
    return { by: refusedOf(found.actor, this.#attribution.attributed().macroPackages), begun: found.begun };
  }

  /** Whose code wrote a file, by its path inside; the folder above OUT_DIR is its script's. */
  writerOf(path: string): Refused | undefined {
    const { actors, macroPackages } = this.#attribution.attributed();
    const writer =
      this.#attribution.compilerOf(path) ??
      actors.find(
        ({ kind, outDir, acts }) =>
          (kind === 'build-script' && outDir !== undefined && path.startsWith(`${posix.dirname(outDir)}/`)) ||
          acts.some((act) => act.kind === 'write' && act.refused === undefined && act.path === path),
      );
    return writer === undefined ? undefined : refusedOf(writer, macroPackages);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#reader?.close();
    this.#reader = undefined;
  }

  #refusalsOf(actor: RecordedActor, by: Refused): readonly Refusal[] {
    return refusedActs(actor).flatMap((act): readonly Refusal[] => {
      if (act.kind !== 'write' && act.kind !== 'read') return [{ by, act, isAllowable: true }];
      if (isOrdinary(act.path)) return [];
      const path = outsidePath(act.path, this.#view);
      return [{ by, act: { ...act, path: path ?? act.path }, isAllowable: isOpenable(act.path, this.#view) }];
    });
  }

  #trespassesOf(actor: RecordedActor, by: Refused): readonly Refusal[] {
    const altered = this.#altered(actor, by);
    const used = actor.acts.flatMap((act): readonly Refusal[] => {
      const isDone = act.kind === 'read' || (act.kind === 'write' && act.refused === undefined);
      if (!isDone) return [];
      const opened = this.#openedAt(act.path);
      if (opened === undefined || opened.isFor(by)) return [];
      return [{ by, act: { kind: act.kind, path: act.path }, isAllowable: true }];
    });
    return [...altered, ...used];
  }

  #altered(actor: RecordedActor, by: Refused): readonly Refusal[] {
    const { target, home, mayAlter } = this.#places;
    return alterations(actor, target, home)
      .filter(({ path }) => isMemory(path) || !mayAlter(by, path.startsWith(`${home}/`) ? 'home' : 'target'))
      .map((act) => ({ by, act, isAllowable: by.kind === 'build-script' && !isMemory(act.path) }));
  }

  #openedAt(path: string): OpenedPlace | undefined {
    const over = this.#opened.filter((one) => path === one.path || path.startsWith(`${one.path}/`));
    // Whoever may by one of them may.
    return over.length === 0 ? undefined : { path, isFor: (by) => over.some((one) => one.isFor(by)) };
  }
}

/**
 * What code changed of what others go by: a build script, of what cargo and compilers keep for other crates (its own
 * folder is the one above OUT_DIR); anybody, of what programs read in their home before they do what they are asked.
 */
function alterations(
  { kind, outDir, acts }: RecordedActor,
  target: string,
  home: string,
): readonly { readonly kind: 'alter'; readonly path: string }[] {
  const own = kind === 'build-script' && outDir !== undefined ? `${posix.dirname(outDir)}/` : undefined;
  return acts.flatMap((act) => {
    if (act.kind !== 'write' || act.refused !== undefined) return [];
    if (isMemory(act.path)) return [{ kind: 'alter', path: act.path } as const];
    if (act.path.startsWith(`${home}/`) && isSetting(act.path.slice(home.length + 1)))
      return [{ kind: 'alter', path: act.path } as const];
    if (own === undefined || act.path.startsWith(own)) return [];
    const isOthers =
      /^(?:[^/]+\/){1,2}(?:(?:deps|incremental|\.fingerprint|build\/[^/]+)\/|[^/]+\.so(?:\.[\d.]+)?$)/.test(
        posix.relative(target, act.path),
      );
    return isOthers ? [{ kind: 'alter', path: act.path } as const] : [];
  });
}

/** Files of a home that make git, shells, curl, linkers and their like run or load something, by their paths there. */
function isSetting(path: string): boolean {
  return /^\.(?:git(?:config|attributes)|config\/|cargo\/|rustup\/|local\/(?:bin|share\/pkgconfig)\/|bash|zsh|profile|curlrc|wgetrc|netrc|npmrc|ssh\/|gdbinit|cmake\/|pkgconfig)/.test(
    path,
  );
}

function refusedOf(actor: RecordedActor, packages: Attributed['macroPackages']): Refused {
  const { kind, crate, version, macros } = actor;
  if (kind === 'build-script') return { kind, crates: [{ name: crate, version }] };
  return {
    kind,
    crates: macros.map((file) => {
      const known = packages.get(macroName(file));
      return { name: known?.name ?? macroName(file), version: known?.version ?? '' };
    }),
    compiled: `${crate} ${version}`.trim(),
  };
}
