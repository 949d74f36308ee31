import type { Recorded } from '../../src/inventory/affected/upgrades.ts';
import type { LineDependency, ListedRelease } from '../../src/registry/way-out/choice.ts';
import { nameOf, names } from './made.ts';

/** Releases of each crate that a mirror has recorded, and what each requires. */
const [releasesOfCrate, needsOfRelease] = [300, 15];

/** What a mirror that has read every crate has recorded of them: many releases, each of which requires a good part of all. */
export function recordedMany(): Recorded {
  const lists = new Map<string, readonly ListedRelease[]>();
  const listOf = (crate: string): readonly ListedRelease[] => {
    const known = lists.get(crate);
    if (known !== undefined) return known;
    const list = Array.from({ length: releasesOfCrate }, (_, i): ListedRelease => {
      const version = `1.${i}.0`;
      const state = 'promoted';
      return { version, state, passesByLine: true, yanked: false, dependencies: needsOf(crate, i) };
    });
    lists.set(crate, list);
    return list;
  };
  return {
    listed: async ({ name }) => listOf(name),
    needs: async (releases) =>
      releases.map(({ name, version }) => needsOf(name, Number(version?.split('.')[1] ?? 0))),
  };
}

/** Now and then of a dependent that takes no newer release. */
function needsOf(crate: string, release: number): readonly LineDependency[] {
  const own = crate === 'hot' ? 0 : Number(crate.slice('crate-'.length));
  return Array.from({ length: needsOfRelease }, (_, i) => ({
    crate: i === 0 ? 'hot' : nameOf((own + i * 37) % names),
    requirement: i === 0 && (own + release) % 3 === 0 ? '>=1.0.0, <1.5.0' : '^1.0.0',
    optional: false,
  }));
}
