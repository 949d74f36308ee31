/** A table of a manifest, as parsed. */
export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * A member's manifest with what it inherits from its workspace filled in, as cargo writes it into a package (cargo:
 * src/util/toml/mod.rs, `to_dependency`, `inherit`). `undefined` where it inherits nothing: then its own text says it all.
 */
export function filledIn(member: TomlTable, workspaceRoot: TomlTable): TomlTable | undefined {
  const workspace = table(workspaceRoot.workspace);
  let isFilled = false;
  const fill = (tables: TomlTable, values: TomlTable, merge: typeof replace): TomlTable =>
    Object.fromEntries(
      Object.entries(tables).flatMap(([key, value]) => {
        if (table(value).workspace !== true) return [[key, value]];
        isFilled = true;
        return values[key] === undefined ? [] : [[key, merge(table(value), values[key])]];
      }),
    );
  const filled: Record<string, unknown> = { ...member };
  for (const name of ['package', 'project'])
    if (member[name] !== undefined)
      filled[name] = fill(table(member[name]), table(workspace.package), replace);
  const shared = table(workspace.dependencies);
  for (const name of dependencyTables)
    if (member[name] !== undefined) filled[name] = fill(table(member[name]), shared, mergeDependency);
  if (member.target !== undefined) {
    filled.target = Object.fromEntries(
      Object.entries(table(member.target)).map(([platform, tables]) => [
        platform,
        Object.fromEntries(
          Object.entries(table(tables)).map(([name, each]) => [
            name,
            dependencyTables.includes(name) ? fill(table(each), shared, mergeDependency) : each,
          ]),
        ),
      ]),
    );
  }
  return isFilled ? filled : undefined;
}

const dependencyTables = [
  'dependencies',
  'build-dependencies',
  'build_dependencies',
  'dev-dependencies',
  'dev_dependencies',
];

function replace(_: TomlTable, value: unknown): unknown {
  return value;
}

/** Features add up; `optional` and `default-features` are the member's to say. */
function mergeDependency(own: TomlTable, value: unknown): unknown {
  const shared = typeof value === 'string' ? { version: value } : table(value);
  const { workspace: _, features, ...rest } = own;
  const all = [...list(shared.features), ...list(features)];
  return { ...shared, ...rest, ...(all.length === 0 ? {} : { features: all }) };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function table(value: unknown): TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TomlTable) : {};
}
