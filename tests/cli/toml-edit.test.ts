import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { layoutOf } from '../../src/cargo/toml-layout.ts';
import { diffLines } from '../../src/cli/cargo-config/line-diff.ts';
import { parseConfig, setStrings, valueAt } from '../../src/cli/cargo-config/toml-edit.ts';
import { editCases } from './toml-edit-cases.ts';

const index = 'sparse+http://127.0.0.1:8480/index/';
const replaceWith = { path: ['source', 'crates-io', 'replace-with'], value: 'safeguard' };
const settings = [
  replaceWith,
  { path: ['source', 'safeguard', 'registry'], value: index },
  { path: ['registries', 'safeguard', 'index'], value: index },
];
const edit = (text: string) => setStrings(text, [replaceWith], 'config.toml');

for (const { name, before, after } of editCases) {
  test(`sets a key: ${name}`, () => {
    assert.equal(edit(before), after);
    assert.equal(edit(after), after, 'a second time changes nothing');
    assert.equal(valueAt(parseConfig(after, 'f'), replaceWith.path), 'safeguard');
  });
}

for (const { name, text, says } of [
  { name: 'not TOML', text: '[source\n', says: /config\.toml:1:\d+: / },
  { name: 'a source that is no table', text: 'source = 3\n', says: /`source` is not a table/ },
  { name: 'an array of sources', text: '[[source]]\nx = 1\n', says: /`source` is not a table/ },
  {
    name: 'a name that is a list of tables',
    text: '[[source.crates-io.replace-with]]\n',
    says: /`source\.crates-io\.replace-with` is not a text/,
  },
  {
    name: 'a crates-io that is no table',
    text: '[source]\ncrates-io = "x"\n',
    says: /`source\.crates-io` is not/,
  },
]) {
  test(`refuses: ${name}`, () => {
    assert.throws(() => edit(text), { name: 'CliError', code: 'cli/config', message: says });
  });
}

const key = fc.oneof(
  fc.constantFrom(
    'source',
    'crates-io',
    'safeguard',
    'registries',
    'index',
    'registry',
    'build',
    'a.b',
    '',
    'é "x"',
  ),
  fc.string({ maxLength: 6 }),
);
const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed()),
  fc.integer(),
  fc.boolean(),
  fc.double({ noDefaultInfinity: false }),
  fc.constantFrom('"""', "'''", '[source.crates-io]\n', '# x', '\\', new Date(0)),
);
const { table } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    tie('table'),
    fc.array(tie('table'), { maxLength: 2 }),
  ),
  table: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

test('whatever a file holds, all else stays: in meaning, and line by line', () => {
  fc.assert(
    fc.property(table, fc.boolean(), fc.boolean(), (value, crlf, cut) => {
      const written = stringify(value as Record<string, unknown>);
      const lines = crlf ? written.replaceAll(/(?<!\r)\n/g, '\r\n') : written;
      const text = cut ? lines.replace(/\r?\n$/, '') : lines;
      const before = parseConfig(text, 'f');
      let after: string;
      try {
        after = setStrings(text, settings, 'f');
      } catch (error) {
        // Only where a name that is needed is taken by something of another type.
        assert.match((error as Error).message, /is not a (table|text)/);
        return;
      }
      const read = parseConfig(after, 'f');
      for (const { path, value } of settings) assert.equal(valueAt(read, path), value);
      assert.deepEqual(without(read), without(before));
      const removed = diffLines(text, after).filter(({ kind }) => kind === 'removed');
      for (const { text: line } of removed) assert.match(line, /=/);
      assert.ok(
        removed.length <= 6,
        'no more than the values that were there and the inline tables around them',
      );
      assert.equal(setStrings(after, settings, 'f'), after);
    }),
    { numRuns: 1000 },
  );
});

/** A document without the three keys, and without the tables that were made for them. */
function without(document: Readonly<Record<string, unknown>>): unknown {
  const paths = new Set(settings.map(({ path }) => JSON.stringify(path)));
  const strip = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Date)
      return value;
    const kept = Object.entries(value)
      .filter(([name]) => !paths.has(JSON.stringify([...path, name])))
      .map(([name, inner]) => [name, strip(inner, [...path, name])] as const)
      .filter(([name, inner]) => !isEmptied(inner, [...path, name]));
    return Object.fromEntries(kept);
  };
  return strip(document, []);
}

function isEmptied(value: unknown, path: readonly string[]): boolean {
  const above = settings.some((setting) => path.every((part, i) => part === setting.path[i]));
  return above && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

test('a layout holds every key of a document where a parser sees it', () => {
  const layout = layoutOf('a.b = 1\n[c."d.e"]\nf = { g = { h = "}" } }\n[[i]]\nj = [1,\n2]\n');
  assert.deepEqual(
    layout.entries.map(({ path }) => path),
    [
      ['a', 'b'],
      ['c', 'd.e', 'f'],
      ['i', 'j'],
    ],
  );
  assert.deepEqual(
    layout.tables.map(({ path, array }) => [path, array]),
    [
      [['c', 'd.e'], false],
      [['i'], true],
    ],
  );
});

test('a difference is what was added and removed, with its line', () => {
  assert.deepEqual(diffLines('a\nb\nc\n', 'a\nB\nc\nd\n'), [
    { kind: 'removed', line: 2, text: 'b' },
    { kind: 'added', line: 2, text: 'B' },
    { kind: 'added', line: 4, text: 'd' },
  ]);
  assert.deepEqual(diffLines('', 'x'), [{ kind: 'added', line: 1, text: 'x' }]);
  assert.deepEqual(diffLines('same\n', 'same\n'), []);
});
