/** SPDX 2 that is read bit by bit says what it says as a whole: in JSON and in tags with values, wherever the bytes are cut. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BomError } from '../../src/bom/error.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { inPieces } from './in-pieces.ts';

const ref = fc.constantFrom(...['A', 'B', 'C', 'D', 'E'].map((letter) => `SPDXRef-${letter}`));
const word = fc.constantFrom(
  'serde',
  'a b',
  'é€',
  '1.0.0',
  'NOASSERTION',
  '<text>',
  'PackageName: x',
  '"',
  '\\',
);
const packages = fc.array(
  fc.record(
    {
      SPDXID: ref,
      name: word,
      versionInfo: word,
      packageFileName: fc.constantFrom('app', 'serde.crate'),
      primaryPackagePurpose: fc.constantFrom('LIBRARY', 'FILE', 'APPLICATION'),
      downloadLocation: word,
      supplier: fc.constantFrom('Organization: X (x@example.org)', 'NOASSERTION'),
      checksums: fc.constantFrom([], [{ algorithm: 'SHA256', checksumValue: 'AB'.repeat(32) }]),
      externalRefs: fc.constantFrom(
        [],
        [
          {
            referenceCategory: 'PACKAGE-MANAGER',
            referenceType: 'purl',
            referenceLocator: 'pkg:cargo/serde@1.0.0',
          },
        ],
      ),
    },
    { requiredKeys: ['SPDXID', 'name'] },
  ),
  { maxLength: 5 },
);
const kinds = [
  ...['DESCRIBES', 'DESCRIBED_BY', 'DEPENDS_ON', 'CONTAINS', 'CONTAINED_BY', 'DEPENDENCY_OF'],
  ...['GENERATED_FROM', 'GENERATES', 'BUILD_DEPENDENCY_OF', 'OTHER'],
];
const end = fc.oneof(ref, fc.constantFrom('SPDXRef-DOCUMENT', 'NONE', 'NOASSERTION'));
const relationships = fc.array(
  fc.record({ spdxElementId: end, relationshipType: fc.constantFrom(...kinds), relatedSpdxElement: end }),
  { maxLength: 12 },
);
const documents = fc.record({
  packages,
  relationships,
  described: fc.uniqueArray(ref, { maxLength: 2 }),
  isBehind: fc.boolean(),
});

type Document = (typeof documents extends fc.Arbitrary<infer T> ? T : never) & object;

function asJson({ packages, relationships, described, isBehind }: Document, indent: string): string {
  const head = {
    spdxVersion: 'SPDX-2.3',
    name: 'app',
    documentNamespace: 'https://example.org/app',
    creationInfo: { created: '2026-11-30T00:00:00Z', creators: ['Tool: syft-1.57.0', 'Person: A ()'] },
  };
  const rest = {
    ...(described.length === 0 ? {} : { documentDescribes: described }),
    files: [{ SPDXID: 'SPDXRef-File', fileName: './x' }],
  };
  const lists = { packages, relationships };
  // microsoft/sbom-tool has the version behind the lists.
  const root = isBehind
    ? { ...lists, ...rest, SPDXID: 'SPDXRef-DOCUMENT', ...head }
    : { ...head, ...rest, ...lists };
  return JSON.stringify(root, undefined, indent);
}

function asTags({ packages, relationships, isBehind }: Document): string {
  const text = (value: string | undefined) => (value?.includes('é') ? `<text>${value}\nmore</text>` : value);
  const lines = relationships.map(
    (one) => `Relationship: ${one.spdxElementId} ${one.relationshipType} ${one.relatedSpdxElement}`,
  );
  const body = packages.flatMap((one) => [
    '',
    `PackageName: ${text(one.name)}`,
    `SPDXID: ${one.SPDXID}`,
    ...(one.versionInfo === undefined ? [] : [`PackageVersion: ${text(one.versionInfo)}`]),
    ...(one.packageFileName === undefined ? [] : [`PackageFileName: ${one.packageFileName}`]),
    ...(one.checksums ?? []).map((sum) => `PackageChecksum: ${sum.algorithm}: ${sum.checksumValue}`),
    ...(one.externalRefs ?? []).map(
      (reference) => `ExternalRef: ${reference.referenceCategory} purl ${reference.referenceLocator}`,
    ),
  ]);
  const head = [
    'SPDXVersion: SPDX-2.3',
    'SPDXID: SPDXRef-DOCUMENT',
    'DocumentName: app',
    'Creator: Tool: syft-1.57.0',
  ];
  return [
    ...head,
    ...(isBehind ? [...body, ...lines] : [...lines, ...body]),
    'FileName: ./x',
    'SPDXID: SPDXRef-File',
  ].join('\n');
}

describe('SPDX 2 in pieces', () => {
  it('is in JSON what it is as a whole', () => {
    fc.assert(
      fc.property(
        documents,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('', ' '),
        (one, size, indent) => {
          const text = asJson(one, indent);
          assert.deepEqual(inPieces(text, size).bom, readBom(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is in tags with values what it is as a whole', () => {
    fc.assert(
      fc.property(
        documents,
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom('\n', '\r\n'),
        (one, size, end) => {
          const text = asTags(one).replaceAll('\n', end);
          assert.deepEqual(inPieces(text, size).bom, readBom(text));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is refused where it breaks off, or is of another kind', () => {
    const text = asJson({ packages: [], relationships: [], described: [], isBehind: false }, '');
    for (const bad of [text.slice(0, -1), `${text}}`, text.replace('"name":"app"', '"name":nul')])
      assert.throws(
        () => inPieces(bad, 7),
        (error) => error instanceof BomError && error.code === 'bom/document',
      );
    // What begins like one, and says otherwise later.
    const other = text.replace('}', '},"spdxVersion":"SPDX-9"');
    assert.throws(
      () => inPieces(`${other}`, 7),
      (error) => error instanceof BomError && error.code === 'bom/format',
    );
  });
});
