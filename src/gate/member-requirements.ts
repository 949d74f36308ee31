import { parse } from 'smol-toml';
import type { LineDependency } from '../registry/locked-listing.ts';

/** What a package of the project itself requires, by its name; `undefined` where its manifest was not read. */
export type MemberRequirements = (member: string) => readonly LineDependency[] | undefined;

/** A `Cargo.toml` of the project. */
export interface ManifestText {
  readonly file: string;
  readonly text: string;
}

/**
 * What the packages of these manifests require of registries, dev-dependencies included: a lockfile satisfies those, too. The
 * `[workspace.dependencies]` of any of them are what members inherit. A manifest that is no TOML requires nothing that is
 * known.
 */
export function requirementsOf(manifests: readonly ManifestText[]): MemberRequirements {
  const tables = manifests.flatMap(({ text }) => tableOfText(text));
  const inherited = new Map(
    tables.flatMap((manifest) => Object.entries(tableOf(tableOf(manifest.workspace).dependencies))),
  );
  const members = new Map<string, readonly LineDependency[]>();
  for (const manifest of tables) {
    const { name } = tableOf(manifest.package);
    if (typeof name === 'string') members.set(name, requirements(manifest, inherited));
  }
  return (member) => members.get(member);
}

/** Folders of other packages of the project that a manifest names: members of its workspace, as patterns, and paths. */
export function neighboursOf({ text }: ManifestText): readonly string[] {
  return tableOfText(text).flatMap((manifest) => {
    const workspace = tableOf(manifest.workspace);
    const members = Array.isArray(workspace.members) ? workspace.members : [];
    const paths = [tableOf(workspace.dependencies), ...dependencyTables(manifest)]
      .flatMap((table) => Object.values(table))
      .map((dependency) => tableOf(dependency).path);
    return [...members, ...paths].filter((path) => typeof path === 'string');
  });
}

type Table = Readonly<Record<string, unknown>>;

function requirements(manifest: Table, inherited: ReadonlyMap<string, unknown>): readonly LineDependency[] {
  return dependencyTables(manifest)
    .flatMap((table) => Object.entries(table))
    .flatMap(([name, own]) => {
      const isInherited = tableOf(own).workspace === true;
      const value = isInherited ? inherited.get(name) : own;
      const stated = typeof value === 'string' ? { version: value } : tableOf(value);
      if (typeof stated.version !== 'string') return [];
      const crate = typeof stated.package === 'string' ? stated.package : name;
      return [{ crate, requirement: stated.version, optional: tableOf(own).optional === true }];
    });
}

function dependencyTables(manifest: Table): readonly Table[] {
  const sections = [manifest, ...Object.values(tableOf(manifest.target)).map(tableOf)];
  return sections.flatMap((section) => kinds.map((kind) => tableOf(section[kind])));
}

const kinds = [
  'dependencies',
  'dev-dependencies',
  'dev_dependencies',
  'build-dependencies',
  'build_dependencies',
];

function tableOfText(text: string): readonly Table[] {
  try {
    return [parse(text)];
  } catch {
    return [];
  }
}

function tableOf(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
