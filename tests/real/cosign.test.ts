/** What a sealed build signs is what cosign takes, typed as docs/build.md has it; and nothing of which a bit was turned. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { run } from '../cli/support.ts';
import { keylessScene, who } from '../support/keyless-scene.ts';
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

/**
 * What of an entry may be changed, since it is not read: of API 2 cosign 3.1 makes the entry anew of envelope and
 * certificate, and holds its hash against the root that the checkpoint signs; the copy of that root beside it neither
 * reads then.
 */
const unread = {
  1: { cosign: [], safeguard: ['root'] },
  2: { cosign: ['body', 'root'], safeguard: ['root'] },
} as const;

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

  for (const versions of [[1], [2]] as const)
    it(`takes what is signed without a key and logged by API ${versions[0]} of Rekor by a trusted root alone, and refuses another job’s and what was changed`, async (t) => {
      const folder = await cosign(t);
      if (folder === undefined) return;
      assert.equal(keyless.length, 3, 'one line a statement');
      const { project, root, build, verify } = await keylessScene(t);
      const built = await build(versions);
      assert.equal(built.code, 0, built.stderr);
      cpSync(root, join(project.output, 'trusted_root.json'));
      const turned = join(project.dir, 'turned');
      const env = { PATH: `${folder}:${process.env.PATH}`, HOME: project.home };
      const check = async (line: string, cwd: string) => {
        const { code, stderr } = await run('sh', ['-c', line], { cwd, env });
        return `${code} ${/Verified OK/.test(stderr)} ${code === 0 ? '' : stderr}`;
      };
      for (const line of keyless) assert.match(await check(line, project.output), /^0 true/, line);
      const [line = ''] = keyless;
      const another = line.replace('release.yml', 'other.yml');
      assert.match(await check(another, project.output), /^[1-9]\d* false/);
      const [bundle = ''] = /\S+\.sigstore\.json/.exec(line) ?? [];
      const bytes = readFileSync(join(project.output, bundle));
      const [entry] = entriesIn(bytes);
      assert.equal(entry?.kindVersion.version, `0.0.${versions[0]}`);
      assert.equal(
        entry?.inclusionPromise === undefined,
        versions[0] === 2,
        'API 2 gives a checkpoint alone',
      );
      const proof = (change: (proof: Proof) => Partial<Proof>) => (one: Entry) => ({
        ...one,
        inclusionProof: { ...one.inclusionProof, ...change(one.inclusionProof) },
      });
      const turns: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
        payload: (all) => inBundle(all, (envelope) => ({ ...envelope, payload: turn(envelope.payload) })),
        body: (all) =>
          inEntry(all, (one) => ({ ...one, canonicalizedBody: ofOtherDigest(one.canonicalizedBody) })),
        root: (all) =>
          inEntry(
            all,
            proof(({ rootHash }) => ({ rootHash: turn(rootHash) })),
          ),
        path: (all) =>
          inEntry(
            all,
            proof(({ hashes }) => ({ hashes: hashes.map(turn) })),
          ),
        checkpoint: (all) =>
          inEntry(
            all,
            proof(({ checkpoint: { envelope } }) => ({
              checkpoint: { envelope: envelope.replace(/\S+\n$/, (word) => `${turn(word.trim())}\n`) },
            })),
          ),
        'no proof': (all) => inEntry(all, ({ inclusionProof: _, ...one }) => one),
      };
      const takenBy: Record<'cosign' | 'safeguard', string[]> = { cosign: [], safeguard: [] };
      for (const [what, change] of Object.entries(turns)) {
        cpSync(project.output, turned, { recursive: true });
        const changed = change(bytes);
        assert.notDeepEqual(changed, bytes, what);
        writeFileSync(join(turned, bundle), changed);
        if ((await check(line, turned)).startsWith('0 ')) takenBy.cosign.push(what);
        if ((await verify(join(turned, 'app'), who)).code === 0) takenBy.safeguard.push(what);
      }
      assert.deepEqual(takenBy, unread[versions[0]]);
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

interface Proof {
  readonly rootHash: string;
  readonly hashes: readonly string[];
  readonly checkpoint: { readonly envelope: string };
}

interface Entry {
  readonly kindVersion: { readonly version: string };
  readonly canonicalizedBody: string;
  readonly inclusionPromise?: object;
  readonly inclusionProof: Proof;
}

interface Logged {
  readonly verificationMaterial: { readonly tlogEntries: readonly Entry[] };
}

function entriesIn(bytes: Buffer): readonly Entry[] {
  return (JSON.parse(bytes.toString('utf8')) as Logged).verificationMaterial.tlogEntries;
}

function inEntry(bytes: Buffer, change: (entry: Entry) => object): Buffer {
  const { verificationMaterial: material, ...rest } = JSON.parse(bytes.toString('utf8')) as Logged;
  const tlogEntries = material.tlogEntries.map(change);
  return Buffer.from(JSON.stringify({ ...rest, verificationMaterial: { ...material, tlogEntries } }));
}

/** An entry's body whose digest is another one: hex in API 1, base64 in API 2. */
function ofOtherDigest(body: string): string {
  const text = Buffer.from(body, 'base64').toString('utf8');
  const other = text.replace(
    /"(digest|value)":"(.)/,
    (_, key, first) => `"${key}":"${first === 'a' ? 'b' : 'a'}`,
  );
  return Buffer.from(other).toString('base64');
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
