/** What is signed of a build, and what `safeguard verify` makes of it, and of everything that was changed since. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run, safeguard } from '../cli/support.ts';
import { lockfileOf, manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';

const files = {
  'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nshared = { path = "shared" }'),
  'Cargo.lock': lockfileOf({ app: ['shared'], shared: [] }),
  'src/main.rs': 'fn main() { shared::said() }\n',
  'shared/Cargo.toml': manifest('shared'),
  'shared/src/lib.rs': 'pub fn said() { println!("hello") }\n',
};

interface Findings {
  readonly verified: boolean;
  readonly findings: readonly { readonly about: string; readonly problem: string | null }[];
}

describe('what is signed of a build', { skip: unsealed }, () => {
  it('verifies offline, and nothing that was changed does', async (t) => {
    const project = sealedProject(t, files);
    const keys = join(project.home, 'keys');
    mkdirSync(keys);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [key, pub] = [join(keys, 'key.pem'), join(keys, 'key.pub')];
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(pub, publicKey.export({ type: 'spki', format: 'pem' }));
    for (const words of [
      ['init', '-q'],
      ['remote', 'add', 'origin', 'https://user:token@host.invalid/org/app.git'],
      ['add', '-A'],
      ['-c', 'user.name=a', '-c', 'user.email=a@b.invalid', 'commit', '-qm', 'x'],
    ])
      assert.equal((await run('git', words, { cwd: project.dir })).code, 0);
    const commit = (await run('git', ['rev-parse', 'HEAD'], { cwd: project.dir })).stdout.trim();
    const built = await project.build(['--key', key, '--builder-id', 'https://ci.invalid/x'], [], {
      RUSTFLAGS: '-Cdebuginfo=0',
    });
    assert.equal(built.code, 0, built.stderr);
    assert.match(built.stderr, /^write .*, signed$/m);
    const app = join(project.output, 'app');
    const check = async (...more: readonly string[]) => {
      const ran = await safeguard(['verify', app, '--key', pub, '--format', 'json', ...more], {
        cwd: project.dir,
      });
      return { code: ran.code, ...(JSON.parse(ran.stdout) as Findings) };
    };
    const fine = await check('--builder-id', 'https://ci.invalid/x');
    assert.equal(fine.code, 0, JSON.stringify(fine));
    assert.deepEqual(
      fine.findings.map(({ about }) => about),
      [
        'app.provenance.sigstore.json',
        'builder',
        'sandbox',
        'app.verdict.sigstore.json',
        'verdict',
        'app.sbom.sigstore.json',
        'SBOM',
      ],
    );

    // As PowerShell and editors of Windows write it.
    const windows = join(project.home, 'windows.json');
    const lines = readFileSync(`${app}.provenance.sigstore.json`, 'utf8').replaceAll('\n', '\r\n');
    writeFileSync(windows, `\uFEFF${lines}`);
    assert.equal((await check('--bundle', windows)).code, 0);

    const bundle = JSON.parse(readFileSync(`${app}.provenance.sigstore.json`, 'utf8'));
    const text = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
    assert.ok(!text.includes(project.dir) && !text.includes('token'), text);
    const { predicate } = JSON.parse(text);
    assert.deepEqual(predicate.buildDefinition.externalParameters, {
      command: ['cargo', 'build', '--release'],
      manifest: 'Cargo.toml',
      target: triple,
      variables: { RUSTFLAGS: '-Cdebuginfo=0', SOURCE_DATE_EPOCH: '1780000000' },
      readable: [],
    });
    assert.equal(predicate.buildDefinition.internalParameters.sandbox.kind, 'bubblewrap');
    assert.deepEqual(predicate.buildDefinition.resolvedDependencies[0], {
      name: 'source',
      uri: 'git+https://host.invalid/org/app.git',
      digest: { gitCommit: commit },
    });
    assert.deepEqual(predicate.buildDefinition.resolvedDependencies[1], {
      name: 'Cargo.lock',
      digest: {
        sha256: createHash('sha256')
          .update(readFileSync(join(project.dir, 'Cargo.lock')))
          .digest('hex'),
      },
    });

    // Each of these is refused, and says why.
    const attempts: readonly (readonly [string, () => void, RegExp])[] = [
      ['a byte of the program', () => flip(app), /other bytes/],
      ['a byte of the SBOM', () => flip(`${app}.cdx.json`), /not the one that was signed/],
      ['a byte of the provenance', () => flip(`${app}.provenance.sigstore.json`), /./],
      ['the verdict taken away', () => rmSync(`${app}.verdict.sigstore.json`), /not there/],
      [
        'the verdict replaced by another statement of this key',
        () => copyFileSync(`${app}.sbom.sigstore.json`, `${app}.verdict.sigstore.json`),
        /no verdict/,
      ],
    ];
    for (const [name, change, says] of attempts) {
      const kept = new Map(
        readdirSync(project.output).map((file) => [file, readFileSync(join(project.output, file))]),
      );
      change();
      const refused = await check();
      assert.equal(refused.code, 1, name);
      assert.equal(refused.verified, false);
      assert.ok(
        refused.findings.some(({ problem }) => problem !== null && says.test(problem)),
        `${name}: ${JSON.stringify(refused.findings)}`,
      );
      for (const [file, bytes] of kept) writeFileSync(join(project.output, file), bytes);
    }
    assert.equal((await check('--builder-id', 'https://other.invalid')).code, 1);
    writeFileSync(pub, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal((await check()).code, 1);
  });

  it('no key that the build could read signs it', async (t) => {
    const project = sealedProject(t, files);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(project.dir, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const ran = await project.build(['--key', 'key.pem']);
    assert.equal(ran.code, 64, ran.stderr);
    assert.match(ran.stderr, /the key key\.pem lies in the project, where the build could read it/);
  });
});

/** Turns a bit in the middle of a file. */
function flip(file: string): void {
  chmodSync(file, 0o644);
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}
