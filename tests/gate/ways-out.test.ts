import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waysOut } from '../../src/gate/way-out/ways-out.ts';
import type { GraphNode } from '../../src/registry/way-out/choice.ts';

/** `name version needs…`, each need `crate requirement`; what has no version is the project's own. */
interface Shape {
  readonly name: string;
  readonly version?: string;
  readonly needs?: Readonly<Record<string, string>>;
}

interface Listed {
  readonly version: string;
  readonly needs?: Readonly<Record<string, string>>;
  readonly state?: 'held';
  readonly yanked?: boolean;
}

const source = 'registry+https://r.example/';
const needsOf = (needs: Readonly<Record<string, string>> = {}) =>
  Object.entries(needs).map(([crate, requirement]) => ({ crate, requirement, optional: false }));

/** The lines for the failing packages, and what is said of those without. Every listed release is allowed but `bad`. */
async function solve(
  shapes: readonly Shape[],
  failing: readonly string[],
  listed: Readonly<Record<string, readonly Listed[]>>,
  bad: readonly string[] = [],
) {
  const names = shapes.map(({ name }) => name);
  const nodes: GraphNode[] = shapes.map(({ name, version, needs }) => ({
    crate: name,
    version: version ?? '0.1.0',
    source: version === undefined ? undefined : source,
    needs: needsOf(needs),
    dependencies: Object.keys(needs ?? {}).map((crate) => names.indexOf(crate)),
  }));
  const { of, lines } = await waysOut(
    nodes,
    [...nodes.keys()],
    new Set(failing.map((name) => names.indexOf(name))),
    {
      releases: async (crate) =>
        (listed[crate] ?? []).map(({ version, needs, state = 'promoted', yanked = false }) => ({
          version,
          state: state as 'held',
          yanked,
          dependencies: needsOf(needs),
        })),
      allows: async (crate, version) => !bad.includes(`${crate} ${version}`),
    },
  );
  const reasons = [...of].flatMap(([index, way]) =>
    way.kind === 'none' ? [`${names[index]}: ${way.reason}`] : [],
  );
  return { lines, reasons };
}

const app = (needs: Readonly<Record<string, string>>): Shape => ({ name: 'app', needs });

describe('waysOut', () => {
  it('prefers the newest that is not yanked, and a yanked one to none', async () => {
    const shapes = [app({ word: '1' }), { name: 'word', version: '1.5.0' }];
    const some = [
      { version: '1.3.0' },
      { version: '1.4.0', yanked: true },
      { version: '1.6.0', state: 'held' as const },
    ];
    assert.deepEqual((await solve(shapes, ['word'], { word: some })).lines, [
      'cargo update word@1.5.0 --precise 1.3.0',
    ]);
    const yanked = [{ version: '1.4.0', yanked: true }];
    assert.deepEqual((await solve(shapes, ['word'], { word: yanked })).lines, [
      'cargo update word@1.5.0 --precise 1.4.0',
    ]);
  });

  it('passes over what would bring something that is not allowed', async () => {
    const shapes = [app({ word: '1' }), { name: 'word', version: '1.5.0' }];
    const listed = {
      word: [
        { version: '1.4.0', needs: { ink: '1' } },
        { version: '1.3.0', needs: { pen: '1' } },
      ],
      ink: [{ version: '1.0.0' }],
      pen: [{ version: '1.0.0' }],
    };
    assert.deepEqual((await solve(shapes, ['word'], listed, ['ink 1.0.0'])).lines, [
      'cargo update word@1.5.0 --precise 1.3.0',
    ]);
    const { lines, reasons } = await solve(shapes, ['word'], { ...listed, pen: [] }, ['ink 1.0.0']);
    assert.deepEqual([lines, reasons], [[], ['word: No other release of word is allowed; app needs it.']]);
  });

  it('gives no line to what goes with another', async () => {
    const shapes = [
      app({ word: '1' }),
      { name: 'word', version: '1.5.0', needs: { ink: '1' } },
      { name: 'ink', version: '1.0.0' },
    ];
    const listed = { word: [{ version: '1.4.0' }], ink: [{ version: '1.0.1' }] };
    assert.deepEqual(await solve(shapes, ['word', 'ink'], listed), {
      lines: ['cargo update word@1.5.0 --precise 1.4.0'],
      reasons: [],
    });
  });

  it('leaves everything where it is, where only some of its dependents could move', async () => {
    const shapes = [
      app({ a: '1', b: '1' }),
      { name: 'a', version: '1.1.0', needs: { ink: '1' } },
      { name: 'b', version: '1.1.0', needs: { ink: '1' } },
      { name: 'ink', version: '1.0.0' },
    ];
    const moves = { a: [{ version: '1.0.0' }], b: [{ version: '1.0.0' }], ink: [] };
    assert.deepEqual((await solve(shapes, ['ink'], moves)).lines, [
      'cargo update a@1.1.0 --precise 1.0.0',
      'cargo update b@1.1.0 --precise 1.0.0',
    ]);
    const stuck = await solve(shapes, ['ink'], { ...moves, b: [] });
    assert.deepEqual(stuck, {
      lines: [],
      reasons: ['ink: No other release of ink is allowed; a 1.1.0, b 1.1.0 need it.'],
    });
  });

  it('does not go round in circles', async () => {
    const shapes = [
      app({ a: '1' }),
      { name: 'a', version: '1.0.0', needs: { b: '1' } },
      { name: 'b', version: '1.0.0', needs: { a: '1' } },
    ];
    const { lines, reasons } = await solve(shapes, ['a', 'b'], {});
    assert.deepEqual([lines, reasons.length], [[], 2]);
  });

  it('fits every requirement, and says whose does not', async () => {
    const shapes = [
      app({ word: '1', line: '1' }),
      { name: 'line', version: '1.0.0', needs: { word: '~1.2' } },
      { name: 'word', version: '1.2.3' },
    ];
    const listed = { word: [{ version: '1.2.2' }, { version: '1.3.0' }], line: [] };
    assert.deepEqual((await solve(shapes, ['word'], listed)).lines, [
      'cargo update word@1.2.3 --precise 1.2.2',
    ]);
    const { reasons } = await solve(shapes, ['word'], listed, ['word 1.2.2']);
    assert.match(reasons[0] ?? '', /line 1\.0\.0 requires ~1\.2, and the newest that is allowed is 1\.3\.0/);
  });
});
