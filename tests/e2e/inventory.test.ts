/**
 * What people do with the inventory: `safeguard inventory` against a server, with binaries and documents as they lie in
 * folders.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { depV0, elfFile, elfNote } from '../samples/executables.ts';
import { startScene } from '../support/scene.ts';
import { databaseFor, databases } from '../support/stage.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const buildId = ['.note.gnu.build-id', elfNote('GNU', 3, Buffer.from('abcd', 'hex'))] as const;
const listed = elfFile([
  buildId,
  [
    '.dep-v0',
    depV0([
      { name: 'app', version: '1.0.0', source: 'local', root: true, dependencies: [1] },
      { name: 'serde', version: '1.0.2', source: 'crates.io', dependencies: [2] },
      { name: 'itoa', version: '1.0.0', source: 'crates.io' },
    ]),
  ],
]);
const bare = elfFile([
  ['.rodata', Buffer.from('/r/registry/src/e/serde-1.0.2/src/lib.rs\0/b/vendor/ring/src/aead.rs\0')],
]);

async function start(
  t: TestContext,
  more: { database?: string; advisoryDatabases?: readonly string[]; config?: string } = {},
) {
  const { mirror, clock } = await startScene(t, { mirror: more });
  const cwd = folder(t);
  const run = (...args: string[]) =>
    safeguard(args, { cwd, env: { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() } });
  const write = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), bytes);
  };
  return { mirror, clock, cwd, run, write };
}

for (const { name, skip } of databases)
  describe(`the inventory on ${name}`, { skip }, () => {
    it('takes binaries in, shows, finds and compares them', async (t) => {
      const { run, write } = await start(t, await databaseFor(name, t));
      write('app', listed);
      write('old', bare);
      const added = await run('inventory', 'add', 'app', 'old', '--commit', 'c0ffee');
      assert.equal(added.stderr, '');
      assert.match(
        added.stdout,
        /^Added: app \([0-9a-f]{12}\)\n {2}3 components, unsigned: on the word of the list alone$/m,
      );
      assert.match(
        added.stdout,
        /^Added: old .*\n {2}2 components recovered from traces in it; there may be more/m,
      );
      assert.match((await run('inventory', 'add', 'app')).stdout, /^Known already: app /);

      const list = await run('inventory', 'list', '--crate', 'serde@1.0.2');
      assert.match(
        list.stdout,
        /^ID .*\n[0-9a-f]{12} {2}old .* recovered .*\n[0-9a-f]{12} {2}app .* unsigned .* c0ffee\n$/,
      );
      const shown = await run('inventory', 'show', sha256(listed).slice(0, 10));
      assert.match(shown.stdout, /build id: abcd/);
      assert.match(shown.stdout, /itoa +1\.0\.0 +transitive +list +crates\.io/);
      assert.match(shown.stdout, /serde +1\.0\.2 +direct +list +crates\.io/);
      assert.match((await run('inventory', 'show', sha256(bare))).stdout, /ring +unknown +- +vendored, low/);
      assert.match((await run('inventory', 'search', 'SERDE')).stdout, /serde +1\.0\.2 +crates\.io +2\n/);
      const diff = await run('inventory', 'diff', sha256(bare), sha256(listed));
      assert.match(
        diff.stdout,
        /\+ itoa 1\.0\.0\n- ring \(version unknown\)\n2 added, 1 removed, 0 changed, 1 the same/,
      );
      assert.match(diff.stderr, /old: recovered from traces/);

      const json = JSON.parse((await run('inventory', 'list', '--limit', '1', '--format', 'json')).stdout);
      assert.equal(json.count, 2);
      const second = await run('inventory', 'list', '--after', json.next, '--format', 'json');
      assert.deepEqual(
        JSON.parse(second.stdout).artefacts.map(({ name }: { name: string }) => name),
        ['app'],
      );
    });

    it('ties documents of a build’s folder to the binary that they are about, target by target', async (t) => {
      const { run, write } = await start(t, await databaseFor(name, t));
      for (const [target, extra] of [
        ['x86_64-unknown-linux-gnu', 'a'],
        ['x86_64-pc-windows-msvc', 'b'],
      ] as const) {
        const bytes = elfFile([['.rodata', Buffer.from(extra)]]);
        const component = { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' };
        const properties = [
          { name: 'bsi:component:executable', value: 'executable' },
          { name: 'cdx:rustc:sbom:target:triple', value: target },
        ];
        const hashes = [{ alg: 'SHA-256', content: sha256(bytes) }];
        write(`out/${target}/app`, bytes);
        write(
          `out/${target}/app.cdx.json`,
          JSON.stringify({
            bomFormat: 'CycloneDX',
            specVersion: '1.7',
            metadata: { component: { ...component, hashes, properties } },
            components: [{ type: 'library', 'bom-ref': 's', name: 's', purl: 'pkg:cargo/s@1.0.0' }],
            dependencies: [{ ref: 'app', dependsOn: ['s'] }],
          }),
        );
        write(
          `out/${target}/app.provenance.json`,
          JSON.stringify({
            predicateType: 'https://slsa.dev/provenance/v1',
            subject: [{ digest: { sha256: sha256(bytes) } }],
            predicate: {
              buildDefinition: {
                resolvedDependencies: [{ uri: 'git+https://g.example/app', digest: { gitCommit: 'c1' } }],
              },
            },
          }),
        );
      }
      const added = JSON.parse((await run('inventory', 'add', 'out', '--format', 'json')).stdout).added;
      assert.deepEqual(
        added.map(({ outcome, artefact }: { outcome: string; artefact: Record<string, string> }) => [
          outcome,
          artefact.target,
          artefact.project,
          artefact.commit,
          artefact.trust,
        ]),
        [
          ['added', 'x86_64-pc-windows-msvc', 'https://g.example/app', 'c1', 'unsigned'],
          ['added', 'x86_64-unknown-linux-gnu', 'https://g.example/app', 'c1', 'unsigned'],
        ],
      );
      // Whatever stands beside a document is the binary that it means, or nothing is taken.
      write('out/x86_64-pc-windows-msvc/app', bare);
      const refused = await run('inventory', 'add', 'out/x86_64-pc-windows-msvc');
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /is about other bytes than the binaries beside it/);
    });
  });

it('says where an advisory strikes as soon as the database has it, and is not sure of what is partly known', async (t) => {
  const database = folder(t);
  const tell = (id: string, crate: string, patched: string) => {
    mkdirSync(join(database, 'crates', crate), { recursive: true });
    const head = `id = "${id}"\npackage = "${crate}"\ndate = "2026-08-01"\naliases = ["CVE-2026-0001"]`;
    const text = `\`\`\`toml\n[advisory]\n${head}\n[versions]\npatched = ${patched}\n\`\`\`\n\n# It lets others in\n\nIn short.\n`;
    writeFileSync(join(database, 'crates', crate, `${id}.md`), text);
  };
  tell('RUSTSEC-2026-0002', 'other', '[]');
  const { mirror, clock, run, write } = await start(t, { advisoryDatabases: [database] });
  await mirror.tick();
  write('app', listed);
  await run('inventory', 'add', 'app');
  const before = await run('affected', 'RUSTSEC-2026-0001');
  assert.equal(before.code, 64);
  assert.match(before.stderr, /No advisory is called RUSTSEC-2026-0001 in .*until then ask for its crate/);
  assert.equal((await run('affected', 'RUSTSEC-2026-0002')).code, 0);

  tell('RUSTSEC-2026-0001', 'itoa', '[">= 1.0.5"]');
  clock.advance('1h');
  await mirror.tick();
  const struck = await run('affected', 'CVE-2026-0001', '--name', 'app');
  assert.equal(struck.code, 1);
  assert.match(
    struck.stdout,
    /^RUSTSEC-2026-0001 of 2026-08-01: It lets others in\n {2}itoa; fixed in 1\.0\.5 or later\n/,
  );
  assert.match(
    struck.stdout,
    /1 of 1 artefact has it\. No host that reports runs one\.\n {2}itoa 1\.0\.0 in 1, ended by 1\.0\.5\n {4}cargo update itoa@1\.0\.0 --precise 1\.0\.5\n/,
  );
  assert.match(
    struck.stdout,
    /app \([0-9a-f]{12}\), since 2026-09-01 12:00 UTC\n {2}app → serde → itoa 1\.0\.0 \(transitive\)\n/,
  );

  write('old', bare);
  await run('inventory', 'add', 'old');
  const unsure = await run('affected', 'other');
  assert.equal(unsure.code, 2);
  assert.match(
    unsure.stdout,
    /No artefact is known to have other, but not of all is that known:\nNot known: 1 artefact /,
  );
  const ring = await run('affected', 'ring@<0.17.12', '--format', 'json');
  assert.equal(ring.code, 2);
  assert.deepEqual(
    JSON.parse(ring.stdout).unknown.map(({ name, reason }: Record<string, string>) => [name, reason]),
    [['ring', 'its version is not known']],
  );
  assert.equal((await run('affected', 'no such thing')).code, 64);
});

it('takes documents in XML and in tags, as scanners write them, beside pages that are none', async (t) => {
  const { run, write } = await start(t);
  write('bin/app', bare);
  write('bin/page.html', '<!DOCTYPE html><p>nothing');
  write(
    'bin/app.cdx.xml',
    '<bom xmlns="http://cyclonedx.org/schema/bom/1.3"><components><component type="library"><name>serde</name>' +
      '<version>1.0.3</version><purl>pkg:cargo/serde@1.0.3</purl></component></components></bom>',
  );
  write(
    'theirs.spdx',
    `${'# a remark\n'.repeat(20)}SPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n\nPackageName: itoa\nSPDXID: SPDXRef-i\n` +
      'PackageVersion: 1.0.9\nExternalRef: PACKAGE-MANAGER purl pkg:cargo/itoa@1.0.9\n',
  );
  assert.match((await run('inventory', 'add', 'bin')).stdout, /Added: app \(/);
  assert.match((await run('inventory', 'add', 'theirs.spdx')).stdout, /Added: theirs\.spdx \(/);
  for (const crate of ['serde@1.0.3', 'itoa@1.0.9'])
    assert.equal((await run('affected', crate)).code, 1, crate);
});

it('takes a document bit by bit that is larger than what is read as a whole, once however often it comes', async (t) => {
  const { run, write } = await start(t);
  const remark = 'x'.repeat(100_000);
  const part = (name: string, components: readonly object[]) => ({
    ...{ type: 'library', 'bom-ref': name, name, version: '1.0.0', purl: `pkg:cargo/${name}@1.0.0` },
    ...{ properties: [{ name: 'remark', value: remark }], components },
  });
  // Fifty in each other, four times; each listed again behind, as scanners of folders do.
  const names = Array.from({ length: 200 }, (_, i) => `part${i}`);
  const nested = [0, 50, 100, 150].map((from) =>
    names.slice(from, from + 50).reduceRight<object[]>((inner, name) => [part(name, inner)], []),
  );
  const document = {
    bomFormat: 'CycloneDX',
    metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
    components: [...nested.flat(), ...names.map((name) => part(name, []))],
    dependencies: [
      { ref: 'app', dependsOn: ['part0'] },
      ...names.map((ref, i) => ({ ref, dependsOn: names.slice(i + 1, i + 2) })),
    ],
  };
  const text = JSON.stringify(document);
  assert.ok(text.length > 32 * 1024 * 1024);
  write('large.json', text);
  assert.match(
    (await run('inventory', 'add', 'large.json')).stdout,
    /^Added: app 1\.0\.0 .*\n {2}201 components, /,
  );
  assert.match((await run('inventory', 'add', 'large.json')).stdout, /^Known already: app 1\.0\.0 /);
  const found = JSON.parse((await run('affected', 'part199', '--format', 'json')).stdout);
  assert.deepEqual(found.artefacts[0].findings[0].path, ['app', ...names]);
  write('cut.json', text.slice(0, -10));
  const cut = await run('inventory', 'add', 'cut.json');
  assert.equal(cut.code, 64);
  assert.match(cut.stderr, /cut\.json: it is no JSON that is read here: it ends in the middle/);
});

/** Parts of which each needs the next but the last ones, and files, of which one needs a part; some parts are listed twice. */
function vastDocument(count: number, remark = '') {
  const names = Array.from({ length: count }, (_, i) => `part${i}`);
  return {
    bomFormat: 'CycloneDX',
    metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
    components: [
      { type: 'file', 'bom-ref': 'needing', name: '/bin/needing' },
      ...names.map((name) => ({
        ...{ type: 'library', 'bom-ref': name, name, version: '1.0.0', purl: `pkg:cargo/${name}@1.0.0` },
        description: remark,
      })),
      ...names.slice(0, 100).map((name) => ({
        ...{ type: 'library', name, version: '1.0.0', purl: `pkg:cargo/${name}@1.0.0` },
      })),
      ...Array.from({ length: 1000 }, (_, i) => ({ type: 'file', 'bom-ref': `file${i}`, name: `/lib/${i}` })),
    ],
    dependencies: [
      { ref: 'app', dependsOn: ['part0', 'needing'] },
      { ref: 'needing', dependsOn: [names.at(-1)] },
      ...names.slice(0, 50).map((ref, i) => ({ ref, dependsOn: names.slice(i + 1, i + 2) })),
    ],
  };
}

for (const [how, remark, file] of [
  ['read bit by bit', 'x'.repeat(150), 'vast.json'],
  ['read as a whole', '', 'small.json'],
] as const)
  it(`sends a document in parts that is too large for one request, ${how}`, async (t) => {
    const { mirror, run, write } = await start(t);
    const text = JSON.stringify(vastDocument(22_000, remark));
    assert.equal(text.length > 4 * 1024 * 1024, remark !== '');
    write(file, text);
    const added = await run('inventory', 'add', file);
    assert.equal(added.stderr, '');
    assert.match(added.stdout, /^Added: app 1\.0\.0 .*\n {2}22002 components, /);
    assert.match((await run('inventory', 'add', file)).stdout, /^Known already: app 1\.0\.0 /);
    const path = async (crate: string) =>
      JSON.parse((await run('affected', crate, '--format', 'json')).stdout).artefacts[0].findings[0].path;
    assert.deepEqual((await path('part50')).length, 52);
    assert.deepEqual(await path('part21999'), ['app', '/bin/needing', 'part21999']);
    write(file, text.slice(0, -10));
    assert.equal((await run('inventory', 'add', file)).code, 64);
    const { count } = (await (await mirror.call('/api/v1/artefacts', { token: mirror.token() })).json()) as {
      count: number;
    };
    assert.equal(count, 1);
  });

it('says of what is sent in parts how much is taken', async (t) => {
  const { run, write } = await start(t, { config: '[artefacts]\ncomponents = 21000\n' });
  write('vast.json', JSON.stringify(vastDocument(21_500)));
  const ran = await run('inventory', 'add', 'vast.json');
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /components and 0 edges so far; 21000 and 105000 are taken/);
});

it('says what it cannot take, and what to do', async (t) => {
  const { mirror, cwd, run, write } = await start(t);
  write('notes.txt', 'nothing');
  write('other.json', '{"a":1}');
  write('syft.json', '{"artifacts":[{"name":"a"}]}');
  write('app.spdx.yaml', 'SPDXID: SPDXRef-DOCUMENT\nspdxVersion: SPDX-2.3\n');
  write('app.rdf', '<?xml version="1.0"?><rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>');
  write('empty/notes.txt', 'nothing');
  for (const [args, code, message] of [
    [['add', 'missing'], 64, /there is no such file/],
    [['add', 'notes.txt'], 64, /neither an executable nor an SBOM/],
    [['add', 'other.json'], 64, /neither an executable nor an SBOM/],
    [['add', 'syft.json'], 64, /is syft’s own JSON, which is not read\n.*Have it written as CycloneDX/],
    [['add', 'app.spdx.yaml'], 64, /is SPDX in YAML, which is not read/],
    [['add', 'app.rdf'], 64, /is SPDX in RDF, which is not read/],
    [['add', 'empty'], 64, /neither an executable nor an SBOM/],
    [['show', 'abcd'], 1, /names no artefact\. Give its id, or 8 digits/],
    [['show', 'abcdabcd'], 1, /No artefact has an id that begins with abcdabcd/],
  ] as const) {
    const ran = await run('inventory', ...args);
    assert.equal(ran.code, code, args.join(' '));
    assert.match(ran.stderr, message);
  }
  for (const path of [
    '/api/v1/artefacts',
    '/api/v1/components',
    '/api/v1/artefacts/abcdabcd',
    '/api/v1/affected?of=a',
  ])
    assert.equal((await mirror.call(path)).status, 401, path);
  assert.equal((await mirror.call('/api/v1/artefacts', { method: 'POST', body: {} })).status, 401);
  const bad = await mirror.call('/api/v1/artefacts', { method: 'POST', body: {}, token: mirror.token() });
  assert.equal(bad.status, 400);
  assert.match(await bad.text(), /Give JSON with name.*at name/);
  const body = { name: 'a\0', knownBy: 'list', completeness: 'complete', components: [] };
  const nul = await mirror.call('/api/v1/artefacts', { method: 'POST', body, token: mirror.token() });
  assert.equal(nul.status, 400);
  const without = await safeguard(['inventory', 'list'], { cwd, env: { SAFEGUARD_SERVER: mirror.url } });
  assert.equal(without.code, 64);
});
