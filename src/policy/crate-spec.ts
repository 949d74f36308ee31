import { z } from 'zod';
import { canonicalName } from '../cargo/index-path.ts';
import { matches, tryParseRequirement } from '../cargo/requirement.ts';
import { tryParseVersion } from '../cargo/version.ts';
import { crateName } from './names.ts';

/** Keys of a policy entry that is about some releases: a crate, and which of its versions. */
export const crateSpec = {
  name: crateName.describe('Crate name; `-` and `_` are the same.'),
  version: z
    .string()
    .refine((text) => tryParseRequirement(text) !== undefined, 'expected versions such as "1.2", ">=1, <1.5"')
    .optional()
    .describe('Which versions, as Cargo.toml writes requirements; absent: all of them.'),
};

/** Some releases, as a policy names them. */
export interface CrateSpec {
  readonly name: string;
  readonly version?: string | undefined;
}

/** Whether an entry is about a release. Versions match as cargo matches them: pre-releases only where named. */
export function isAbout(
  spec: CrateSpec,
  release: { readonly crate: string; readonly version: string },
): boolean {
  if (!sameCrate(spec.name, release.crate)) return false;
  if (spec.version === undefined) return true;
  const requirement = tryParseRequirement(spec.version);
  const version = tryParseVersion(release.version);
  return requirement !== undefined && version !== undefined && matches(requirement, version);
}

/** Names that crates.io takes for one: letters of either case, `-` and `_`. */
export function sameCrate(a: string, b: string): boolean {
  return canonicalName(a) === canonicalName(b);
}
