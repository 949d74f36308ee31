/** What somebody who wants a program to pass puts before `safeguard verify`: bundles that say two things, and odd files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner } from '../../src/attest/keys.ts';
import { payloadType, predicates, type Subject, statement } from '../../src/attest/statement.ts';
import { folder, safeguard, safeguardWith } from '../cli/support.ts';
import { program, signingKey, statements } from '../support/signed-build.ts';

const key = signingKey();
const signer = readSigner(key.secret);
const [sha256, sha512] = (['sha256', 'sha512'] as const).map((name) =>
  createHash(name).update(program).digest('hex'),
) as [string, string];
const { provenance, verdict } = statements();

/** Signed by the key that counts, whatever it says. */
const signed = (payload: string, type = payloadType) =>
  bundleText(signEnvelope(type, Buffer.from(payload), signer));
const about = (...subject: readonly unknown[]) =>
  signed(JSON.stringify(statement(subject as Subject[], predicates.provenance, provenance.predicate)));
const digest = (value: object) => ({ name: 'app', digest: value });

function place(t: TestContext, bundle: string, policy = '[verify]\nrequire = ["provenance"]\n') {
  const dir = folder(t, { 'key.pub': key.pem, 'release.toml': policy, 'bundle.json': bundle });
  writeFileSync(join(dir, 'app'), program);
  const words = ['verify', 'app', '--key', 'key.pub', '--policy', 'release.toml', '--bundle', 'bundle.json'];
  return { dir, words, verify: () => safeguard(words, { cwd: dir }) };
}

/** With parts of a good bundle's envelope in another place, or another part beside it. */
function bent(change: (bundle: { dsseEnvelope: { [name: string]: unknown } }) => object): string {
  return JSON.stringify(change(JSON.parse(key.sign(provenance)) as never));
}

const stranger = signingKey();
const forged = { ...provenance, subject: [digest({ sha256: 'e'.repeat(64) })] };

test('what is signed is about these bytes, once, in the form of the specifications, or it is no yes', async (t) => {
  const other = digest({ sha256: 'e'.repeat(64) });
  const own = digest({ sha256 });
  const twice = (text: string, name: string, value: string) =>
    text.replace(`"${name}":`, `"${name}":${value},"${name}":`);
  const text = JSON.stringify(provenance);
  const table: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['as it is', key.sign(provenance), undefined],
    ['one of several files', about(other, own), undefined],
    ['by both digests', about(digest({ sha256, sha512 })), undefined],
    ['under another name', about({ name: 'other', digest: { sha256 } }), undefined],
    [
      'two signatures, one of them a stranger’s',
      bent(({ dsseEnvelope: one, ...rest }) => {
        const { signatures } = JSON.parse(stranger.sign(provenance)).dsseEnvelope;
        return { ...rest, dsseEnvelope: { ...one, signatures: [...signatures, ...(one.signatures as [])] } };
      }),
      undefined,
    ],
    ['of other bytes alone', about(other), /about other bytes/],
    ['about nothing', about(), /about other bytes/],
    ['about null', about(null), /about other bytes/],
    ['in capitals', about(digest({ sha256: sha256.toUpperCase() })), /about other bytes/],
    ['by the name in capitals', about(digest({ SHA256: sha256 })), /about other bytes/],
    ['by SHA-512 alone', about(digest({ sha512 })), /about other bytes/],
    [
      'by one digest that is right, and one that is not',
      about(digest({ sha256, sha512: 'e'.repeat(128) })),
      /about other bytes/,
    ],
    ['with a digest that is a list', about(digest({ sha256: [sha256] })), /a digest that is no text/],
    ['signed as something else', signed(text, 'application/json'), /no in-toto statement/],
    [
      'signed as the same with a charset',
      signed(text, `${payloadType}; charset=utf-8`),
      /no in-toto statement/,
    ],
    [
      'signed as something else, and called a statement',
      bent(({ dsseEnvelope: one, ...rest }) => ({
        ...rest,
        dsseEnvelope: {
          ...JSON.parse(signed(text, 'text/plain')).dsseEnvelope,
          payloadType: one.payloadType,
        },
      })),
      /not that of this key/,
    ],
    [
      'without a signature',
      bent(({ dsseEnvelope: one, ...rest }) => ({ ...rest, dsseEnvelope: { ...one, signatures: [] } })),
      /not that of this key/,
    ],
    [
      'with signatures that are none',
      bent(({ dsseEnvelope: one, ...rest }) => ({
        ...rest,
        dsseEnvelope: { ...one, signatures: [null, {}, { sig: 1 }, { sig: '' }] },
      })),
      /not that of this key/,
    ],
    [
      'two subjects, the right one first',
      signed(twice(text, 'subject', JSON.stringify([own]))),
      /names something twice/,
    ],
    [
      'two subjects, the right one last',
      signed(twice(text, 'subject', JSON.stringify([other]))),
      /names something twice/,
    ],
    [
      'two kinds of statement',
      signed(twice(text, 'predicateType', '"https://slsa.dev/provenance/v0.2"')),
      /names something twice/,
    ],
    [
      'two digests of one file',
      signed(twice(text, 'sha256', `"${'e'.repeat(64)}"`)),
      /names something twice/,
    ],
    [
      'two envelopes',
      twice(
        key.sign(provenance),
        'dsseEnvelope',
        JSON.stringify(JSON.parse(stranger.sign(forged as never)).dsseEnvelope),
      ),
      /names something twice/,
    ],
    [
      'two payloads',
      twice(
        key.sign(provenance),
        'payload',
        JSON.stringify(Buffer.from(JSON.stringify(forged)).toString('base64')),
      ),
      /names something twice/,
    ],
    [
      'a signature of a file beside the envelope',
      bent((one) => ({
        ...one,
        messageSignature: {
          messageDigest: { algorithm: 'SHA2_256', digest: Buffer.from(sha256, 'hex').toString('base64') },
          signature: 'AAAA',
        },
      })),
      /beside a statement/,
    ],
    [
      'one that is right, one that is not',
      `${key.sign(provenance)}${stranger.sign(provenance)}`,
      /not that of this key/,
    ],
    ['one that is right, one of another file', `${key.sign(provenance)}${about(other)}`, /about other bytes/],
    [
      'nested without end',
      `${key.sign(provenance)}${'['.repeat(200_000)}${']'.repeat(200_000)}\n`,
      /no Sigstore bundle/,
    ],
    [
      'a payload nested without end',
      signed(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`),
      /no in-toto statement of version 1/,
    ],
  ];
  for (const [name, bundle, refused] of table) {
    const { code, stdout, stderr } = await place(t, bundle).verify();
    assert.equal(stderr, '', name);
    assert.equal(code, refused === undefined ? 0 : 1, `${name}: ${stdout}`);
    assert.match(stdout, refused ?? /^app is what was signed\.$/m, name);
  }
});

test('a file is looked at whatever it is: behind a link, from a pipe, and of any size', async (t) => {
  const { dir, words, verify } = place(t, key.sign(provenance));
  rmSync(join(dir, 'app'));
  writeFileSync(join(dir, 'program'), program);
  symlinkSync('program', join(dir, 'app'));
  assert.equal((await verify()).code, 0, 'by a link');
  symlinkSync('app', join(dir, 'round'));
  rmSync(join(dir, 'app'));
  symlinkSync('round', join(dir, 'app'));
  const circle = await verify();
  assert.equal(circle.code, 64, circle.stderr);
  assert.match(circle.stderr, /app: its links lead in a circle\./);
  rmSync(join(dir, 'app'));
  execFileSync('mkfifo', [join(dir, 'app')]);
  const piped = verify();
  const pipe = openSync(join(dir, 'app'), 'w');
  writeSync(pipe, program);
  closeSync(pipe);
  assert.equal((await piped).code, 0, 'from a pipe');

  rmSync(join(dir, 'app'));
  writeFileSync(join(dir, 'app'), '');
  // As much as is not to be had in one piece; it takes no room on disk.
  truncateSync(join(dir, 'app'), 2 ** 31);
  const large = await verify();
  assert.equal(large.code, 1, large.stderr);
  assert.match(large.stdout, /about other bytes than this file has/);
  for (const name of ['key.pub', 'release.toml', 'bundle.json']) {
    const kept = words.map((word) => (word === name ? 'app' : word)).with(1, 'program');
    const refused = await safeguard(kept, { cwd: dir });
    assert.equal(refused.code, 64, `${name}: ${refused.stderr}`);
    assert.match(refused.stderr, /^safeguard: app: it is too large to be read\.$/m, name);
  }
});

test('a bundle comes by standard input where it is named -', async (t) => {
  const { dir, words } = place(t, '');
  const by = (input: string) => safeguardWith(input, words.with(-1, '-'), { cwd: dir });
  const fine = await by(`${key.sign(provenance)}${key.sign(verdict)}`);
  assert.equal(fine.code, 0, fine.stdout + fine.stderr);
  assert.match(fine.stdout, /^✓ standard input, line 2: signed by this key/m);
  for (const input of ['', stranger.sign(provenance)]) {
    const refused = await by(input);
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.match(refused.stdout, /^✖ standard input: /m);
  }
});

test('a verdict counts by its result and its policy alone', async (t) => {
  const policy = 'd'.repeat(64);
  const of = (more: object) => {
    const predicate = { ...(verdict.predicate as object), ...more };
    return key.sign({ ...verdict, predicate });
  };
  const table: readonly (readonly [string, string, RegExp | undefined])[] = [
    ['as it is', of({}), undefined],
    ['another policy', of({ policy: { digest: { sha256: 'e'.repeat(64) } } }), /policies does not name/],
    [
      'the policy in capitals',
      of({ policy: { digest: { sha256: 'D'.repeat(64) } } }),
      /policies does not name/,
    ],
    ['no policy', of({ policy: {} }), /policies does not name/],
    ['another result in other words', of({ verificationResult: 'passed' }), /and not allow/],
    ['no result', of({ verificationResult: undefined }), /and not allow/],
    ['passed, and denied', of({ safeguard_verdict: 'deny' }), /and not allow/],
    ['null', key.sign({ ...verdict, predicate: null }), /and not allow/],
    [
      'a provenance under the name of a verdict',
      key.sign({ ...provenance, predicateType: predicates.verdict }),
      /and not allow/,
    ],
  ];
  for (const [name, bundle, refused] of table) {
    const settings = `[verify]\nrequire = ["verdict"]\npolicies = ["${policy}"]\n`;
    const { code, stdout, stderr } = await place(t, bundle, settings).verify();
    assert.equal(stderr, '', name);
    assert.equal(code, refused === undefined ? 0 : 1, `${name}: ${stdout}`);
    assert.match(stdout, refused ?? /^app is what was signed\.$/m, name);
  }
});
