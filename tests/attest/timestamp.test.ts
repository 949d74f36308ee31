/** Timestamps (RFC 3161), with OpenSSL as the service that gives them and as the judge of what is asked. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { timestampRequest, tokenInResponse } from '../../src/attest/timestamp/request.ts';
import { tokenInfo } from '../../src/attest/timestamp/token.ts';
import { readAuthorities, verifyTimestamp } from '../../src/attest/timestamp/verify.ts';
import { tempDir } from '../support/temp.ts';
import { type AuthorityOptions, testAuthority } from '../support/timestamps.ts';

const data = Buffer.from('the head of a log');
const nonce = Buffer.from('00ff12', 'hex');
const code = 'attest/timestamp';

test('OpenSSL reads what is asked', (t) => {
  const file = join(tempDir(t), 'query.tsq');
  for (const own of [nonce, Buffer.of(0), Buffer.of(0x7f), Buffer.from('80'.repeat(16), 'hex')]) {
    writeFileSync(file, timestampRequest(data, own));
    const said = execFileSync('openssl', ['ts', '-query', '-in', file, '-text'], { encoding: 'utf8' });
    assert.match(said, /Hash Algorithm: sha256/);
    assert.match(said, new RegExp(`Nonce: 0x0*${BigInt(`0x${own.toString('hex')}`).toString(16)}\\n`, 'i'));
    assert.match(said, /Certificate required: yes/);
  }
});

const services: Readonly<Record<string, AuthorityOptions>> = {
  'ECDSA on P-256': {},
  'ECDSA on P-384 with SHA-384': { key: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], digest: 'sha384' },
  'RSA with SHA-512': { key: ['rsa:2048'], digest: 'sha512' },
  'RSA, its certificate named by SHA-1': { key: ['rsa:2048'], old: true },
};
for (const [name, options] of Object.entries(services))
  test(`a timestamp by ${name} holds, and no changed bit of it does`, async (t) => {
    const authority = await testAuthority(t, options);
    const response = authority.reply(timestampRequest(data, nonce));
    const token = tokenInResponse(response, data, nonce);
    const roots = readAuthorities(authority.pem);
    const stamp = verifyTimestamp(token, data, roots);
    assert.equal(stamp.authority, 'Test Timestamps');
    assert.ok(Math.abs(stamp.at - Date.now()) < 3_600_000);
    assert.throws(() => verifyTimestamp(token, Buffer.from('another'), roots), {
      code,
      message: /other bytes/,
    });
    // The certificates that come along are signed by themselves, and those that are not needed prove nothing.
    const held = (changed: Buffer) => {
      try {
        return JSON.stringify(verifyTimestamp(changed, data, roots)) === JSON.stringify(stamp);
      } catch (error) {
        assert.equal((error as { code?: string }).code, code, String(error));
        return true;
      }
    };
    for (let i = 0; i < token.length; i += 3) {
      const changed = Buffer.from(token);
      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8));
      assert.ok(held(changed), `byte ${i} says something else`);
    }
    for (let i = 0; i < token.length; i += 7) assert.ok(held(token.subarray(0, i)));
  });

test('an answer to another request, of other bytes, or a refusal, is none', async (t) => {
  const authority = await testAuthority(t);
  const response = authority.reply(timestampRequest(data, nonce));
  assert.throws(() => tokenInResponse(response, data, Buffer.of(5)), { code, message: /another request/ });
  assert.throws(() => tokenInResponse(response, Buffer.from('x'), nonce), { code, message: /other bytes/ });
  const refused = authority.reply(Buffer.from('no query'));
  assert.throws(() => tokenInResponse(refused, data, nonce), {
    code,
    message: /gives no timestamp \(status 02/,
  });
  for (const bytes of [Buffer.alloc(0), randomBytes(40), Buffer.from('3003020100', 'hex')])
    assert.throws(() => tokenInResponse(bytes, data, nonce), { code });
});

test('a certificate counts for what it is for, and while it is valid', async (t) => {
  const good = await testAuthority(t);
  // Each certificate is there before the time that it is to vouch for.
  const said = () =>
    tokenInfo(tokenInResponse(good.reply(timestampRequest(data, nonce)), data, nonce)).content;
  const roots = readAuthorities(good.pem);
  assert.equal(verifyTimestamp(good.sign(said()), data, roots).authority, 'Test Timestamps');
  const alone = /not for timestamps alone/;
  const table: readonly (readonly [string, AuthorityOptions, RegExp])[] = [
    ['another purpose', { purpose: 'critical,serverAuth' }, alone],
    ['two purposes', { purpose: 'critical,timeStamping,serverAuth' }, alone],
    ['any purpose', { purpose: 'critical,anyExtendedKeyUsage' }, alone],
    ['a purpose that may be passed over', { purpose: 'timeStamping' }, alone],
    // The bytes of a critical purpose, in an extension that means nothing.
    ['a look-alike', { purpose: 'timeStamping\n1.2.3.4 = DER:06:03:55:1d:25:01:01:ff' }, alone],
    ['its time is over', { days: -1 }, /certificate of Test Timestamps was not valid then/],
    ['an authority for other things', { authority: 'extendedKeyUsage = serverAuth' }, /no authority/],
  ];
  for (const [name, options, message] of table) {
    const authority = await testAuthority(t, options);
    const token = authority.sign(said());
    assert.throws(
      () => verifyTimestamp(token, data, readAuthorities(authority.pem)),
      { code, message },
      name,
    );
  }
});

test('who is not vouched for is not believed', async (t) => {
  const [authority, other] = [await testAuthority(t), await testAuthority(t)];
  const token = tokenInResponse(authority.reply(timestampRequest(data, nonce)), data, nonce);
  assert.throws(() => verifyTimestamp(token, data, readAuthorities(other.pem)), {
    code,
    message: /no authority/,
  });
  assert.throws(() => verifyTimestamp(token, data, []), { code, message: /no authority/ });
  assert.throws(() => readAuthorities('no certificate'), { code: 'attest/key' });
  assert.equal(readAuthorities(authority.pem + other.pem).length, 2);
});
