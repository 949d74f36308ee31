/** Upstreams that want a token: it goes to them alone, is shown nowhere, and what is wrong with it is said. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { RegistryError } from '../../src/registry/error.ts';
import { type CredentialSection, credentialOf } from '../../src/registry/upstream/credential.ts';
import { allUpstreams, loadConfig } from '../../src/server/config.ts';
import { folder, safeguard } from '../cli/support.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';

const token = 'Bearer sesame-open';

/** A mirror of a registry that answers 401 to whoever does not come with the token. */
async function behind(
  t: TestContext,
  section: CredentialSection,
  env: Record<string, string> = {},
): Promise<Stage> {
  const credential = credentialOf('upstream', section, env);
  const s = await stage(t, credential === undefined ? {} : { credential });
  s.upstream.failWith(401, ({ headers }) => headers.authorization !== token);
  s.publish('word', '1.0.0');
  return s;
}

async function status(s: Stage): Promise<string> {
  return await (await s.mirror.call('/api/v1/status')).text();
}

const program = (folder: string, text: string) => {
  const file = join(folder, 'token.sh');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
};

describe('a private upstream', () => {
  const sources: Readonly<Record<string, (folder: string) => [CredentialSection, Record<string, string>?]>> =
    {
      'a variable': () => [{ 'token-env': 'T' }, { T: token }],
      'a file': (folder) => {
        writeFileSync(join(folder, 'token'), `${token}\n`);
        return [{ 'token-file': join(folder, 'token') }];
      },
      'a command': (folder) => [
        { 'token-command': [program(folder, 'echo "$1 $2"'), 'Bearer', 'sesame-open'] },
      ],
    };
  for (const [what, source] of Object.entries(sources)) {
    it(`is asked with the token of ${what}, which nothing shows`, async (t) => {
      const [section, env] = source(tempDir(t));
      const s = await behind(t, section, env);
      assert.equal((await s.download('word', '1.0.0')).status, 200);
      assert.ok(s.upstream.requests.count(() => true) >= 3);
      assert.doesNotMatch((await status(s)) + s.mirror.log.join(), /sesame/);
    });
  }

  it('whose downloads are elsewhere: the token does not go there', async (t) => {
    const files = await startUpstream();
    t.after(() => files.close());
    const s = await behind(t, { 'token-env': 'T' }, { T: token });
    s.upstream.setConfigJson({ dl: `${files.url}/dl`, 'auth-required': true });
    files.failWith(401);
    const answer = await s.download('word', '1.0.0');
    assert.equal(answer.status, 502);
    assert.match(answer.text, /answered 401 for word 1\.0\.0: its downloads are at another host/);
    assert.ok(files.requests.count(() => true) > 0);
    assert.equal(
      files.requests.count(({ headers }) => headers.authorization !== undefined),
      0,
    );
  });

  const wrong: readonly [what: string, section: CredentialSection, said: RegExp][] = [
    ['without a token', {}, /answered 401 for its index: it wants a token: name one in its \[\[upstream\]\]/],
    ['with a wrong token', { 'token-env': 'WRONG' }, /does not take the token that is configured/],
    [
      'with a file that is not there',
      { 'token-file': '/nonexistent/token' },
      /the token of upstream cannot be had/,
    ],
    ['with a command that fails', { 'token-command': ['false'] }, /the token of upstream cannot be had/],
    ['with a command that says nothing', { 'token-command': ['true'] }, /the token of upstream is empty/],
    ['with a token of two lines', { 'token-command': ['printf', 'a\\nb'] }, /is not one line/],
  ];
  for (const [what, section, said] of wrong) {
    it(`${what}: cargo and the status say so`, async (t) => {
      const s = await behind(t, section, { WRONG: 'wrong-secret' });
      const answer = await s.index('word');
      assert.equal(answer.status, 502, answer.text);
      assert.match(answer.text, said);
      assert.doesNotMatch(answer.text + (await status(s)), /wrong-secret|nonexistent/);
      const { upstreams } = JSON.parse(await status(s)) as { upstreams: { lastError: string | null }[] };
      assert.match(upstreams[0]?.lastError ?? '', /token/);
    });
  }

  it('403 is a token that may not read it; without a token, of a public one, it is what it was', async (t) => {
    for (const [section, said] of [
      [
        { 'token-env': 'T' },
        /answered 403 for its index: the token that is configured for it may not read this/,
      ],
      [{}, /^upstream answered 403 for its index$/m],
    ] as const) {
      const s = await stage(t, { credential: credentialOf('upstream', section, { T: token }) as never });
      s.upstream.failWith(403);
      assert.match((await s.index('word')).text, said);
    }
  });

  it('a token that was replaced is read anew when the old one is not taken any more', async (t) => {
    const folder = tempDir(t);
    const file = join(folder, 'token');
    writeFileSync(file, 'Bearer old');
    const s = await behind(t, { 'token-file': file });
    assert.equal((await s.index('word')).status, 502);
    writeFileSync(file, token);
    assert.equal((await s.index('word')).status, 200);
  });
});

describe('a check before a private upstream', () => {
  const crate = makeCrate({ name: 'word', version: '1.0.0' });
  const project = (t: TestContext) =>
    folder(t, {
      'Cargo.toml':
        '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nword = "1"\n',
      'src/main.rs': 'fn main() {}\n',
      'Cargo.lock': lockfileText(lockedApp('word'), {
        name: 'word',
        version: '1.0.0',
        checksum: crate.checksum,
      }),
    });

  it('holds and says what is wanted, by a server and by itself, and takes the token of the variable', async (t) => {
    const s = await behind(t, {});
    const cwd = project(t);
    const wants =
      /hold · lockfile: .* answered 401 for its index: it wants a token: .*SAFEGUARD_UPSTREAM_TOKEN/;
    const byServer = ['check', '--server', s.mirror.url];
    const ran = await safeguard(byServer, { cwd, env: { SAFEGUARD_TOKEN: s.mirror.token() } });
    assert.equal(ran.code, 2, ran.stderr);
    assert.match(ran.stdout, wants);
    const alone = ['check', '--upstream', s.upstream.indexUrl, '--advisory-db', 'none'];
    const without = await safeguard(alone, { cwd });
    assert.equal(without.code, 2, without.stderr);
    assert.match(without.stdout, wants);
    const given = await safeguard(alone, { cwd, env: { SAFEGUARD_UPSTREAM_TOKEN: token } });
    assert.doesNotMatch(given.stdout + given.stderr, /401|unknown|sesame/);
  });
});

describe('the upstreams of a configuration', () => {
  const read = (text: string, env: Record<string, string> = {}, main = 'http://a.invalid/index/') =>
    allUpstreams(main, loadConfig({ file: 'server.toml', text }), env);

  it('take a token for the default one by its address or by the variable', async () => {
    const section = '[[upstream]]\nname = "main"\nindex = "http://a.invalid/index"\ntoken-env = "T"\n';
    const [first, ...others] = read(section, { T: 'x' });
    assert.deepEqual([first?.name, await first?.credential?.authorization(0), others], ['main', 'x', []]);
    const [alone] = read('', { SAFEGUARD_UPSTREAM_TOKEN: 'y' });
    assert.equal(await alone?.credential?.authorization(0), 'y');
    assert.equal(JSON.stringify(alone).includes('"y"'), false);
    assert.equal(read('')[0]?.credential, undefined);
  });

  for (const address of [
    'https://u:p4ss@a.invalid/',
    'sparse+https://p4ss@a.invalid/index/',
    'http://u:p4ss@[::1]/',
  ])
    it(`refuse a password in an address, and do not repeat it: ${address}`, () => {
      const said = (error: unknown) =>
        error instanceof RegistryError && /token-env/.test(error.message) && !/p4ss/.test(error.message);
      assert.throws(() => read('', {}, address), said);
      assert.throws(() => read(`[[upstream]]\nname = "x"\nindex = "${address}"\n`), said);
    });

  it('refuse a variable that is not set, and two sources', () => {
    const section = '[[upstream]]\nname = "x"\nindex = "http://b.invalid/"\ntoken-env = "T"\n';
    assert.throws(() => read(section), /environment variable T, which is not set/);
    assert.throws(() => read(`${section}token-file = "f"\n`, { T: 'x' }), /exclude each other/);
  });
});
