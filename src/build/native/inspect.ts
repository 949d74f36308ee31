import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { Distribution } from '../../distribution/package.ts';
import type { CargoMessage, CompiledPackage } from '../run/messages.ts';
import { askedIn } from './asked.ts';
import { type NativeLibrary, reconcileLibraries } from './libraries.ts';
import { type SystemPackages, searchLibraries } from './search.ts';
import { sourcesIn } from './sources.ts';
import { type ToldVersion, toldVersions } from './version.ts';

/** The native libraries of a build's artefacts, by what cargo said and what lies here. */
export interface NativeInspector {
  readonly distribution: Distribution | undefined;
  /** Those of one artefact: the packages in it, and what its loader brings. */
  readonly librariesOf: (resolution: Resolution, needed: readonly string[]) => readonly NativeLibrary[];
  readonly told: (by: CompiledPackage, names: readonly string[], only: boolean) => readonly ToldVersion[];
}

export interface InspectInput {
  readonly messages: readonly CargoMessage[];
  readonly resolution: Resolution;
  readonly target: string;
  /** Where the sources of a package lie here; `undefined` where that cannot be told. */
  readonly folderOf: (name: string, version: string) => string | undefined;
  /** The path here of one that the build saw. */
  readonly outside: (path: string) => string;
  readonly system: SystemPackages;
}

export function inspectNative(input: InspectInput): NativeInspector {
  const { messages, target, outside, system } = input;
  const asked = askedIn(messages);
  const packages = messages.flatMap((message) => (message.kind === 'script' ? [message.package] : []));
  const search = searchLibraries(asked, packages, target, outside, system);
  // Several programs of a build link the same crate, and several files of it are one project's.
  const known = new Map<string, readonly ToldVersion[]>();
  return {
    distribution: system.distribution,
    librariesOf: ({ packages: reached }, needed) => {
      const inside = new Set(
        reached.flatMap(({ name, version, builtFor }) => (builtFor === 'host' ? [] : [`${name} ${version}`])),
      );
      const own = asked.libraries.filter(({ by }) => inside.has(`${by.name} ${by.version}`));
      return reconcileLibraries(own, needed, search);
    },
    told: (by, names, only) => {
      const key = JSON.stringify([by.id, names, only]);
      const found =
        known.get(key) ??
        sourcesOf(by, input).flatMap(({ version, folder }) =>
          toldVersions(names, { version, files: sourcesIn(folder) }, only),
        );
      known.set(key, found);
      return found;
    },
  };
}

/** A package's own sources, and those of the crates that its build script has C code from (`openssl-src`, `lua-src`). */
function sourcesOf(
  by: CompiledPackage,
  { resolution, folderOf }: InspectInput,
): readonly { readonly version: string; readonly folder: string }[] {
  const own = resolution.packages.filter(({ name, version }) => name === by.name && version === by.version);
  const carried = own
    .flatMap(({ uses }) =>
      uses.flatMap(({ kind, package: index }) => (kind === 'build' ? [resolution.packages[index]] : [])),
    )
    .filter((pkg) => pkg?.name.endsWith('-src') === true);
  const all = [by, ...carried].flatMap((pkg) => (pkg === undefined ? [] : [`${pkg.name} ${pkg.version}`]));
  return [...new Set(all)].flatMap((text) => {
    const [name = '', version = ''] = text.split(' ');
    const folder = folderOf(name, version);
    return folder === undefined ? [] : [{ version, folder }];
  });
}
