import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  allFeatures,
  crateOfDependency,
  dependenciesDigest,
  parseIndexLine,
  withYanked,
} from '../../src/cargo/index-entry.ts';

const cksum = 'ab'.repeat(32);
const minimal = { name: 'a', vers: '1.0.0', deps: [], cksum, features: {}, yanked: false };
const line = (fields: object) => JSON.stringify({ ...minimal, ...fields });
const dep = (fields: object) => ({
  name: 'b',
  req: '^1',
  features: [],
  optional: false,
  default_features: true,
  ...fields,
});

test('reads a full line', () => {
  const entry = parseIndexLine(
    line({
      deps: [
        dep({
          features: ['std', ''],
          target: 'cfg(windows)',
          kind: 'dev',
          registry: 'https://x.example',
          package: 'c',
        }),
        { name: 'd', req: '*' },
        dep({
          kind: 'odd',
          target: null,
          registry: null,
          package: null,
          default_features: false,
          optional: true,
        }),
      ],
      features: { default: ['std'], constructor: [] },
      features2: { std: ['dep:b'], default: ['b?/std'] },
      yanked: true,
      links: 'z',
      v: 2,
      rust_version: '1.70',
      pubtime: '2026-08-20T07:11:00Z',
      novel: { x: 1 },
    }),
  );
  assert.deepEqual(
    [entry.name, entry.vers, entry.cksum, entry.yanked, entry.v],
    ['a', '1.0.0', cksum, true, 2],
  );
  assert.deepEqual([entry.links, entry.rustVersion, entry.pubtime], ['z', '1.70', '2026-08-20T07:11:00Z']);
  const [first, second, third] = entry.deps;
  assert.deepEqual(
    [first?.features, first?.target, first?.kind, first?.registry, first && crateOfDependency(first)],
    [['std'], 'cfg(windows)', 'dev', 'https://x.example', 'c'],
  );
  assert.deepEqual(
    [second?.kind, second?.optional, second?.defaultFeatures, second && crateOfDependency(second)],
    ['normal', false, true, 'd'],
  );
  assert.deepEqual([third?.kind, third?.target, third?.optional], ['normal', undefined, true]);
  assert.deepEqual(
    [...allFeatures(entry)],
    [
      ['default', ['std', 'b?/std']],
      ['constructor', []],
      ['std', ['dep:b']],
    ],
  );
  assert.deepEqual([...entry.rest.keys()], ['novel']);
});

test('what may be null or absent', () => {
  const entry = parseIndexLine(
    line({
      yanked: null,
      links: null,
      v: null,
      rust_version: null,
      pubtime: null,
      features2: null,
      features: undefined,
    }),
  );
  assert.deepEqual([entry.yanked, entry.v, entry.links, entry.features.size], [false, 1, undefined, 0]);
  assert.equal(allFeatures(entry), entry.features);
});

test('a hostile key stays a key', () => {
  const entry = parseIndexLine(
    line({}).replace('"features":{}', '"features":{"__proto__":["x"]},"__proto__":{"yanked":true}'),
  );
  assert.deepEqual(entry.features.get('__proto__'), ['x']);
  assert.equal(entry.yanked, false);
  assert.ok(entry.rest.has('__proto__'));
});

test('refuses what would decide wrongly', () => {
  const wrong: readonly string[] = [
    '',
    '[]',
    'null',
    '{}',
    `${line({})}x`,
    `\ufeff${line({})}`,
    line({ name: 1 }),
    line({ name: '../a' }),
    line({ vers: '1.0' }),
    line({ vers: null }),
    line({ cksum: cksum.toUpperCase() }),
    line({ cksum: '' }),
    line({ cksum: undefined }),
    line({ deps: null }),
    line({ deps: {} }),
    line({ deps: [1] }),
    line({ deps: [['b', '^1']] }),
    line({ deps: [dep({ req: null })] }),
    line({ deps: [dep({ features: null })] }),
    line({ deps: [dep({ optional: null })] }),
    line({ deps: [dep({ optional: 'false' })] }),
    line({ deps: [dep({ kind: 1 })] }),
    line({ deps: [dep({ name: '\ud800' })] }),
    line({ yanked: 'true' }),
    line({ yanked: 0 }),
    line({ features: null }),
    line({ features: [] }),
    line({ features: { a: 'b' } }),
    line({ features2: { a: [1] } }),
    line({ v: '2' }),
    line({ v: -1 }),
    line({ links: 1 }),
  ];
  for (const text of wrong) assert.throws(() => parseIndexLine(text), { code: 'cargo/index-line' }, text);
});

test('a key twice is refused, however it is written', () => {
  const doubled = [
    line({}).replace('{', '{"cksum":"x",'),
    line({}).replace('{', '{"yanked":true,'),
    line({}).replace('{', '{"\\u0079anked":true,'),
    line({}).replace('{', '{ "na\\u006de" : "b" , '),
    ...[' ', '\t', '\n', '\r'].map((blank) => line({ novel: ':' }).replace('{', `{"yanked"${blank}:true,`)),
    line({ novel: '":' }).replace('{', '{"yanked" :true,'),
    line({ novel: ':' }).replace('{', '{"yanked" :true,'),
    line({}).replace('}', '},"deps":[]'),
    line({ novel: 1 }).replace('{', '{"novel":2,'),
    line({ deps: [dep({})] }).replace('"req"', '"req":"*","req"'),
    line({ deps: [{}, dep({})] })
      .replace('{}', JSON.stringify(dep({})))
      .replace('"req"', '"r\\u0065q":"*","req"'),
  ];
  for (const text of doubled) {
    assert.doesNotThrow(() => JSON.parse(text), text);
    assert.throws(() => parseIndexLine(text), /twice/, text);
  }
  assert.throws(() => withYanked(doubled[1] ?? '', true), /twice/);
  assert.doesNotThrow(() =>
    parseIndexLine(line({ features: { name: [], yanked: [] }, rest: { name: 1, 'a:b': '":' } })),
  );
  assert.throws(() => parseIndexLine(line({}).replace('{}', '{"a":[],"a":["b"]}')), /twice/);
  const nested = (depth: number) =>
    line({}).replace('{', `{"novel":${'['.repeat(depth)}${']'.repeat(depth)},`);
  assert.doesNotThrow(() => parseIndexLine(nested(126)));
  for (const depth of [127, 100_000]) assert.throws(() => parseIndexLine(nested(depth)), /too deeply/);
});

test('withYanked changes one value', () => {
  const table: readonly (readonly [string, string])[] = [
    ['{"yanked":false}', '{"yanked":true}'],
    [
      '{ "a" : "\\"yanked\\":false" , "yanked" :\tfalse }\r',
      '{ "a" : "\\"yanked\\":false" , "yanked" :\ttrue }\r',
    ],
    ['{"x":{"yanked":false},"yanked":false}', '{"x":{"yanked":false},"yanked":true}'],
    ['{"x":[{"yanked":false}]}', '{"x":[{"yanked":false}],"yanked":true}'],
    ['{"yank\\u0065d":false,"z":1}', '{"yank\\u0065d":true,"z":1}'],
    ['{"yanked":null}', '{"yanked":true}'],
    ['{}', '{"yanked":true}'],
    [' { } ', ' { "yanked":true} '],
    ['{"a":1.5e3}', '{"a":1.5e3,"yanked":true}'],
    ['{"a":"\\\\","yanked":false}', '{"a":"\\\\","yanked":true}'],
    ['{"a":"}","yanked":false}', '{"a":"}","yanked":true}'],
  ];
  for (const [before, after] of table) {
    assert.equal(withYanked(before, true), after);
    assert.equal(withYanked(after, true), after);
    assert.equal(withYanked(before, false), before);
  }
  for (const text of ['', '[]', '1', '{"yanked":"no"}', '{"yanked":1}', '{']) {
    assert.throws(() => withYanked(text, true), { code: 'cargo/index-line' }, text);
  }
});

/** An object as JSON with spaces, nesting and keys that are apt to confuse. */
const keys = fc.constantFrom('a', 'yanked', 'deps', 'x"y', '\\', '}', '{', '"yanked":false', '\u2028');
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.string(),
    fc.double(),
    fc.array(tie('value')),
    fc.dictionary(keys, tie('value')),
  ),
})).value;
const objects = fc
  .tuple(
    fc.dictionary(keys, values),
    fc.option(fc.constantFrom(true, false, null)),
    fc.constantFrom(0, 1, '\t'),
  )
  .map(([object, yanked, indent]) => {
    const { yanked: _, ...rest } = object;
    return JSON.stringify(yanked === null ? rest : { ...rest, yanked, z: [rest] }, null, indent);
  });

test('withYanked is idempotent and changes nothing else', () => {
  fc.assert(
    fc.property(objects, fc.boolean(), (text, yanked) => {
      const changed = withYanked(text, yanked);
      assert.equal(withYanked(changed, yanked), changed);
      const [before, after] = [JSON.parse(text), JSON.parse(changed)];
      assert.equal(after.yanked ?? false, yanked);
      assert.deepEqual({ ...after, yanked: 0 }, { ...before, yanked: 0 });
      const back = withYanked(changed, before.yanked ?? false);
      if (typeof before.yanked === 'boolean') assert.equal(back, text);
    }),
    { numRuns: 2000 },
  );
});

test('the digest sees what decides a resolve, and nothing else', () => {
  const digest = (fields: object) => dependenciesDigest(parseIndexLine(line(fields)));
  const [b, c] = [dep({}), dep({ name: 'c', features: ['x', 'y'] })];
  const base = digest({ deps: [b, c], features: { f: ['p', 'q'], g: [] } });
  assert.match(base, /^[0-9a-f]{64}$/);
  const same = [
    { deps: [c, b], features: { g: [], f: ['q', 'p'] } },
    {
      deps: [b, { ...c, features: ['y', 'x', 'x', ''], target: null, kind: 'normal' }],
      features: { f: ['p'] },
      features2: { f: ['q'], g: [] },
    },
    {
      deps: [b, c],
      features: { f: ['p', 'q'], g: [] },
      yanked: true,
      pubtime: 'x',
      rust_version: '1',
      novel: 1,
      cksum: 'cd'.repeat(32),
    },
  ];
  for (const fields of same) assert.equal(digest(fields), base);
  const changes = [
    { req: '^1.1' },
    { name: 'b2' },
    { package: 'x' },
    { features: ['z'] },
    { optional: true },
    { default_features: false },
    { target: 'cfg(unix)' },
    { kind: 'build' },
    { registry: 'https://x.example' },
    { artifact: ['bin'] },
    { lib: true },
  ];
  const others = changes.map((change) =>
    digest({ deps: [dep(change), c], features: { f: ['p', 'q'], g: [] } }),
  );
  assert.equal(
    new Set([base, ...others, digest({ deps: [b] }), digest({ deps: [b, c, c] })]).size,
    changes.length + 3,
  );
});

test('a line never throws anything but CargoError', () => {
  const mutated = fc.tuple(fc.constant(line({ deps: [dep({})] })), fc.nat(200), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(mutated, fc.boolean(), ([text, at, extra], cut) => {
      const changed = text.slice(0, at) + extra + text.slice(cut ? at + extra.length : at);
      for (const read of [parseIndexLine, (t: string) => withYanked(t, true)]) {
        try {
          read(changed);
        } catch (error) {
          assert.equal((error as Error).name, 'CargoError');
        }
      }
    }),
    { numRuns: 3000 },
  );
});
