import { join } from 'node:path';
import { targetOf } from '../../cargo/cfg/target.ts';
import { cfgNames } from '../../rust/build-cfgs.ts';
import { type StdProfile, stdClass, stdProfile } from '../../rust/no-std.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from '../project-files.ts';
import type { LocalPackage } from '../workspace.ts';

/** The root of a member: its library, else its program. */
export interface MemberRoot {
  readonly name: string;
  /** Whether it does without `std`, as it is built. */
  readonly withoutStd: boolean;
}

/** Reads what the members' roots say of `std`; one whose source is not at hand says nothing. */
export function memberRoots(
  members: readonly LocalPackage[],
  files: ProjectFiles,
): (name: string, target: string, features: readonly string[]) => MemberRoot {
  const profiles = new Map<string, StdProfile | undefined>();
  const byName = new Map(members.map((member) => [member.package.name, member]));
  return (name, target, features) => {
    const member = byName.get(name);
    if (member !== undefined && !profiles.has(name)) profiles.set(name, profileOf(member, files));
    const profile = profiles.get(name);
    if (profile === undefined) return { name, withoutStd: false };
    const { class: is } = stdClass(profile, new Set(features), targetOf(target).cfg);
    return { name, withoutStd: is === 'no_std' || is === 'no_std+alloc' };
  };
}

function profileOf({ folder, manifest }: LocalPackage, files: ProjectFiles): StdProfile | undefined {
  const read = (path: string) => {
    try {
      return files.read(join(folder, path));
    } catch (error) {
      // What is no text is for the compiler to refuse.
      if (error instanceof GateError) return undefined;
      throw error;
    }
  };
  const stated = manifest.root.table('lib')?.get('path');
  const roots = [typeof stated === 'string' ? stated : 'src/lib.rs', 'src/main.rs'];
  const root = roots.find((path) => read(path) !== undefined);
  return root === undefined
    ? undefined
    : stdProfile(root, read, () => (read('build.rs') === undefined ? [] : cfgNames('build.rs', read)));
}
