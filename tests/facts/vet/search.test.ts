import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hasCriterion } from '../../../src/facts/vet/criteria.ts';
import { leastWays } from '../../../src/facts/vet/met.ts';
import { findPath } from '../../../src/facts/vet/search.ts';
import { type Edge, versionGraph } from '../../../src/facts/vet/version-graph.ts';
import { answerOf, appWith, storeOf, type Texts, version } from '../../support/vet-texts.ts';

const versions = ['0.1.0', '0.2.0', '1.0.0', '1.1.0', '2.0.0'];
const organisations = ['x', 'y', 'z'];

interface Statement {
  readonly from: string | undefined;
  readonly to: string;
  readonly by: string;
  readonly criteria: string;
}

const statement: fc.Arbitrary<Statement> = fc.record({
  from: fc.option(fc.constantFrom(...versions), { nil: undefined, freq: 3 }),
  to: fc.constantFrom(...versions),
  by: fc.constantFrom(...organisations, 'own', 'exemption'),
  criteria: fc.constantFrom('safe-to-deploy', 'safe-to-run'),
});
const statements = fc.array(statement, { maxLength: 14 });

function textsOf(list: readonly Statement[]): Texts {
  const entry = (table: string, { from, to, criteria }: Statement) =>
    `[[${table}.a]]\ncriteria = "${criteria}"\n${from === undefined ? `version = "${to}"` : `delta = "${from} -> ${to}"`}\n`;
  const by = (name: string) => list.filter((each) => each.by === name);
  return {
    audits: by('own')
      .map((each) => entry('audits', each))
      .join(''),
    config: by('exemption')
      .map((each) => entry('exemptions', { ...each, from: undefined }))
      .join(''),
    live: Object.fromEntries(
      organisations.map((name) => [
        name,
        by(name)
          .map((each) => entry('audits', each))
          .join(''),
      ]),
    ),
  };
}

/** The edges of a graph in any order, followed from the root until nothing new is reached. */
function reachable(edges: readonly Edge[], criterion: number, allowed: (edge: Edge) => boolean): Set<string> {
  const reached = new Set(['root']);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const edge of edges) {
      if (reached.has(edge.from?.text ?? 'root') && hasCriterion(edge.criteria, criterion) && allowed(edge))
        reached.add(edge.to.text);
    }
  }
  return reached;
}

function wordOf({ origin }: Edge): string {
  return origin.kind === 'audit' ? origin.organisation : origin.kind;
}

describe('findPath', () => {
  it('finds a way exactly where there is one, and its steps fit together', () => {
    fc.assert(
      fc.property(statements, fc.constantFrom(0, 1), (list, criterion) => {
        const graph = versionGraph(storeOf(textsOf(list)), 'a');
        const edges = [...graph.into.values()].flat();
        const reached = reachable(edges, criterion, () => true);
        const bare = reachable(edges, criterion, ({ origin }) => origin.kind !== 'exemption');
        for (const text of versions) {
          const path = findPath(graph, criterion, version(text));
          assert.equal(path !== undefined, reached.has(text), text);
          if (path === undefined) continue;
          assert.equal(path[0]?.from, undefined);
          assert.equal(path.at(-1)?.to.text, text);
          for (const [index, edge] of path.entries())
            assert.equal(path[index + 1]?.from?.text ?? text, edge.to.text);
          assert.equal(
            path.some(({ origin }) => origin.kind === 'exemption'),
            !bare.has(text),
            'an exemption is used only where it must be',
          );
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('leastWays', () => {
  const words = [...organisations, 'own', 'exemption'];
  const subsets = Array.from({ length: 2 ** words.length }, (_, bits) =>
    words.filter((_word, index) => (bits >> index) & 1),
  );
  it('says for every choice of whom to trust whether the version is certified', () => {
    fc.assert(
      fc.property(statements, fc.constantFrom(0, 1), (list, criterion) => {
        const graph = versionGraph(storeOf(textsOf(list)), 'a');
        const edges = [...graph.into.values()].flat();
        const ways = leastWays(graph, criterion, version('1.0.0'));
        const needs = ways.map(({ organisations, exemption }) => [
          ...organisations,
          ...(exemption ? ['exemption'] : []),
        ]);
        for (const trusted of subsets) {
          const reached = reachable(edges, criterion, (edge) => trusted.includes(wordOf(edge)));
          const enough = needs.some((each) => each.every((word) => trusted.includes(word)));
          assert.equal(enough, reached.has('1.0.0'), trusted.join());
        }
        for (const [index, { path }] of ways.entries())
          assert.deepEqual([...new Set(path.map(wordOf))].sort(), [...(needs[index] ?? [])].sort());
      }),
      { numRuns: 200 },
    );
  });
});

describe('resolve', () => {
  it('never fails for one more audit, where there are no violations', () => {
    fc.assert(
      fc.property(statements, statement, (list, more) => {
        const packages = appWith('a 1.0.0', 'a 2.0.0 dev');
        if (answerOf(packages, textsOf(list)) !== 'success') return;
        assert.equal(answerOf(packages, textsOf([...list, more])), 'success');
      }),
      { numRuns: 300 },
    );
  });
});
