/** What a sealed build signs is what cosign takes, typed as docs/build.md has it; and nothing of which a bit was turned. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { run } from '../cli/support.ts';
import { keylessScene } from '../support/keyless-scene.ts';
import { goPeer, PeerMissing } from '../support/peers.ts';
import { manifest, sealedProject, unsealed } from '../support/sealed.ts';

const docs = readFileSync(join(import.meta.dirname, '../../docs/build.md'), 'utf8');
const all = docs.match(/^cosign verify-blob-attestation .*$/gm) ?? [];
const lines = all.filter((line) => line.includes(' --key '));
const keyless = all.filter((line) => !line.includes(' --key '));
/** How the private key is made; the test puts it where `../release.pem` is. */
const making = docs.match(/^openssl (?:genpkey|pkey) .*$/gm) ?? [];

async function cosign(t: TestContext): Promise<string | undefined> {
  try {
    return dirname(await goPeer('github.com/sigstore/cosign/v3/cmd/cosign', 'v3.1.3'));
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    t.skip(error.message);
    return undefined;
  }
}

describe('cosign', { skip: unsealed, timeout: 45 * 60_000 }, () => {
  for (const [kind, words] of [
    ['Ed25519', '-algorithm ed25519'],
    ['P-256', '-algorithm EC -pkeyopt ec_paramgen_curve:P-256'],
  ] as const)
    it(`takes what is signed by ${kind}, and refuses what was changed`, async (t) => {
      const folder = await cosign(t);
      if (folder === undefined) return;
      assert.equal(lines.length, 3, 'one line a statement');
      const project = sealedProject(t, {
        'Cargo.toml': manifest('app'),
        'Cargo.lock': 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
        'src/main.rs': 'fn main() {}\n',
      });
      const env = { PATH: `${folder}:${process.env.PATH}`, HOME: project.home };
      const sh = (line: string, cwd: string) => run('sh', ['-c', line], { cwd, env });
      for (const line of making) {
        const made = await sh(line.replace('-algorithm ed25519', words), project.dir);
        assert.equal(made.code, 0, made.stderr);
      }
      const built = await project.build(['--key', '../release.pem']);
      assert.equal(built.code, 0, built.stderr);
      cpSync(join(project.dir, 'release.pub'), join(project.output, 'release.pub'));
      const verify = async (line: string, cwd: string) => {
        const { code, stderr } = await sh(line, cwd);
        return `${code} ${/Verified OK/.test(stderr)}`;
      };
      for (const line of lines) assert.equal(await verify(line, project.output), '0 true', line);

      const turned = join(project.dir, 'turned');
      mkdirSync(turned);
      const [bundle = ''] = /\S+\.sigstore\.json/.exec(lines[0] ?? '') ?? [];
      const turns: readonly (readonly [file: string, turn: (bytes: Buffer) => Buffer])[] = [
        ['app', (bytes) => flipped(bytes, Math.floor(bytes.length / 2))],
        [
          bundle,
          (bytes) => inBundle(bytes, (envelope) => ({ ...envelope, payload: turn(envelope.payload) })),
        ],
        [
          bundle,
          (bytes) =>
            inBundle(bytes, (envelope) => ({
              ...envelope,
              signatures: envelope.signatures.map((one) => ({ ...one, sig: turn(one.sig) })),
            })),
        ],
      ];
      for (const [file, change] of turns) {
        cpSync(project.output, turned, { recursive: true });
        writeFileSync(join(turned, file), change(readFileSync(join(turned, file))));
        assert.match(await verify(lines[0] ?? '', turned), /^[1-9]\d* false$/, file);
      }
    });

  it('takes what is signed without a key by a trusted root alone, and refuses another job’s and what was changed', async (t) => {
    const folder = await cosign(t);
    if (folder === undefined) return;
    assert.equal(keyless.length, 3, 'one line a statement');
    const { project, root, build } = await keylessScene(t);
    const built = await build([1]);
    assert.equal(built.code, 0, built.stderr);
    const turned = join(project.dir, 'turned');
    cpSync(root, join(project.output, 'trusted_root.json'));
    cpSync(project.output, turned, { recursive: true });
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: project.home };
    const verify = async (line: string, cwd: string) => {
      const { code, stderr } = await run('sh', ['-c', line], { cwd, env });
      return `${code} ${/Verified OK/.test(stderr)} ${code === 0 ? '' : stderr}`;
    };
    for (const line of keyless) assert.match(await verify(line, project.output), /^0 true/, line);
    const [line = ''] = keyless;
    const another = line.replace('release.yml', 'other.yml');
    assert.match(await verify(another, project.output), /^[1-9]\d* false/);
    const [bundle = ''] = /\S+\.sigstore\.json/.exec(line) ?? [];
    const changed = inBundle(readFileSync(join(turned, bundle)), (envelope) => ({
      ...envelope,
      payload: turn(envelope.payload),
    }));
    writeFileSync(join(turned, bundle), changed);
    assert.match(await verify(line, turned), /^[1-9]\d* false/);
  });
});

interface Envelope {
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

function inBundle(bytes: Buffer, change: (envelope: Envelope) => Envelope): Buffer {
  const bundle = JSON.parse(bytes.toString('utf8')) as { readonly dsseEnvelope: Envelope };
  return Buffer.from(JSON.stringify({ ...bundle, dsseEnvelope: change(bundle.dsseEnvelope) }));
}

/** A bit of what base64 stands for. */
function turn(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return flipped(bytes, Math.floor(bytes.length / 2)).toString('base64');
}

function flipped(bytes: Buffer, at: number): Buffer {
  const other = Buffer.from(bytes);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}
