import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cyclonedxJson } from '../../src/bom/cyclonedx/json.ts';
import { cyclonedxXml } from '../../src/bom/cyclonedx/xml.ts';
import { addressOf } from '../../src/bom/url.ts';
import { sampleBom } from '../samples/bom.ts';
import { jsonProblem, xmlProblem } from '../support/bom-judges.ts';

const cases: readonly (readonly [text: string, address: string | undefined])[] = [
  ['https://example.org', 'https://example.org'],
  [' https://example.org/a?b=c#d ', 'https://example.org/a?b=c#d'],
  ['ssh://git@example.org/a.git', 'ssh://git@example.org/a.git'],
  ['https://[::1]:8080/a', 'https://[::1]:8080/a'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
  ['https://example.org/{x}', 'https://example.org/%7Bx%7D'],
  ['https://bücher.example/é', 'https://xn--bcher-kva.example/%C3%A9'],
  // Those a browser takes, and no URI.
  ['https://example.org/[x]', undefined],
  ['https://example.org/%zz', undefined],
  ['https://example.org/a#b#c', undefined],
  ['git@example.org:a/b.git', undefined],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['', undefined],
];

it('addresses are URIs, or left out', () => {
  for (const [text, address] of cases) assert.equal(addressOf(text), address, text);
});

it('both judges take every address that is taken', async () => {
  const bom = sampleBom();
  const urls = cases.flatMap(([, address]) => address ?? []);
  const links = urls.map((url) => ({ kind: 'website', url, hashes: [] }) as const);
  const linked = { ...bom, subject: { ...bom.subject, links } };
  assert.equal(await jsonProblem(cyclonedxJson(linked, '1.7'), '1.7'), undefined);
  assert.equal(xmlProblem(cyclonedxXml(linked, '1.7'), '1.7'), undefined);
});
