import type { LineDependency } from '../../registry/way-out/choice.ts';
import { GateError } from '../error.ts';
import type { ProjectFiles } from './files.ts';
import { LocalProject, readWorkspace } from './workspace.ts';

/** What a package of the project itself requires, by its name; `undefined` where its manifest was not read. */
export type MemberRequirements = (member: string) => readonly LineDependency[] | undefined;

/** Nothing is known of them. */
export const noRequirements: MemberRequirements = () => undefined;

/**
 * What the packages of a project require of registries, dev-dependencies included: a lockfile satisfies those, too. Where
 * the manifests are not right nothing is known; what is wrong is for the rule `locked` to say.
 */
export function requirementsIn(files: ProjectFiles, manifestPath: string): MemberRequirements {
  try {
    const options = { registries: new Map(), patchFolders: [] };
    const { members, others } = readWorkspace(new LocalProject(files), manifestPath, options);
    const byName = new Map(
      [...members, ...others].map(({ package: { name, dependencies } }) => [
        name,
        dependencies
          .filter(({ source }) => source.kind === 'registry')
          .map((one) => ({
            crate: one.package,
            requirement: one.requirement ?? '*',
            optional: one.optional,
          })),
      ]),
    );
    return (member) => byName.get(member);
  } catch (error) {
    if (error instanceof GateError) return noRequirements;
    throw error;
  }
}
