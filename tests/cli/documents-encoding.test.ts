/** Documents are read in the encoding that they declare, packed or not, whichever command takes them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder, safeguard } from './support.ts';

const xml = (encoding: string, name = 'äpp') =>
  `<?xml version="1.0" encoding="${encoding}"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><component type="application" bom-ref="a"><name>app</name></component></metadata><components><component type="library"><name>${name}</name><version>1.0.0</version></component></components></bom>`;
const json = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { component: { type: 'application', name: 'app' } },
  components: [{ type: 'library', name: 'äpp', version: '1.0.0' }],
});
const latin = (text: string) => Buffer.from(text, 'latin1');
const little = (text: string) => Buffer.from(text, 'utf16le');

it('are read by `sbom diff` and `sbom check` as `inventory add` reads them', async (t) => {
  const cwd = folder(t, { 'plain.json': json });
  const forms = {
    'latin.xml': latin(xml('ISO-8859-1')),
    'packed.xml.gz': gzipSync(latin(xml('windows-1252'))),
    'memory.xml': Buffer.from(xml('utf-16')),
    'little.xml': little(`\uFEFF${xml('utf-16')}`),
    'big.xml': little(xml('UTF-16BE')).swap16(),
    'marked.xml': Buffer.from(`\uFEFF${xml('iso-8859-1')}`),
    'little.json': little(`\uFEFF${json}`),
    'twice.json.gz': gzipSync(little(json)),
    'marked.json.gz': gzipSync(`\uFEFF${json}`),
  };
  for (const [name, bytes] of Object.entries(forms)) {
    writeFileSync(join(cwd, name), bytes);
    const diff = await safeguard(['sbom', 'diff', 'plain.json', name], { cwd });
    assert.match(diff.stdout, /^0 added, 0 removed, 0 changed, [12] the same\.$/m, `${name} ${diff.stderr}`);
    const check = await safeguard(['sbom', 'check', name], { cwd });
    assert.match(check.stdout, /: CycloneDX 1\.6, 2 components/, `${name} ${check.stderr}`);
  }
});

it('say what they are in where that is not read', async (t) => {
  const cwd = folder(t);
  const wide = [...json].map((one) => Buffer.from([one.charCodeAt(0), 0, 0, 0]));
  for (const [name, bytes, said] of [
    [
      'wrong.xml',
      Buffer.from([...latin(xml('Shift_JIS', 'a')), 0xfd, 0xff]),
      /is not in shift_jis, as it says/,
    ],
    ['wide.json', Buffer.concat(wide), /wide\.json is in utf-32le, which is not read/],
    ['ebcdic.xml', latin(xml('IBM037')), /ebcdic\.xml is in ibm037, which is not read/],
    ['cut.json.gz', gzipSync(json).subarray(0, 60), /cut\.json\.gz: its gzip is broken/],
    ['thrice.json.gz', gzipSync(gzipSync(json)), /thrice\.json\.gz is packed twice/],
  ] as const) {
    writeFileSync(join(cwd, name), bytes);
    for (const words of [
      ['sbom', 'check', name],
      ['vex', 'import', name, '--server', 'http://127.0.0.1:9'],
    ]) {
      const { code, stderr } = await safeguard(words, { cwd });
      assert.equal(code, 64, stderr);
      assert.match(stderr, said, words.join(' '));
    }
  }
});
