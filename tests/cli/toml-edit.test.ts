import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { diffLines } from '../../src/cli/cargo-config/line-diff.ts';
import { parseConfig, setStrings, valueAt } from '../../src/cli/cargo-config/toml-edit.ts';
import { layoutOf } from '../../src/cli/cargo-config/toml-layout.ts';

const index = 'sparse+http://127.0.0.1:8480/index/';
const replaceWith = { path: ['source', 'crates-io', 'replace-with'], value: 'safeguard' };
const settings = [
  replaceWith,
  { path: ['source', 'safeguard', 'registry'], value: index },
  { path: ['registries', 'safeguard', 'index'], value: index },
];
const edit = (text: string) => setStrings(text, [replaceWith], 'config.toml');

/** One key set in files of every shape: `+` marks what is inserted. */
const cases: readonly { readonly name: string; readonly before: string; readonly after: string }[] = [
  {
    name: 'an empty file',
    before: '',
    after: '[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'only blank lines',
    before: '\n\n',
    after: '\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'other tables',
    before: '# mine\n[build]\njobs = 2 # two\n',
    after: '# mine\n[build]\njobs = 2 # two\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'no newline at the end',
    before: '[build]\njobs = 2',
    after: '[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'a blank line at the end',
    before: '[build]\njobs = 2\n\n',
    after: '[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'CRLF',
    before: '[build]\r\njobs = 2\r\n',
    after: '[build]\r\njobs = 2\r\n\r\n[source.crates-io]\r\nreplace-with = "safeguard"\r\n',
  },
  {
    name: 'a byte-order mark',
    before: '\ufeff[build]\njobs = 2\n',
    after: '\ufeff[build]\njobs = 2\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'the table is there and empty',
    before: '[source.crates-io]\n\n[build]\njobs = 2\n',
    after: '[source.crates-io]\nreplace-with = "safeguard"\n\n[build]\njobs = 2\n',
  },
  {
    name: 'the table is there, last, without newline',
    before: '[source.crates-io] # here',
    after: '[source.crates-io] # here\nreplace-with = "safeguard"',
  },
  {
    name: 'the table has keys, comments and an indentation',
    before: '[source.crates-io]\n  registry = "x" # the old one\n\n# next\n[build]\n',
    after:
      '[source.crates-io]\n  registry = "x" # the old one\n  replace-with = "safeguard"\n\n# next\n[build]\n',
  },
  {
    name: 'quoted and spaced headers',
    before: '[ source . "crates-io" ]\nregistry = "x"\n',
    after: '[ source . "crates-io" ]\nregistry = "x"\nreplace-with = "safeguard"\n',
  },
  {
    name: 'escapes in a quoted header',
    before: '["sourc\\u0065"."crates\\x2dio"]\nregistry = "x"\n',
    after: '["sourc\\u0065"."crates\\x2dio"]\nregistry = "x"\nreplace-with = "safeguard"\n',
  },
  {
    name: 'dotted keys at the top',
    before: 'source.crates-io.registry = "x"\nbuild.jobs = 2\n[term]\n',
    after:
      'source.crates-io.registry = "x"\nsource.crates-io.replace-with = "safeguard"\nbuild.jobs = 2\n[term]\n',
  },
  {
    name: 'dotted keys of another source',
    before: 'source.other.registry = "x"\nbuild.jobs = 2\n',
    after: 'source.other.registry = "x"\nsource.crates-io.replace-with = "safeguard"\nbuild.jobs = 2\n',
  },
  {
    name: 'dotted keys inside [source]',
    before: '[source]\ncrates-io.registry = "x"\n[build]\n',
    after: '[source]\ncrates-io.registry = "x"\ncrates-io.replace-with = "safeguard"\n[build]\n',
  },
  {
    name: 'an inline table',
    before: '[source]\ncrates-io = { registry = "x" } # one\n',
    after: '[source]\ncrates-io = { registry = "x", replace-with = "safeguard" } # one\n',
  },
  {
    name: 'an empty inline table',
    before: 'source = {}\n',
    after: 'source = { crates-io.replace-with = "safeguard" }\n',
  },
  {
    name: 'inline tables in an inline table',
    before: "source = { 'crates-io' = { registry = 'x' }, b = { directory = 'v' } }\n",
    after:
      "source = { 'crates-io' = { registry = 'x', replace-with = \"safeguard\" }, b = { directory = 'v' } }\n",
  },
  {
    name: 'an inline table with dotted keys',
    before: 'source = { crates-io.registry = "x" }\n',
    after: 'source = { crates-io.registry = "x", crates-io.replace-with = "safeguard" }\n',
  },
  {
    name: 'text that looks like the table',
    before:
      '[env]\nA = """\n[source.crates-io]\nreplace-with = "no"\n"""\nB = \'\'\'\n[source.crates-io]\'\'\'\n# [source.crates-io]\n',
    after:
      '[env]\nA = """\n[source.crates-io]\nreplace-with = "no"\n"""\nB = \'\'\'\n[source.crates-io]\'\'\'\n# [source.crates-io]\n' +
      '\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'arrays over lines, with comments, strings and brackets in them',
    before:
      '[build]\nrustflags = [\n  "-C", # ] [source.crates-io]\n  \'link-arg="]"\',\n]\nx = [[1, 2], [{ a = "}" }]]\n',
    after:
      '[build]\nrustflags = [\n  "-C", # ] [source.crates-io]\n  \'link-arg="]"\',\n]\nx = [[1, 2], [{ a = "}" }]]\n' +
      '\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'arrays of tables around it',
    before: '[[patch.x]]\nreplace-with = "a"\n[[patch.x]]\n[source.crates-io]\nregistry = "x"\n[[patch.y]]\n',
    after:
      '[[patch.x]]\nreplace-with = "a"\n[[patch.x]]\n[source.crates-io]\nregistry = "x"\nreplace-with = "safeguard"\n[[patch.y]]\n',
  },
  {
    name: 'a sub-table that makes it without naming it',
    before: '[source.crates-io.more]\na = 1\n',
    after: '[source.crates-io.more]\na = 1\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'another value is replaced alone',
    before: '[source.crates-io]\nreplace-with="vendored" # by cargo vendor\nregistry = "x"\n',
    after: '[source.crates-io]\nreplace-with="safeguard" # by cargo vendor\nregistry = "x"\n',
  },
  {
    name: 'another value in an inline table is replaced alone',
    before: "source.crates-io = {replace-with='''vendored''',registry='x'}\n",
    after: 'source.crates-io = {replace-with="safeguard",registry=\'x\'}\n',
  },
  {
    name: 'dates, numbers and an odd spacing',
    before: 'a=1979-05-27 07:32:00Z\n\tb\t=\t[ +1.5e3,inf , nan,0xff ]\nc = true',
    after:
      'a=1979-05-27 07:32:00Z\n\tb\t=\t[ +1.5e3,inf , nan,0xff ]\nc = true\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
  {
    name: 'a key named __proto__',
    before: '["__proto__"]\nx = 1\n',
    after: '["__proto__"]\nx = 1\n\n[source.crates-io]\nreplace-with = "safeguard"\n',
  },
];

for (const { name, before, after } of cases) {
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
        // Only where a name that is needed is taken by something that is no table.
        assert.match((error as Error).message, /is not a table/);
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
    { numRuns: 500 },
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
