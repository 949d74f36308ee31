import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { crateKey } from '../../cargo/index-path.ts';
import { comparePrecedence, parseVersion } from '../../cargo/version.ts';
import { exactDependenciesOf, type GraphNode, type ListedRelease, takes } from '../way-out/choice.ts';
import { place, updateCommand } from '../way-out/placement.ts';
import { isAdmitted, type ServedCrate } from './served.ts';

/** What is known here of crates that are published together and require each other exactly. Nothing is fetched for it. */
export interface Family {
  /** A crate that is recorded. */
  readonly crate: (key: string) => Promise<ServedCrate | undefined>;
  /** Keys of recorded crates that have a release which requires one exactly. */
  readonly dependents: (key: string) => Promise<readonly string[]>;
  /** The index line of one release. */
  readonly line: (key: string, version: string) => Promise<string | undefined>;
}

/** A line for a shell, and the crates that it names beside the one that was meant. */
export interface Update {
  readonly command: string;
  readonly others: readonly string[];
}

/** So many crates are looked at that require each other. */
const maxFamily = 16;
/** All of them are from one registry. */
const source = 'registry';

/**
 * How a lockfile gets from one release of a crate to another, with those that require it exactly. Cargo has asked the mirror for
 * whatever is in its lockfile, so what would stand in the way is recorded. `undefined` where a sibling is not handed out.
 */
export async function updateTo(
  family: Family,
  crate: ServedCrate,
  from: string,
  to: string,
): Promise<Update | undefined> {
  const listings = new Map<string, Promise<readonly ListedRelease[]>>();
  const releases = (name: string): Promise<readonly ListedRelease[]> => {
    const isOwn = crateKey(name) === crate.key;
    const known =
      listings.get(name) ?? (isOwn ? ownListing(family, crate, [from, to]) : listingOf(family, name));
    listings.set(name, known);
    return known;
  };
  const own = await releases(crate.name);
  const [refused, target] = [from, to].map((wanted) => own.find(({ version }) => version === wanted));
  if (refused === undefined || target === undefined) return undefined;
  const nodes = await graphAbove(family, releases, crate, refused);
  const graph = {
    nodes,
    reached: new Set(nodes.keys()),
    avoided: new Set<number>(),
    settled: new Set<number>(),
  };
  const allows = async (name: string, version: string) =>
    (await releases(name)).some((release) => release.version === version && release.state === 'promoted');
  const placement = await place(graph, { releases, allows }, refusedAt, target);
  if (placement === undefined) return undefined;
  const others: string[] = [];
  const command = updateCommand(nodes, placement, (at) => {
    const { crate: name, version } = nodes[at] as GraphNode;
    // Which release of another one is locked is not known here.
    if (at === refusedAt) return `${name}@${version}`;
    others.push(name);
    return name;
  });
  return { command, others };
}

const refusedAt = 0;

/** The refused release and, above it, the newest release of each crate that requires what is there already exactly. */
async function graphAbove(
  family: Family,
  releases: (name: string) => Promise<readonly ListedRelease[]>,
  crate: ServedCrate,
  refused: ListedRelease,
): Promise<readonly GraphNode[]> {
  const nodes: Member[] = [member(crate.name, refused)];
  for (const [at, node] of nodes.entries()) {
    for (const key of await family.dependents(crateKey(node.crate))) {
      const needs = (release: Pick<ListedRelease, 'dependencies'>) =>
        release.dependencies.some(
          (need) => need.crate === node.crate && takes(need.requirement, node.version),
        );
      const known = nodes.find((other) => crateKey(other.crate) === key);
      if (known !== undefined) {
        if (needs({ dependencies: known.needs })) known.dependencies.push(at);
        continue;
      }
      const by = await family.crate(key);
      if (by === undefined || nodes.length >= maxFamily) continue;
      const newest = newestFirst(await releases(by.name)).find(needs);
      if (newest !== undefined) nodes.push({ ...member(by.name, newest), dependencies: [at] });
    }
  }
  return nodes;
}

type Member = GraphNode & { readonly needs: ListedRelease['dependencies']; readonly dependencies: number[] };

function member(crate: string, { version, dependencies }: ListedRelease): Member {
  return { crate, version, source, needs: dependencies, dependencies: [] };
}

/** What a crate's index file says that is served; only exact requirements count. */
async function listingOf(family: Family, name: string): Promise<readonly ListedRelease[]> {
  const crate = await family.crate(crateKey(name));
  if (crate === undefined) return [];
  const lines = (await promisify(gunzip)(crate.gzipped)).toString('utf8').split('\n');
  return listed(crate, (_, at) => lines[at]);
}

/** The same of the refused one's own crate, which may have thousands of releases: two of its lines are looked at. */
async function ownListing(
  family: Family,
  crate: ServedCrate,
  versions: readonly string[],
): Promise<readonly ListedRelease[]> {
  const lines = new Map<string, string | undefined>();
  for (const version of versions) lines.set(version, await family.line(crate.key, version));
  return listed(crate, (version) => lines.get(version));
}

function listed(
  crate: ServedCrate,
  line: (version: string, at: number) => string | undefined,
): readonly ListedRelease[] {
  return [...crate.releases.values()].map((release, at) => ({
    version: release.version,
    yanked: release.yanked,
    state: isAdmitted(release) ? 'promoted' : release.state,
    // Most lines are never looked at.
    get dependencies() {
      return exactDependenciesOf(line(release.version, at) ?? '');
    },
  }));
}

function newestFirst(releases: readonly ListedRelease[]): readonly ListedRelease[] {
  return releases
    .map((release) => ({ release, version: parseVersion(release.version) }))
    .sort((a, b) => comparePrecedence(b.version, a.version))
    .map(({ release }) => release);
}
