/** Documents that are read bit by bit say what they say as a whole, wherever the bytes are cut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BomError } from '../../src/bom/error.ts';
import { CyclonedxPieces } from '../../src/bom/read/cyclonedx-pieces.ts';
import type { ForeignComponent } from '../../src/bom/read/foreign.ts';
import { JsonPieces } from '../../src/bom/read/json-pieces.ts';
import { readBom } from '../../src/bom/read/read.ts';

interface Found {
  readonly entries: readonly (readonly [list: string, value: unknown])[];
  readonly members: Readonly<Record<string, unknown>>;
}

/** Of `components` at any depth, and of `others`; pieces of `size` bytes at once. */
function inPieces(bytes: Buffer, size: number): Found {
  const entries: [string, unknown][] = [];
  const members: Record<string, unknown> = {};
  const json = new JsonPieces(
    {
      entry: (list, value) => entries.push([list, value]),
      member: (key, value) => {
        members[key] = value;
      },
    },
    { lists: new Set(['components', 'others']), nested: { inside: 'components', key: 'components' } },
  );
  for (let at = 0; at < bytes.length; at += size) json.push(Buffer.from(bytes.subarray(at, at + size)));
  json.end();
  return { entries, members };
}

/** The same out of the whole value. */
function asWhole(root: Readonly<Record<string, unknown>>): Found {
  const entries: [string, unknown][] = [];
  const takeApart = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key !== 'components' || !Array.isArray(inner)) return [key, inner];
        for (const one of inner) entries.push(['components', takeApart(one)]);
        return [key, []];
      }),
    );
  };
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(root))
    if (key === 'components' && Array.isArray(value))
      for (const one of value) entries.push([key, takeApart(one)]);
    else if (key === 'others' && Array.isArray(value)) for (const one of value) entries.push([key, one]);
    else members[key] = value;
  return { entries, members };
}

const key = fc.oneof(
  fc.constantFrom('components', 'others', 'name', 'a"b', '\\', 'é€\u{1f980}', ''),
  fc.string({ unit: 'binary' }),
);
const { component } = fc.letrec<{ component: unknown; value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5e-7, '', '"', '\\"', '{', ']', 'components', '\\\\', '\n'),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
  component: fc.oneof(
    { depthSize: 'medium' },
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    fc.record({
      name: tie('value'),
      components: fc.array(tie('component'), { maxLength: 3 }),
      more: tie('value'),
    }),
  ),
}));
const roots = fc
  .record(
    {
      components: fc.array(component, { maxLength: 4 }),
      others: fc.oneof(fc.array(component, { maxLength: 3 }), component),
      first: component,
      last: fc.constantFrom(1, 'x', null, [], {}),
    },
    { requiredKeys: [] },
  )
  // As JSON has it: without what is undefined, and with `__proto__` as a key like others.
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

describe('JSON in pieces', () => {
  it('is what it is as a whole, wherever it is cut and however it is indented', () => {
    fc.assert(
      fc.property(
        roots,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('', ' ', '\t'),
        (root, size, indent) => {
          const bytes = Buffer.from(`\n${JSON.stringify(root, undefined, indent)} `);
          assert.deepEqual(inPieces(bytes, size), asWhole(root));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is refused where it would be as a whole', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '1', 't', ' ', '"components"', '{}'),
        }),
        fc.integer({ min: 1, max: 5 }),
        (text, size) => {
          let whole: unknown;
          try {
            whole = JSON.parse(text);
          } catch {
            whole = undefined;
          }
          const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
          const read = () => inPieces(Buffer.from(text), size);
          if (isObject) read();
          else
            assert.throws(read, (error) => error instanceof BomError && error.code === 'bom/document', text);
        },
      ),
      { numRuns: 5000 },
    );
    for (const text of [
      '{"a":1,}',
      '{"a" 1}',
      '{"components":[1,]}',
      '{"components":[1 2]}',
      '{"a":1}{}',
      '{"a"}',
      '{,}',
      '{"components":[,1]}',
      '{"a":1 "b":2}',
      '{"components":[}',
      '{"a":]',
      '{"a":nul}',
      '{"components":["x" "y"]}',
      '{"x":"a" "b"}',
      '{1:2}',
      '["a"]',
      '{"components":{}',
    ])
      assert.throws(() => inPieces(Buffer.from(text), 3), BomError, text);
  });

  it('is not held in more lists than any document has', () => {
    const deep = (levels: number) =>
      `{"components":[${'{"components":['.repeat(levels)}${']}'.repeat(levels)}]}`;
    assert.equal(inPieces(Buffer.from(deep(500)), 100).entries.length, 500);
    assert.throws(() => inPieces(Buffer.from(deep(5000)), 100), /more than 1000 lists deep/);
  });
});

describe('CycloneDX in pieces', () => {
  const library = (name: string, components: readonly object[] = []) => ({
    type: 'library',
    'bom-ref': name,
    name,
    version: '1.0.0',
    purl: `pkg:cargo/${name}@1.0.0`,
    components,
  });
  const document = {
    dependencies: [{ ref: 'app', dependsOn: ['a', 'c'] }, { ref: 'a', dependsOn: ['b'] }, { ref: 'c' }, {}],
    components: [library('a', [library('b'), library('c', [library('d')])]), library('e')],
    vulnerabilities: [{ id: 'CVE-1' }],
    specVersion: '1.6',
    metadata: { component: { ...library('app', [library('part')]), type: 'application' } },
    compositions: [{ aggregate: 'complete' }],
    bomFormat: 'CycloneDX',
  };

  it('says what it says as a whole', () => {
    const text = JSON.stringify(document);
    const found: ForeignComponent[] = [];
    const edges: [string, readonly string[]][] = [];
    const pieces = new CyclonedxPieces(
      {
        component: (each) => found.push(each),
        needs: (from, to) => edges.push([from, to]),
      },
      'json',
    );
    for (const byte of Buffer.from(text)) pieces.push(Buffer.from([byte]));
    const { components, dependencies, ...bom } = readBom(text);
    assert.deepEqual(pieces.end(), bom);
    const byName = (a: ForeignComponent, b: ForeignComponent) => (a.name < b.name ? -1 : 1);
    assert.deepEqual(found.toSorted(byName), components.toSorted(byName));
    assert.deepEqual(new Map(edges), dependencies);
  });

  it('is refused where it is something else', () => {
    const pieces = new CyclonedxPieces({ component: () => {}, needs: () => {} }, 'json');
    pieces.push(Buffer.from('{"spdxVersion":"SPDX-2.3"}'));
    assert.throws(
      () => pieces.end(),
      (error) => error instanceof BomError && error.code === 'bom/format',
    );
  });
});
