/** Upstreams that want a token: it goes to them alone, is shown nowhere, and what is wrong with it is said. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { RegistryError } from '../../src/registry/error.ts';
import { Credential, type CredentialSection, credentialOf } from '../../src/registry/upstream/credential.ts';
import { allUpstreams, loadConfig } from '../../src/server/config.ts';
import { folder, safeguard } from '../cli/support.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { isDownload, type RequestLog } from '../support/upstream-requests.ts';

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

  describe('whose downloads are at a host that wants a token of its own', () => {
    const filesToken = 'files-sesame';
    const secrets = (log: RequestLog) => new Set(log.map(({ headers }) => headers.authorization));
    /** An index at one origin and files at another, each with its own token; a third that nothing is secret from. */
    async function apart(t: TestContext, section: CredentialSection, env: Record<string, string> = {}) {
      const files = await startUpstream();
      const third = await startUpstream();
      t.after(() => files.close());
      t.after(() => third.close());
      const downloads = { origin: files.url, credential: credentialOf('files', section, env) as Credential };
      const s = await stage(t, { credential: new Credential('upstream', async () => token), downloads });
      s.upstream.failWith(401, ({ headers }) => headers.authorization !== token);
      s.upstream.setConfigJson({ dl: `${files.url}/dl`, 'auth-required': true });
      s.publish('word', '1.0.0');
      for (const other of [files, third])
        other.publish(makeCrate({ name: 'word', version: '1.0.0' }), { pubtime: '2020-01-01T00:00:00Z' });
      files.failWith(401, ({ headers }) => headers.authorization !== filesToken);
      return { s, files, third };
    }

    it('each host gets its own token and no other', async (t) => {
      const { s, files } = await apart(t, { 'token-env': 'F' }, { F: filesToken });
      const answer = await s.download('word', '1.0.0');
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(secrets(files.requests), new Set([filesToken]));
      assert.deepEqual(secrets(s.upstream.requests), new Set([token]));
      assert.doesNotMatch((await status(s)) + s.mirror.log.join(), /sesame/);
    });

    for (const [where, tokens] of [
      ['a third host', [undefined]],
      ['the host of the index', [token]],
    ] as const)
      it(`a redirect to ${where} takes no token along but that host’s own`, async (t) => {
        const { s, third } = await apart(t, { 'token-env': 'F' }, { F: filesToken });
        const target = where === 'a third host' ? third : s.upstream;
        const files = createServer(({ url, headers }, response) => {
          if (headers.authorization !== filesToken) return void response.writeHead(401).end();
          response.writeHead(302, { location: target.url + url }).end();
        });
        await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
        t.after(() => files.close());
        const origin = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
        s.upstream.setConfigJson({ dl: `${origin}/dl`, 'auth-required': true });
        const credential = new Credential('files', async () => filesToken);
        await s.restart({ downloads: { origin, credential } });
        const answer = await s.download('word', '1.0.0');
        assert.equal(answer.status, 200, answer.text);
        assert.ok(target.requests.count(isDownload('word')) > 0);
        assert.deepEqual(secrets(target.requests), new Set(tokens));
      });

    it('a wrong token of that host is said to be that host’s, and one that was replaced is read anew', async (t) => {
      const file = join(tempDir(t), 'token');
      writeFileSync(file, 'files-old');
      const { s } = await apart(t, { 'token-file': file });
      const answer = await s.download('word', '1.0.0');
      assert.equal(answer.status, 502);
      assert.match(
        answer.text,
        /the host of its downloads does not take the token that is configured for it/,
      );
      assert.doesNotMatch(answer.text + (await status(s)) + s.mirror.log.join(), /files-old|sesame/);
      writeFileSync(file, filesToken);
      assert.equal((await s.download('word', '1.0.0')).status, 200);
    });
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

  it('take the token of another host that the downloads are at', async () => {
    const text = (lines: string) =>
      `[[upstream]]\nname = "x"\nindex = "https://b.invalid/i/"\n[upstream.downloads]\n${lines}`;
    const [, x] = read(text('host = "https://Files.invalid/dl"\ntoken-env = "T"\n'), { T: 'y' });
    assert.equal(x?.downloads?.origin, 'https://files.invalid');
    assert.equal(await x?.downloads?.credential.authorization(0), 'y');
    const wrong: readonly [string, RegExp][] = [
      ['host = "https://f.invalid"\n', /say where its token is/],
      ['host = "https://f.invalid"\ntoken-env = "N"\n', /x \(its downloads\) .* N, which is not set/],
      ['host = "https://f.invalid"\ntoken-env = "T"\ntoken-file = "f"\n', /one of them/],
      ['host = "files.invalid"\ntoken-env = "T"\n', /no http\(s\) address/],
      ['host = "https://u:p4ss@f.invalid"\ntoken-env = "T"\n', /holds a user or a password/],
      ['host = "https://b.invalid/files"\ntoken-env = "T"\n', /take \[upstream\.downloads\] out/],
    ];
    for (const [lines, said] of wrong) assert.throws(() => read(text(lines), { T: 'y' }), said);
  });

  it('refuse a variable that is not set, and two sources', () => {
    const section = '[[upstream]]\nname = "x"\nindex = "http://b.invalid/"\ntoken-env = "T"\n';
    assert.throws(() => read(section), /environment variable T, which is not set/);
    assert.throws(() => read(`${section}token-file = "f"\n`, { T: 'x' }), /exclude each other/);
  });
});
