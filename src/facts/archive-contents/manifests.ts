import { parse } from 'smol-toml';
import type { ArchiveFile, CrateManifest } from '../../cargo/crate-archive.ts';
import { requirementText, tryParseRequirement } from '../../cargo/requirement.ts';

/**
 * How the manifest that cargo builds with differs from the one its author wrote, where cargo's rewriting explains
 * nothing: name, version, `links`, and dependencies that only one of them has, or with another requirement. What comes
 * from a workspace (`workspace = true`) cannot be known and is not compared; dev-dependencies are not built.
 */
export function manifestDifferences(
  files: readonly ArchiveFile[],
  manifest: CrateManifest | undefined,
): readonly string[] | 'no-original' | 'unreadable' {
  const file = files.find(({ path }) => path === 'Cargo.toml.orig');
  if (file === undefined) return 'no-original';
  if (manifest === undefined || file.size > maxBytes) return 'unreadable';
  try {
    return compare(parse(new TextDecoder().decode(file.bytes)), manifest.toml);
  } catch {
    return 'unreadable';
  }
}

const maxBytes = 4 * 1024 * 1024;
const maxDifferences = 20;

type Table = Readonly<Record<string, unknown>>;

function compare(original: Table, built: Table): readonly string[] {
  const differences: string[] = [];
  const [wrote, has] = [table(original.package ?? original.project), table(built.package ?? built.project)];
  for (const key of ['name', 'version', 'links']) {
    const [before, after] = [wrote[key], has[key]];
    if (isInherited(before) || before === after) continue;
    if (typeof before === 'string' && typeof after === 'string' && before.trim() === after.trim()) continue;
    if (key === 'version' && before === undefined) continue;
    differences.push(`\`${key}\` is ${show(after)}, its author wrote ${show(before)}`);
  }
  const [theirs, ours] = [dependencies(original), dependencies(built)];
  for (const [key, after] of ours) {
    const before = theirs.get(key);
    if (!theirs.has(key)) differences.push(`it depends on ${key}, which its author did not write`);
    else if (!sameRequirement(before, after)) {
      differences.push(`it needs ${key} ${show(after)}, its author wrote ${show(before)}`);
    }
  }
  for (const key of theirs.keys()) {
    if (!ours.has(key)) differences.push(`its author wrote a dependency on ${key}, which it lacks`);
  }
  return differences.slice(0, maxDifferences);
}

/** Requirement by "kind name (target)"; `undefined` where it comes from a workspace or is not given. */
function dependencies(manifest: Table): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const collect = (tables: Table, target: string) => {
    for (const [kind, ...spellings] of kinds) {
      for (const spelling of spellings) {
        for (const [name, spec] of Object.entries(table(tables[spelling])))
          found.set(`${kind}${name}${target}`, requirementOf(spec));
      }
    }
  };
  collect(manifest, '');
  for (const [target, tables] of Object.entries(table(manifest.target))) {
    collect(table(tables), ` (${target.replaceAll(/\s+/g, '')})`);
  }
  return found;
}

const kinds = [
  ['', 'dependencies'],
  ['build dependency ', 'build-dependencies', 'build_dependencies'],
] as const;

function requirementOf(spec: unknown): string | undefined {
  if (typeof spec === 'string') return spec;
  const { version, workspace } = table(spec);
  return workspace === true || typeof version !== 'string' ? undefined : version;
}

function sameRequirement(before: string | undefined, after: string | undefined): boolean {
  if (before === undefined || after === undefined || before.trim() === after.trim()) return true;
  const [a, b] = [tryParseRequirement(before), tryParseRequirement(after)];
  return a !== undefined && b !== undefined && requirementText(a) === requirementText(b);
}

function isInherited(value: unknown): boolean {
  return table(value).workspace === true;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 100);
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}
