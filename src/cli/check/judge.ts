import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lockfile } from '../../cargo/lockfile.ts';
import type { GateVerdict } from '../../gate/change.ts';
import { check } from '../../gate/check.ts';
import type { FactsPort } from '../../gate/facts-port.ts';
import type { ResolveGraphs } from '../../gate/graphs/judged.ts';
import { type Approvals, approvalsFrom } from '../../gate/judgement/approvals.ts';
import { type Around, readAround } from '../../gate/judgement/around.ts';
import { type Base, readBase } from '../../gate/project/base.ts';
import { cacheFolder } from '../../gate/project/cache-folder.ts';
import { CargoHome, cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import type { RemoteCrates } from '../../gate/project/crate-facts.ts';
import { diskFiles, type ProjectFiles } from '../../gate/project/files.ts';
import { commitTree } from '../../gate/project/git-tree.ts';
import { type NamedLockfile, noLockfile, readLockfile } from '../../gate/project/lockfile-reader.ts';
import { noRequirements, requirementsIn } from '../../gate/project/member-requirements.ts';
import { thisMachine } from '../../gate/project/this-machine.ts';
import { takeReadings } from '../../gate/surroundings/remembered.ts';
import { allowListPath } from '../../policy/allow-list.ts';
import type { PolicyLayers } from '../../policy/policy.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { CliError } from '../shared/error.ts';
import { projectReadings } from '../shared/kept-readings.ts';
import { lazyRemote } from '../shared/remote.ts';
import { type FactsOptions, withFacts } from './facts.ts';
import { locate, type ProjectPlace } from './locate.ts';
import { mergeVerdicts, otherLockfiles } from './lockfiles.ts';
import { vendoringSides } from './vendoring.ts';

/** What is judged, by which policy and facts. */
export interface JudgeOptions extends FactsOptions {
  readonly base?: string;
  readonly lockfile?: string;
  readonly manifestPath: string;
  readonly policy?: string;
}

/** The verdict on a project, and what it was given by. */
export interface JudgedProject {
  readonly verdict: GateVerdict;
  readonly place: ProjectPlace;
  /** The lockfiles that were judged, as findings name them. */
  readonly files: readonly string[];
  /** What they were compared with, as it is named. */
  readonly comparedWith: string | undefined;
  readonly policies: PolicyLayers;
  /** The project's lockfile as it was judged, and what it was compared with, where there was one. */
  readonly texts: { readonly lockfile: string; readonly base?: string };
}

/** Judges the project's lockfile, or what a change makes of it. Throws `CliError`. */
export async function judgeProject(options: JudgeOptions): Promise<JudgedProject> {
  const place = await locate(options);
  const head = await readLockfile(place.lockfile, place.name);
  const base =
    options.base === undefined ? undefined : await readBase(options.base, place.lockfile, place.name);
  const policy = await policyOf(options.policy, place.policy, place.policyName);
  const isOwnWord = options.policy !== undefined || base?.read === undefined;
  const project = isOwnWord ? policy : await oldPolicy(base, place.policy, place.policyName);
  const proposed = isOwnWord ? undefined : (policy ?? { file: place.policyName, text: '' });
  const remote = options.offline ? undefined : lazyRemote(options);
  const readings = projectReadings(place.folder);
  takeReadings(readings);
  const around = await aroundOf(remote, place.folder, head.lockfile, base);
  readings.keep();
  const others = await judgedWith(options, place, base, around);
  const approvals = await approvalsOf(place, base);
  const inputs = [{ place, head, base }, ...others.judged].map((one, i) => ({
    head: one.head,
    base: one.base?.lockfile,
    branchPoint: one.base?.branchPoint,
    project,
    proposed: i === 0 ? proposed : undefined,
    around: i === 0 ? around : undefined,
    resolve: resolveOf(remote, one.place, one.base, around),
    requirements: existsSync(one.place.manifest)
      ? requirementsIn(diskFiles, one.place.manifest)
      : noRequirements,
    approvals,
  }));
  const vendoring = await vendoringSides([{ place, head, base }, ...others.judged]);
  const judged = async (port: FactsPort) => {
    let organisation: TomlSource | undefined;
    const asking: FactsPort = {
      ...port,
      facts: async (asked) => {
        const answer = await port.facts(asked);
        organisation = answer.organisation;
        return answer;
      },
    };
    const verdicts: GateVerdict[] = [];
    for (const input of inputs) verdicts.push(await check(input, asking));
    const places = [place, ...others.judged.map((one) => one.place)];
    const named = verdicts.map((one, i) => [places[i] ?? place, one] as const);
    return { verdict: mergeVerdicts(named, others.left), organisation };
  };
  const { verdict, organisation } = await withFacts(
    { ...options, advised: true },
    project,
    judged,
    vendoring.projects,
  ).finally(() => {
    vendoring.close();
    return remote?.close();
  });
  return {
    verdict,
    place,
    files: [place.name, ...others.judged.map((one) => one.place.name)],
    comparedWith: base?.name,
    policies: { organisation, project },
    texts: { lockfile: head.text, ...(base?.text === undefined ? {} : { base: base.text }) },
  };
}

interface Judged {
  readonly place: ProjectPlace;
  readonly head: NamedLockfile;
  readonly base: (Base & { readonly lockfilePath?: string }) | undefined;
}

/** The other lockfiles of the repository, read; none where one was named, or an old file is compared with. */
async function judgedWith(
  options: JudgeOptions,
  main: ProjectPlace,
  base: Base | undefined,
  around: Around,
): Promise<{ readonly judged: readonly Judged[]; readonly left: readonly string[] }> {
  if (options.lockfile !== undefined || (base !== undefined && base.commit === undefined))
    return { judged: [], left: [] };
  const { places, left } = otherLockfiles(main, around, process.env);
  const judged: Judged[] = [];
  for (const place of places) {
    const head = await readLockfile(place.lockfile, place.name);
    const old =
      options.base === undefined ? undefined : await readBase(options.base, place.lockfile, place.name);
    // One that cargo is pointed at from now on stands in for the usual one.
    const isMoved = old !== undefined && old.lockfile === noLockfile && place.manifest === main.manifest;
    judged.push({
      place,
      head,
      base:
        isMoved && base !== undefined
          ? { ...old, lockfile: base.lockfile, lockfilePath: main.lockfile }
          : old,
    });
  }
  return { judged, left };
}

/**
 * What decides the build beside the graph. Beside an old lockfile alone there is nothing to compare it with, and it fails
 * nothing.
 */
async function aroundOf(
  remote: RemoteCrates | undefined,
  folder: string,
  lockfile: Lockfile,
  base: Base | undefined,
): Promise<Around> {
  const cargoHome = new CargoHome(cargoHomeFolder());
  return await readAround({ folder, lockfile, commit: base?.commit, cargoHome, remote });
}

/** The project's list of approvals, as the change leaves it. */
async function approvalsOf(place: ProjectPlace, base: Base | undefined): Promise<Approvals> {
  const path = join(place.folder, allowListPath);
  return approvalsFrom({
    file: place.nameOf(path),
    text: diskFiles.read(path),
    before: await base?.read?.(path),
    compared: base !== undefined,
  });
}

/** What is built can be told where there is a manifest, and what it was before where there is a commit. */
function resolveOf(
  remote: RemoteCrates | undefined,
  place: ProjectPlace,
  base: Judged['base'],
  { flags, asked, targets: ciTargets }: Around,
): ResolveGraphs | undefined {
  // An old lockfile alone has no manifests of its time.
  if (!existsSync(place.manifest) || (base !== undefined && base.commit === undefined)) return undefined;
  return async ({ targets, hosts }, told) => {
    const [{ readSides }, before] = await Promise.all([import('../../gate/graphs/sides.ts'), filesOf(base)]);
    const host = thisMachine();
    return await readSides({
      manifestPath: place.manifest,
      lockfile: place.lockfile,
      lockfileBefore: base?.lockfilePath,
      files: diskFiles,
      before,
      targets,
      ciTargets,
      host,
      hosts,
      environments: flags,
      asked,
      environment: process.env,
      cargoHome: cargoHomeFolder(),
      cache: cacheFolder(),
      remote,
      told,
      nameOf: place.nameOf,
    });
  };
}

/** The project as the commit has it that is compared with. */
async function filesOf(base: Base | undefined): Promise<ProjectFiles | undefined> {
  if (base?.commit === undefined) return undefined;
  const { root, id } = base.commit;
  const { commitFiles } = await import('../../gate/graphs/commit-files.ts');
  const tree = await commitTree(root, id);
  try {
    return await commitFiles(tree, root);
  } finally {
    tree.close();
  }
}

/** A change cannot be let in by a policy that it brings along: that of the base counts. */
async function oldPolicy(
  base: Base | undefined,
  path: string,
  name: string,
): Promise<TomlSource | undefined> {
  const text = await base?.read?.(path);
  return text === undefined ? undefined : { file: `${name} of the base`, text };
}

/** The policy that was named, or the one that lies beside the lockfile. */
async function policyOf(
  named: string | undefined,
  usual: string,
  name: string,
): Promise<TomlSource | undefined> {
  const file = named ?? name;
  // One that is named may be a pipe; who would write into the usual one?
  if (named === undefined && isNoFile(usual))
    throw new CliError('cli/file', `the policy ${file} is no file`, { next: 'safeguard policy init' });
  try {
    return { file, text: await readFile(named ?? usual, 'utf8') };
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError('cli/file', `the policy ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
      next: 'safeguard policy init',
    });
  }
}

/** Whether something is there and is no file: nobody ever writes into a pipe that lies about. */
function isNoFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    // A link that leads nowhere says so when it is read.
    return false;
  }
}
