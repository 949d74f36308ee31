import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildType } from '../../src/attest/provenance.ts';
import { parsePurl } from '../../src/bom/purl.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { installedOf } from '../../src/distribution/installed.ts';
import { contentsByList, contentsByTraces } from '../../src/inventory/from-binary.ts';
import { statementOfBom } from '../../src/inventory/from-bom.ts';
import { readProvenance } from '../../src/inventory/provenance.ts';
import type { Member } from '../../src/store/inventory/records.ts';
import { wayTo } from '../../src/store/inventory/ways.ts';

const cdx = (more: object) =>
  statementOfBom(readBom(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', ...more })), 'file');
const digest = 'ab'.repeat(32);

describe('a document', () => {
  it('of trivy says the source of a distribution’s package, as purls of others do', () => {
    const trivy = (more: Readonly<Record<string, string>>) =>
      Object.entries(more).map(([key, value]) => ({ name: `aquasecurity:trivy:${key}`, value }));
    const said = cdx({
      components: [
        [
          'pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.4',
          { SrcName: 'openssl', SrcVersion: '3.0.11', SrcRelease: '1~deb12u2' },
        ],
        [
          'pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12.4&epoch=1',
          { SrcName: 'zlib', SrcVersion: '1.2.13.dfsg', SrcRelease: '1', SrcEpoch: '1' },
        ],
        [
          'pkg:deb/debian/libgcc-s1@12.2.0-14%2Bb1?distro=debian-12.4',
          { SrcName: 'gcc-12', SrcVersion: '12.2.0', SrcRelease: '14' },
        ],
        ['pkg:apk/alpine/libssl3@3.3.1-r0?distro=3.20.1', { SrcName: 'openssl', SrcVersion: '3.3.1-r0' }],
        [
          'pkg:deb/debian/curl@7.88-1?distro=debian-12.4',
          { SrcName: 'curl', SrcVersion: '7.88', SrcRelease: '1' },
        ],
        ['pkg:deb/debian/libssl3@1-1?upstream=own', { SrcName: 'other' }],
        ['pkg:cargo/a@1.0.0', { SrcName: 'other' }],
      ].map(([purl, more]) => ({
        type: 'library',
        name: 'x',
        purl,
        properties: trivy(more as Record<string, string>),
      })),
    });
    assert.deepEqual(
      said.components.map(({ purl = '' }) => {
        const installed = installedOf(parsePurl(purl));
        const { source, distribution } = installed ?? {};
        return installed === undefined
          ? purl
          : [source?.name, source?.version, distribution?.id, distribution?.version];
      }),
      [
        ['openssl', '3.0.11-1~deb12u2', 'debian', '12.4'],
        ['zlib', '1:1.2.13.dfsg-1', 'debian', '12.4'],
        ['gcc-12', '12.2.0-14', 'debian', '12.4'],
        ['openssl', '3.3.1-r0', 'alpine', '3.20.1'],
        ['curl', '7.88-1', 'debian', '12.4'],
        ['own', '1-1', 'debian', undefined],
        'pkg:cargo/a@1.0.0',
      ],
    );
  });

  it('is about its subject, whose dependencies are the direct ones', () => {
    const said = cdx({
      metadata: {
        timestamp: '2026-11-01T00:00:00Z',
        properties: [{ name: 'cdx:rustc:sbom:target:triple', value: 'x86_64-unknown-linux-gnu' }],
        component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' },
      },
      components: [
        { type: 'library', 'bom-ref': 'b', name: 'b', version: '2.0.0', purl: 'pkg:cargo/b@2.0.0' },
        { type: 'library', 'bom-ref': 'c', name: 'c', scope: 'excluded', purl: 'pkg:cargo/c@1.0.0' },
      ],
      dependencies: [
        { ref: 'app', dependsOn: ['b'] },
        { ref: 'b', dependsOn: ['c', 'lost'] },
      ],
      compositions: [{ aggregate: 'complete' }],
    });
    assert.deepEqual(
      [said.name, said.version, said.target, said.built, said.completeness, said.roots],
      ['app', '1.0.0', 'x86_64-unknown-linux-gnu', '2026-11-01T00:00:00.000Z', 'complete', [0]],
    );
    assert.deepEqual(
      said.components.map(({ name, scope, source, uses }) => [name, scope, source, uses]),
      [
        ['app', 'linked', 'local', [1]],
        ['b', 'linked', undefined, [2]],
        ['c', 'build', undefined, undefined],
      ],
    );
  });

  for (const [what, component, expected] of [
    ['in the version, as syft writes it', { type: 'file', name: 'app', version: `sha256:${digest}` }, digest],
    [
      'as the hash of an executable',
      {
        type: 'application',
        name: 'app',
        purl: 'pkg:cargo/app@1.0.0',
        hashes: [{ alg: 'SHA-256', content: digest.toUpperCase() }],
        properties: [{ name: 'bsi:component:executable', value: 'executable' }],
      },
      digest,
    ],
    [
      'not as the checksum of a crate’s archive',
      {
        type: 'library',
        name: 'app',
        purl: 'pkg:cargo/app@1.0.0',
        hashes: [{ alg: 'SHA-256', content: digest }],
      },
      undefined,
    ],
  ] as const)
    it(`names the digest of its file ${what}`, () => {
      assert.equal(cdx({ metadata: { component } }).file?.sha256, expected);
    });

  it('may name parts as nobody would: they are parts all the same', () => {
    const said = cdx({
      metadata: { timestamp: 'yesterday', component: { name: 'a\0b' } },
      components: [
        { name: '' },
        { name: 'x'.repeat(9000), version: '\ud800' },
        { purl: 'pkg:cargo/named@1.0.0' },
      ],
    });
    assert.deepEqual([said.name, said.built], ['a b', undefined]);
    assert.deepEqual(
      said.components.map(({ name, version }) => [name.slice(0, 8), name.length, version]),
      [
        ['nameless', 8, undefined],
        ['xxxxxxxx', 300, '\ufffd'],
        ['named', 5, undefined],
      ],
    );
  });

  it('that says nothing of it is not complete, and without a subject has the file’s name', () => {
    const said = cdx({ components: [{ type: 'library', name: 'a', purl: 'pkg:cargo/a@1.0.0' }] });
    assert.deepEqual([said.name, said.completeness, said.roots], ['file', 'unknown', undefined]);
    const spdx = { spdxVersion: 'SPDX-2.3', packages: [{ name: 'a', SPDXID: 'SPDXRef-a' }] };
    assert.equal(statementOfBom(readBom(JSON.stringify(spdx)), 'file').components[0]?.scope, 'unknown');
  });
});

describe('a binary', () => {
  it('by its list is complete', () => {
    const crate = { version: '1.0.0', kind: 'runtime', dependencies: [], root: false } as const;
    const said = contentsByList([
      { ...crate, name: 'app', source: 'local', root: true, dependencies: [1, 2] },
      { ...crate, name: 'a', source: 'crates.io' },
      { ...crate, name: 'b', source: 'registry', kind: 'build' },
    ]);
    assert.deepEqual([said.knownBy, said.completeness, said.roots], ['list', 'complete', [0]]);
    assert.deepEqual(
      said.components.map(({ purl, source, scope }) => [purl, source, scope]),
      [
        [undefined, 'local', 'linked'],
        ['pkg:cargo/a@1.0.0', undefined, 'linked'],
        [undefined, 'registry', 'build'],
      ],
    );
  });

  it('by its traces never is, and a version that no path has is not made up', () => {
    const trace = { confidence: 'high', path: '' } as const;
    const said = contentsByTraces([
      { ...trace, name: 'a', version: '1.0.0', method: 'registry' },
      { ...trace, name: 'ring', version: undefined, method: 'vendored', confidence: 'low' },
      { ...trace, name: 'g', version: undefined, method: 'git' },
      { ...trace, name: 'hashbrown', version: '0.15.0', method: 'rust' },
    ]);
    assert.deepEqual([said.knownBy, said.completeness], ['traces', 'incomplete']);
    assert.deepEqual(
      said.components.map(({ purl, source, version, method, confidence }) => [
        purl ?? source,
        version,
        `${method} ${confidence}`,
      ]),
      [
        ['pkg:cargo/a@1.0.0', '1.0.0', 'registry high'],
        ['pkg:cargo/ring', undefined, 'vendored low'],
        ['git', undefined, 'git high'],
        ['pkg:cargo/hashbrown@0.15.0', '0.15.0', 'rust high'],
      ],
    );
  });
});

describe('provenance', () => {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'app', digest: { sha256: digest } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        resolvedDependencies: [
          { uri: 'git+https://git.example/app@refs/heads/main', digest: { gitCommit: 'c0ffee' } },
        ],
      },
      runDetails: { metadata: { finishedOn: '2026-11-01T00:00:00Z' } },
    },
  };
  const expected = {
    digests: [digest],
    project: 'https://git.example/app',
    commit: 'c0ffee',
    built: '2026-11-01T00:00:00Z',
    builder: undefined,
    lockfile: undefined,
  };
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');

  for (const [what, value] of [
    ['bare', statement],
    ['in an envelope', { payload, payloadType: 'application/vnd.in-toto+json', signatures: [] }],
    ['in a bundle', { mediaType: 'x', dsseEnvelope: { payload } }],
  ] as const)
    it(`is read ${what}`, () => assert.deepEqual(readProvenance(value), expected));

  it('takes a toolchain’s commit for no project’s: of a build of ours, the source is named so', () => {
    const compiler = {
      name: 'rustc 1.95.0',
      uri: 'pkg:generic/rustc@1.95.0',
      digest: { gitCommit: 'facade' },
    };
    const source = { name: 'source', digest: { gitCommit: 'c0ffee' } };
    for (const [resolvedDependencies, commit] of [
      [[compiler], undefined],
      [[compiler, source], 'c0ffee'],
    ] as const) {
      const predicate = { buildDefinition: { buildType, resolvedDependencies } };
      const claim = readProvenance({ ...statement, predicate });
      assert.deepEqual([claim?.project, claim?.commit], [undefined, commit]);
    }
  });

  it('is nothing else', () => {
    for (const value of [null, [], {}, { payload: 'e30=' }, { payload: '!' }, { predicateType: 'x' }])
      assert.equal(readProvenance(value), undefined);
  });
});

describe('the way to a component', () => {
  const member = (component: number, uses: readonly number[] | null): Member => ({
    component,
    scope: 'linked',
    confidence: 'stated',
    method: 'list',
    uses,
  });
  // 10 is the project; 13 is reached by 11 and, longer, by 12 and 11; 14 is in a circle with 13; nothing leads to 15.
  const members = [
    member(10, [1, 2]),
    member(11, [3]),
    member(12, [1]),
    member(13, [4]),
    member(14, [3]),
    member(15, null),
  ];
  for (const [component, relation, path] of [
    [10, 'own', [10]],
    [11, 'direct', [10, 11]],
    [13, 'transitive', [10, 11, 13]],
    [14, 'transitive', [10, 11, 13, 14]],
    [15, 'unknown', []],
    [99, 'unknown', []],
  ] as const)
    it(`${component} is ${relation}`, () => {
      assert.deepEqual(wayTo({ members, roots: [0] }, component), { relation, path });
    });

  it('is not known where nobody says what the project needs', () => {
    assert.equal(wayTo({ members, roots: null }, 11).relation, 'unknown');
  });
});
