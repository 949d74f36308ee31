import type { LockedPackage } from '../../cargo/lockfile.ts';
import type { Dependency } from '../../cargo/manifest/package.ts';
import { parseSourceId, type SourceId } from '../../cargo/source-id.ts';
import { contentsFact, readContents } from '../../facts/archive-contents/contents.ts';
import { codeFact, readCode } from '../../facts/code.ts';
import { unknown } from '../../facts/fact.ts';
import { licenseFact, readLicense } from '../../facts/license/release.ts';
import type { Facts } from '../../facts/map.ts';
import { standingFact } from '../../facts/standing.ts';
import { readStd, stdFact } from '../../facts/std.ts';
import { loadLayers, type Policy } from '../../policy/policy.ts';
import type { SourceSettings } from '../../policy/rules/source.ts';
import { sourceMatches } from '../../policy/source-match.ts';
import type { TomlSource } from '../../policy/toml.ts';
import type { AskedPackage, CrateNeeds, FactsPort, PackageFacts } from '../facts-port.ts';
import type { FoundPackage, GitCommits } from './commits.ts';
import { packageFiles } from './package-files.ts';

/** How packages of git repositories are answered for. */
export interface GitFactsOptions {
  readonly commits: GitCommits;
  /** The project's own policy; it says, with the organisation's, which repositories may be asked. */
  readonly project: TomlSource | undefined;
  /** Whether nothing is to be asked of the network. */
  readonly offline: boolean;
}

/**
 * A port that knows packages of git repositories as well, by the commit that is locked. What is not on this machine is fetched
 * where its code is wanted and the policy names its repository; else its facts are unknown with the reason.
 */
export function withGitPackages(port: FactsPort, { commits, project, offline }: GitFactsOptions): FactsPort {
  return {
    releases: async (crates) => {
      const others = crates.filter((one) => !isGit(one.source));
      const listed = await port.releases(others);
      return crates.map((one) => listed[others.indexOf(one)] ?? []);
    },
    facts: async (asked) => {
      const others = asked.filter((one) => !isGit(one.source));
      const answer = await port.facts(others);
      if (others.length === asked.length) return answer;
      const known = new Map(others.map((one, i) => [one, answer.answers[i]]));
      const isNamed = repositoriesOf(loadLayers({ organisation: answer.organisation, project }));
      const reach = { commits, isNamed, offline, now: answer.now };
      const answers: PackageFacts[] = [];
      for (const one of asked) answers.push(isGit(one.source) ? await gitFacts(one, reach) : known.get(one));
      return { ...answer, answers };
    },
  };
}

function isGit(source: string): boolean {
  return source.startsWith('git+');
}

interface Asking {
  readonly commits: GitCommits;
  /** Whether the policy takes crates from a repository: no other is contacted because a lockfile names it. */
  readonly isNamed: (source: SourceId) => boolean;
  readonly offline: boolean;
  readonly now: number;
}

async function gitFacts(
  { crate, version, source: text, bytes }: AskedPackage,
  { commits, isNamed, offline, now }: Asking,
): Promise<PackageFacts> {
  const source = parseSourceId(text);
  const mayFetch = bytes && !offline && isNamed(source);
  const locked: LockedPackage = {
    name: crate,
    version,
    source,
    checksum: undefined,
    dependencies: [],
    line: 0,
    column: 0,
    replace: undefined,
  };
  const found = await commits.wholePackage(locked, mayFetch);
  const standing = standingFact({ presence: 'elsewhere', yanked: false }, 'lockfile', now);
  const common = { registry: source.url, crate, dependencies: [], extent: 'without-release' } as const;
  if (found.kind === 'absent') {
    // Of what stays as it is, nobody asked for more than is at hand.
    const reason = isNamed(source) ? found.reason : `${found.reason}${unnamed}`;
    const facts = bytes ? unread(reason, now) : {};
    return { ...common, facts: { standing, ...facts } };
  }
  return {
    ...common,
    facts: { standing, ...(await factsOf(found, now)) },
    needs: needsOf(found.local.package.dependencies),
  };
}

const unnamed = ', and the policy does not name its repository, so it was not fetched';

function repositoriesOf(policy: Policy): Asking['isNamed'] {
  const settings = policy.settings.source as SourceSettings;
  return (source) => settings['unknown-git'] === 'allow' || sourceMatches(settings.git, source);
}

/** What is said not to be known; more would say the same again. */
const names = ['license', 'std', 'code'] as const;

function unread(reason: string, now: number): Facts {
  return Object.fromEntries(names.map((name) => [name, unknown(`not read: ${reason}`, 'git', now)]));
}

async function factsOf(found: Extract<FoundPackage, { kind: 'found' }>, now: number): Promise<Facts> {
  const { files, manifest } = await packageFiles(found);
  const own = files.filter(({ path }) => !path.startsWith('../'));
  const size = own.reduce((sum, file) => sum + file.size, 0);
  return {
    license: licenseFact(readLicense(own, manifest), now),
    contents: contentsFact({ ...readContents(own, manifest, size), ...unpacked }, undefined, now),
    std: stdFact(readStd(files, manifest), 'git', now),
    code: codeFact(readCode(files, manifest), undefined, now),
  };
}

/** Nobody packed it. */
const unpacked = { vcs: { commit: '', dirty: false, path: '' }, manifest: 'no-original' } as const;

function needsOf(dependencies: readonly Dependency[]): CrateNeeds {
  const of = (kind: Dependency['kind']) =>
    dependencies.filter((dependency) => dependency.kind === kind).map((dependency) => dependency.package);
  return { normal: of('normal'), build: of('build') };
}
