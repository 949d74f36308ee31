/** SPDX 3 that is read bit by bit says what it says as a whole, whatever stands first, and wherever the bytes are cut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BomError } from '../../src/bom/error.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { inPieces } from './in-pieces.ts';

const id = (name: string) => `https://example.org/${name}`;
const name = fc.constantFrom('A', 'B', 'C', 'D', 'E');
const ref = name.map(id);
const packages = fc.uniqueArray(name, { maxLength: 5 }).chain((names) =>
  fc.tuple(
    ...names.map((one) =>
      fc.record(
        {
          type: fc.constant('software_Package'),
          spdxId: fc.constant(id(one)),
          name: fc.constantFrom('serde', 'é "x"'),
          software_packageVersion: fc.constantFrom('1.0.0', '2.0.0'),
          software_packageUrl: fc.constantFrom('pkg:cargo/serde@1.0.0', 'nothing'),
          software_primaryPurpose: fc.constantFrom('application', 'library'),
          suppliedBy: fc.constantFrom(id('person'), id('nobody')),
          verifiedUsing: fc.constantFrom([{ type: 'Hash', algorithm: 'sha256', hashValue: 'ab'.repeat(32) }]),
        },
        { requiredKeys: ['type', 'spdxId', 'name'] },
      ),
    ),
  ),
);
const relations = fc.array(
  fc.record(
    {
      type: fc.constantFrom('Relationship', 'LifecycleScopedRelationship'),
      from: ref,
      to: fc.oneof(ref, fc.uniqueArray(ref, { maxLength: 3 }), fc.constant([id('file'), id('licence')])),
      relationshipType: fc.constantFrom(
        ...[
          'dependsOn',
          'contains',
          'hasStaticLink',
          'hasDistributionArtifact',
          'hasDeclaredLicense',
          'other',
        ],
      ),
      completeness: fc.constantFrom('complete', 'incomplete', 'noAssertion'),
    },
    { requiredKeys: ['type', 'from', 'to', 'relationshipType'] },
  ),
  { maxLength: 8 },
);
const known = [
  {
    type: 'CreationInfo',
    '@id': '_:creation',
    specVersion: '3.0.1',
    created: '2026-11-30T00:00:00Z',
    createdBy: [id('person')],
    createdUsing: [id('tool')],
  },
  { type: 'Person', spdxId: id('person'), name: 'A', externalIdentifier: [{ identifier: 'a@example.org' }] },
  { type: 'Tool', spdxId: id('tool'), name: 'safeguard 1.0.0' },
  {
    type: 'software_File',
    spdxId: id('file'),
    name: 'app',
    software_additionalPurpose: ['executable'],
    verifiedUsing: [{ type: 'Hash', algorithm: 'sha512', hashValue: 'cd'.repeat(64) }],
  },
  {
    type: 'simplelicensing_LicenseExpression',
    spdxId: id('licence'),
    simplelicensing_licenseExpression: 'MIT',
  },
];
const about = fc.record(
  {
    type: fc.constantFrom('software_Sbom'),
    spdxId: fc.constant(id('sbom')),
    rootElement: fc.oneof(ref, fc.uniqueArray(ref, { maxLength: 2 })),
    element: fc.array(ref),
  },
  { requiredKeys: ['type', 'spdxId'] },
);
const document = fc.record(
  {
    type: fc.constant('SpdxDocument'),
    spdxId: fc.constant(id('document')),
    name: fc.constant('app'),
    element: fc.array(ref),
    rootElement: fc.oneof(ref, fc.constant([id('sbom')])),
  },
  { requiredKeys: ['type', 'spdxId', 'rootElement'] },
);
const graphs = fc
  .tuple(packages, relations, about, fc.option(about, { nil: undefined }), document)
  .chain(([all, edges, sbom, other, head]) => {
    const elements = [...all, ...edges, ...known, head, sbom, ...(other === undefined ? [] : [other])];
    return fc.shuffledSubarray(elements, { minLength: elements.length - 1 });
  });

/** What is handed on of other packages than the subject: what they say themselves. */
function bySelf(text: string) {
  const bom = readBom(text);
  const bare = JSON.parse(text)['@graph'].filter((one: { type: string }) => one.type === 'software_Package');
  const alone = bare.map((one: { spdxId: string; suppliedBy?: string }) => {
    const { suppliedBy: _, ...more } = one;
    return more;
  });
  const components = alone.length === 0 ? [] : readBom(JSON.stringify({ '@graph': alone })).components;
  const refs = new Set(bom.components.map(({ ref }) => ref));
  return { ...bom, components: components.filter((each) => refs.has(each.ref)) };
}

describe('SPDX 3 in pieces', () => {
  it('is what it is as a whole', () => {
    const passes = new Set<number>();
    fc.assert(
      fc.property(
        graphs,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('', ' '),
        fc.boolean(),
        (graph, size, indent, isBehind) => {
          fc.pre(graph.length > 0);
          const context = { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld' };
          const root = isBehind ? { '@graph': graph, ...context } : { ...context, '@graph': graph };
          const text = JSON.stringify(root, undefined, indent);
          const read = inPieces(text, size);
          passes.add(read.passes);
          assert.deepEqual(read.bom, bySelf(text));
        },
      ),
      { numRuns: 1000 },
    );
    assert.deepEqual([...passes].sort(), [2, 3]);
  });

  it('is read by the names that JSON-LD has for types and ids, too', () => {
    const graph = [
      { '@type': 'software_Sbom', '@id': id('sbom'), rootElement: id('app') },
      { '@type': 'software_Package', '@id': id('app'), name: 'app' },
      { '@type': 'software_Package', '@id': id('a'), name: 'a', software_packageUrl: 'pkg:cargo/a@1.0.0' },
    ];
    const text = JSON.stringify({ '@graph': graph });
    for (const bom of [readBom(text), inPieces(text, 7).bom]) {
      assert.equal(bom.subject?.name, 'app');
      assert.deepEqual(
        bom.components.map(({ ref, purl }) => [ref, purl?.name]),
        [[id('a'), 'a']],
      );
    }
  });

  it('is refused where it breaks off, or has no elements', () => {
    const code = (of: string) => (error: unknown) => error instanceof BomError && error.code === of;
    assert.throws(() => inPieces('{"@graph":[{"type":"Tool"}]', 5), code('bom/document'));
    assert.throws(() => inPieces('{"@graph":[]}', 5), code('bom/format'));
  });
});
