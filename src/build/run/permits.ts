import { existsSync } from 'node:fs';
import type { Resolution } from '../../cargo/resolve/resolve.ts';
import type { BuildAllowEntry, BuildSettings } from '../../policy/build-allow.ts';
import type { RecordedActor } from '../record/act.ts';
import type { Mount } from '../sandbox/plan.ts';
import { codeDigest } from './code-digest.ts';
import { isBelow } from './layout.ts';

/** What a policy lets the code of one crate do in this build. */
export interface Permit {
  readonly crate: string;
  readonly version: string;
  readonly code: RecordedActor['kind'];
  readonly entry: BuildAllowEntry;
}

/** The entries of a policy that are for the very code of this build, and those that are for other code of a crate in it. */
export interface Permits {
  readonly inForce: readonly Permit[];
  /** Sentences. */
  readonly notInForce: readonly string[];
}

/** Holds a policy's entries against the code that will run; `folderOf` gives where the source of a package lies. */
export function permitsFrom(
  { allow }: BuildSettings,
  { packages }: Pick<Resolution, 'packages'>,
  folderOf: (name: string, version: string) => string | undefined,
  apart: readonly string[],
): Permits {
  const inForce: Permit[] = [];
  const notInForce: string[] = [];
  for (const [crate, entry] of Object.entries(allow)) {
    const versions = new Set(packages.flatMap(({ name, version }) => (name === crate ? [version] : [])));
    const found = [...versions].flatMap((version) => {
      const folder = folderOf(crate, version);
      if (folder === undefined) return [];
      return (['build-script', 'macros'] as const).flatMap((code) => {
        const digest = codeDigest(folder, code, apart);
        return digest === undefined ? [] : [{ version, code, digest }];
      });
    });
    const own = found.filter(({ digest }) => entry.code.includes(digest));
    inForce.push(...own.map(({ version, code }) => ({ crate, version, code, entry })));
    if (own.length > 0 || found.length === 0) continue;
    const now = found.map(({ version, digest }) => `${digest} (${version})`).join(', ');
    notInForce.push(
      `[build.allow.${JSON.stringify(crate)}] is for other code than this build’s, and allows nothing: look at it with \`safeguard review ${crate}\`; its digest is ${now}.`,
    );
  }
  return { inForce, notInForce };
}

/** The entry that is for code, of which each of `crates` may have done it. */
export function entryFor(
  permits: readonly Permit[],
  code: RecordedActor['kind'],
  crate: { readonly name: string; readonly version: string },
): BuildAllowEntry | undefined {
  return permits.find((one) => one.code === code && one.crate === crate.name && one.version === crate.version)
    ?.entry;
}

/** What is opened for a build, by the homes of whoever builds and of the build itself. What is not there is left out. */
export function openedMounts(
  permits: readonly Permit[],
  homes: { readonly inside: string; readonly outside: string },
): readonly Mount[] {
  const mounts = permits.flatMap(({ entry }) => [
    ...entry.read.map((from) => ({ kind: 'read', from }) as const),
    ...entry.write.map((from) => ({ kind: 'write', from }) as const),
  ]);
  return mounts
    .filter(({ from }) => existsSync(from))
    .flatMap((mount): readonly Mount[] => {
      const own: Mount = { ...mount, at: mount.from };
      if (!isBelow(mount.from, homes.outside)) return [own];
      return [own, { ...mount, at: `${homes.inside}${mount.from.slice(homes.outside.length)}` }];
    });
}
