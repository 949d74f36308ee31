/** Advisories for whoever names no database: the public one, or a stand-in for it, and what is said where it cannot be had. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { factsHere } from '../../src/server/check-here.ts';
import { chosenAdvisories } from '../../src/server/default-advisories.ts';
import { folder, safeguard, start } from '../cli/support.ts';
import { advisories, severe } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { tarGz } from '../support/tar.ts';
import { isDownload, startUpstream, type Upstream } from '../support/upstream.ts';

/** Nothing listens there. */
const nowhere = 'http://127.0.0.1:9/advisory-db.git';

/** A git repository of advisories, as an address. */
function repository(t: TestContext): string {
  const root = advisories(t, { id: 'RUSTSEC-2026-9001', crate: 'word', patched: '">= 1.1.0"', more: severe });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'An advisory');
  return `file://${root}`;
}

async function registry(t: TestContext): Promise<Upstream> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  upstream.publish(makeCrate({ name: 'word', version: '1.0.0' }), { pubtime: '2020-01-01T00:00:00Z' });
  return upstream;
}

/** A tarball of advisories, at a place that answers nobody before an archive of `upstream` was asked for. */
async function reluctant(t: TestContext, upstream: Upstream): Promise<string> {
  const [id, crate] = ['RUSTSEC-2026-9001', 'word'];
  const root = advisories(t, { id, crate, patched: '">= 1.1.0"', more: severe });
  const path = `crates/${crate}/${id}.md`;
  const archive = tarGz([{ path: `db-main/${path}`, content: readFileSync(join(root, path)) }]);
  const hold = upstream.holdResponses(isDownload('word'));
  const fetched = hold.onWaiting(1).then(() => hold.release());
  const server = createServer(async (_request, response) => {
    await fetched;
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/db.tar.gz`;
}

async function checked(t: TestContext, database: string, ...more: readonly string[]) {
  return await checkedWith(t, await registry(t), database, ...more);
}

async function checkedWith(t: TestContext, upstream: Upstream, database: string, ...more: readonly string[]) {
  const { checksum } = makeCrate({ name: 'word', version: '1.0.0' });
  const source = 'registry+https://github.com/rust-lang/crates.io-index';
  const cwd = folder(t, {
    'Cargo.toml':
      '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nword = "1"\n',
    'Cargo.lock':
      `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = ["word"]\n\n` +
      `[[package]]\nname = "word"\nversion = "1.0.0"\nsource = "${source}"\nchecksum = "${checksum}"\n`,
    'src/lib.rs': '',
  });
  const env = { SAFEGUARD_ADVISORY_DB: database, XDG_CACHE_HOME: join(cwd, 'cache') };
  return await safeguard(['check', '--upstream', upstream.indexUrl, ...more], { cwd, env });
}

describe('check, where no advisory database is named', () => {
  it('goes by the default one', async (t) => {
    const { stdout, stderr } = await checked(t, repository(t));
    assert.match(stdout, /RUSTSEC-2026-9001/, stderr);
    assert.doesNotMatch(stderr, /out of reach/);
  });

  it('says in a sentence that it is out of reach, and holds nothing for it', async (t) => {
    const { code, stdout, stderr } = await checked(t, nowhere);
    assert.match(
      stderr,
      /^Note: the public database of RustSec’s advisories is out of reach, .*--advisory-db names/m,
    );
    assert.equal(code, 0, stdout + stderr);
  });

  it('waits for it no longer than is good for anybody, though it never answers', async (t) => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      silent.close();
      silent.closeAllConnections();
    });
    const at = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const upstream = await registry(t);
    for (const database of [`${at}/db.git`, `${at}/db.tar.gz`]) {
      const notices: string[] = [];
      const onNotice = (notice: string) => void notices.push(notice);
      const facts = await factsHere(
        { upstream: upstream.indexUrl, advised: true, offline: false, onNotice },
        { XDG_CACHE_HOME: folder(t), SAFEGUARD_ADVISORY_DB: database },
        300,
      );
      t.after(() => facts.close());
      const { advisories, answers } = await facts.facts([
        { crate: 'word', version: '1.0.0', source: `sparse+${upstream.indexUrl}`, bytes: true },
      ]);
      assert.match(notices.join(), /is out of reach, .*0\.3 s/);
      assert.match(advisories?.[0]?.alarm ?? '', /out of reach/);
      assert.equal(answers[0]?.crate, 'word');
    }
  });

  it('has it fetched beside archives, and goes by it', async (t) => {
    const upstream = await registry(t);
    const { stdout, stderr } = await checkedWith(t, upstream, await reluctant(t, upstream));
    assert.match(stdout, /RUSTSEC-2026-9001/, stderr);
    assert.match(stdout, /^Advisories: 1 of .*, the newest of 2026-08-01, read just now/m);
  });

  it('has nobody wait for it who asks for code alone', async (t) => {
    const upstream = await registry(t);
    const env = { XDG_CACHE_HOME: folder(t), SAFEGUARD_ADVISORY_DB: nowhere };
    const facts = await factsHere({ upstream: upstream.indexUrl, advised: false, offline: false }, env);
    t.after(() => facts.close());
    const { advisories } = await facts.facts([
      { crate: 'word', version: '1.0.0', source: `sparse+${upstream.indexUrl}`, bytes: true, only: 'code' },
    ]);
    assert.deepEqual(advisories, [{ source: nowhere, count: 0, problems: [] }]);
  });

  it('has none with --advisory-db none', async (t) => {
    const { code, stdout, stderr } = await checked(t, repository(t), '--advisory-db', 'none');
    assert.equal(code, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /RUSTSEC|out of reach/);
  });
});

describe('serve, where no advisory database is named', () => {
  for (const [what, database, log] of [
    [
      'that is out of reach',
      () => nowhere,
      /ALARM the public database of RustSec’s advisories is out of reach/,
    ],
    ['that is there', repository, undefined],
  ] as const) {
    it(`says that it takes the default one, ${what}, waits for nothing, and serves`, async (t) => {
      const upstream = await registry(t);
      upstream.publish(makeCrate({ name: 'calm', version: '1.0.0' }), { pubtime: '2020-01-01T00:00:00Z' });
      const cwd = folder(t);
      const address = database(t);
      const args = ['serve', '--listen', '127.0.0.1:0', '--data', 'data', '--upstream', upstream.indexUrl];
      const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
      const server = start(process.execPath, [main, ...args], {
        cwd,
        env: { SAFEGUARD_ADVISORY_DB: address },
      });
      const ended = once(server, 'exit');
      t.after(async () => {
        server.kill('SIGTERM');
        await ended;
      });
      let said = '';
      const wanted = log ?? /Ctrl-C stops it/;
      for await (const piece of server.stdout ?? []) {
        said += String(piece);
        if (/Ctrl-C stops it/.test(said) && wanted.test(said)) break;
      }
      assert.match(
        said,
        /advisories from the RustSec project's public database \(.*\), fetched in the background; `--advisory-db none`/,
      );
      const url = /Safeguard is at (\S+)/.exec(said)?.[1] ?? '';
      assert.equal((await get(`${url}/crates/calm/1.0.0/download`)).status, 200);
    });
  }
});

describe('explain, where no server answers', () => {
  it('has advisories fetched beside the archive, and goes by them', async (t) => {
    const upstream = await registry(t);
    const env = { SAFEGUARD_ADVISORY_DB: await reluctant(t, upstream) };
    const asked = ['explain', 'word@1.0.0', '--upstream', upstream.indexUrl];
    const { stdout, stderr } = await safeguard(asked, { cwd: folder(t), env });
    assert.match(stdout, /RUSTSEC-2026-9001/, stderr);
    assert.match(stdout, /^It is blocked/m);
  });

  it('judges by itself, and says so', async (t) => {
    const cwd = folder(t, { 'data/server.json': '' });
    writeFileSync(join(cwd, 'data/server.json'), '{"url":"http://127.0.0.1:9","pid":1}\n');
    const { stderr } = await safeguard(['explain', 'serde@1.0.0', '--data', 'data'], { cwd });
    assert.match(stderr, /^Note: no server answers at http:\/\/127\.0\.0\.1:9: it is judged here/m);
    const named = await safeguard(['explain', 'serde@1.0.0', '--server', 'http://127.0.0.1:9'], { cwd });
    assert.doesNotMatch(named.stderr, /judged here/);
    assert.notEqual(named.code, 0);
  });
});

describe('the advisory databases of a server', () => {
  const none = { 'advisory-db': [] };
  for (const [what, given, config, env, expected] of [
    ['nothing named: the public one', undefined, none, {}, [1, true]],
    [
      'nothing named: the one of the variable',
      undefined,
      none,
      { SAFEGUARD_ADVISORY_DB: '/srv/db' },
      [1, true],
    ],
    ['the variable says none', undefined, none, { SAFEGUARD_ADVISORY_DB: 'none' }, [0, false]],
    ['one is named', ['/srv/db'], none, {}, [1, false]],
    ['one is configured', undefined, { 'advisory-db': ['/srv/db'] }, {}, [1, false]],
    ['none is named', ['none'], none, {}, [0, false]],
    ['none is configured', undefined, { 'advisory-db': ['none'] }, {}, [0, false]],
  ] as const) {
    it(what, () => {
      const { databases, isDefault } = chosenAdvisories(given, config as never, env);
      assert.deepEqual([databases.length, isDefault], expected);
    });
  }
});
