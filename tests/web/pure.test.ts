/** What the pages work out without a browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSamePerson } from '../../src/policy/people.ts';
import { coloursOf } from '../../src/rust/colours.ts';
import { pieces } from '../../web/src/code/hidden.ts';
import { linesOf } from '../../web/src/code/lines.ts';
import { sidesOf } from '../../web/src/code/sides.ts';
import { layoutOf, measures } from '../../web/src/pages/graph/layout.ts';
import { fitting, zoomed } from '../../web/src/pages/graph/view.ts';
import {
  isDrawable,
  meantBy,
  type Node,
  opensItself,
  sayWay,
  waysTo,
} from '../../web/src/pages/graph/ways.ts';
import { changedLines } from '../../web/src/pages/policy/changed-lines.ts';
import { withSetting } from '../../web/src/pages/policy/edit.ts';
import { csvOf } from '../../web/src/parts/csv.ts';
import { hasAsked } from '../../web/src/parts/has-asked.ts';
import { lengthOf, relative } from '../../web/src/parts/relative.ts';
import { writtenAs } from '../../web/src/parts/toml.ts';

describe('times', () => {
  const now = Date.parse('2026-08-10T12:00:00Z');
  for (const [at, says] of [
    ['2026-08-10T12:00:00Z', 'just now'],
    ['2026-08-10T12:00:20Z', 'in less than a minute'],
    ['2026-08-10T11:01:00Z', '59 minutes ago'],
    ['2026-08-10T10:59:00Z', '1 hour ago'],
    ['2026-08-11T12:00:00Z', 'tomorrow'],
    ['2026-08-17T11:59:00Z', 'in 6 days'],
    ['2026-05-10T12:00:00Z', '3 months ago'],
    ['2024-08-10T12:00:00Z', '2 years ago'],
  ] as const)
    test(says, () => assert.equal(relative(Date.parse(at), now), says));
});

describe('lengths of time', () => {
  for (const [length, says] of [
    [59_999, 'less than a minute'],
    [3_600_000, '1 hour'],
    [9.9 * 86_400_000, '9 days'],
  ] as const)
    test(says, () => assert.equal(lengthOf(length), says));
});

describe('a policy', () => {
  test('has a text quoted that nobody quoted, and nothing else', () => {
    assert.deepEqual(
      [writtenAs(' 14d ', '7d'), writtenAs('"14d"', '7d'), writtenAs('5', 3), writtenAs('["a"]', [])],
      ['"14d"', '"14d"', '5', '["a"]'],
    );
  });
  test('differs from the one before by lines', () => {
    assert.deepEqual(changedLines('a = 1\nb = 2\n', 'a = 1\n\nb = 3\n'), {
      gone: ['b = 2'],
      come: ['b = 3'],
    });
  });
});

describe('CSV', () => {
  test('quotes what would be read otherwise', () => {
    assert.equal(csvOf([['a', 'b,c', 'd "e"', 'f\ng', '']]), 'a,"b,c","d ""e""","f\ng",\r\n');
  });
  test('leaves no formula', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '\tx', '\n=1', '＝1', '＋1', '－1', '＠x'])
      assert.match(csvOf([[text]]), /^"?'/);
  });
});

describe('signs that do not show', () => {
  for (const [text, expected] of [
    ['plain\ttext', [{ text: 'plain\ttext' }]],
    ['', []],
    ['a\u202eb', [{ text: 'a' }, { sign: 'U+202E' }, { text: 'b' }]],
    ['\u200b\u2066', [{ sign: 'U+200B' }, { sign: 'U+2066' }]],
    ['\ufeff', [{ sign: 'U+FEFF' }]],
    ['\u{e0041}', [{ sign: 'U+E0041' }]],
    ['\x1b[0m', [{ sign: 'U+001B' }, { text: '[0m' }]],
    ['größe 名前 😀', [{ text: 'größe 名前 😀' }]],
  ] as const)
    test(JSON.stringify(text), () => assert.deepEqual(pieces(text), expected));
});

describe('two versions side by side', () => {
  test('put what went beside what came', () => {
    const patch =
      '@@ -1,3 +1,3 @@\n a\n-b\n-c\n+d\n e\n@@ -9,1 +9,2 @@\n f\n+g\n\\ No newline at end of file';
    assert.deepEqual(sidesOf(patch), [
      { before: 'a', after: 'a' },
      { before: 'b', after: 'd' },
      { before: 'c' },
      { before: 'e', after: 'e' },
      { before: '…', after: '…' },
      { before: 'f', after: 'f' },
      { after: 'g' },
    ]);
  });
});

describe('lines of source', () => {
  const source = fc
    .array(fc.constantFrom('fn ', '"a\nb"', '/* c\n d */', '// e', '\n', '\r\n', 'x', ' ', "'f'"), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''));
  test('hold the whole text, whatever its colours are', () => {
    fc.assert(
      fc.property(source, (text) => {
        const lines = linesOf(text, coloursOf(text, '2021'));
        const shown = Array.from({ length: lines.count }, (_, at) =>
          lines
            .at(at)
            .map(({ text: part }) => part)
            .join(''),
        );
        const expected = text.split('\n').map((line) => line.replace(/\r$/, ''));
        if (expected.length > 1 && expected.at(-1) === '') expected.pop();
        assert.deepEqual(shown, expected);
      }),
    );
  });
  test('keep the colour of what goes over several', () => {
    const text = 'let a = "x\ny"; // z';
    const lines = linesOf(text, coloursOf(text, '2021'));
    assert.deepEqual(lines.at(1), [{ text: 'y"', colour: 2 }, { text: '; ' }, { text: '// z', colour: 0 }]);
  });
});

describe('names of people', () => {
  test('are one person’s as the server has it', () => {
    const names = ['anna', 'ANNA', ' anna', 'Straße', 'STRASSE', 'ﬁn', 'fin', 'anna2', 'İ', 'i'];
    for (const a of names)
      for (const b of names) assert.equal(hasAsked(a, [{ by: b }]), isSamePerson(a, b), `${a} ${b}`);
    assert.equal(hasAsked(undefined, [{ by: 'anna' }]), false);
  });
});

describe('the layout of a graph', () => {
  const edges = fc
    .integer({ min: 1, max: 40 })
    .chain((count) =>
      fc.array(fc.array(fc.nat(count - 1), { maxLength: 6 }), { minLength: count, maxLength: count }),
    );
  test('gives each node a place of its own, what needs something left of it, but for cycles', () => {
    fc.assert(
      fc.property(edges, (uses) => {
        const { x, y, width, height } = layoutOf({ uses });
        assert.equal(new Set(x.map((left, i) => `${left} ${y[i]}`)).size, uses.length);
        for (const [i, left] of x.entries()) {
          assert.ok(left >= 0 && left + measures.node <= width, `${i}`);
          assert.ok((y[i] ?? -1) > 0 && (y[i] ?? 0) < height, `${i}`);
        }
        const rising = uses.map((all, from) => all.filter((to) => to > from));
        const drawn = layoutOf({ uses: rising });
        for (const [from, all] of rising.entries())
          for (const to of all) assert.ok((drawn.x[from] ?? 0) < (drawn.x[to] ?? 0));
      }),
    );
  });
  test('takes a chain of 20,000 packages, and none', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => (i === 19_999 ? [0] : [i + 1]));
    assert.equal(new Set(layoutOf({ uses: chain }).x).size, 20_000);
    assert.deepEqual(layoutOf({ uses: [] }).x, []);
  });
  test('is looked at nearer around a point that stays', () => {
    const fit = fitting({ width: 1000, height: 100 }, { width: 500, height: 500 });
    assert.deepEqual(fit, { scale: 0.5, left: 0, top: 225 });
    const near = zoomed(fit, 2, 100, 300);
    assert.deepEqual(
      [near.scale, (100 - near.left) / near.scale, (300 - near.top) / near.scale],
      [1, 200, 150],
    );
    assert.equal(zoomed(fit, 1e9, 0, 0).scale, 3);
  });
});

describe('the ways to a crate', () => {
  const node = (name: string, uses: number[], isOwn = false): Node => ({
    name,
    version: '1.0.0',
    source: null,
    isOwn,
    registry: null,
    state: null,
    yanked: false,
    advisories: [],
    uses,
  });
  const nodes = [node('app', [1, 2], true), node('serde_json', [3]), node('log', []), node('serde', [1])];
  test('are those of a whole name, else of a part of one; through cycles, too', () => {
    assert.deepEqual(meantBy(nodes, 'Serde'), [3]);
    assert.deepEqual(meantBy(nodes, 'serde-json@1.0'), [1]);
    assert.deepEqual(meantBy(nodes, 'serde@2'), []);
    assert.deepEqual(meantBy(nodes, 'erde'), [1, 3]);
    assert.deepEqual(meantBy(nodes, ' '), []);
    const { along, shortest } = waysTo(nodes, [3]);
    assert.deepEqual([[...along].sort(), shortest], [[0, 1, 3], [[0, 1, 3]]]);
  });
});

describe('a graph that somebody made to be slow', () => {
  const node = (name: string, uses: number[], isOwn = false): Node => ({
    name,
    version: '1.0.0',
    source: null,
    isOwn,
    registry: null,
    state: null,
    yanked: false,
    advisories: [],
    uses,
  });
  test('a chain of 20,000, all of them looked for: a few ways, each told by its ends', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => node('a', i < 19_999 ? [i + 1] : [], i === 0));
    const ways = waysTo(chain, meantBy(chain, 'a'));
    assert.deepEqual([ways.meant.size, ways.shortest.length], [20_000, 20]);
    assert.equal(opensItself(ways, 1, 0), false, 'too many to be opened by themselves');
    const last = waysTo(chain, [19_999]).shortest[0] ?? [];
    assert.equal(last.length, 20_000);
    assert.match(sayWay(chain, last), /^(a 1\.0\.0 › ){10}\(19980 more\)( › a 1\.0\.0){10}$/);
    assert.ok(isDrawable(chain));
  });
  test('a ladder with a million ways opens each package once', () => {
    const width = 5;
    const rung = (level: number) => Array.from({ length: width }, (_, i) => 1 + level * width + i);
    const ladder = [
      node('app', rung(0), true),
      ...Array.from({ length: 12 * width }, (_, i) => {
        const level = Math.floor(i / width);
        return node(`p${i}`, level < 11 ? rung(level + 1) : [], false);
      }),
    ];
    const ways = waysTo(ladder, [ladder.length - 1]);
    const opened = (place: number, parent: number | undefined): number =>
      parent === undefined || opensItself(ways, place, parent)
        ? (ladder[place]?.uses ?? []).reduce((sum, use) => sum + opened(use, place), 1)
        : 0;
    assert.equal(opened(0, undefined), 1 + 11 * width + 1);
    const dense = Array.from({ length: 400 }, (_, i) =>
      node(
        'd',
        Array.from({ length: 400 }, (_, to) => to),
        i === 0,
      ),
    );
    assert.equal(isDrawable(dense), false);
  });
});

describe('a setting in the text of a policy', () => {
  for (const [name, before, value, after] of [
    ['begins a text', '', '"7d"', '[cooldown]\nrelease = "7d"\n'],
    ['begins its section', '# a\n[age]\nx = 1', '"7d"', '# a\n[age]\nx = 1\n\n[cooldown]\nrelease = "7d"\n'],
    [
      'comes below its header',
      '[cooldown] # b\nother = 1\n',
      '2',
      '[cooldown] # b\nrelease = 2\nother = 1\n',
    ],
    [
      'takes the place of its line',
      '[cooldown]\nrelease = "3d" # c\n[age]\nrelease = 1\n',
      '2',
      '[cooldown]\nrelease = 2\n[age]\nrelease = 1\n',
    ],
    [
      'of a list over lines',
      '[cooldown]\nrelease = [\n  "a]", # ]\n  "b",\n]\nx = 1\n',
      '[]',
      '[cooldown]\nrelease = []\nx = 1\n',
    ],
    [
      'of a long text',
      '[cooldown]\nrelease = """\n[age]\n"""\nx = 1\n',
      '"y"',
      '[cooldown]\nrelease = "y"\nx = 1\n',
    ],
    [
      'below a list that looks like a header',
      '[cooldown]\nx = [\n [1],\n]\nrelease = 1\n',
      '2',
      '[cooldown]\nx = [\n [1],\n]\nrelease = 2\n',
    ],
    ['is taken out', '[cooldown]\nrelease = 1\nx = 1\n', undefined, '[cooldown]\nx = 1\n'],
    ['is not there to be taken out', '[age]\n', undefined, '[age]\n'],
  ] as const)
    test(name, () => assert.equal(withSetting(before, 'cooldown', 'release', value), after));
});
