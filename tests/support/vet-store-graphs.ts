/** Graphs of invented crates that bear the names and versions of a real store, so that the whole store is put to use. */
import { compatibleWith, matches } from '../../src/cargo/requirement.ts';
import { tryParseVersion } from '../../src/cargo/version.ts';
import { isVersioned } from '../../src/facts/vet/config-file.ts';
import type { VetStore } from '../../src/facts/vet/store.ts';
import { parseVetVersion } from '../../src/facts/vet/version.ts';
import type { Invented } from './vet-workspace.ts';

/**
 * One graph: a member for every policy, and from all crates that the store knows some, each at up to three versions
 * that somebody looked at, exempted or published, or at one that nobody knows. `random` gives numbers in [0, 1).
 */
export function storeGraph(store: VetStore, size: number, random: () => number): Invented[] {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const members = ownPackages(store);
  const taken = new Set(members.map(({ name }) => name));
  const known = knownVersions(store);
  const crates = [...known.keys()].filter((name) => !taken.has(name)).sort();
  const releases: Omit<Invented, 'dependencies'>[] = [];
  for (const name of shuffled(crates, random).slice(0, size)) {
    const versions: string[] = [];
    for (let i = 0; i < 3; i++) {
      const version = random() < 0.1 ? '77.7.7' : pick(known.get(name) ?? []);
      if (version !== undefined && versions.every((other) => !compatible(version, other)))
        versions.push(version);
    }
    releases.push(...versions.map((version) => ({ name, version, from: 'crates.io' as const })));
  }
  return linked(members, releases, random);
}

/** Deterministic numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function ownPackages(store: VetStore): Omit<Invented, 'dependencies'>[] {
  const app = { name: 'safeguard-app', version: '0.1.0', from: 'workspace' as const };
  const rest = [...store.policies].flatMap(([name, entry]): Omit<Invented, 'dependencies'>[] => {
    if (!isVersioned(entry)) {
      const version = store.unpublished.get(name)?.at(-1)?.version.text ?? '0.1.0';
      return [{ name, version, from: 'workspace' }];
    }
    return [...entry.keys()].map((text) => {
      const version = parseVetVersion(text);
      const commit = version?.commit;
      const from = commit === undefined ? ('crates.io' as const) : { commit };
      return { name, version: version?.semver.text ?? text, from };
    });
  });
  return [app, ...rest];
}

function knownVersions(store: VetStore): Map<string, string[]> {
  const known = new Map<string, string[]>();
  const add = (crate: string, text: string) => {
    const version = parseVetVersion(text);
    if (version === undefined || version.commit !== undefined) return;
    known.set(crate, [...(known.get(crate) ?? []), text]);
  };
  for (const { audits } of store.sources) {
    for (const [crate, entries] of audits.audits) {
      for (const { what } of entries) {
        if (what.kind === 'full') add(crate, what.version.text);
        if (what.kind === 'delta') for (const end of [what.from, what.to]) add(crate, end.text);
      }
    }
  }
  for (const table of [store.exemptions, store.publishers]) {
    for (const [crate, entries] of table) for (const { version } of entries) add(crate, version.text);
  }
  return known;
}

function compatible(a: string, b: string): boolean {
  const [left, right] = [tryParseVersion(a), tryParseVersion(b)];
  if (left === undefined || right === undefined) return true;
  const line = (version: typeof left) => ({ ...version, pre: [], patch: 0n });
  const base = (version: typeof left) =>
    version.major > 0n
      ? { ...line(version), minor: 0n }
      : version.minor > 0n
        ? line(version)
        : { ...version, pre: [] };
  return (
    matches(compatibleWith(base(left)), { ...right, pre: [] }) ||
    matches(compatibleWith(base(right)), { ...left, pre: [] })
  );
}

function linked(
  members: readonly Omit<Invented, 'dependencies'>[],
  releases: readonly Omit<Invented, 'dependencies'>[],
  random: () => number,
): Invented[] {
  const own = members.filter(({ from }) => from === 'workspace');
  const others = [...members.filter(({ from }) => from !== 'workspace'), ...releases];
  const list = [...own, ...others].map((node) => ({
    ...node,
    dependencies: [] as Invented['dependencies'][number][],
  }));
  const kinds = ['normal', 'normal', 'build', 'dev'] as const;
  for (let to = 1; to < list.length; to++) {
    const target = list[to];
    if (target === undefined) continue;
    const { name, version, from } = target;
    const member = from === 'workspace';
    // From one's own to one's own, and from anything earlier to a release.
    const source = list[Math.floor(random() * (member ? Math.min(to, own.length) : to))];
    const sourceIsOwn = source?.from === 'workspace';
    const kind = sourceIsOwn && !member ? kinds[Math.floor(random() * kinds.length)] : 'normal';
    source?.dependencies.push({ name, version, kind: kind ?? 'normal' });
  }
  return list;
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
