import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spdxJson } from '../../src/bom/spdx/json.ts';
import { sampleBom } from '../samples/bom.ts';

interface Element {
  readonly type: string;
  readonly spdxId?: string;
  readonly [key: string]: unknown;
}

function graph(text: string): readonly Element[] {
  return (JSON.parse(text) as { '@graph': readonly Element[] })['@graph'];
}

describe('SPDX 3.0.1', () => {
  const elements = graph(spdxJson(sampleBom()));
  const of = (type: string) => elements.filter((each) => each.type === type);

  it('names each element once, and nothing that is not there', () => {
    const ids = elements.flatMap(({ spdxId }) => spdxId ?? []);
    assert.equal(new Set(ids).size, ids.length);
    const known = new Set(ids);
    const keys = ['from', 'to', 'element', 'rootElement', 'createdBy', 'createdUsing', 'originatedBy'];
    for (const element of elements) {
      for (const key of keys)
        for (const id of [element[key] ?? []].flat()) assert.ok(known.has(id as string), `${key} ${id}`);
    }
  });

  it('says what is linked, what only runs while it builds, and what each is licensed under', () => {
    const packages = new Map(of('software_Package').map(({ name, spdxId }) => [spdxId, name]));
    const edges = of('LifecycleScopedRelationship').map(({ from, to, scope }) => [
      packages.get(from as string),
      scope,
      (to as string[]).map((id) => packages.get(id)),
    ]);
    assert.deepEqual(edges, [
      ['app', 'runtime', ['zstd-sys']],
      ['app', 'build', ['macro']],
    ]);
    assert.deepEqual(
      of('simplelicensing_LicenseExpression').map((each) => each.simplelicensing_licenseExpression),
      ['MIT OR Apache-2.0'],
    );
  });

  it('names the delivered file with its SHA-512, as BSI asks', () => {
    const [file] = of('software_File');
    assert.equal(file?.name, 'zstd-sys-2.0.16+zstd.1.5.7.crate');
    assert.deepEqual(file?.software_additionalPurpose, ['archive', 'container']);
    assert.match(JSON.stringify(file?.verifiedUsing), /"sha512"/);
  });

  it('where nobody answers for it, the program does', () => {
    const own = graph(spdxJson(sampleBom({ creator: undefined })));
    const agent = own.find(({ type }) => type === 'SoftwareAgent');
    assert.deepEqual(own.find(({ type }) => type === 'CreationInfo')?.createdBy, [agent?.spdxId]);
  });
});
