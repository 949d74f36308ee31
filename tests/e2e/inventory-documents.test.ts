/** `safeguard inventory add` of documents in every form: large ones, packed, in other encodings, by the standard input. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { folder, safeguard, safeguardWith } from '../cli/support.ts';
import { startScene } from '../support/scene.ts';

async function start(t: TestContext) {
  const { mirror } = await startScene(t);
  const cwd = folder(t);
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  const run = (...args: string[]) => safeguard(args, { cwd, env });
  const write = (name: string, bytes: Uint8Array | string) => writeFileSync(join(cwd, name), bytes);
  return { mirror, cwd, run, write };
}

/** The same document in other forms: as SPDX 3.0.1, as CycloneDX in XML, as SPDX 2.3 with its version at the end. */
function otherForms(count: number) {
  const names = Array.from({ length: count }, (_, i) => `part${i}`);
  const [purl, remark] = [(name: string) => `pkg:cargo/${name}@1.0.0`, 'x'.repeat(150)];
  const needs = (i: number) => (i < 49 ? [names[i + 1] ?? ''] : []);
  const id = (name: string) => `https://example.org/${name}`;
  const relation = (from: string, to: readonly string[]) => ({
    ...{ type: 'Relationship', relationshipType: 'dependsOn', from: id(from), to: to.map(id) },
  });
  const spdx3 = [
    relation('app', ['part0']),
    ...names.map((name) => ({
      ...{ type: 'software_Package', spdxId: id(name), name, software_packageUrl: purl(name) },
      ...{ software_packageVersion: '1.0.0', description: remark },
    })),
    ...names.map((name, i) => relation(name, needs(i))),
    { type: 'software_Package', spdxId: id('app'), name: 'app', software_packageVersion: '1.0.0' },
    { type: 'software_Sbom', spdxId: id('sbom'), rootElement: [id('app')], element: names.map(id) },
  ];
  const component = (name: string) =>
    `<component type="library" bom-ref="${name}"><name>${name}</name><version>1.0.0</version><description>${remark}</description><purl>${purl(name)}</purl></component>`;
  const dependency = (name: string, to: readonly string[]) =>
    `<dependency ref="${name}">${to.map((one) => `<dependency ref="${one}"/>`).join('')}</dependency>`;
  const spdx2 = {
    packages: ['app', ...names].map((name) => ({
      ...{ SPDXID: `SPDXRef-${name}`, name, versionInfo: '1.0.0', description: remark },
      externalRefs: name === 'app' ? [] : [{ referenceType: 'purl', referenceLocator: purl(name) }],
    })),
    relationships: ['DOCUMENT DESCRIBES app', 'app DEPENDS_ON part0']
      .concat(names.flatMap((name, i) => needs(i).map((to) => `${name} DEPENDS_ON ${to}`)))
      .map((line) => {
        const [from, relationshipType, to] = line.split(' ');
        return { spdxElementId: `SPDXRef-${from}`, relationshipType, relatedSpdxElement: `SPDXRef-${to}` };
      }),
    SPDXID: 'SPDXRef-DOCUMENT',
    spdxVersion: 'SPDX-2.2',
  };
  return {
    'vast.spdx3.json': JSON.stringify({ '@graph': spdx3 }),
    'vast.xml':
      '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><metadata><component type="application" bom-ref="app"><name>app</name><version>1.0.0</version></component></metadata>' +
      `<components>${names.map(component).join('\n')}</components><dependencies>${dependency('app', ['part0'])}${names.map((name, i) => dependency(name, needs(i))).join('')}</dependencies></bom>`,
    'vast.spdx.json': JSON.stringify(spdx2),
  };
}

it('reads documents of every form bit by bit, by the standard input too', async (t) => {
  for (const [file, text] of Object.entries(otherForms(21_000))) {
    const { mirror, run, write, cwd } = await start(t);
    assert.ok(text.length > 4 * 1024 * 1024);
    write(file, text);
    const added = await run('inventory', 'add', file);
    assert.equal(added.stderr, '', file);
    assert.match(added.stdout, /^Added: app 1\.0\.0 .*\n {2}21001 components, /);
    const found = JSON.parse((await run('affected', 'part20', '--format', 'json')).stdout);
    assert.deepEqual(found.artefacts[0].findings[0].path.length, 22, file);
    const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token(), TMPDIR: cwd };
    const again = await safeguardWith(text, ['inventory', 'add', '-'], { cwd, env });
    assert.match(again.stdout, /^Known already: app 1\.0\.0 /, again.stderr);
    assert.deepEqual(readdirSync(cwd), [file]);
  }
});

it('takes documents that are packed, or in another encoding', async (t) => {
  const { mirror, run, write, cwd } = await start(t);
  const text = JSON.stringify({
    bomFormat: 'CycloneDX',
    metadata: { component: { type: 'application', 'bom-ref': 'a', name: 'äpp', version: '1.0.0' } },
    components: [{ type: 'library', name: 's', purl: 'pkg:cargo/s@1.0.0' }],
  });
  const little = (of: string) => Buffer.from(of, 'utf16le');
  write('first.json', text);
  assert.match((await run('inventory', 'add', 'first.json')).stdout, /^Added: äpp 1\.0\.0 /);
  const forms = {
    marked: `\uFEFF${text}`,
    gzip: gzipSync(text),
    little: little(`\uFEFF${text}`),
    big: little(`\uFEFF${text}`).swap16(),
    'without a mark': little(text),
    'both of it': gzipSync(little(`\uFEFF${text}`)),
  };
  const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
  for (const [name, bytes] of Object.entries(forms)) {
    write(name, bytes);
    const ran = await run('inventory', 'add', name);
    assert.match(ran.stdout, /^Known already: äpp 1\.0\.0 /, `${name} ${ran.stderr}`);
    const piped = await safeguardWith(bytes, ['inventory', 'add', '-'], { cwd, env });
    assert.match(piped.stdout, /^Known already: äpp 1\.0\.0 /, `${name} ${piped.stderr}`);
  }
  write('twice', gzipSync(gzipSync(text)));
  write('cut', gzipSync(`{"bomFormat":"CycloneDX","components":[${'{},'.repeat(100_000)}`).subarray(0, -20));
  write('archive.tar.gz', gzipSync(Buffer.alloc(10_000)));
  for (const [name, message] of [
    ['twice', /twice is neither an executable nor an SBOM/],
    ['cut', /cut: unexpected end of file/],
    ['archive.tar.gz', /neither an executable nor an SBOM/],
  ] as const) {
    const ran = await run('inventory', 'add', name);
    assert.deepEqual([ran.code, message.test(ran.stderr)], [64, true], ran.stderr);
  }
  const { code, stderr } = await safeguardWith('', ['inventory', 'add', '-'], { cwd, env });
  assert.deepEqual([code, /stdin is neither an executable nor an SBOM/.test(stderr)], [64, true], stderr);
});

it('reads XML in the encoding that it declares, and says of one that is not read which it is', async (t) => {
  const { run, write } = await start(t);
  const xml = (encoding: string, name = 'äpp') =>
    `<?xml version="1.0" encoding="${encoding}"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><metadata><component type="application" bom-ref="a"><name>${name}</name><version>1.0.0</version></component></metadata><components><component type="library"><name>s</name><version>1.0.0</version><purl>pkg:cargo/s@1.0.0</purl></component></components></bom>`;
  write('first.xml', xml('UTF-8'));
  assert.match((await run('inventory', 'add', 'first.xml')).stdout, /^Added: äpp 1\.0\.0 /);
  const latin = (text: string) => Buffer.from(text, 'latin1');
  const little = (text: string) => Buffer.from(text, 'utf16le');
  // Of more than is read as a whole.
  const long = xml('iso-8859-15').replace('<components>', `<components>${' '.repeat(5 * 1024 * 1024)}`);
  for (const [name, bytes] of Object.entries({
    'latin.xml': latin(xml('ISO-8859-1')),
    'windows.xml': latin(xml('windows-1252')),
    'packed.xml.gz': gzipSync(latin(xml('iso-8859-1'))),
    'long.xml': latin(long),
    // As .NET writes what it held in memory.
    'memory.xml': xml('utf-16'),
    'little.xml': little(`\uFEFF${xml('utf-16')}`),
    'big.xml': little(xml('UTF-16BE')).swap16(),
    'marked.xml': `\uFEFF${xml('iso-8859-1')}`,
  })) {
    write(name, bytes);
    const ran = await run('inventory', 'add', name);
    assert.match(ran.stdout, /^Known already: äpp 1\.0\.0 /, `${name} ${ran.stderr}`);
  }
  // 明 in Shift_JIS, and what is none of it.
  const [before = '', after = ''] = xml('Shift_JIS', '#').split('#');
  write('japan.xml', Buffer.concat([latin(before), Buffer.from([0x96, 0xbe]), latin(after)]));
  assert.match((await run('inventory', 'add', 'japan.xml')).stdout, /^Added: 明 1\.0\.0 /);
  write('wrong.xml', Buffer.concat([latin(before), Buffer.from([0xfd, 0xff]), latin(after)]));
  const wide = (text: string) =>
    Buffer.concat([...text].map((one) => Buffer.from([one.codePointAt(0) ?? 0, 0, 0, 0])));
  write('wide.json', wide('{"bomFormat": "CycloneDX", "components": []}'));
  write('wide.xml', wide(`\uFEFF${xml('utf-32', 'app')}`).fill(Buffer.from([0xff, 0xfe, 0, 0]), 0, 4));
  write('big.json', wide('{"bomFormat": "CycloneDX", "components": []}').swap32());
  write('ebcdic.xml', latin(xml('IBM037')));
  for (const [name, message] of [
    ['wrong.xml', /wrong\.xml is not in shift_jis, as it says/],
    ['wide.json', /wide\.json is in utf-32le, which is not read/],
    ['wide.xml', /wide\.xml is in utf-32le, which is not read/],
    ['big.json', /big\.json is in utf-32be, which is not read/],
    ['ebcdic.xml', /ebcdic\.xml is in ibm037, which is not read\n {2}Have it written in UTF-8\./],
  ] as const) {
    const ran = await run('inventory', 'add', name);
    assert.equal(ran.code, 64, name);
    assert.match(ran.stderr, message);
  }
});
