import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cyclonedxJson } from '../../src/bom/cyclonedx/json.ts';
import { cyclonedxXml } from '../../src/bom/cyclonedx/xml.ts';
import { diffBoms } from '../../src/bom/diff.ts';
import { BomError } from '../../src/bom/error.ts';
import { guidelineFields } from '../../src/bom/guideline.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { spdxJson } from '../../src/bom/spdx/json.ts';
import { sampleBom } from '../samples/bom.ts';

/** What syft 1.x and others write of a crate in SPDX 2.3, shortened. */
const spdx2 = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  documentNamespace: 'https://example.org/app-1',
  creationInfo: {
    created: '2026-08-20T07:11:00Z',
    creators: ['Organization: Example (psirt@example.org)', 'Tool: scanner-1.2.3'],
  },
  packages: [
    {
      SPDXID: 'SPDXRef-app',
      name: 'app',
      versionInfo: '1.0.0',
      licenseDeclared: 'NOASSERTION',
      supplier: 'NOASSERTION',
    },
    {
      SPDXID: 'SPDXRef-zstd',
      name: 'zstd-sys',
      versionInfo: '2.0.16+zstd.1.5.7',
      licenseConcluded: 'NOASSERTION',
      licenseDeclared: 'MIT',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'A'.repeat(64) }],
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:cargo/zstd-sys@2.0.16+zstd.1.5.7',
        },
      ],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-app' },
    { spdxElementId: 'SPDXRef-zstd', relationshipType: 'DEPENDENCY_OF', relatedSpdxElement: 'SPDXRef-app' },
  ],
});

describe('documents are read', () => {
  const cyclonedx = readBom(cyclonedxJson(sampleBom(), '1.6'));
  const spdx3 = readBom(spdxJson(sampleBom()));

  it('CycloneDX and SPDX 3 of one inventory say the same', () => {
    assert.deepEqual(diffBoms(cyclonedx, spdx3), { added: [], removed: [], changed: [], same: 2 });
    for (const bom of [cyclonedx, spdx3]) {
      assert.equal(bom.subject?.name, 'app');
      assert.equal(bom.created, '2026-08-20T07:11:00Z');
      assert.ok(bom.creators.includes('psirt@example.org'));
      assert.deepEqual(bom.tools, [{ name: 'safeguard', version: '0.1.0' }]);
      const zstd = bom.components.find(({ name }) => name === 'zstd-sys');
      assert.equal(zstd?.deliveredSha512, 'b'.repeat(128));
      assert.equal(zstd?.filename, 'zstd-sys-2.0.16+zstd.1.5.7.crate');
      assert.deepEqual([zstd?.executable, zstd?.archive, zstd?.structured], [false, true, true]);
      assert.deepEqual(zstd?.licenses, ['MIT OR Apache-2.0']);
    }
  });

  it('SPDX 2.3, with edges that point the other way and a plus that nobody encoded', () => {
    const bom = readBom(spdx2);
    assert.equal(bom.subject?.name, 'app');
    assert.deepEqual(bom.creators, ['psirt@example.org']);
    assert.deepEqual(bom.tools, [{ name: 'scanner', version: '1.2.3' }]);
    assert.deepEqual(bom.dependencies, new Map([['SPDXRef-app', ['SPDXRef-zstd']]]));
    assert.deepEqual(bom.components[0]?.licenses, ['MIT']);
    const { changed, removed } = diffBoms(cyclonedx, bom);
    assert.deepEqual(
      changed.map(({ old, what }) => [old.name, what]),
      [['zstd-sys', ['licence', 'features']]],
    );
    assert.deepEqual(
      removed.map(({ name }) => name),
      ['macro'],
    );
  });

  it('components in components, tools of the old form, and what is of no use', () => {
    const inner = {
      type: 'library',
      name: 'inner',
      version: '1',
      purl: 'no purl',
      scope: 7,
      licenses: [{}, { license: { id: 'MIT' } }],
    };
    const bom = readBom(
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.4',
        metadata: { tools: [{ vendor: 'x', name: 'old', version: '3' }], authors: 'nobody' },
        components: [{ type: 'library', group: 'g', name: 'outer', components: [inner] }, null],
      }),
    );
    assert.deepEqual(bom.tools, [{ name: 'old', version: '3' }]);
    assert.deepEqual(
      bom.components.map(({ name, purl, scope, licenses }) => [name, purl, scope, licenses]),
      [
        ['g/outer', undefined, undefined, []],
        ['inner', undefined, undefined, ['MIT']],
        ['', undefined, undefined, []],
      ],
    );
  });

  const refused = [
    ['<bom/>', 'bom/format'],
    ['', 'bom/document'],
    ['{', 'bom/document'],
    ['{}', 'bom/format'],
    ['[]', 'bom/format'],
    ['null', 'bom/format'],
  ] as const;
  for (const [text, code] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => readBom(text),
        (error) => error instanceof BomError && error.code === code,
      );
    });
  }

  it('whatever stands where something else belongs', () => {
    const { objects } = { objects: fc.jsonValue({ maxDepth: 4 }) };
    const heads = [
      { bomFormat: 'CycloneDX' },
      { spdxVersion: 'SPDX-2.3' },
      { '@graph': [{ type: 'software_Package' }] },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...heads), objects, objects, (head, a, b) => {
        const whole = {
          metadata: a,
          components: [a, { components: b, licenses: b }],
          packages: [b],
          relationships: a,
          ...head,
        };
        guidelineFields(readBom(JSON.stringify(whole)));
      }),
    );
  });
});

describe('what guidelines ask for', () => {
  const missing = (text: string) =>
    guidelineFields(readBom(text)).flatMap(({ id, missing }) => (missing === undefined ? [] : [id]));
  const whole = sampleBom();
  const [, zstd] = whole.components;
  const full = sampleBom({
    subject: { ...(zstd ?? whole.subject), ref: whole.subject.ref },
    components: zstd === undefined ? [] : [zstd],
    dependencies: whole.dependencies.map(({ ref, dependsOn }) => ({
      ref,
      dependsOn: dependsOn.filter((to) => to === zstd?.ref),
    })),
  });

  it('a document with everything lacks nothing, in either format', () => {
    assert.deepEqual(missing(cyclonedxJson(full, '1.7')), []);
    assert.deepEqual(missing(cyclonedxXml(full, '1.7')), []);
    assert.deepEqual(missing(spdxJson(full)), []);
  });

  it('in CycloneDX 1.6 there is room for one licence: what its maker gave it', () => {
    assert.deepEqual(missing(cyclonedxJson(full, '1.6')), ['component-distribution-license']);
  });

  it('a crate whose authors have no address is answered for by its repository', () => {
    const noAddress = {
      ...full,
      ...{ subject: { ...full.subject, authors: ['Nobody at all'] } },
      components: full.components.map((component) => ({ ...component, authors: [] })),
    };
    for (const text of [cyclonedxJson(noAddress, '1.7'), cyclonedxXml(noAddress, '1.7'), spdxJson(noAddress)])
      assert.deepEqual(missing(text), []);
  });

  /** Each field taken away alone is told, alone. */
  const without: readonly (readonly [id: string, edit: (json: string) => string])[] = [
    ['format', (json) => json.replace('"specVersion": "1.7"', '"specVersion": "1.5"')],
    ['creator', (json) => json.replace('"email": "psirt@example.org"', '"name": "nobody"')],
    ['timestamp', (json) => json.replace(/"timestamp": ".*",/, '')],
    ['tool', (json) => json.replace('"name": "safeguard",', '"nick": "safeguard",')],
    ['context', (json) => json.replace('"phase": "pre-build"', '"phase": ""')],
    ['completeness', (json) => json.replace('"aggregate": "complete"', '"aggregate": "not_specified"')],
    [
      'component-creator',
      (json) =>
        json
          .replaceAll('"email": "team@example.org"', '"none": ""')
          .replaceAll(/"odd <not an address>"/g, '""'),
    ],
    ['component-version', (json) => json.replaceAll('"version": "2.0.16+zstd.1.5.7"', '"v": ""')],
    ['component-filename', (json) => json.replaceAll('bsi:component:filename', 'x')],
    ['component-distribution-license', (json) => json.replaceAll('"concluded"', '"declared"')],
    ['component-original-license', (json) => json.replaceAll('"declared"', '"concluded"')],
    ['component-source', (json) => json.replaceAll('"source-distribution"', '"website"')],
    [
      'component-delivery',
      (json) => json.replaceAll('"type": "distribution"', '"type": "distribution-intake"'),
    ],
    ['component-sha512', (json) => json.replaceAll('"alg": "SHA-512"', '"alg": "SHA-384"')],
    ['component-kind', (json) => json.replaceAll('bsi:component:structured', 'x')],
    ['component-purl', (json) => json.replaceAll('"purl": "pkg:', '"purl": "')],
  ];
  for (const [id, edit] of without) {
    it(id, () => assert.deepEqual(missing(edit(cyclonedxJson(full, '1.7'))), [id]));
  }
});
