import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cyclonedxJson } from '../../src/bom/cyclonedx/json.ts';
import { cyclonedxXml } from '../../src/bom/cyclonedx/xml.ts';
import { BomError } from '../../src/bom/error.ts';
import { purlText } from '../../src/bom/purl.ts';
import { JsonValue } from '../../src/bom/read/json-value.ts';
import { readBom } from '../../src/bom/read/read.ts';
import { readSpdx3 } from '../../src/bom/read/spdx-3.ts';
import { sampleBom } from '../samples/bom.ts';

/** As cargo-cyclonedx writes it unless it is told otherwise, shortened. */
const ofCargo = `<?xml version="1.0" encoding="utf-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.3" serialNumber="urn:uuid:00000000-0000-4000-8000-000000000000" version="1">
  <metadata>
    <timestamp>2026-08-20T07:11:00Z</timestamp>
    <tools><tool><vendor>CycloneDX</vendor><name>cargo-cyclonedx</name><version>0.5.7</version></tool></tools>
    <component type="application" bom-ref="path+file:///app#1.0.0">
      <name>app</name>
      <version>1.0.0</version>
      <scope>required</scope>
      <purl>pkg:cargo/app@1.0.0?download_url=file://.</purl>
      <components>
        <component type="application" bom-ref="path+file:///app#1.0.0 bin-target-0">
          <name>app</name><version>1.0.0</version>
          <purl>pkg:cargo/app@1.0.0?download_url=file://.#src/main.rs</purl>
        </component>
      </components>
    </component>
    <properties><property name="cdx:rustc:sbom:target:triple">x86_64-unknown-linux-gnu</property></properties>
  </metadata>
  <components>
    <!-- a > b -->
    <component type="library" bom-ref='registry+x#zstd-sys@2.0.16+zstd.1.5.7'>
      <author>A &amp; B &lt;a&#64;example.org&#x3e;</author>
      <name>zstd-sys</name>
      <version>2.0.16+zstd.1.5.7</version>
      <description><![CDATA[<not a="tag">]]></description>
      <hashes><hash alg="SHA-256">${'a'.repeat(64)}</hash></hashes>
      <licenses><expression>MIT/Apache-2.0</expression></licenses>
      <purl>pkg:cargo/zstd-sys@2.0.16+zstd.1.5.7</purl>
      <externalReferences><reference type="vcs"><url>https://example.org/z?a=1&amp;b=2</url></reference></externalReferences>
    </component>
  </components>
  <dependencies>
    <dependency ref="path+file:///app#1.0.0"><dependency ref="registry+x#zstd-sys@2.0.16+zstd.1.5.7" /></dependency>
    <dependency ref="registry+x#zstd-sys@2.0.16+zstd.1.5.7"/>
  </dependencies>
</bom>
`;

/** SPDX 2.3 in tags and values, as scanners write it. */
const tags = `# written by a scanner
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: app
DocumentNamespace: https://example.org/app-1
Creator: Organization: Example (psirt@example.org)
Creator: Tool: scanner-1.2.3
Created: 2026-08-20T07:11:00Z

##### Package: app

PackageName: app
SPDXID: SPDXRef-app
PackageVersion: 1.0.0
PackageSupplier: NOASSERTION
PackageComment: <text>two lines
PackageVersion: 9.9.9
of a remark</text>

PackageName: zstd-sys
SPDXID: SPDXRef-zstd
PackageVersion: 2.0.16+zstd.1.5.7
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: MIT
PackageChecksum: SHA256: ${'A'.repeat(64)}
ExternalRef: SECURITY cpe23Type cpe:2.3:a:zstd:zstd:2.0.16:*:*:*:*:*:*:*
ExternalRef: PACKAGE-MANAGER purl pkg:cargo/zstd-sys@2.0.16+zstd.1.5.7

FileName: ./Cargo.lock
SPDXID: SPDXRef-file
FileChecksum: SHA1: ${'b'.repeat(40)}

Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-app
Relationship: SPDXRef-zstd DEPENDENCY_OF SPDXRef-app
`;

const isRefused = (text: string, code: string) =>
  assert.throws(
    () => readBom(text),
    (error) => error instanceof BomError && error.code === code,
    text.slice(0, 100),
  );

describe('documents that are no JSON', () => {
  for (const version of ['1.6', '1.7'] as const)
    it(`CycloneDX ${version} in XML says what its JSON says`, () => {
      const [xml, json] = [cyclonedxXml(sampleBom(), version), cyclonedxJson(sampleBom(), version)];
      assert.deepEqual(readBom(xml), readBom(json));
    });

  it('CycloneDX as cargo-cyclonedx writes it, also with prefixes', () => {
    const prefixed = ofCargo.replaceAll(/<(\/?)([a-z])/g, '<$1b:$2').replace('xmlns=', 'xmlns:b=');
    for (const text of [ofCargo, `\uFEFF${ofCargo}`, prefixed.replace('<b:not', '<not')]) {
      const bom = readBom(text);
      const [main, zstd] = bom.components;
      assert.deepEqual([bom.format, bom.version, bom.subject?.name], ['CycloneDX', '1.3', 'app']);
      assert.deepEqual(bom.tools, [{ name: 'cargo-cyclonedx', version: '0.5.7' }]);
      assert.deepEqual(bom.properties, [
        { name: 'cdx:rustc:sbom:target:triple', value: 'x86_64-unknown-linux-gnu' },
      ]);
      assert.equal(main?.ref, 'path+file:///app#1.0.0 bin-target-0');
      assert.deepEqual(zstd?.creators, ['A & B <a@example.org>']);
      assert.deepEqual(zstd?.licenses, ['MIT/Apache-2.0']);
      assert.equal(zstd?.purl && purlText(zstd.purl), 'pkg:cargo/zstd-sys@2.0.16%2Bzstd.1.5.7');
      assert.deepEqual([...bom.dependencies.values()], [['registry+x#zstd-sys@2.0.16+zstd.1.5.7'], []]);
    }
  });

  it('SPDX 2.3 in tags and values', () => {
    for (const text of [tags, tags.replaceAll('\n', '\r\n')]) {
      const bom = readBom(text);
      assert.deepEqual([bom.format, bom.version, bom.created], ['SPDX', '2.3', '2026-08-20T07:11:00Z']);
      assert.deepEqual([bom.subject?.name, bom.subject?.version], ['app', '1.0.0']);
      assert.deepEqual(
        [bom.creators, bom.tools],
        [['psirt@example.org'], [{ name: 'scanner', version: '1.2.3' }]],
      );
      assert.equal(bom.serial, 'https://example.org/app-1');
      const [zstd, ...more] = bom.components;
      assert.deepEqual(
        [zstd?.name, zstd?.ref, zstd?.licenses, more],
        ['zstd-sys', 'SPDXRef-zstd', ['MIT'], []],
      );
      assert.equal(zstd?.purl?.version, '2.0.16+zstd.1.5.7');
      assert.deepEqual(zstd?.hashes, [{ algorithm: 'SHA-256', value: 'a'.repeat(64) }]);
      assert.deepEqual(bom.dependencies, new Map([['SPDXRef-app', ['SPDXRef-zstd']]]));
    }
  });

  it('are refused where they are broken, or others', () => {
    isRefused('<html></html>', 'bom/format');
    isRefused('<bom xmlns="http://example.org/bom/1.3"/>', 'bom/format');
    isRefused('SPDXVersion: SPDX-9.0', 'bom/document');
    for (const [what, by] of [
      ['</dependencies>', ''],
      ['</bom>', ''],
      ['</bom>', '</bom><bom/>'],
      ['<metadata>', '<metadata'],
      ['alg="SHA-256"', 'alg=SHA-256'],
      ['<bom', '<!DOCTYPE bom [<!ENTITY a "aaaa">]><bom'],
      ['<!-- a > b -->', '<!-- a'],
      ['<!-- a > b -->', '<c>'.repeat(2000) + '</c>'.repeat(2000)],
    ] as const)
      isRefused(ofCargo.replace(what, by), 'bom/document');
  });

  it('are read or refused, wherever they are changed', () => {
    const place = fc.nat({ max: ofCargo.length });
    fc.assert(
      fc.property(
        fc.constantFrom(ofCargo, tags),
        place,
        fc.nat({ max: 40 }),
        fc.string(),
        (text, at, gone, more) => {
          try {
            readBom(text.slice(0, at) + more + text.slice(at + gone));
          } catch (error) {
            assert.ok(error instanceof BomError, String(error));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('large documents', () => {
  it('CycloneDX: components in components, however deep, are all there, and in order', () => {
    let inner: object[] = [];
    for (let depth = 300; depth > 0; depth--)
      inner = [{ name: `c${depth}`, components: inner }, { name: `d${depth}` }];
    const { components } = readBom(JSON.stringify({ bomFormat: 'CycloneDX', components: inner }));
    assert.equal(components.length, 600);
    assert.deepEqual(
      [components[299]?.name, components[300]?.name, components[599]?.name],
      ['c300', 'd300', 'd1'],
    );
  });

  it('SPDX 3: a relation is looked at as often, however many packages there are', () => {
    const looks = (count: number) => {
      let asked = 0;
      const packages = Array.from({ length: count }, (_, i) => ({
        type: 'software_Package',
        spdxId: `p${i}`,
      }));
      const edges = packages.map(({ spdxId }) => ({
        relationshipType: 'dependsOn',
        to: [spdxId],
        get from() {
          asked++;
          return 'p0';
        },
      }));
      const bom = readSpdx3(new JsonValue({ '@graph': [...packages, ...edges] }));
      assert.equal(bom.dependencies.get('p0')?.length, count);
      return asked / count;
    };
    assert.equal(looks(200), looks(20));
  });
});
