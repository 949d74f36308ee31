import { existsSync } from 'node:fs';
import type { RecordedActor } from './act.ts';
import { type Attributed, Attribution, macroName, type Owner, type TracedActor } from './attribute.ts';
import { isKeptFromSight, isOpenable, isOrdinary, type OutsideView, outsidePath } from './hidden.ts';
import { TraceReader } from './recorder.ts';
import { type Refused, refusedActs } from './refusal.ts';
import type { Refusal } from './report.ts';

/** What a policy lets code see besides, and who may. */
export interface OpenedPlace {
  readonly path: string;
  readonly isFor: (by: Refused) => boolean;
}

/** How often a trace is read while a build runs, in milliseconds. */
const every = 200;

/** The record of one sealed build, read while it runs. */
export class BuildRecord {
  readonly #trace: string;
  readonly #attribution: Attribution;
  readonly #view: OutsideView;
  readonly #opened: readonly OpenedPlace[];
  readonly #timer: NodeJS.Timeout;
  #reader: TraceReader | undefined;

  constructor(trace: string, cwd: string, view: OutsideView, opened: readonly OpenedPlace[]) {
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

  /** Who made the connection of a socket, by its inode; `undefined` while that is not known. */
  ownerOf(socket: number): Owner | undefined {
    this.read();
    return this.#attribution.ownerOf(socket);
  }

  /** Whose code an actor is. */
  refusedOf(actor: TracedActor): Refused {
    return refusedOf(actor, this.#attribution.attributed().macroPackages);
  }

  /** Where the source of a crate with code that ran lies inside. */
  folderOf(name: string, version: string): string | undefined {
    const { actors, macroPackages } = this.#attribution.attributed();
    const macros = [...macroPackages.values()].find((one) => one.name === name && one.version === version);
    return macros?.folder ?? actors.find((one) => one.crate === name && one.version === version)?.manifestDir;
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
    return actor.acts.flatMap((act): readonly Refusal[] => {
      const isDone = act.kind === 'read' || (act.kind === 'write' && act.refused === undefined);
      if (!isDone) return [];
      const opened = this.#openedAt(act.path);
      if (opened === undefined || opened.isFor(by)) return [];
      return [{ by, act: { kind: act.kind, path: act.path }, isAllowable: true }];
    });
  }

  #openedAt(path: string): OpenedPlace | undefined {
    const over = this.#opened.filter((one) => path === one.path || path.startsWith(`${one.path}/`));
    // Whoever may by one of them may.
    return over.length === 0 ? undefined : { path, isFor: (by) => over.some((one) => one.isFor(by)) };
  }
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
