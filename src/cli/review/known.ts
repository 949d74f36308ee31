import { parseIndexLine } from '../../cargo/index-entry.ts';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { cratesIo } from '../../cargo/source-id.ts';
import { graphOf } from '../../gate/diff/graph.ts';
import { askedOf, type FactsPort, type PackageFacts } from '../../gate/facts-port.ts';
import { partsOf } from '../../gate/judgement/part-of.ts';
import { type GateSettings, hostsOf } from '../../policy/gate-settings.ts';
import { loadLayers } from '../../policy/policy.ts';
import type { TomlSource } from '../../policy/toml.ts';
import type { AllowFile } from '../allow/file.ts';
import { CliError } from '../shared/error.ts';

/** What is known of a release before its code is read. */
export interface KnownRelease {
  /** The package as it is locked, where it comes from a git repository. */
  readonly git?: LockedPackage;
  /** What its archive must have otherwise: lower-case hex. */
  readonly sha256: string;
  /** Crates of the lockfile whose macros or build script its library is a part of. */
  readonly partOf: readonly string[];
  /** The policy of whoever said so. */
  readonly organisation: TomlSource | undefined;
}

/** The checksum of a release: the lockfile's where it is there, else the index's. Throws `CliError` where there is none. */
export async function checksumOf(
  port: FactsPort,
  { packages }: AllowFile,
  crate: string,
  version: string,
): Promise<string> {
  const locked = packages.find((pkg) => pkg.name === crate && pkg.version === version);
  if (locked?.checksum !== undefined) return locked.checksum;
  const source = locked?.source?.text ?? cratesIo.text;
  const { answers } = await port.facts([{ crate, version, source, bytes: false }]);
  return checksumIn(answers[0], crate, version);
}

/** What the lockfile and the index say of a release. Throws `CliError` where neither knows it. */
export async function knownRelease(
  port: FactsPort,
  { packages, policy }: AllowFile,
  crate: string,
  version: string,
): Promise<KnownRelease> {
  const named = packages.filter(({ name }) => name === crate);
  const locked = named.find((pkg) => pkg.version === version);
  const source = (locked ?? named[0])?.source?.text ?? cratesIo.text;
  // Whose part it is follows from the code of all that depend on it, in whatever version is there.
  const family = [...named, ...dependentsOf(packages, named)].filter((pkg) => pkg.source?.text !== undefined);
  const { organisation, answers } = await port.facts([
    { crate, version, source, bytes: false },
    ...family.map((pkg) => askedOf(pkg, { bytes: true, only: 'code' })),
  ]);
  const [own, ...others] = answers;
  const git = locked?.source?.kind === 'git' ? locked : undefined;
  const sha256 = git === undefined ? (locked?.checksum ?? checksumIn(own, crate, version)) : '';
  const known = new Map<LockedPackage, PackageFacts>(family.map((pkg, i) => [pkg, others[i]]));
  const hosts = hostsOf(loadLayers({ organisation, project: policy }).settings.gate as GateSettings);
  const parts = partsOf(packages, (pkg) => known.get(pkg), hosts);
  const partOf = new Set(named.flatMap((pkg) => parts.get(pkg) ?? []));
  return { ...(git === undefined ? {} : { git }), sha256, partOf: [...partOf].sort(), organisation };
}

function checksumIn(known: PackageFacts, crate: string, version: string): string {
  if (known?.line !== undefined) return parseIndexLine(known.line).cksum;
  throw new CliError('cli/usage', `the registry has no ${crate} ${version}, as far as is known here`, {
    next: 'See the spelling and the version; for a folder there is --path.',
  });
}

/** All that depend on some packages, however far. */
function dependentsOf(
  packages: readonly LockedPackage[],
  of: readonly LockedPackage[],
): readonly LockedPackage[] {
  const { dependents } = graphOf({ packages });
  const found = new Set(of.map((pkg) => packages.indexOf(pkg)));
  for (const at of found) for (const above of dependents[at] ?? []) found.add(above);
  return [...found].flatMap((at) => packages[at] ?? []).filter((pkg) => !of.includes(pkg));
}
