/** Small projects with a registry of their own, resolved by cargo and by us. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CargoError } from '../../src/cargo/error.ts';
import { indexPath } from '../../src/cargo/index-path.ts';
import type { Selection } from '../../src/cargo/resolve/selection.ts';
import { GateError } from '../../src/gate/error.ts';
import type { RemoteCrates } from '../../src/gate/project/crate-facts.ts';
import { memoryFiles } from '../../src/gate/project/memory-files.ts';
import { openProject } from '../../src/gate/project/resolve.ts';
import { type Crate, type CrateOptions, makeCrate } from '../support/crate.ts';
import { tempDir } from '../support/temp.ts';
import {
  type Answer,
  answerOf,
  askCargo,
  keep,
  keyOf,
  type Place,
  readKept,
  runCargo,
} from '../support/unit-graph.ts';

export interface Project {
  /** Texts by path. Without a `Cargo.lock` cargo makes one. */
  readonly files: Readonly<Record<string, string>>;
  /** What the registry has. */
  readonly crates?: readonly CrateOptions[];
}

export interface Run {
  /** Below the project; default `Cargo.toml`. */
  readonly manifest?: string;
  readonly target?: string;
  /** Several at once; empty: cargo is told none. */
  readonly targets?: readonly string[];
  /** Variables of cargo's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly packages?: readonly string[];
  readonly workspace?: boolean;
  readonly exclude?: readonly string[];
  readonly features?: readonly string[];
  readonly all?: boolean;
  readonly noDefault?: boolean;
  readonly dev?: boolean;
}

export const linux = 'x86_64-unknown-linux-gnu';

/** A project whose lockfile is there, ready to be asked about. */
export interface ReadyProject {
  readonly files: Readonly<Record<string, string>>;
  readonly crates: readonly Crate[];
  /** Why cargo makes no lockfile. */
  readonly refused: string | undefined;
  readonly cargo: (run: Run) => Promise<Answer>;
  /** The same, where the registry has no crates of these names that are not locked. */
  readonly cargoWithout: (name: string, run: Run) => Promise<Answer>;
}

/** Gets a project ready; with `kept`, what cargo says of it is remembered between runs. */
export async function readyProject(project: Project, { kept = true } = {}): Promise<ReadyProject> {
  const crates = (project.crates ?? []).map(makeCrate);
  const digest = [project.files, crates.map(({ name, version, checksum }) => [name, version, checksum])];
  const onDisk = new ProjectOnDisk(project.files, crates);
  const key = kept ? keyOf('lockfile', digest) : undefined;
  const known = key === undefined ? undefined : readKept<Locked>(key);
  const locked = known ?? (await onDisk.lock());
  if (known === undefined && key !== undefined) keep(key, locked);
  if (known?.text !== undefined) onDisk.files = { ...project.files, 'Cargo.lock': known.text };
  return {
    files: locked.text === undefined ? project.files : { ...project.files, 'Cargo.lock': locked.text },
    crates,
    refused: locked.refused,
    cargo: (run) =>
      askCargo(
        {
          place: () => ({
            ...onDisk.place(),
            ...(run.environment === undefined ? {} : { environment: run.environment }),
          }),
          args: argsOf(run),
        },
        kept ? keyOf('graph', digest, run) : undefined,
      ),
    cargoWithout: async (name, run) => {
      const files =
        locked.text === undefined ? project.files : { ...project.files, 'Cargo.lock': locked.text };
      const left = (project.crates ?? []).filter(
        (crate) => crate.name !== name || isLocked(crate, locked.text),
      );
      return (await readyProject({ files, crates: left }, { kept })).cargo(run);
    },
  };
}

function isLocked({ name, version }: CrateOptions, lockfile = ''): boolean {
  return lockfile.includes(`name = "${name}"\nversion = "${version}"`);
}

/** What we say of it. Errors other than our own go on. */
export async function ours(
  project: ReadyProject,
  run: Run,
): Promise<Answer & { readonly unlocked?: string | undefined }> {
  try {
    return answerOf(await resolve(project, run));
  } catch (error) {
    if (!(error instanceof GateError)) throw error;
    const { cause, detail } = error;
    const isUnlocked = cause instanceof CargoError && cause.code === 'cargo/unlocked';
    const [, unlocked] = isUnlocked ? (/ needs `(\S+) = /.exec(detail) ?? []) : [];
    return { kind: 'refused', message: error.message, unlocked };
  }
}

export async function resolve({ files, crates }: Pick<ReadyProject, 'files' | 'crates'>, run: Run) {
  const project = await openProject({
    files: memoryFiles({ root, texts: new Map(Object.entries(files)), others: [] }),
    manifestPath: join(root, run.manifest ?? 'Cargo.toml'),
    cargoHome: '/nowhere/cargo',
    environment: run.environment,
    crates: { cache: tempDir(undefined, 'safeguard-extracts-'), remote: shelf(crates) },
  });
  const stated = run.targets ?? [run.target ?? linux];
  const targets = stated.length > 0 ? stated : project.targets;
  const built = (targets.length > 0 ? targets : [linux]).map((target, i) =>
    project.resolve({
      target,
      besides: targets.filter((_, other) => other !== i),
      host: linux,
      isPlain: targets.length === 0,
      selection: selectionOf(run),
    }),
  );
  const packages = built.flatMap((each) => each.packages);
  // Where cargo is told of no target, it says of everything that it is for the host.
  const isPlain = targets.length === 0;
  return {
    packages: isPlain ? packages.map((pkg) => ({ ...pkg, builtFor: 'host' as const })) : packages,
    roots: [],
  };
}

export function selectionOf(run: Run): Selection {
  return {
    packages: run.packages ?? [],
    workspace: run.workspace ?? false,
    exclude: run.exclude ?? [],
    features: run.features ?? [],
    allFeatures: run.all ?? false,
    defaultFeatures: run.noDefault !== true,
    dev: run.dev ?? false,
  };
}

export function argsOf(run: Run): readonly string[] {
  return [
    '--locked',
    ...(run.targets ?? [run.target ?? linux]).flatMap((target) => ['--target', target]),
    ...(run.manifest === undefined ? [] : ['--manifest-path', run.manifest]),
    ...(run.packages ?? []).flatMap((spec) => ['-p', spec]),
    ...(run.workspace ? ['--workspace'] : []),
    ...(run.exclude ?? []).flatMap((spec) => ['--exclude', spec]),
    ...(run.features ?? []).flatMap((features) => ['--features', features]),
    ...(run.all ? ['--all-features'] : []),
    ...(run.noDefault ? ['--no-default-features'] : []),
    ...(run.dev ? ['--all-targets'] : []),
  ];
}

/** Files that are nowhere but in this process. */
const root = '/project';

/** A registry that has these crates. */
export function shelf(crates: readonly Crate[]): RemoteCrates {
  const find = (checksum: string) => crates.find((crate) => crate.checksum === checksum);
  return {
    line: async ({ checksum }) => {
      const found = find(checksum);
      return found === undefined ? undefined : JSON.stringify(found.indexEntry);
    },
    archive: async ({ name, checksum }) => {
      const found = find(checksum);
      if (found === undefined) throw new Error(`the registry has no ${name}`);
      return found.bytes;
    },
  };
}

interface Locked {
  readonly text?: string;
  readonly refused?: string;
}

/** The project, and a registry in a folder beside it (cargo: "local registry sources"), once they are needed. */
class ProjectOnDisk {
  files: Readonly<Record<string, string>>;
  readonly #crates: readonly Crate[];
  #place: Place | undefined;

  constructor(files: Readonly<Record<string, string>>, crates: readonly Crate[]) {
    this.files = files;
    this.#crates = crates;
  }

  place(): Place {
    this.#place ??= this.#write();
    return this.#place;
  }

  async lock(): Promise<Locked> {
    const own = this.files['Cargo.lock'];
    if (own !== undefined) return { text: own };
    const { code, stderr } = await runCargo(['generate-lockfile'], this.place());
    if (code !== 0) return { refused: stderr };
    return { text: readFileSync(join(this.place().folder, 'Cargo.lock'), 'utf8') };
  }

  #write(): Place {
    const above = tempDir(undefined, 'safeguard-project-');
    const [folder, cargoHome] = [join(above, 'project'), join(above, 'cargo')];
    const registry = join(above, 'registry');
    for (const [path, text] of Object.entries(this.files)) write(join(folder, path), text);
    const lines = new Map<string, string[]>();
    for (const crate of this.#crates) {
      write(join(registry, `${crate.name}-${crate.version}.crate`), crate.bytes);
      const path = join(registry, 'index', indexPath(crate.name));
      lines.set(path, [...(lines.get(path) ?? []), JSON.stringify(crate.indexEntry)]);
    }
    mkdirSync(join(registry, 'index'), { recursive: true });
    for (const [path, entries] of lines) write(path, `${entries.join('\n')}\n`);
    write(
      join(cargoHome, 'config.toml'),
      `[source.crates-io]\nreplace-with = "here"\n[source.here]\nlocal-registry = ${JSON.stringify(registry)}\n`,
    );
    return { folder, cargoHome };
  }
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
