import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder, run, safeguard } from '../../cli/support.ts';
import { jsonProblem } from '../../support/bom-judges.ts';

interface Document {
  readonly metadata: {
    readonly component: Row;
    readonly timestamp: string;
    readonly properties: readonly Property[];
  };
  readonly components: readonly Row[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}
interface Property {
  readonly name: string;
  readonly value: string;
}
interface Row {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly Property[];
}

const lock = `version = 4

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "made",
 "shared",
]

[[package]]
name = "made"
version = "0.1.0"
dependencies = [
 "shared",
]

[[package]]
name = "posix"
version = "0.1.0"

[[package]]
name = "shared"
version = "0.1.0"
dependencies = [
 "posix",
]
`;

/** A program, a macro, and a library that both use with other features; on Unix a fourth. */
const project = {
  'Cargo.toml': `[package]
name = "app"
version = "0.1.0"
edition = "2021"
license = "MIT/Apache-2.0"
authors = ["Example Team <team@example.org>"]
[workspace]
[dependencies]
made = { path = "made" }
shared = { path = "shared", features = ["wide"] }
`,
  'src/main.rs': 'fn main() {}\n',
  'made/Cargo.toml': `[package]
name = "made"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
[dependencies]
shared = { path = "../shared" }
`,
  'made/src/lib.rs': '',
  'shared/Cargo.toml': `[package]
name = "shared"
version = "0.1.0"
edition = "2021"
[features]
wide = []
[target.'cfg(unix)'.dependencies]
posix = { path = "../posix" }
`,
  'shared/src/lib.rs': '',
  'posix/Cargo.toml': '[package]\nname = "posix"\nversion = "0.1.0"\n',
  'posix/src/lib.rs': '',
  'Cargo.lock': lock,
};

async function document(cwd: string, args: readonly string[] = [], env = {}): Promise<Document> {
  const { code, stdout, stderr } = await safeguard(['sbom', '--offline', ...args], { cwd, env });
  assert.equal(code, 0, stderr);
  assert.equal(await jsonProblem(stdout, '1.7'), undefined);
  assert.ok(!stdout.includes(cwd), 'a path of this machine is in it');
  return JSON.parse(stdout) as Document;
}

describe('safeguard sbom', () => {
  const epoch = { SOURCE_DATE_EPOCH: '1787209860' };

  it('tells what is linked from what only runs while it builds, with the features of each', async (t) => {
    const found = await document(folder(t, project), ['--target', 'x86_64-unknown-linux-gnu'], epoch);
    const rows = found.components.map((row) => [
      row['bom-ref'],
      row.scope,
      (row.properties ?? []).map(({ name, value }) => `${name.replace('safeguard:', '')}=${value}`).join(' '),
    ]);
    assert.deepEqual(rows, [
      ['path:made#made@0.1.0', 'excluded', 'role=macro folder=made'],
      ['path:posix#posix@0.1.0', 'required', 'role=linked role=helper folder=posix'],
      ['path:shared#shared@0.1.0', 'required', 'role=linked role=helper feature=wide folder=shared'],
    ]);
    assert.equal(found.metadata.component.type, 'application');
    assert.deepEqual(found.metadata.component.licenses, [
      { expression: 'MIT OR Apache-2.0', acknowledgement: 'declared' },
      { expression: 'MIT OR Apache-2.0', acknowledgement: 'concluded' },
    ]);
    assert.equal(found.metadata.timestamp, '2026-08-20T07:11:00Z');
    assert.deepEqual(found.dependencies, [
      { ref: 'path:#app@0.1.0', dependsOn: ['path:made#made@0.1.0', 'path:shared#shared@0.1.0'] },
      { ref: 'path:made#made@0.1.0', dependsOn: ['path:shared#shared@0.1.0'] },
      { ref: 'path:posix#posix@0.1.0', dependsOn: [] },
      { ref: 'path:shared#shared@0.1.0', dependsOn: ['path:posix#posix@0.1.0'] },
    ]);
    assert.ok(
      found.components.every(({ purl }) => purl === undefined),
      'a package of the project is nobody’s crate',
    );
  });

  it('another target is another document', async (t) => {
    const args = ['--target', 'x86_64-pc-windows-msvc', '--host', 'x86_64-pc-windows-msvc'];
    const found = await document(folder(t, project), args, epoch);
    assert.deepEqual(
      found.components.map((row) => row['bom-ref']),
      ['path:made#made@0.1.0', 'path:shared#shared@0.1.0'],
    );
  });

  it('two checkouts of one commit give the same bytes, with the commit’s time', async (t) => {
    const texts = [];
    for (const cwd of [folder(t, project), folder(t, project)]) {
      const at = { GIT_AUTHOR_DATE: '1787209860 +0200', GIT_COMMITTER_DATE: '1787209860 +0200' };
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
      for (const args of [
        ['init', '-q'],
        ['add', '.'],
        [...who, 'commit', '-qm', 'One'],
      ])
        assert.equal((await run('git', args, { cwd, env: at })).code, 0);
      const { stdout, code } = await safeguard(['sbom', '--offline'], { cwd });
      assert.equal(code, 0);
      texts.push(stdout);
    }
    assert.equal(texts[0], texts[1]);
    assert.match(texts[0] ?? '', /"timestamp": "2026-08-20T07:11:00Z"/);
    assert.match(texts[0] ?? '', /cdx:reproducible/);
  });

  it('says what it cannot write', async (t) => {
    const { code, stderr } = await safeguard(['sbom', '--spec', 'spdx-3.0.1', '--format', 'xml'], {
      cwd: folder(t, project),
    });
    assert.equal(code, 64);
    assert.match(stderr, /SPDX 3\.0\.1 is written as JSON only/);
  });

  it('diff says what a platform adds, and check what a document lacks', async (t) => {
    const cwd = folder(t, project);
    const linux = ['sbom', '--offline', '--target', 'x86_64-unknown-linux-gnu', '--output', 'linux.json'];
    assert.equal((await safeguard(linux, { cwd, env: epoch })).code, 0);
    const windows = ['x86_64-pc-windows-msvc', '--host', 'x86_64-pc-windows-msvc'];
    const other = [
      'sbom',
      '--offline',
      '--spec',
      'spdx-3.0.1',
      '--output',
      'windows.json',
      '--target',
      ...windows,
    ];
    assert.equal((await safeguard(other, { cwd, env: epoch })).code, 0);
    const diff = await safeguard(['sbom', 'diff', 'windows.json', 'linux.json'], { cwd });
    assert.equal(diff.stdout, '+ posix 0.1.0\n1 added, 0 removed, 0 changed, 2 the same.\n');
    const json = JSON.parse(
      (await safeguard(['sbom', 'diff', 'windows.json', 'linux.json', '--format', 'json'], { cwd })).stdout,
    );
    assert.deepEqual(json.added, [{ name: 'posix', version: '0.1.0', purl: null }]);
    const check = await safeguard(['sbom', 'check', 'linux.json'], { cwd });
    assert.equal(check.code, 1);
    assert.match(check.stdout, /a licence +3 of 4: made 0\.1\.0, posix 0\.1\.0, shared 0\.1\.0 +CISA/);
    const none = await safeguard(['sbom', 'check', 'Cargo.toml'], { cwd });
    assert.equal(none.code, 64);
    assert.match(none.stderr, /it is no JSON/);
  });
});
