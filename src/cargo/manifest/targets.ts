import { pathTakenFor } from '../archive-path.ts';
import type { Table } from './shape.ts';

/** What cargo can build of a package. */
export interface PackageTargets {
  readonly lib: LibraryTarget | undefined;
  readonly bins: readonly ProgramTarget[];
  /** Examples, integration tests and benchmarks: what dev-dependencies are for. */
  readonly others: readonly (ProgramTarget & { readonly kind: 'example' | 'test' | 'bench' })[];
  readonly buildScript: boolean;
}

export interface LibraryTarget {
  /** What code calls it: the package's name with underscores, unless `[lib]` says another. */
  readonly name: string;
  readonly procMacro: boolean;
  /** Whether Rust code can use it: a `cdylib` or `staticlib` alone is for other languages. */
  readonly linkable: boolean;
  readonly tested: boolean;
}

export interface ProgramTarget {
  readonly name: string;
  /** It is passed over where one of these is not on. */
  readonly requiredFeatures: readonly string[];
  readonly tested: boolean;
}

/** The files that cargo looks for by itself, below a package's folder. */
export interface FoundFiles {
  readonly lib: boolean;
  readonly main: boolean;
  readonly buildScript: boolean;
  /** Names of the programs in `src/bin`: of files, and of folders with a `main.rs`. */
  readonly bins: readonly string[];
  readonly examples: readonly string[];
  readonly tests: readonly string[];
  readonly benches: readonly string[];
}

/** Finds them in a list of paths relative to the package's folder. */
export function foundFiles(paths: Iterable<string>): FoundFiles {
  const known = new Set<string>();
  const programs = {
    bins: [] as string[],
    examples: [] as string[],
    tests: [] as string[],
    benches: [] as string[],
  };
  for (const path of paths) {
    const [, folder, name] = program.exec(path) ?? [];
    const list = folder === undefined ? undefined : programs[folders[folder as keyof typeof folders]];
    if (list !== undefined && name !== undefined) list.push(name);
    else known.add(path);
  }
  return {
    lib: known.has('src/lib.rs'),
    main: known.has('src/main.rs'),
    buildScript: pathTakenFor('build.rs', known) !== undefined,
    ...programs,
  };
}

/** A package's targets: those its manifest names, and those that are found (cargo: src/workspace/manifest/targets). */
export function readTargets(
  root: Table,
  fields: Table,
  name: string,
  edition: string,
  found: FoundFiles,
): PackageTargets {
  const lib = readLibrary(root, fields, name, found);
  const programs = (key: string, auto: string, inferred: readonly string[]) =>
    readPrograms(root, fields.boolean(auto), key, inferred, edition);
  const bins = programs('bin', 'autobins', found.main ? [name, ...found.bins] : found.bins);
  const kinds = [
    ['example', 'autoexamples', found.examples],
    ['test', 'autotests', found.tests],
    ['bench', 'autobenches', found.benches],
  ] as const;
  return {
    lib,
    bins,
    others: kinds.flatMap(([kind, auto, inferred]) =>
      programs(kind, auto, inferred).map((target) => ({ ...target, kind })),
    ),
    buildScript: readBuildScript(fields, found),
  };
}

const folders = { 'src/bin': 'bins', examples: 'examples', tests: 'tests', benches: 'benches' } as const;
const program = /^(src\/bin|examples|tests|benches)\/(?!\.)([^/]+?)(?:\.rs|\/main\.rs)$/;
const linkable: ReadonlySet<string> = new Set(['lib', 'rlib', 'dylib', 'proc-macro']);

function readLibrary(root: Table, fields: Table, name: string, found: FoundFiles): LibraryTarget | undefined {
  const table = root.table('lib');
  if (table === undefined) {
    const inferred = found.lib && fields.boolean('autolib') !== false;
    return inferred ? { name: codeName(name), procMacro: false, linkable: true, tested: true } : undefined;
  }
  const types = table.strings(table.either('crate-type', 'crate_type')[0]);
  const procMacro = table.boolean(table.either('proc-macro', 'proc_macro')[0]) === true;
  if (types?.includes('proc-macro') && types.length > 1) {
    throw table.refused('crate-type', 'cannot have `proc-macro` beside another');
  }
  return {
    name: table.string('name') ?? codeName(name),
    // A stated crate type wins over `proc-macro = true`.
    procMacro: types === undefined ? procMacro : types.includes('proc-macro'),
    linkable: types === undefined || types.some((type) => linkable.has(type)),
    tested: table.boolean('test') !== false,
  };
}

/** A name as code writes it. */
export function codeName(name: string): string {
  return name.replaceAll('-', '_');
}

/** Before the 2018 edition a named program kept cargo from looking for others. */
function readPrograms(
  root: Table,
  auto: boolean | undefined,
  key: string,
  inferred: readonly string[],
  edition: string,
): readonly ProgramTarget[] {
  const tables = root.tables(key) ?? [];
  const named = tables.map((table) => {
    const name = table.string('name');
    if (name === undefined) throw table.error(table.path, `a \`[[${key}]]\` has no name`);
    return {
      name,
      path: table.string('path'),
      requiredFeatures: table.strings('required-features') ?? [],
      tested: table.boolean('test') !== false,
    };
  });
  const looks = auto ?? (tables.length === 0 || edition !== '2015');
  if (!looks) return named;
  const names = new Set(named.map(({ name }) => name));
  const taken = new Set(named.flatMap(({ path }) => (path === undefined ? [] : [path.replace(/^\.\//, '')])));
  const isTaken = (name: string, i: number) =>
    names.has(name) || sourcesOf(key, name, i, inferred).some((source) => taken.has(source));
  const others = inferred.filter((name, i) => !isTaken(name, i));
  return [...named, ...others.map((name) => ({ name, requiredFeatures: [], tested: true }))];
}

/** Where an inferred program may be: a path that a named one has taken is not another program. */
function sourcesOf(key: string, name: string, i: number, inferred: readonly string[]): readonly string[] {
  const folder = key === 'bin' ? 'src/bin' : key === 'bench' ? 'benches' : `${key}s`;
  const own = [`${folder}/${name}.rs`, `${folder}/${name}/main.rs`];
  return key === 'bin' && i === 0 && inferred.length > 0 ? [...own, 'src/main.rs'] : own;
}

function readBuildScript(fields: Table, found: FoundFiles): boolean {
  const value = fields.get('build');
  if (value === undefined) return found.buildScript;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return true;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.length > 0;
  throw fields.refused('build', 'is neither a path nor true or false');
}
