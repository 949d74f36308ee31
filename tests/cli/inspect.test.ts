import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { depV0, elfFile, elfNote } from '../samples/executables.ts';
import { folder, safeguard } from './support.ts';

const buildId = ['.note.gnu.build-id', elfNote('GNU', 3, Buffer.from('abcd', 'hex'))] as const;

function file(t: TestContext, bytes: Buffer | string): string {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'app'), bytes);
  return cwd;
}

describe('safeguard inspect', () => {
  it('lists the crates that the builder named', async (t) => {
    const list = depV0([
      { name: 'app', version: '1.0.0', source: 'local', root: true, dependencies: [1] },
      { name: 'cc', version: '1.2.3', source: 'crates.io', kind: 'build' },
    ]);
    const cwd = file(t, elfFile([buildId, ['.dep-v0', list]]));
    const { code, stdout } = await safeguard(['inspect', 'app'], { cwd });
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `app: ELF for x86_64
  build id: abcd
  2 crates by its own list: 1 linked, 1 only for its build
    app 1.0.0 from local
    cc 1.2.3 (build)
`,
    );
  });

  it('without a list, recovers some, and says that there may be more', async (t) => {
    const text = Buffer.from('/r/registry/src/e/serde-1.0.2/src/lib.rs\0/b/vendor/ring/src/aead.rs\0');
    const cwd = file(t, elfFile([buildId, ['.rodata', text]]));
    const { stdout } = await safeguard(['inspect', 'app'], { cwd });
    assert.match(stdout, /no list of its crates/);
    assert.match(
      stdout,
      /2 crates recovered from traces in it; there may be more that left none:\n {4}ring \(no version\) by vendored likely\n {4}serde 1\.0\.2 by registry\n/,
    );
    const json = JSON.parse((await safeguard(['inspect', 'app', '--format', 'json'], { cwd })).stdout);
    assert.deepEqual(
      json.recovered.map(({ name, confidence }: { name: string; confidence: string }) => [name, confidence]),
      [
        ['ring', 'low'],
        ['serde', 'high'],
      ],
    );
    const off = await safeguard(['inspect', 'app', '--no-recover', '--format', 'json'], { cwd });
    assert.equal(JSON.parse(off.stdout).recovered, null);
  });

  it('says what it cannot read, and what to name', async (t) => {
    const cwd = file(t, '#!/bin/sh\n');
    for (const [name, message] of [
      ['app', /it is neither ELF, PE, Mach-O nor WebAssembly/],
      ['missing', /there is no such file/],
      ['.', /it is no file|illegal operation/],
    ] as const) {
      const { code, stderr } = await safeguard(['inspect', name], { cwd });
      assert.equal(code, 64, name);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /);
    }
  });
});
