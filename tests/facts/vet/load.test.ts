import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeedError } from '../../../src/facts/feed/error.ts';
import type { FeedPorts } from '../../../src/facts/feed/files.ts';
import { feedSource } from '../../../src/facts/feed/source.ts';
import { auditFeeds } from '../../../src/facts/vet/feed.ts';
import { loadAudits, loadOwnAudits } from '../../../src/facts/vet/load.ts';
import { audit } from '../../support/audit-shelf.ts';

/** A world of these files, by path or address. */
function world(files: Readonly<Record<string, string | Buffer>>): FeedPorts {
  const read = async (path: string) => {
    const found = files[path];
    if (found === undefined) throw new FeedError('feed/unreachable', `${path} is not there`);
    return Buffer.from(found);
  };
  const below = async (wanted: (path: string) => boolean) =>
    Object.entries(files)
      .filter(([path]) => wanted(path))
      .map(([path, content]) => ({ path, bytes: Buffer.from(content) }));
  return {
    file: read,
    download: read,
    folder: (_, wanted) => below(wanted),
    repository: async (_, wanted) => ({ commit: 'c'.repeat(40), files: await below(wanted) }),
    commitOf: async () => undefined,
    isBareRepository: async () => false,
    clock: () => Date.parse('2030-01-01T00:00:00Z'),
  };
}

const one = audit('word', 'version = "1.0.0"');
const address = 'https://audits.example/a.toml';

describe('an organisation’s audits', () => {
  it('come from files and addresses, all of them', async () => {
    const place = { kind: 'files', places: [address, '/b.toml'] } as const;
    const ports = world({ [address]: one, '/b.toml': audit('other', 'version = "1.0.0"') });
    const feed = await loadAudits('x', place, ports);
    assert.deepEqual([...auditFeeds.byCrate(feed).keys()], ['word', 'other']);
    assert.equal(feed.provenance.source, `${address}, /b.toml`);
    await assert.rejects(loadAudits('x', place, world({ [address]: one })), /b\.toml is not there/);
  });

  it('come from where a list has them under that name', async () => {
    const list = `[registry.mozilla]\nurl = "${address}"\n`;
    const load = (name: string, text = list) =>
      loadAudits(name, { kind: 'listed', list: '/l.toml' }, world({ '/l.toml': text, [address]: one }));
    assert.equal((await load('mozilla')).provenance.source, address);
    await assert.rejects(load('google'), /l\.toml does not name google; it names mozilla/);
    await assert.rejects(load('mozilla', 'no TOML'), /l\.toml cannot be read/);
  });

  const nothing: [what: string, content: string | Buffer, reason: RegExp][] = [
    ['no TOML', '<html>', /holds no audit \(\/a\.toml: /],
    ['no UTF-8', Buffer.of(0xff, 0xfe), /holds no audit .*not UTF-8/],
    ['nothing', '', /holds no audit$/],
  ];
  for (const [what, content, reason] of nothing) {
    it(`that are ${what} are refused`, async () => {
      const loading = loadAudits('x', { kind: 'files', places: ['/a.toml'] }, world({ '/a.toml': content }));
      await assert.rejects(loading, (error) => error instanceof FeedError && reason.test(error.message));
    });
  }
});

describe('one’s own audits', () => {
  it('are those of the supply-chain folder nearest to the root', async () => {
    const files = {
      'supply-chain/audits.toml': one,
      'samples/supply-chain/audits.toml': audit('other', 'version = "1.0.0"'),
      'docs/audits.toml': one,
    };
    const feed = await loadOwnAudits(feedSource('https://git.example/x', 'x'), world(files));
    assert.deepEqual(
      feed.texts.map(({ file }) => file),
      ['supply-chain/audits.toml'],
    );
    assert.equal(feed.provenance.commit, 'c'.repeat(40));
  });

  it('of a folder that has none are refused', async () => {
    await assert.rejects(loadOwnAudits(feedSource('/x', 'x'), world({ 'README.md': 'x' })), /holds no audit/);
  });
});

describe('a kept reading of audits', () => {
  const read = (text: string) =>
    loadAudits('x', { kind: 'files', places: ['/a.toml'] }, world({ '/a.toml': text }));

  it('is the same when it comes back', async () => {
    const feed = await read(one + audit('other', 'violation = "^1"'));
    const { provenance, problems } = feed;
    const kept = JSON.parse(JSON.stringify({ provenance, problems, ...auditFeeds.said(feed) }));
    assert.deepEqual(auditFeeds.restore(kept), feed);
  });

  it('says the same of a crate wherever that stands in the file', async () => {
    const [before, after] = [await read(one), await read(audit('another', 'version = "1.0.0"') + one)];
    assert.equal(auditFeeds.byCrate(before).get('word'), auditFeeds.byCrate(after).get('word'));
    assert.equal(auditFeeds.shared(before), auditFeeds.shared(after));
  });

  it('shares what its criteria mean', async () => {
    const implies = (name: string) => `[criteria.deep]\ndescription = "d"\nimplies = "${name}"\n\n${one}`;
    const [before, after] = [await read(implies('safe-to-run')), await read(implies('safe-to-deploy'))];
    assert.notEqual(auditFeeds.shared(before), auditFeeds.shared(after));
  });
});
