/** What of a statement about an artefact is signed, and by whom. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner, readVerifier } from '../../src/attest/keys.ts';
import { payloadType, predicates, statement } from '../../src/attest/statement.ts';
import { checkSigned } from '../../src/inventory/signed.ts';
import type { ArtefactStatement } from '../../src/inventory/statement.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const bytes = sha256('the program');

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    signer: readSigner(String(privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    verifier: readVerifier(String(publicKey.export({ type: 'spki', format: 'pem' }))),
  };
}
const [ours, theirs] = [keyPair(), keyPair()];

const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.7',
  metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
  components: [
    { type: 'library', 'bom-ref': 's', name: 'serde', version: '1.0.2', purl: 'pkg:cargo/serde@1.0.2' },
  ],
  dependencies: [{ ref: 'app', dependsOn: ['s'] }],
};
const provenance = {
  buildDefinition: {
    resolvedDependencies: [{ uri: 'git+https://example.org/app', digest: { gitCommit: 'c'.repeat(40) } }],
  },
  runDetails: {
    builder: { id: 'https://ci.example.org/release' },
    metadata: { finishedOn: '2026-01-02T03:04:05Z' },
  },
};

function bundle(kind: keyof typeof predicates, predicate: unknown, of = bytes, { signer } = ours): string {
  const said = statement([{ name: 'app', digest: { sha256: of } }], predicates[kind], predicate);
  return bundleText(signEnvelope(payloadType, Buffer.from(JSON.stringify(said)), signer));
}

/** What its sender says, which names nothing at all. */
const sent: ArtefactStatement = {
  name: 'app',
  file: { sha256: bytes },
  commit: 'somebody’s word',
  knownBy: 'list',
  completeness: 'complete',
  components: [],
};
const signers = { keys: [theirs.verifier, ours.verifier], builders: [] };
const both = [bundle('sbom', document), bundle('provenance', provenance)];

describe('a signed artefact', () => {
  it('has the components and the source that were signed, whatever its sender lists', () => {
    const checked = checkSigned(sent, both, signers);
    assert.equal(checked.kind, 'signed');
    const { components, commit, project, built, completeness } =
      checked.kind === 'signed' ? checked.statement : sent;
    assert.deepEqual(
      components.map(({ name }) => name),
      ['app', 'serde'],
    );
    assert.deepEqual(
      [commit, project, built],
      ['c'.repeat(40), 'https://example.org/app', '2026-01-02T03:04:05Z'],
    );
    assert.notEqual(completeness, 'complete', 'the document does not say so');
  });

  const cases: readonly (readonly [string, readonly string[], RegExp, Partial<ArtefactStatement>?])[] = [
    ['no provenance', [both[0] ?? ''], /no provenance is signed/],
    ['no SBOM', [both[1] ?? ''], /no SBOM is signed/],
    [
      'about other bytes',
      [bundle('sbom', document, sha256('x')), bundle('provenance', provenance)],
      /no SBOM is signed that is about these bytes/,
    ],
    ['another key', [bundle('sbom', document, bytes, keyPair()), ...both.slice(1)], /none of the keys/],
    ['one of them by another key', [...both, bundle('verdict', {}, bytes, keyPair())], /none of the keys/],
    ['no file', both, /of no file/, { file: undefined }],
    ['no bundle at all', ['{}'], /no Sigstore bundle/],
    ['an SBOM that is none', [bundle('sbom', { a: 1 }), ...both.slice(1)], /cannot be read/],
  ];
  for (const [title, bundles, reason, more] of cases)
    it(`is none: ${title}`, () => {
      const checked = checkSigned({ ...sent, ...more }, bundles, signers);
      assert.equal(checked.kind, 'unsigned');
      assert.match((checked.kind === 'unsigned' && checked.reason) || '', reason);
    });

  it('is none where another builder is wanted, or no key counts', () => {
    const other = checkSigned(sent, both, { ...signers, builders: ['https://ci.example.org/other'] });
    assert.match((other.kind === 'unsigned' && other.reason) || '', /release built it, which is none of/);
    const right = checkSigned(sent, both, { ...signers, builders: ['https://ci.example.org/release'] });
    assert.equal(right.kind, 'signed');
    const none = checkSigned(sent, both, { keys: [], builders: [] });
    assert.match((none.kind === 'unsigned' && none.reason) || '', /goes by no key/);
    assert.deepEqual(checkSigned(sent, [], signers), { kind: 'unsigned', reason: undefined });
  });

  it('a changed byte is another statement', () => {
    const [sbom = '', rest = ''] = both;
    const value = JSON.parse(sbom) as { dsseEnvelope: { payload: string } };
    const text = Buffer.from(value.dsseEnvelope.payload, 'base64').toString('utf8').replace('1.0.2', '1.0.3');
    value.dsseEnvelope.payload = Buffer.from(text).toString('base64');
    assert.equal(checkSigned(sent, [JSON.stringify(value), rest], signers).kind, 'unsigned');
  });
});
