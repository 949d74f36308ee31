/**
 * Documents in the forms in which syft, cargo-sbom, cargo-cyclonedx and trivy write them, and such as nobody should:
 * who is in them, and who needs whom.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBom } from '../../src/bom/read/read.ts';
import { asListed } from '../../src/inventory/as-listed.ts';
import { identify } from '../../src/inventory/component.ts';
import { contentsByList } from '../../src/inventory/from-binary.ts';
import { statementOfBom } from '../../src/inventory/from-bom.ts';
import type { ArtefactStatement } from '../../src/inventory/statement.ts';

const cratesIo = 'registry+https://github.com/rust-lang/crates.io-index';
const commit = `${'c0ffee'.repeat(6)}beef`;
const digest = 'ab'.repeat(32);

const read = (document: object | string) =>
  statementOfBom(readBom(typeof document === 'string' ? document : JSON.stringify(document)), 'file');
const cdx = (more: object) => read({ bomFormat: 'CycloneDX', specVersion: '1.6', ...more });
const spdx = (more: object) => read({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', ...more });
const related = (text: string) => {
  const [spdxElementId, relationshipType, relatedSpdxElement] = text.split(' ');
  return { spdxElementId, relationshipType, relatedSpdxElement };
};

/** `identity → what it needs`, and what the artefact itself is. */
function said({ components, roots }: ArtefactStatement) {
  const names = components.map((one) => identify(one).identity);
  const edges = components.map(({ uses }, i) =>
    uses === undefined ? names[i] : `${names[i]} → ${uses.map((use) => names[use]).join(', ')}`,
  );
  return { edges: [...new Set(edges)].sort(), roots: roots?.map((root) => names[root]) };
}

const fromGit = `pkg:cargo/g@0.3.0?vcs_url=git%2Bhttps://git.example/g%40${commit}`;

describe('a document of syft', () => {
  const distributed = (url: string) => [{ type: 'distribution', url }];
  const folder = {
    metadata: { component: { 'bom-ref': 'root', type: 'file', name: 'project' } },
    components: [
      { 'bom-ref': 'id1', type: 'library', name: 'app', version: '1.0.0' },
      {
        'bom-ref': 'pkg:cargo/a@1.0.0?package-id=2',
        type: 'library',
        name: 'a',
        version: '1.0.0',
        purl: 'pkg:cargo/a@1.0.0',
        externalReferences: distributed(cratesIo),
      },
      {
        'bom-ref': 'pkg:cargo/g@0.3.0?package-id=3',
        type: 'library',
        name: 'g',
        version: '0.3.0',
        purl: 'pkg:cargo/g@0.3.0',
        externalReferences: distributed(`git+https://git.example/g?branch=main#${commit}`),
      },
      {
        'bom-ref': 'pkg:cargo/p@0.3.0?package-id=4',
        type: 'library',
        name: 'p',
        version: '0.3.0',
        purl: 'pkg:cargo/p@0.3.0',
        externalReferences: distributed('registry+https://registry.example/index'),
      },
      { 'bom-ref': 'id5', type: 'file', name: '/Cargo.lock', hashes: [{ alg: 'SHA-256', content: digest }] },
    ],
    dependencies: [
      { ref: 'id1', dependsOn: ['pkg:cargo/a@1.0.0?package-id=2', 'pkg:cargo/g@0.3.0?package-id=3'] },
      { ref: 'pkg:cargo/g@0.3.0?package-id=3', dependsOn: ['pkg:cargo/p@0.3.0?package-id=4'] },
    ],
  };

  it('about a folder has the project’s own package at its root, each crate from its source, and no files', () => {
    assert.deepEqual(said(cdx(folder)), {
      edges: [
        `local:app@1.0.0 → pkg:cargo/a@1.0.0, ${fromGit}`,
        'pkg:cargo/a@1.0.0',
        `${fromGit} → pkg:cargo/p@0.3.0?repository_url=https://registry.example/index`,
        'pkg:cargo/p@0.3.0?repository_url=https://registry.example/index',
      ],
      roots: ['local:app@1.0.0'],
    });
  });

  it('says the same in XML', () => {
    const xml = `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata>
      <component bom-ref="root" type="file"><name>project</name></component></metadata><components>${folder.components
        .map(
          (one) =>
            `<component bom-ref="${one['bom-ref']}" type="${one.type}"><name>${one.name}</name><version>${one.version ?? ''}</version>${
              one.purl === undefined ? '' : `<purl>${one.purl}</purl>`
            }<externalReferences>${(one.externalReferences ?? []).map(({ url }) => `<reference type="distribution"><url>${url}</url></reference>`)}</externalReferences></component>`,
        )
        .join('')}</components><dependencies>${folder.dependencies
        .map(
          ({ ref, dependsOn }) =>
            `<dependency ref="${ref}">${dependsOn.map((on) => `<dependency ref="${on}"/>`).join('')}</dependency>`,
        )
        .join('')}</dependencies></bom>`;
    assert.deepEqual(said(read(xml)), said(cdx(folder)));
  });

  it('about a folder in SPDX: whatever lies below it is needed by whom it is needed by', () => {
    const purl = (referenceLocator: string) => [
      { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:x' },
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator },
    ];
    const document = {
      packages: [
        { SPDXID: 'SPDXRef-app', name: 'app', versionInfo: '1.0.0', downloadLocation: 'NOASSERTION' },
        { SPDXID: 'SPDXRef-a', name: 'a', versionInfo: '1.0.0', externalRefs: purl('pkg:cargo/a@1.0.0') },
        { SPDXID: 'SPDXRef-b', name: 'b', versionInfo: '1.0.0', externalRefs: purl('pkg:cargo/b@1.0.0') },
        { SPDXID: 'SPDXRef-n', name: 'n', versionInfo: '1.0.0', externalRefs: purl('pkg:npm/n@1.0.0') },
        { SPDXID: 'SPDXRef-dir', name: '/project', primaryPackagePurpose: 'FILE' },
      ],
      relationships: [
        'SPDXRef-a DEPENDENCY_OF SPDXRef-app',
        'SPDXRef-b DEPENDENCY_OF SPDXRef-a',
        'SPDXRef-dir CONTAINS SPDXRef-app',
        'SPDXRef-dir CONTAINS SPDXRef-a',
        'SPDXRef-dir CONTAINS SPDXRef-b',
        'SPDXRef-dir CONTAINS SPDXRef-n',
        'SPDXRef-a OTHER SPDXRef-File-Cargo.lock',
        'SPDXRef-DOCUMENT DESCRIBES SPDXRef-dir',
      ].map(related),
    };
    const expected = {
      edges: [
        'local:app@1.0.0 → pkg:cargo/a@1.0.0',
        'pkg:cargo/a@1.0.0 → pkg:cargo/b@1.0.0',
        'pkg:cargo/b@1.0.0',
        'pkg:npm/n@1.0.0',
      ],
      roots: ['local:app@1.0.0'],
    };
    assert.deepEqual([spdx(document).name, said(spdx(document))], ['/project', expected]);
    // SPDX 2.2 has no purposes.
    const before = JSON.stringify(document)
      .replaceAll('"SPDXRef-dir', '"SPDXRef-DocumentRoot-Directory-project')
      .replace(',"primaryPackagePurpose":"FILE"', '');
    assert.deepEqual(said(spdx({ ...JSON.parse(before), spdxVersion: 'SPDX-2.2' })), expected);
    const tags = [
      'SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: project',
      ...document.packages.map(
        (one) =>
          `PackageName: ${one.name}\nSPDXID: ${one.SPDXID}\n${one.versionInfo === undefined ? '' : `PackageVersion: ${one.versionInfo}\n`}${(one.externalRefs ?? []).map((ref) => `ExternalRef: ${ref.referenceCategory} ${ref.referenceType} ${ref.referenceLocator}\n`).join('')}${one.primaryPackagePurpose === undefined ? '' : `PrimaryPackagePurpose: ${one.primaryPackagePurpose}`}`,
      ),
      ...document.relationships.map((one) => `Relationship: ${Object.values(one).join(' ')}`),
    ];
    assert.deepEqual(said(read(tags.join('\n\n'))), expected);
  });

  it('about a binary is corrected by the list inside of the binary', () => {
    const document = cdx({
      metadata: { component: { 'bom-ref': 'root', type: 'file', name: 'app', version: `sha256:${digest}` } },
      components: ['app', 'g', 'a'].map((name) => ({
        'bom-ref': name,
        type: 'library',
        name,
        version: '1.0.0',
        purl: `pkg:cargo/${name}@1.0.0`,
      })),
      dependencies: [{ ref: 'app', dependsOn: ['g', 'a'] }],
    });
    assert.equal(document.file?.sha256, digest);
    const crate = { version: '1.0.0', kind: 'runtime', dependencies: [], root: false } as const;
    const list = contentsByList([
      { ...crate, name: 'app', source: 'local', root: true, dependencies: [1, 2] },
      { ...crate, name: 'g', source: 'git' },
      { ...crate, name: 'a', source: 'crates.io' },
    ]);
    assert.deepEqual(said(asListed(document, { name: 'app', ...list })), {
      edges: ['git:g@1.0.0', 'local:app@1.0.0 → git:g@1.0.0, pkg:cargo/a@1.0.0', 'pkg:cargo/a@1.0.0'],
      roots: ['local:app@1.0.0'],
    });
  });
});

describe('a document of cargo-sbom', () => {
  it('in CycloneDX has a member twice, by one reference, and loses no edge for it', () => {
    const member = (name: string) => ({ 'bom-ref': name, type: 'library', name, version: '1.0.0' });
    const found = cdx({
      metadata: {
        component: { type: 'application', name: 'ws', components: [member('app'), member('shared')] },
      },
      components: [member('shared'), { ...member('a'), purl: 'pkg:cargo/a@1.0.0' }],
      dependencies: [
        { ref: 'app', dependsOn: ['shared'] },
        { ref: 'shared', dependsOn: ['a'] },
        { ref: 'app', dependsOn: ['a'] },
      ],
    });
    assert.equal(found.name, 'ws');
    assert.deepEqual(said(found), {
      edges: [
        'local:app@1.0.0 → local:shared@1.0.0, pkg:cargo/a@1.0.0',
        'local:shared@1.0.0 → pkg:cargo/a@1.0.0',
        'pkg:cargo/a@1.0.0',
      ],
      roots: ['local:app@1.0.0', 'local:shared@1.0.0'],
    });
  });

  it('in SPDX describes files that are made from the packages, and says where each was got from', () => {
    const got = (name: string, downloadLocation: string, purl?: string) => ({
      SPDXID: `SPDXRef-Package-${name}`,
      name,
      versionInfo: '0.3.0',
      downloadLocation,
      externalRefs:
        purl === undefined
          ? []
          : [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    });
    const found = spdx({
      name: 'ws',
      packages: [
        got('app', 'NONE'),
        got('shared', 'NONE'),
        got('g', `git+https://git.example/g#${commit}`),
        got('a', cratesIo, 'pkg:cargo/a@0.3.0'),
        got('p', 'registry+https://registry.example/index'),
      ],
      relationships: [
        'SPDXRef-DOCUMENT DESCRIBES SPDXRef-File-app',
        'SPDXRef-DOCUMENT DESCRIBES SPDXRef-File-shared',
        'SPDXRef-File-app GENERATED_FROM SPDXRef-Package-app',
        'SPDXRef-File-shared GENERATED_FROM SPDXRef-Package-shared',
        'SPDXRef-Package-app DEPENDS_ON SPDXRef-Package-g',
        'SPDXRef-Package-app DEPENDS_ON SPDXRef-Package-shared',
        'SPDXRef-Package-shared DEPENDS_ON SPDXRef-Package-a',
        'SPDXRef-Package-shared DEPENDS_ON SPDXRef-Package-p',
      ].map(related),
    });
    assert.equal(found.name, 'ws');
    assert.deepEqual(said(found), {
      edges: [
        `local:app@0.3.0 → ${fromGit}, local:shared@0.3.0`,
        'local:shared@0.3.0 → pkg:cargo/a@0.3.0, pkg:cargo/p@0.3.0?repository_url=https://registry.example/index',
        'pkg:cargo/a@0.3.0',
        fromGit,
        'pkg:cargo/p@0.3.0?repository_url=https://registry.example/index',
      ],
      roots: ['local:app@0.3.0', 'local:shared@0.3.0'],
    });
  });
});

it('a document of cargo-cyclonedx names the project’s own folders by their path, and a program of it once', () => {
  const found = cdx({
    metadata: {
      component: {
        'bom-ref': 'path+file:///p/app#1.0.0',
        type: 'application',
        name: 'app',
        version: '1.0.0',
        purl: 'pkg:cargo/app@1.0.0?download_url=file://.',
        components: [
          {
            'bom-ref': 'path+file:///p/app#1.0.0 bin-target-0',
            type: 'application',
            name: 'app',
            version: '1.0.0',
            purl: 'pkg:cargo/app@1.0.0?download_url=file://.#src/main.rs',
          },
        ],
      },
      properties: [{ name: 'cdx:rustc:sbom:target:triple', value: 'aarch64-unknown-linux-gnu' }],
    },
    components: [
      {
        'bom-ref': 'git',
        type: 'library',
        name: 'g',
        version: '0.3.0',
        purl: `pkg:cargo/g@0.3.0?vcs_url=git%2Bhttps://git.example/g%40${commit}`,
      },
    ],
    dependencies: [{ ref: 'path+file:///p/app#1.0.0', dependsOn: ['git'] }, { ref: 'git' }],
  });
  assert.equal(found.target, 'aarch64-unknown-linux-gnu');
  assert.deepEqual(said(found), {
    edges: ['local:app@1.0.0', `local:app@1.0.0 → ${fromGit}`, `${fromGit} → `],
    roots: ['local:app@1.0.0'],
  });
});

describe('a document in whatever form', () => {
  it('may have components in components, and a purl as evidence alone', () => {
    const found = cdx({
      components: [
        {
          type: 'library',
          'bom-ref': 'out',
          name: 'out',
          version: '1.0.0',
          purl: 'pkg:cargo/out@1.0.0',
          components: [
            {
              type: 'library',
              'bom-ref': 'in',
              name: 'in',
              version: '1.0.0',
              evidence: {
                identity: [{ field: 'name' }, { field: 'purl', concludedValue: 'pkg:cargo/in@1.0.0' }],
              },
            },
          ],
        },
      ],
    });
    assert.deepEqual(said(found).edges, ['pkg:cargo/in@1.0.0', 'pkg:cargo/out@1.0.0']);
  });

  it('may have several purls of one package: the crate counts, and one that is broken does not', () => {
    const references = [
      ['purl', 'zstd'],
      ['http://spdx.org/rdf/references/purl', 'pkg:github/o/a@1.0.0'],
      ['purl', 'pkg:cargo/a@1.0.0'],
    ].map(([referenceType, referenceLocator]) => ({ referenceType, referenceLocator }));
    const of = (externalRefs: readonly object[]) =>
      said(spdx({ packages: [{ SPDXID: 'SPDXRef-a', name: 'a', versionInfo: '1.0.0', externalRefs }] }))
        .edges;
    assert.deepEqual(of(references), ['pkg:cargo/a@1.0.0']);
    assert.deepEqual(of(references.slice(0, 2)), ['pkg:github/o/a@1.0.0']);
  });

  for (const [kind, from, to] of [
    ['DEPENDS_ON', 'a', 'b'],
    ['CONTAINS', 'a', 'b'],
    ['STATIC_LINK', 'a', 'b'],
    ['DYNAMIC_LINK', 'a', 'b'],
    ['HAS_PREREQUISITE', 'a', 'b'],
    ['DEPENDENCY_OF', 'b', 'a'],
    ['BUILD_DEPENDENCY_OF', 'b', 'a'],
    ['CONTAINED_BY', 'b', 'a'],
    ['PREREQUISITE_FOR', 'b', 'a'],
  ] as const)
    it(`says by ${kind} who needs whom`, () => {
      const packages = ['a', 'b'].map((name) => ({ SPDXID: `SPDXRef-${name}`, name }));
      const relationships = [related(`SPDXRef-${from} ${kind} SPDXRef-${to}`)];
      assert.ok(said(spdx({ packages, relationships })).edges.includes('local:a → local:b'));
    });

  it('may be about several programs: each is what the artefact is', () => {
    const packages = ['one', 'two', 'a'].map((name) => ({ SPDXID: `SPDXRef-${name}`, name }));
    const relationships = [
      related('SPDXRef-one DEPENDS_ON SPDXRef-a'),
      related('SPDXRef-a DEPENDS_ON SPDXRef-two'),
    ];
    const found = spdx({ documentDescribes: ['SPDXRef-one', 'SPDXRef-two'], packages, relationships });
    assert.deepEqual(said(found).roots, ['local:one', 'local:two']);
  });

  it('may be in a circle: what something contains is led to all the same', () => {
    const packages = ['dir', 'a', 'b'].map((name) => ({ SPDXID: `SPDXRef-${name}`, name }));
    const found = spdx({
      documentDescribes: ['SPDXRef-dir'],
      packages,
      relationships: [
        'SPDXRef-dir CONTAINS SPDXRef-a',
        'SPDXRef-dir CONTAINS SPDXRef-b',
        'SPDXRef-a DEPENDS_ON SPDXRef-b',
        'SPDXRef-b DEPENDS_ON SPDXRef-a',
      ].map(related),
    });
    assert.deepEqual(said(found).edges, ['local:a → local:b', 'local:b → local:a', 'local:dir → local:a']);
  });

  it('may be SPDX 3 with a purl as an identifier, links and other kinds of packages', () => {
    const found = read({
      '@graph': [
        { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1' },
        { type: 'software_Sbom', spdxId: 'urn:sbom', rootElement: ['urn:a'] },
        { type: 'software_Package', spdxId: 'urn:a', name: 'a', software_packageVersion: '1.0.0' },
        {
          type: 'software_Package',
          spdxId: 'urn:b',
          name: 'b',
          externalIdentifier: [
            { externalIdentifierType: 'cpe23', identifier: 'cpe:2.3:a:b' },
            { externalIdentifierType: 'packageUrl', identifier: 'pkg:cargo/b@1.0.0' },
          ],
        },
        { type: 'ai_AIPackage', spdxId: 'urn:m', name: 'm' },
        { type: 'Relationship', from: 'urn:a', to: ['urn:b'], relationshipType: 'hasStaticLink' },
        { type: 'Relationship', from: 'urn:a', to: ['urn:m'], relationshipType: 'hasOptionalDependency' },
      ],
    });
    assert.deepEqual(said(found), {
      edges: ['local:a@1.0.0 → pkg:cargo/b@1.0.0, local:m', 'local:m', 'pkg:cargo/b@1.0.0'],
      roots: ['local:a@1.0.0'],
    });
  });
});
