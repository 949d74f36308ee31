import { pathTakenFor } from '../cargo/archive-path.ts';
import { CargoError } from '../cargo/error.ts';
import { type ManifestDependency, readDependencies } from '../cargo/manifest/dependency.ts';
import { type Edition, readManifest } from '../cargo/manifest/manifest.ts';
import type { Table } from '../cargo/manifest/shape.ts';
import { codeName } from '../cargo/manifest/targets.ts';
import type { PackageFiles } from './inputs/package-files.ts';
import type { SourceFiles } from './module.ts';
import type { CrateNames } from './resolve.ts';

/** An unpacked package, as far as its code is reviewed. */
export interface PackageSource {
  readonly name: string;
  /** Absent where the manifest inherits it. */
  readonly version: string | undefined;
  readonly files: SourceFiles;
  /** All its files; absent where only its source is at hand. */
  readonly all?: PackageFiles;
  /** Paths of its build scripts; several are unstable in cargo. */
  readonly buildScripts: readonly string[];
  /** Crates whose `metabuild` functions are its build script, as code names them; unstable in cargo. */
  readonly metabuild: readonly string[];
  /** Of its build scripts; a path that inherits it from a workspace is read as 2021. */
  readonly edition: Edition;
  readonly libraryEdition: Edition;
  /** Path of its library's root; `undefined` where it has none. */
  readonly library: string | undefined;
  readonly procMacro: boolean;
  readonly links: string | undefined;
  /** Where the manifest says it, 1-based. */
  readonly linksLine: number;
  readonly metabuildLine: number;
  readonly dependencies: readonly PackageDependency[];
}

export interface PackageDependency {
  /** As the package calls it. */
  readonly name: string;
  /** The crate's own name. */
  readonly package: string;
  readonly kind: 'normal' | 'build';
  readonly features: readonly string[];
  readonly defaultFeatures: boolean;
  readonly optional: boolean;
}

/**
 * Reads from a package's manifest where its code stands (cargo: src/util/toml/targets.rs). Throws
 * `CargoError('cargo/manifest')` where cargo refuses the manifest.
 */
export function packageSource(manifest: string, files: SourceFiles, all?: PackageFiles): PackageSource {
  const { root, package: pkg } = readManifest(manifest);
  if (pkg === undefined) throw new CargoError('cargo/manifest', 'the manifest is of no package');
  const has = (path: string) => files(path) !== undefined;
  const lib = root.table('lib');
  const edition = typeof pkg.edition === 'string' ? pkg.edition : '2021';
  const path = lib?.string('path');
  const types = lib?.strings(lib.either('crate-type', 'crate_type')[0]);
  const macro = lib?.boolean(lib.either('proc-macro', 'proc_macro')[0]) === true;
  const taken = has('src/lib.rs') ? 'src/lib.rs' : pathTakenFor('src/lib.rs', all?.paths ?? []);
  const inferred = taken !== undefined && pkg.fields.boolean('autolib') !== false;
  const legacy = edition === '2015' ? `src/${lib?.string('name') ?? codeName(pkg.name)}.rs` : '';
  const found = taken ?? (has(legacy) ? legacy : 'src/lib.rs');
  return {
    name: pkg.name,
    version: typeof pkg.version === 'string' ? pkg.version : undefined,
    files,
    ...(all === undefined ? {} : { all }),
    buildScripts: buildScriptsOf(
      pkg.fields,
      has('build.rs') ? 'build.rs' : pathTakenFor('build.rs', all?.paths ?? []),
    ),
    metabuild: metabuildOf(pkg.fields),
    edition,
    libraryEdition: editions.find((one) => one === lib?.string('edition')) ?? edition,
    library: path === undefined ? (lib !== undefined || inferred ? found : undefined) : plain(path),
    procMacro: macro || types?.includes('proc-macro') === true,
    links: pkg.links,
    linksLine: lineOf(manifest, 'links', /^[^\S\n]*links\s*=/m),
    metabuildLine: lineOf(manifest, 'metabuild', /^[^\S\n]*metabuild\s*=/m),
    dependencies: readDependencies(root, '2021').flatMap(dependencyOf),
  };
}

/** The names that code calls other crates by, where those are not their own. */
export function crateNames(source: PackageSource, kind: PackageDependency['kind']): CrateNames {
  return new Map(
    source.dependencies
      .filter((dependency) => dependency.kind === kind)
      .map(({ name, package: crate }) => [codeName(name), codeName(crate)]),
  );
}

function dependencyOf(dependency: ManifestDependency): readonly PackageDependency[] {
  const { name, package: crate, kind, features, defaultFeatures = true, optional } = dependency;
  return kind === 'dev' ? [] : [{ name, package: crate, kind, features, defaultFeatures, optional }];
}

function buildScriptsOf(fields: Table, found: string | undefined): readonly string[] {
  const value = fields.get('build');
  if (value === undefined) return found === undefined ? [] : [found];
  if (value === true) return [found ?? 'build.rs'];
  if (value === false) return [];
  return (Array.isArray(value) ? value : [value]).filter((path) => typeof path === 'string').map(plain);
}

function metabuildOf(fields: Table): readonly string[] {
  const value = fields.get('metabuild');
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string').map(codeName);
}

const editions: readonly Edition[] = ['2015', '2018', '2021', '2024'];

/** Looks for the word first, which most manifests do not have. */
function lineOf(text: string, word: string, pattern: RegExp): number {
  const found = text.includes(word) ? pattern.exec(text) : null;
  return found === null ? 1 : text.slice(0, found.index + found[0].length).split('\n').length;
}

function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}
