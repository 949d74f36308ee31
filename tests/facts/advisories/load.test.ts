import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readFeed } from '../../../src/facts/advisories/files.ts';
import { type AdvisoryFeed, loadFeed } from '../../../src/facts/advisories/load.ts';
import { FeedError, type FeedErrorCode } from '../../../src/facts/feed/error.ts';
import { nodeFeedPorts } from '../../../src/facts/feed/ports.ts';
import { sourceText } from '../../../src/facts/feed/source.ts';
import {
  advisorySource,
  feedTime,
  fixtureDatabase,
  folderFeed,
  oddDatabase,
} from '../../support/advisory-feeds.ts';
import { tarGz } from '../../support/tar.ts';
import { tempDir } from '../../support/temp.ts';

const author = ['-c', 'user.name=t', '-c', 'user.email=t@t.example', '-c', 'commit.gpgsign=false'];

function git(dir: string, ...args: string[]): string {
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  return execFileSync('git', ['-C', dir, ...author, ...args], {
    encoding: 'utf8',
    env,
    stdio: 'pipe',
  }).trim();
}

const refused = (code: FeedErrorCode, reason: RegExp) => (error: unknown) =>
  error instanceof FeedError && error.code === code && reason.test(error.message);

const ids = (feed: AdvisoryFeed) => feed.database.advisories.map(({ id }) => id);

describe('the address of a feed', () => {
  const cases: [text: string, kind: string, shown: string][] = [
    ['/srv/advisory-db', 'folder', '/srv/advisory-db'],
    ['advisory-db', 'folder', 'advisory-db'],
    ['C:\\advisories', 'folder', 'C:\\advisories'],
    ['https://git.example/RustSec/advisory-db', 'git', 'https://git.example/RustSec/advisory-db'],
    ['git+https://git.example/db.git', 'git', 'https://git.example/db.git'],
    ['git@git.example:RustSec/advisory-db.git', 'git', 'git@git.example:RustSec/advisory-db.git'],
    ['ssh://git@git.example/db', 'git', 'ssh://git.example/db'],
    ['file:///srv/advisory-db.git', 'git', 'file:///srv/advisory-db.git'],
    ['https://user:secret@files.example/db.tar.gz', 'tarball', 'https://files.example/db.tar.gz'],
    [
      'https://files.example/x/tar.gz/refs/heads/main',
      'tarball',
      'https://files.example/x/tar.gz/refs/heads/main',
    ],
    ['http://files.example/db.tgz?token=1', 'tarball', 'http://files.example/db.tgz?token=1'],
  ];
  for (const [text, kind, shown] of cases) {
    it(`${text} is a ${kind}`, () => {
      const source = advisorySource(text);
      assert.deepEqual([source.kind, sourceText(source)], [kind, shown]);
    });
  }
  for (const text of ['', '  ', 'ftp://files.example/db.tar.gz', 'ext::sh -c x://y', 'https://']) {
    it(`"${text}" is none`, () => {
      // What has no scheme is a folder, whatever it looks like: nothing is ever handed to git but an address.
      if (text.startsWith('ext')) assert.equal(advisorySource(text).kind, 'folder');
      else assert.throws(() => advisorySource(text), refused('feed/source', /advisory database/));
    });
  }
});

describe('a folder', () => {
  it('is read with its broken files named', async () => {
    const feed = await folderFeed(oddDatabase);
    assert.deepEqual(
      feed.problems.map(({ path }) => path),
      ['crates/lantern/RUSTSEC-2030-0101.md', 'crates/lantern/RUSTSEC-2030-0102.md', 'osv/versions.json'],
    );
    assert.deepEqual(ids(feed), [
      'GHSA-aaaa-bbbb-cccc',
      'GHSA-aaaa-bbbb-cccc',
      'GHSA-dddd-eeee-ffff',
      'MAL-2030-1',
      'RUSTSEC-2030-0104',
      'RUSTSEC-2030-0105',
    ]);
    assert.deepEqual(feed.provenance, { source: oddDatabase, readAt: '2030-12-31T12:00:00.000Z' });
  });

  it('without an advisory is no feed', async () => {
    await assert.rejects(folderFeed(tempDir()), refused('feed/empty', /holds no advisory/));
  });

  it('that is not there is no feed', async () => {
    await assert.rejects(folderFeed('/nowhere/at/all'), refused('feed/unreachable', /cannot be read/));
  });

  it('counts a file that is not UTF-8 among the problems', () => {
    const { problems } = readFeed([{ path: 'crates/a/A-1.md', bytes: Uint8Array.of(0xff, 0xfe) }]);
    assert.deepEqual(problems, [{ path: 'crates/a/A-1.md', reason: 'it is not UTF-8', crates: ['a'] }]);
  });

  it('counts a file that is too large among the problems', () => {
    const file = { path: 'crates/a/A-1.md', bytes: new Uint8Array(2 * 1024 * 1024) };
    const { advisories, problems } = readFeed([file, { path: 'README.md', bytes: new Uint8Array(9) }]);
    assert.deepEqual([advisories.length, problems.map(({ path }) => path)], [0, ['crates/a/A-1.md']]);
  });
});

describe('a git repository', () => {
  const dir = tempDir();
  const [work, bare, cache] = [join(dir, 'work'), join(dir, 'bare.git'), join(dir, 'cache')];
  const load = (text: string) =>
    loadFeed(advisorySource(text), nodeFeedPorts({ cache, clock: () => feedTime }));
  let expected: string[] = [];
  let commit = '';

  before(async () => {
    expected = ids(await folderFeed(fixtureDatabase));
    cpSync(fixtureDatabase, work, { recursive: true });
    git(dir, 'init', '--quiet', 'work');
    // Neither attributes nor filters may hide an advisory.
    writeFileSync(join(work, '.gitattributes'), '*.md export-ignore\n');
    git(work, 'add', '.');
    git(work, 'commit', '--quiet', '-m', 'one');
    commit = git(work, 'rev-parse', 'HEAD');
    git(dir, 'clone', '--quiet', '--bare', 'work', 'bare.git');
  });

  it('with a work tree is read as a folder, with its commit', async () => {
    const feed = await load(work);
    assert.deepEqual([ids(feed), feed.provenance.commit], [expected, commit]);
  });

  it('with changes has no commit', async () => {
    writeFileSync(join(work, 'new.md'), 'x');
    const feed = await load(work);
    assert.deepEqual([ids(feed), feed.provenance.commit], [expected, undefined]);
  });

  it('without a work tree is read at its head', async () => {
    const feed = await load(bare);
    assert.deepEqual(
      [ids(feed), feed.provenance],
      [expected, { source: bare, commit, readAt: '2030-12-31T12:00:00.000Z' }],
    );
  });

  it('elsewhere is fetched, and fetched again', async () => {
    const url = `file://${bare}`;
    assert.deepEqual(ids(await load(url)), expected);
    git(work, 'rm', '--quiet', 'crates/tallow/RUSTSEC-2030-0010.md');
    git(work, 'commit', '--quiet', '--amend', '-m', 'rewritten');
    git(work, 'push', '--quiet', '--force', bare, 'HEAD');
    const feed = await load(url);
    assert.equal(feed.provenance.commit, git(work, 'rev-parse', 'HEAD'));
    assert.deepEqual(
      ids(feed),
      expected.filter((id) => id !== 'RUSTSEC-2030-0010'),
    );
  });

  it('that is not there says what git said', async () => {
    await assert.rejects(
      load(`file://${dir}/none.git`),
      refused('feed/unreachable', /git could not read file:/),
    );
  });
});

describe('a tarball', () => {
  const answers = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    if (request.url === '/moved.tar.gz') return response.writeHead(302, { location: '/db.tar.gz' }).end();
    const bytes = answers.get(request.url ?? '');
    return response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  });
  let base = '';
  const load = (path: string) =>
    loadFeed(advisorySource(base + path), nodeFeedPorts({ cache: tempDir(), clock: () => feedTime }));

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const dir = tempDir();
    mkdirSync(join(dir, 'w'));
    cpSync(fixtureDatabase, join(dir, 'w'), { recursive: true });
    git(dir, 'init', '--quiet', 'w');
    git(join(dir, 'w'), 'add', '.');
    git(join(dir, 'w'), 'commit', '--quiet', '-m', 'one');
    const file = join(dir, 'db.tar.gz');
    git(join(dir, 'w'), 'archive', '--format=tar.gz', '--prefix=advisory-db-main/', '-o', file, 'HEAD');
    const bytes = execFileSync('cat', [file]);
    answers
      .set('/db.tar.gz', bytes)
      .set('/db.tar', gunzipSync(bytes))
      .set('/cut.tar.gz', bytes.subarray(0, bytes.length / 2));
    answers
      .set('/page.tar.gz', Buffer.from('<html>'))
      .set('/commit', Buffer.from(git(join(dir, 'w'), 'rev-parse', 'HEAD')));
    answers.set('/empty.tar.gz', tarGz([{ path: 'x/README.md', content: 'x' }]));
    answers.set(
      '/link.tar.gz',
      tarGz([{ path: 'crates/a/A-1.md', type: 'symlink', linkName: '/etc/passwd' }]),
    );
  });
  after(() => server.close());

  for (const path of ['/db.tar.gz', '/db.tar', '/moved.tar.gz']) {
    it(`${path} is read, with the commit that git wrote into it`, async () => {
      const feed = await load(path);
      assert.deepEqual(ids(feed), ids(await folderFeed(fixtureDatabase)));
      assert.equal(feed.provenance.commit, answers.get('/commit')?.toString());
    });
  }

  const bad: [path: string, code: FeedErrorCode, reason: RegExp][] = [
    ['/none.tar.gz', 'feed/unreachable', /answered 404/],
    ['/cut.tar.gz', 'feed/unreachable', /is no tarball/],
    ['/page.tar.gz', 'feed/empty', /holds no advisory/],
    ['/empty.tar.gz', 'feed/empty', /holds no advisory/],
    ['/link.tar.gz', 'feed/empty', /holds no advisory/],
  ];
  for (const [path, code, reason] of bad) {
    it(`${path} is refused`, async () => {
      await assert.rejects(load(path), refused(code, reason));
    });
  }

  it('of a host that does not answer is refused', async () => {
    const nowhere = loadFeed(
      advisorySource('http://127.0.0.1:1/db.tar.gz'),
      nodeFeedPorts({ cache: tempDir(), clock: () => feedTime }),
    );
    await assert.rejects(nowhere, refused('feed/unreachable', /cannot be reached/));
  });
});
