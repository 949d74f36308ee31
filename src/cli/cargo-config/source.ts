import { type ConfigFile, type ConfigValue, mergedTables } from './hierarchy.ts';

// Where cargo gets the crates of a registry, as cargo's own src/cargo/sources/config.rs decides it.

export type Route =
  /** Nothing replaces it. */
  | { readonly kind: 'direct' }
  | { readonly kind: 'registry'; readonly name: string; readonly index: string; readonly file: string }
  /** A vendored folder, a local registry or a git repository. */
  | { readonly kind: 'elsewhere'; readonly name: string; readonly what: string; readonly file: string }
  /** Cargo refuses the configuration. */
  | { readonly kind: 'broken'; readonly reason: string };

const kinds = ['registry', 'local-registry', 'directory', 'git'] as const;

/** Follows `replace-with` from crates.io on. */
export function resolveCratesIo(files: readonly ConfigFile[], env = process.env): Route {
  return followed('crates-io', mergedTables(files, 'source'), files, env);
}

/** The same from the registry on whose index is at that address; `sparse+…`, or a repository of git's. */
export function resolveRegistry(index: string, files: readonly ConfigFile[], env = process.env): Route {
  const sources = mergedTables(files, 'source');
  const named = [...sources].find(([, source]) => {
    const registry = text(source.get('registry'));
    return registry !== undefined && sameIndex(registry.value, index);
  });
  return named === undefined ? { kind: 'direct' } : followed(named[0], sources, files, env);
}

function followed(
  from: string,
  sources: ReadonlyMap<string, ReadonlyMap<string, ConfigValue>>,
  files: readonly ConfigFile[],
  env: NodeJS.ProcessEnv,
): Route {
  const broken = [...sources]
    .map(([name, source]) => faultOf(name, source))
    .find((fault) => fault !== undefined);
  if (broken !== undefined) return { kind: 'broken', reason: broken };
  const twice = definedTwice(sources);
  if (twice !== undefined) return { kind: 'broken', reason: twice };

  const passed: string[] = [];
  let name = from;
  for (;;) {
    if (passed.includes(name))
      return { kind: 'broken', reason: `\`replace-with\` goes in a circle at \`${name}\`` };
    passed.push(name);
    const source = sources.get(name);
    if (source === undefined && name !== from) return alternativeRegistry(name, files, env);
    const next = text(source?.get('replace-with'));
    if (next === undefined) return name === from ? { kind: 'direct' } : endOf(name, source ?? new Map());
    name = next.value;
  }
}

/** Whether two index addresses are the same to cargo. */
export function sameIndex(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

/** A registry's index, as `[registries.NAME]` or the environment gives it. */
export function registryIndex(
  name: string,
  files: readonly ConfigFile[],
  env = process.env,
): { readonly value: string; readonly file: string } | undefined {
  const variable = `CARGO_REGISTRIES_${name.toUpperCase().replaceAll('-', '_')}_INDEX`;
  const value = env[variable];
  if (value !== undefined) return { value, file: `the variable ${variable}` };
  return text(mergedTables(files, 'registries').get(name)?.get('index'));
}

function endOf(name: string, source: ReadonlyMap<string, ConfigValue>): Route {
  const kind = kinds.find((candidate) => source.has(candidate)) ?? 'registry';
  const { value, file } = text(source.get(kind)) ?? { value: '', file: '' };
  if (kind === 'registry' && value.startsWith('sparse+') && !value.endsWith('/'))
    return { kind: 'broken', reason: `\`source.${name}.registry\` in ${file} must end in a slash` };
  return kind === 'registry'
    ? { kind: 'registry', name, index: value, file }
    : { kind: 'elsewhere', name, what: `${kind} ${value}`, file };
}

/** A name that is no `[source]` may be one of `[registries]`. */
function alternativeRegistry(name: string, files: readonly ConfigFile[], env: NodeJS.ProcessEnv): Route {
  const index = registryIndex(name, files, env);
  return index === undefined
    ? { kind: 'broken', reason: `crates.io is replaced by \`${name}\`, which is defined nowhere` }
    : { kind: 'registry', name, index: index.value, file: index.file };
}

function faultOf(name: string, source: ReadonlyMap<string, ConfigValue>): string | undefined {
  for (const key of [...kinds, 'replace-with']) {
    const value = source.get(key);
    if (value !== undefined && typeof value.value !== 'string')
      return `\`source.${name}.${key}\` in ${value.file} is not a text`;
  }
  const given = kinds.filter((kind) => source.has(kind));
  if (given.length > 1) return `\`source.${name}\` has both \`${given[0]}\` and \`${given[1]}\``;
  if (given.length === 0 && name !== 'crates-io') return `\`source.${name}\` does not say where it is`;
  return undefined;
}

/** Cargo refuses two names for one place. */
function definedTwice(sources: ReadonlyMap<string, ReadonlyMap<string, ConfigValue>>): string | undefined {
  const names = new Map<string, string>();
  for (const [name, source] of sources) {
    const registry = text(source.get('registry'));
    if (registry === undefined) continue;
    const other = names.get(canonical(registry.value));
    if (other !== undefined) return `\`source.${other}\` and \`source.${name}\` are the same registry`;
    names.set(canonical(registry.value), name);
  }
  return undefined;
}

function canonical(index: string): string {
  const sparse = index.startsWith('sparse+');
  return `${sparse ? 'sparse+' : ''}${URL.parse(index.replace(/^sparse\+/, ''))?.href ?? index}`;
}

function text(value: ConfigValue | undefined): { value: string; file: string } | undefined {
  return typeof value?.value === 'string' ? { value: value.value, file: value.file } : undefined;
}
