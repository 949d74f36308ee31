import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cyclonedxJson } from '../../src/bom/cyclonedx/json.ts';
import { cyclonedxVersions } from '../../src/bom/cyclonedx/properties.ts';
import { cyclonedxXml } from '../../src/bom/cyclonedx/xml.ts';
import { nativeBom, sampleBom } from '../samples/bom.ts';
import { jsonProblem, xmlProblem } from '../support/bom-judges.ts';

describe('CycloneDX', () => {
  for (const version of cyclonedxVersions) {
    it(`${version}: the official schemas take what is written`, async () => {
      for (const bom of [
        sampleBom(),
        nativeBom(),
        sampleBom({ creator: 'https://example.org/psirt', created: undefined, reproducible: false }),
      ]) {
        assert.equal(await jsonProblem(cyclonedxJson(bom, version), version), undefined);
        assert.equal(xmlProblem(cyclonedxXml(bom, version), version), undefined);
      }
    });
  }

  it('the judges refuse what is wrong', async () => {
    const json = cyclonedxJson(sampleBom(), '1.7').replace('"library"', '"bookshop"');
    assert.match((await jsonProblem(json, '1.7')) ?? '', /bookshop|enum/);
    const xml = cyclonedxXml(sampleBom(), '1.7').replace('type="library"', 'type="bookshop"');
    assert.match(xmlProblem(xml, '1.7') ?? '', /bookshop/);
  });

  it('one content has one serial number, in both forms; another has another', () => {
    const serial = (text: string) => /urn:uuid:[0-9a-f-]{36}/.exec(text)?.[0];
    const one = serial(cyclonedxJson(sampleBom(), '1.7'));
    assert.match(one ?? '', /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(serial(cyclonedxXml(sampleBom(), '1.7')), one);
    assert.notEqual(serial(cyclonedxJson(sampleBom({ creator: 'other@example.org' }), '1.7')), one);
  });
});
