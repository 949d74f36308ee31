import { type ConfigFile, isVersioned } from './config-file.ts';
import { isBuiltIn } from './criteria.ts';
import type { ImportsFile } from './imports-file.ts';
import type { VetPackage } from './packages.ts';
import { demandedBy, eachPolicy, ownOrganisation, type VetStore } from './store.ts';
import type { Problem } from './toml-file.ts';

/**
 * What cargo-vet would refuse a store for, although each of its files can be read (cargo-vet: storage.rs,
 * `Store::validate`). `today` is a day such as `2026-08-21`.
 */
export function checkStore(store: VetStore, today: string): Problem[] {
  const own = store.sources.find(({ organisation }) => organisation === ownOrganisation)?.audits;
  if (own === undefined) return [];
  const defined = (name: string) => isBuiltIn(name) || own.criteria.has(name);
  const unknown = (names: readonly string[], file: string, line: number): Problem[] =>
    names
      .filter((name) => !defined(name))
      .map((name) => ({ file, line, message: `\`${name}\` is not a criterion of this store` }));
  const latest = yearAfter(today);
  return [
    ...[...store.exemptions.values()]
      .flat()
      .flatMap(({ criteria, line }) => unknown(criteria, store.configFile, line)),
    ...eachPolicy(store.policies).flatMap(({ policy }) => unknown(demandedBy(policy), store.configFile, 0)),
    ...[...own.criteria.keys()]
      .filter(isBuiltIn)
      .map((name) => ({ file: own.file, line: 0, message: `\`${name}\` is built in` })),
    ...[...own.criteria.values()].flatMap(({ implies }) => unknown(implies, own.file, 0)),
    ...[...own.audits.values(), ...own.wildcards.values()]
      .flat()
      .flatMap(({ criteria, line }) => unknown(criteria, own.file, line)),
    ...[...own.wildcards.values()]
      .flat()
      .filter(({ end }) => end > latest)
      .map(({ end, line }) => {
        const message = `a wildcard audit may end a year from now at most, not on ${end}`;
        return { file: own.file, line, message };
      }),
  ];
}

/** Whether `imports.lock` is of another `config.toml` (cargo-vet: storage.rs, `imports_lock_outdated`). */
export function checkImports(config: ConfigFile, imports: ImportsFile, file: string): Problem[] {
  const wanted = [...config.imports.keys()].sort().join();
  const there = [...imports.audits.keys()].sort().join();
  const excluded = [...config.imports].some(([name, { exclude }]) =>
    exclude.some((crate) => imports.audits.get(name)?.audits.has(crate) === true),
  );
  if (wanted === there && !excluded) return [];
  return [{ file, line: 0, message: 'it does not hold what config.toml imports: run `cargo vet`' }];
}

/** A policy that does not fit a graph. */
export interface Misfit extends Problem {
  readonly crate: string;
}

/**
 * Policies that do not fit a graph (cargo-vet: main.rs, `check_crate_policies`): they name what is not there, or hold
 * for every version of a crate that others can publish under.
 */
export function checkPolicies(store: VetStore, packages: readonly VetPackage[]): Misfit[] {
  const named = Map.groupBy(packages, ({ name }) => name);
  return [...store.policies].flatMap(([crate, entry]): Misfit[] => {
    const misfit = (message: string): Misfit => ({ crate, file: store.configFile, line: 0, message });
    const versions = named.get(crate) ?? [];
    if (versions.length === 0) return [misfit(`its policy for \`${crate}\` matches no package`)];
    const entries = isVersioned(entry) ? entry : undefined;
    const policies = isVersioned(entry) ? [...entry.values()] : [entry];
    const unused = [...(entries?.keys() ?? [])]
      .filter((text) => !versions.some(({ version }) => version.text === text))
      .map((text) => misfit(`its policy for \`${crate}:${text}\` matches no package`));
    if (!versions.some(({ fromCratesIo }) => fromCratesIo)) return unused;
    const special = policies.some(({ dependencyCriteria }) => dependencyCriteria.size > 0);
    const lacking = versions
      .filter(({ version }) => entries?.has(version.text) !== true)
      .filter(() => special || entries === undefined)
      .map(({ version }) => misfit(`its policy for \`${crate}\` has to name \`${crate}:${version.text}\``));
    return [...unused, ...lacking];
  });
}

function yearAfter(today: string): string {
  const [year = '', rest = ''] = [today.slice(0, 4), today.slice(4)];
  // A leap day has no next year's: chrono takes the last of the month.
  return `${Number(year) + 1}${rest === '-02-29' ? '-02-28' : rest}`;
}
