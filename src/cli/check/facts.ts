import { relative } from 'node:path';
import type { LockedPackage } from '../../cargo/lockfile.ts';
import { GateError } from '../../gate/error.ts';
import type { FactsAnswer, FactsPort, PackageFacts } from '../../gate/facts-port.ts';
import { folderTree, GitCommits } from '../../gate/git-source/commits.ts';
import { withGitPackages } from '../../gate/git-source/facts.ts';
import type { VendoringProject } from '../../gate/git-source/vendored.ts';
import { cacheFolder } from '../../gate/project/cache-folder.ts';
import { readCargoConfig } from '../../gate/project/cargo-config.ts';
import { CargoHome, cargoHomeFolder } from '../../gate/project/cargo-home.ts';
import { diskFiles, type ProjectFiles } from '../../gate/project/files.ts';
import type { TomlSource } from '../../policy/toml.ts';
import { type FactsRequestJson, factsAnswerSchema, maxAsked } from '../../server/gate-contract.ts';
import { parseAddress, type ServerAddress } from '../shared/address.ts';
import { CliError, exit } from '../shared/error.ts';
import { progressOn } from '../shared/progress.ts';
import { note, printable } from '../shared/terminal.ts';
import { type CacheOptions, keptFacts } from './kept-facts.ts';

/** Where facts are to come from. */
export interface FactsOptions extends CacheOptions {
  readonly server?: string;
}

/**
 * Opens the source of facts, works with it, and closes it. Packages of git repositories are answered for here, whoever
 * answers for the rest; the project's policy says which of them may be fetched.
 */
export async function withFacts<T>(
  options: FactsOptions,
  project: TomlSource | undefined,
  work: (port: FactsPort) => Promise<T>,
  vendoring: readonly VendoringProject[] = [],
): Promise<T> {
  const commits = gitCommits(vendoring);
  const withGit = (port: FactsPort) =>
    work(withGitPackages(port, { commits, project, offline: options.offline }));
  try {
    return await withReleases(options, withGit);
  } finally {
    commits.close();
  }
}

/** The commits of git repositories that are on this machine, or that may be fetched to it. The caller closes it. */
export function gitCommits(vendoring: readonly VendoringProject[]): GitCommits {
  return new GitCommits({ cargoHome: new CargoHome(cargoHomeFolder()), cache: cacheFolder(), vendoring });
}

/**
 * A project, with the folders that it has in place of repositories; without a tree it is the one that lies there. None where cargo
 * would refuse its configuration: others say so.
 */
export function vendoringOf(
  folder: string,
  packages: readonly LockedPackage[],
  { files, treeOf }: Pick<VendoringProject, 'files' | 'treeOf'> = { files: diskFiles, treeOf: folderTree },
): VendoringProject {
  const nameOf = (path: string) => relative(folder, path);
  const isAsked = packages.some(({ source }) => source?.kind === 'git');
  return { folders: isAsked ? foldersIn(files, folder) : new Map(), packages, files, treeOf, nameOf };
}

function foldersIn(files: ProjectFiles, folder: string): VendoringProject['folders'] {
  try {
    return readCargoConfig(files, folder, cargoHomeFolder(), process.env).vendoredGit;
  } catch (error) {
    if (error instanceof GateError) return new Map();
    throw error;
  }
}

async function withReleases<T>(options: FactsOptions, work: (port: FactsPort) => Promise<T>): Promise<T> {
  const server = serverOf(options);
  if (server !== undefined) return await work(serverFacts(server));
  const progress = progressOnce();
  const { upstream, advisoryDb, offline, advised = false } = options;
  const open = async (onNotice: (notice: string) => void) => {
    const { factsHere } = await import('../../server/check-here.ts');
    const asked = { upstream, advisoryDb, advised, offline, onDone: progress.step, onNotice };
    return await factsHere(asked).catch(cannotOpen);
  };
  const facts = keptFacts(options, open, (notice) => {
    progress.end();
    note(`Note: ${printable(notice)}.`);
  });
  try {
    return await work(facts);
  } finally {
    progress.end();
    await facts.close();
  }
}

/** `--server`, else `SAFEGUARD_SERVER`; with neither, nobody is asked but the registry. */
export function serverOf({ server, offline }: FactsOptions, env = process.env): ServerAddress | undefined {
  const given =
    server !== undefined
      ? { text: server, from: '--server' }
      : env.SAFEGUARD_SERVER
        ? { text: env.SAFEGUARD_SERVER, from: 'SAFEGUARD_SERVER' }
        : undefined;
  if (given === undefined) return undefined;
  if (offline) {
    throw new CliError('cli/usage', `--offline asks no server, and ${given.from} names one`, {
      next: 'Leave one of them out.',
    });
  }
  return { url: parseAddress(given.text, given.from), from: given.from, data: '', ownData: false };
}

/** Milliseconds: a server that sees a lockfile for the first time fetches its archives. */
const patience = 10 * 60_000;

function serverFacts(server: ServerAddress): FactsPort {
  const question = async (body: FactsRequestJson) => {
    const { ask } = await import('../shared/api.ts');
    return (await ask(server, { method: 'POST', path: '/api/v1/facts', body, patience }, factsAnswerSchema))
      .value;
  };
  return {
    facts: async (asked) => {
      const parts = await eachPart(asked, (packages) => question({ packages }));
      const { now, policy, approvals, advisories } = parts.at(-1) ?? (await question({}));
      return {
        now: Date.parse(now),
        organisation: { file: `the policy of ${server.url}`, text: policy.text },
        ...(approvals === undefined
          ? {}
          : { approvals: { file: `the approvals of ${server.url}`, text: approvals.text } }),
        ...(advisories === undefined ? {} : { advisories: advisories as FactsAnswer['advisories'] }),
        // Facts are the rules' to trust or not: their frame was checked.
        answers: parts.flatMap(({ packages }) =>
          packages.map((known) => (known ?? undefined) as PackageFacts),
        ),
      };
    },
    releases: async (crates) =>
      (await eachPart(crates, (part) => question({ crates: part }))).flatMap((answer) => answer.crates),
  };
}

/** One question, where it is not about more than one may be about. */
async function eachPart<Asked, Answer>(
  asked: readonly Asked[],
  question: (part: Asked[]) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < asked.length; from += maxAsked) {
    answers.push(await question(asked.slice(from, from + maxAsked)));
  }
  return answers;
}

/** A bar for the first and large question; what is asked afterwards is quick. On a terminal only. */
function progressOnce(): { step: (done: number, of: number) => void; end: () => void } {
  let bar: ReturnType<typeof progressOn> | undefined;
  let isOver = false;
  const end = () => {
    bar?.end();
    bar = undefined;
  };
  return {
    step: (done, of) => {
      if (isOver || !process.stderr.isTTY) return;
      bar ??= progressOn(process.stderr, of);
      bar.step(done, 'packages looked into');
      isOver = done === of;
      if (isOver) end();
    },
    end,
  };
}

function cannotOpen(error: unknown): never {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  throw new CliError('cli/file', `no facts can be had here: ${error.message}`, {
    cause: error,
    exit: exit.unavailable,
  });
}
