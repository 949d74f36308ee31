import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PolicyError } from '../../../src/policy/error.ts';
import { resolveTargets } from '../../../src/registry/notify/settings.ts';
import { loadConfig } from '../../../src/server/config.ts';
import { tempDir } from '../../support/temp.ts';

const secret = `whsec_${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`;
const env = {
  SECRET: secret,
  TWO: `${secret} ${secret}`,
  SHORT: `whsec_${Buffer.from('short').toString('base64')}`,
  PLAIN: 'not base64 at all',
  URL: 'https://hooks.example.com/services/T/B/X',
  NO_URL: 'hooks.example.com/services/hidden',
  EMPTY: ' ',
  PASSWORD: 'pass',
};

const hook = '[[notify]]\nkind = "webhook"\nname = "hook"\nurl = "https://hooks.example.com/in?key=hidden"\n';
const chat = '[[notify]]\nkind = "slack"\nname = "chat"\n';
const mail =
  '[[notify]]\nkind = "email"\nname = "mail"\nhost = "mail.example.com"\nfrom = "Safeguard <a@example.com>"\nto = ["b@example.com"]\n';

const resolve = (text: string) =>
  resolveTargets(loadConfig({ file: 'server.toml', text }).notify, env).then((targets) =>
    [...targets.values()].map(({ name, kind, where }) => `${name} ${kind} ${where}`),
  );

describe('[[notify]]', () => {
  it('names those who are told, and nothing secret', async (t) => {
    const file = join(tempDir(t), 'secret');
    writeFileSync(file, `${secret}\n`);
    const again = hook.replace('"hook"', '"again"').replace('"https', '"http');
    const text = `${hook}secret-env = "TWO"\n${again}secret-file = ${JSON.stringify(file)}\n${chat}url-env = "URL"\n${mail}user = "u"\npassword-env = "PASSWORD"\n`;
    assert.deepEqual(await resolve(text), [
      'hook webhook hooks.example.com',
      'again webhook hooks.example.com',
      'chat slack hooks.example.com',
      'mail email b@example.com by mail.example.com',
    ]);
  });

  const refused: readonly (readonly [name: string, text: string, code: string, says: RegExp])[] = [
    ['no secret', hook, 'notify/secret-unset', /"hook" needs its secret: give one of secret-env/],
    [
      'two secrets',
      `${hook}secret-env = "SECRET"\nsecret-file = "x"\n`,
      'notify/secret-unset',
      /one of secret-env and secret-file/,
    ],
    [
      'a variable that is not set',
      `${hook}secret-env = "NONE"\n`,
      'notify/secret-unset',
      /NONE, which is not set/,
    ],
    [
      'a variable that is empty',
      `${hook}secret-env = "EMPTY"\n`,
      'notify/secret-unset',
      /EMPTY, which is not set/,
    ],
    [
      'a file that is not there',
      `${hook}secret-file = "/nowhere/secret"\n`,
      'notify/secret-unset',
      /cannot be read: ENOENT/,
    ],
    ['a secret that is none', `${hook}secret-env = "PLAIN"\n`, 'notify/secret-unusable', /whsec_/],
    ['a secret that is too short', `${hook}secret-env = "SHORT"\n`, 'notify/secret-unusable', /24 bytes/],
    ['an address that is none', `${chat}url-env = "NO_URL"\n`, 'notify/bad-address', /"chat" is no http/],
    [
      'a password in an address',
      hook.replace('https://', 'https://me:hidden@').concat('secret-env = "SECRET"\n'),
      'notify/bad-address',
      /without a password/,
    ],
    [
      'a password in the clear',
      `${mail}user = "u"\npassword-env = "PASSWORD"\ntls = "none"\n`,
      'notify/bad-address',
      /unencrypted/,
    ],
    ['a user without a password', `${mail}user = "u"\n`, 'notify/secret-unset', /needs its password/],
    [
      'one name for two',
      `${hook}secret-env = "SECRET"\n${hook}secret-env = "SECRET"\n`,
      'notify/name-taken',
      /two \[\[notify\]\] are named "hook"/,
    ],
  ];
  for (const [name, text, code, says] of refused) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(resolve(text), (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, says);
        for (const hidden of ['hidden', secret, env.PLAIN]) assert.ok(!error.message.includes(hidden));
        return true;
      });
    });
  }

  const invalid = [
    hook.replace('https://', 'file://'),
    hook.replace('"webhook"', '"pigeon"'),
    `${hook}secret = "in the clear"\n`,
    mail.replace('"b@example.com"', '"b"'),
    mail.replace('["b@example.com"]', '[]'),
    mail.replace('b@example.com', 'b@example.com\\r\\nBcc: c@example.com'),
  ];
  for (const text of invalid) {
    it(`does not load ${JSON.stringify(text.slice(11, 70))}…`, () => {
      assert.throws(() => loadConfig({ file: 'server.toml', text }), PolicyError);
    });
  }
});
