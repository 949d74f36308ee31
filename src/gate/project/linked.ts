import { isDeepStrictEqual } from 'node:util';
import { type Lockfile, parseLockfile } from '../../cargo/lockfile.ts';
import {
  type BuildInput,
  type LinkedProject,
  linkProject,
  type ProjectInput,
  type Resolution,
  resolve,
} from '../../cargo/resolve/resolve.ts';
import { areSame } from '../../cargo/resolve/same-list.ts';

/**
 * What is linked and resolved already, for the other side of a change: where that has the same lockfile and the same packages it is
 * the same project, and is built of the same.
 */
export class LinkedProjects {
  readonly #lockfiles = new Map<string, Lockfile>();
  readonly #linked: { readonly input: ProjectInput; readonly project: LinkedProject }[] = [];
  readonly #resolved = new Map<LinkedProject, { build: BuildInput; resolution: Resolution }[]>();

  /** The lockfile of a text; equal texts give the same object. Throws `CargoError`. */
  lockfile(text: string): Lockfile {
    const lockfile = this.#lockfiles.get(text) ?? parseLockfile(text);
    this.#lockfiles.set(text, lockfile);
    return lockfile;
  }

  /** As `linkProject`. Only lockfiles that `lockfile` gave are taken for the same. */
  link(input: ProjectInput): LinkedProject {
    const known = this.#linked.find((one) => isSameProject(one.input, input));
    if (known !== undefined) return known.project;
    const project = linkProject(input);
    this.#linked.push({ input, project });
    // What a dependency names as its target may be another one on the other side.
    if (
      !input.packages.some(({ dependencies }) => dependencies.some(({ artifact }) => artifact !== undefined))
    )
      this.#resolved.set(project, []);
    return project;
  }

  /** As `resolve`. */
  resolve(project: LinkedProject, build: BuildInput): Resolution {
    const all = this.#resolved.get(project);
    const known = all?.find((one) => isSameBuild(one.build, build));
    if (known !== undefined) return known.resolution;
    const resolution = resolve(project, build);
    all?.push({ build, resolution });
    return resolution;
  }
}

function isSameProject(one: ProjectInput, other: ProjectInput): boolean {
  return (
    one.lockfile === other.lockfile &&
    isDeepStrictEqual([one.workspace, one.patches], [other.workspace, other.patches]) &&
    one.packages.every((pkg, i) => pkg === other.packages[i] || isDeepStrictEqual(pkg, other.packages[i]))
  );
}

function isSameBuild(one: BuildInput, other: BuildInput): boolean {
  const { target, besides = [], hosts } = one;
  return (
    target === other.target &&
    areSame(besides, other.besides ?? []) &&
    areSame(hosts, other.hosts) &&
    isDeepStrictEqual([one.selection, one.overridden], [other.selection, other.overridden])
  );
}
