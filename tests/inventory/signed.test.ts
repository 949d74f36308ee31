/** What of a statement about an artefact is signed, and by whom. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner, readVerifier } from '../../src/attest/keys.ts';
import { payloadType, predicates, statement } from '../../src/attest/statement.ts';
import { type Checked, checkSigned, type SessionBook, type Trust } from '../../src/inventory/signed.ts';
import type { ArtefactStatement } from '../../src/inventory/statement.ts';
import { verifySettings } from '../../src/policy/verify/settings.ts';
import { signedBy } from '../../src/policy/verify/signers.ts';

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
const trusted = (words: object = {}, more: Partial<Trust> = {}): Trust => ({
  read: signedBy({
    keys: [theirs, ours].map(({ verifier }, i) => ({ name: `key ${i + 1}`, verifier })),
    keyless: undefined,
    identities: [],
  }),
  settings: verifySettings.parse({ require: [], ...words }),
  ownSession: false,
  ...more,
});
const both = [bundle('sbom', document), bundle('provenance', provenance)];
const summary = (verdict: string, at = '2026-01-02T03:04:05Z') => ({
  verificationResult: verdict === 'allow' ? 'PASSED' : 'FAILED',
  safeguard_verdict: verdict,
  timeVerified: at,
  policy: { digest: { sha256: 'd'.repeat(64) } },
});
const noSessions: SessionBook = { find: async () => undefined, server: 'https://here.example', since: 0 };
const check = (
  bundles: readonly string[],
  trust = trusted(),
  statement = sent,
  sessions = noSessions,
): Promise<Checked> => checkSigned(statement, bundles, trust, sessions);
const reasonOf = (checked: Checked) => (checked.kind === 'unsigned' && checked.reason) || '';
const signedIn = (checked: Checked) => {
  assert.equal(checked.kind, 'signed', reasonOf(checked));
  return checked as Extract<Checked, { kind: 'signed' }>;
};

describe('a signed artefact', () => {
  it('has the components and the source that were signed, whatever its sender lists', async () => {
    const { statement, signedBy } = signedIn(await check(both));
    const { components, commit, project, built, builder, completeness } = statement;
    assert.deepEqual(
      components.map(({ name }) => name),
      ['app', 'serde'],
    );
    assert.deepEqual(
      [commit, project, built, builder],
      ['c'.repeat(40), 'https://example.org/app', '2026-01-02T03:04:05Z', 'https://ci.example.org/release'],
    );
    assert.notEqual(completeness, 'complete', 'the document does not say so');
    assert.deepEqual(signedBy, ['key 2']);
  });

  const cases: readonly (readonly [string, readonly string[], RegExp, Partial<ArtefactStatement>?])[] = [
    ['no provenance', [both[0] ?? ''], /no provenance was signed for this file/],
    ['no SBOM', [both[1] ?? ''], /no sbom was signed for this file/],
    [
      'about other bytes',
      [bundle('sbom', document, sha256('x')), bundle('provenance', provenance)],
      /^sbom: it is about other bytes than this file has$/,
    ],
    ['another key', [bundle('sbom', document, bytes, keyPair()), ...both.slice(1)], /none of the keys/],
    ['one of them by another key', [...both, bundle('verdict', {}, bytes, keyPair())], /none of the keys/],
    ['no file', both, /of no file/, { file: undefined }],
    ['no bundle at all', ['{}'], /bundle: it is no Sigstore bundle/],
    ['an SBOM that is none', [bundle('sbom', { a: 1 }), ...both.slice(1)], /cannot be read/],
  ];
  for (const [title, bundles, reason, more] of cases)
    it(`is none: ${title}`, async () => {
      assert.match(reasonOf(await check(bundles, trusted(), { ...sent, ...more })), reason);
    });

  it('is none where a word of [verify] does not hold', async () => {
    const table: readonly (readonly [object, RegExp | undefined])[] = [
      [{ builders: ['https://ci.example.org/release'] }, undefined],
      [
        { builders: ['https://ci.example.org/other'] },
        /release built it, which \[verify\] builders does not name/,
      ],
      [{ sources: ['https://example.org/app'] }, /a kind of build whose source is not known/],
      [{ sandbox: true }, /sandbox wants both/],
      [{ reproduced: true }, /was not built again/],
      [{ jobs: [{ iss: 'https://ci.example.org' }] }, /no job is named/],
      [{ require: ['verdict'] }, /no verdict was signed/],
    ];
    for (const [words, says] of table) {
      const checked = await check(both, trusted(words));
      if (says === undefined) signedIn(checked);
      else assert.match(reasonOf(checked), says);
    }
    const nobody = await check(both, trusted({}, { read: undefined }));
    assert.match(reasonOf(nobody), /goes by nobody’s/);
    assert.deepEqual(await check([]), { kind: 'unsigned', reason: undefined });
  });

  it('a changed byte is another statement', async () => {
    const [sbom = '', rest = ''] = both;
    const value = JSON.parse(sbom) as { dsseEnvelope: { payload: string } };
    const text = Buffer.from(value.dsseEnvelope.payload, 'base64').toString('utf8').replace('1.0.2', '1.0.3');
    value.dsseEnvelope.payload = Buffer.from(text).toString('base64');
    assert.equal((await check([JSON.stringify(value), rest])).kind, 'unsigned');
  });

  it('is signed whatever its verdict is, and has it; the later of two, or the worse of one moment', async () => {
    const verdicts = async (...all: readonly object[]) =>
      signedIn(await check([...both, ...all.map((one) => bundle('verdict', one))])).statement.verdict?.word;
    assert.equal(await verdicts(), undefined);
    for (const word of ['allow', 'hold', 'review', 'deny']) assert.equal(await verdicts(summary(word)), word);
    assert.equal(await verdicts(summary('deny'), summary('allow', '2026-01-03T00:00:00Z')), 'allow');
    assert.equal(await verdicts(summary('allow'), summary('deny')), 'deny');
    assert.equal(await verdicts(summary('deny'), summary('allow')), 'deny');
    // What contradicts itself, or says nothing, lets nothing in.
    assert.equal(await verdicts({ ...summary('deny'), verificationResult: 'PASSED' }), 'deny');
    assert.equal(await verdicts({ ...summary('allow'), verificationResult: 'FAILED' }), 'failed');
    assert.equal(await verdicts({}), 'failed');
    assert.equal(await verdicts({ verificationResult: 'PASSED' }), 'passed');
    const other = await check(
      [...both, bundle('verdict', summary('allow'))],
      trusted({ policies: ['e'.repeat(64)] }),
    );
    assert.match(reasonOf(other), /policies does not name/);
  });

  it('was fetched by the session that it names, or by one that nobody here can know of', async () => {
    const opened = { who: 'github: repository_id 11', lockfile: 'a'.repeat(64), endsAt: 1_800_000_000_000 };
    const named = {
      id: 'b'.repeat(64),
      who: opened.who,
      lockfile: opened.lockfile,
      ends: new Date(opened.endsAt).toISOString(),
      server: 'https://here.example/',
    };
    const by = (session: object) => [
      both[0] ?? '',
      bundle('provenance', {
        ...provenance,
        buildDefinition: { ...provenance.buildDefinition, internalParameters: { session } },
      }),
    ];
    const known: SessionBook = {
      ...noSessions,
      find: async (id) => (id === named.id ? opened : undefined),
    };
    const own = trusted({}, { ownSession: true });
    const table: readonly (readonly [object, SessionBook, string | RegExp, RegExp | undefined])[] = [
      [named, known, 'known', undefined],
      [{ ...named, who: 'somebody' }, known, /for another build than it says/, /for another build/],
      [{ ...named, lockfile: 'c'.repeat(64) }, known, /for another build/, /for another build/],
      [named, noSessions, /this server did not open/, /did not open/],
      [{ id: 7 }, known, /this server did not open/, /did not open/],
      [named, { ...noSessions, since: opened.endsAt + 1 }, 'forgotten', /nobody knows of it any more/],
      [{ ...named, server: 'https://there.example' }, noSessions, 'elsewhere', /another server opened it/],
    ];
    for (const [session, book, plain, strict] of table) {
      const checked = await check(by(session), trusted(), sent, book);
      if (typeof plain === 'string') {
        const { session: word, statement } = signedIn(checked);
        assert.equal(word, plain);
        assert.equal(statement.lockfile, opened.lockfile);
      } else assert.match(reasonOf(checked), plain);
      const held = await check(by(session), own, sent, book);
      if (strict === undefined) signedIn(held);
      else assert.match(reasonOf(held), strict);
    }
    assert.equal(signedIn(await check(both)).session, null);
    assert.match(reasonOf(await check(both, own)), /it names none, and \[artefacts\] own-session/);
  });
});
