import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import { bundleText, readBundle } from '../../src/attest/bundle.ts';
import { preAuthentication, signEnvelope, verifyEnvelope } from '../../src/attest/dsse.ts';
import { AttestError } from '../../src/attest/error.ts';
import { readSigner, readVerifier } from '../../src/attest/keys.ts';
import { payloadType, predicates, readStatement, statement } from '../../src/attest/statement.ts';
import { verificationSummary } from '../../src/attest/summary.ts';

interface Pems {
  readonly privateKey: string;
  readonly publicKey: string;
}

const asPems = ({ privateKey, publicKey }: Readonly<Record<keyof Pems, KeyObject>>): Pems => ({
  privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
});

const pems = (kind: 'p256' | 'ed25519'): Pems =>
  asPems(
    kind === 'p256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519'),
  );

const refuses = (code: string) => (error: unknown) => error instanceof AttestError && error.code === code;

const said = statement([{ name: 'app', digest: { sha256: 'ab' } }], predicates.provenance, { a: 1 });
const payload = Buffer.from(JSON.stringify(said));

it('what is signed is the example of the protocol', () => {
  // secure-systems-lab/dsse, protocol.md, "Test Vectors".
  const bytes = preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world'));
  assert.equal(Buffer.from(bytes).toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
});

for (const kind of ['p256', 'ed25519'] as const)
  describe(`a bundle signed with ${kind}`, () => {
    const { privateKey, publicKey } = pems(kind);
    const text = bundleText(signEnvelope(payloadType, payload, readSigner(privateKey)));

    it('verifies with that key, and reads as it was', () => {
      const envelope = readBundle(text);
      verifyEnvelope(envelope, readVerifier(publicKey));
      assert.deepEqual(readStatement(envelope.payload), said);
    });

    it('does not with another one', () => {
      assert.throws(
        () => verifyEnvelope(readBundle(text), readVerifier(pems(kind).publicKey)),
        refuses('attest/signature'),
      );
    });

    it('does not with any bit of payload, type or signature turned', () => {
      const envelope = readBundle(text);
      const verifier = readVerifier(publicKey);
      const turned = (bytes: Uint8Array, bit: number) => {
        const copy = Buffer.from(bytes);
        copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return copy;
      };
      const [signature = new Uint8Array()] = envelope.signatures;
      const variants = [
        ...Array.from({ length: payload.length * 8 }, (_, bit) => ({
          ...envelope,
          payload: turned(payload, bit),
        })),
        ...Array.from({ length: signature.length * 8 }, (_, bit) => ({
          ...envelope,
          signatures: [turned(signature, bit)],
        })),
        { ...envelope, payloadType: `${payloadType}x` },
        { ...envelope, signatures: [] },
      ];
      for (const variant of variants)
        assert.throws(() => verifyEnvelope(variant, verifier), refuses('attest/signature'));
    });
  });

describe('a key', () => {
  it('of another kind is refused', () => {
    const rsa = asPems(generateKeyPairSync('rsa', { modulusLength: 2048 }));
    assert.throws(() => readSigner(rsa.privateKey), refuses('attest/key'));
    assert.throws(() => readVerifier(rsa.publicKey), refuses('attest/key'));
    assert.throws(() => readVerifier(pems('p256').privateKey), refuses('attest/key'));
    for (const text of ['', 'text', '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n'])
      assert.throws(() => readSigner(text), refuses('attest/key'));
  });

  it('that is encrypted opens by its passphrase alone', () => {
    const { privateKey } = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' },
    });
    readSigner(privateKey, 'open');
    assert.throws(() => readSigner(privateKey), refuses('attest/key'));
    assert.throws(() => readSigner(privateKey, 'other'), refuses('attest/key'));
  });
});

describe('what is no bundle or statement', () => {
  for (const text of ['', 'null', '[]', '{}', '{"mediaType":"application/json"}'])
    it(JSON.stringify(text), () => assert.throws(() => readBundle(text), refuses('attest/bundle')));
  for (const text of ['', 'null', '{}', '{"_type":"https://in-toto.io/Statement/v0.1","subject":[]}'])
    it(`signed ${JSON.stringify(text)}`, () =>
      assert.throws(() => readStatement(Buffer.from(text)), refuses('attest/statement')));
});

for (const [verdict, result, levels] of [
  ['allow', 'PASSED', ['SLSA_BUILD_LEVEL_1']],
  ['hold', 'FAILED', ['FAILED']],
  ['review', 'FAILED', ['FAILED']],
  ['deny', 'FAILED', ['FAILED']],
] as const)
  it(`the verdict ${verdict} is the summary ${result}`, () => {
    const summary = verificationSummary({
      verdict,
      policy: 'cd',
      resourceUri: 'x',
      at: '2026-11-29T00:00:00Z',
      version: '1',
      provenance: {},
    });
    assert.equal(summary.verificationResult, result);
    assert.deepEqual(summary.verifiedLevels, levels);
    assert.deepEqual(summary.policy, { digest: { sha256: 'cd' } });
  });
