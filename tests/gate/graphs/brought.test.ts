/** What only one package leads to, against a walk from the roots without it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BuiltPackage, Resolution } from '../../../src/cargo/resolve/resolve.ts';
import { broughtBy, builtGraph, type FreshGraph } from '../../../src/gate/graphs/brought.ts';

/** Packages 0, 1, …, of which 0 is the root and each other one is used by an earlier one, and maybe by any other. */
function graphOf(
  edges: readonly (readonly [number, number])[],
  names: readonly string[],
  fresh: readonly boolean[],
) {
  const packages = names.map((name, i) => ({
    name,
    version: '1.0.0',
    source: 'registry',
    uses: edges.flatMap(([from, to]) => (from === i ? [{ package: to }] : [])),
  })) as unknown as readonly BuiltPackage[];
  const resolution = { packages, roots: [0] } as unknown as Resolution;
  return { ...builtGraph(resolution), isFresh: (i: number) => fresh[i] === true } satisfies FreshGraph;
}

function walked(graphs: readonly FreshGraph[], key: string): readonly string[] {
  const [brought, otherwise] = [new Set<string>(), new Set<string>()];
  for (const { packages, keys, roots, isFresh } of graphs) {
    const found = new Set([...roots].filter((i) => keys[i] !== key));
    for (const i of found)
      for (const { package: next } of packages[i]?.uses ?? []) if (keys[next] !== key) found.add(next);
    for (const [i, other] of keys.entries())
      if (isFresh(i) && other !== key) (found.has(i) ? otherwise : brought).add(other);
  }
  return [...brought].filter((other) => !otherwise.has(other));
}

const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc
    .record({
      above: fc.array(fc.nat(), { minLength: size, maxLength: size }),
      more: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 14 }),
      // Two of a name are one package, built for the target and for the host.
      names: fc.array(fc.constantFrom(...'abcdefgh'), { minLength: size, maxLength: size }),
      fresh: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
    })
    .map(({ above, more, names, fresh }) => {
      const tree = above.flatMap((at, i): (readonly [number, number])[] => (i === 0 ? [] : [[at % i, i]]));
      return graphOf([...tree, ...more], names, fresh);
    }),
);

describe('what a package alone brings', () => {
  it('is what no walk from the roots finds without it', () => {
    fc.assert(
      fc.property(
        fc.array(graphs, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(...'abcdefgh'),
        (all, name) => {
          const key = `${name} 1.0.0 registry`;
          const found = broughtBy(all, key).map((pkg) => `${pkg.name} ${pkg.version} registry`);
          assert.deepEqual(found.toSorted(), walked(all, key).toSorted());
        },
      ),
      { numRuns: 1500 },
    );
  });
});
