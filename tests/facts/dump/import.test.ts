import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { downloadDump, dumpAddress } from '../../../src/facts/dump/download.ts';
import { DumpError, type DumpErrorCode } from '../../../src/facts/dump/error.ts';
import { importDump, neededTables } from '../../../src/facts/dump/import.ts';
import type { Store } from '../../../src/store/store.ts';
import { databases, withStore } from '../../store/databases.ts';
import { type DumpOptions, type DumpRows, dumpArchive, smallDump } from '../../support/dump.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const registry = 'r';
const everyName = { leastDownloads: 0, after: 0, limit: 100 };

async function* pieces(bytes: Buffer, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function take(store: Store, bytes: Buffer) {
  return importDump({ registry, stream: pieces(bytes), store: store.dumps, now: () => now });
}

for (const database of databases) {
  describe(`a database dump on ${database.name}`, { skip: database.skip }, () => {
    it('is read back as it was told', () =>
      withStore(database, async (store) => {
        assert.equal(await store.dumps.state(registry), undefined);
        assert.equal(await store.dumps.crate(registry, 'serde'), undefined);
        const state = await take(store, dumpArchive(smallDump()));
        assert.deepEqual(state, await store.dumps.state(registry));
        assert.deepEqual(state, {
          registry,
          takenAt: Date.parse('2026-08-20T02:00:16.123Z'),
          importedAt: now,
          crates: 3,
          versions: 6,
        });
        assert.equal(await store.dumps.state('another'), undefined);

        const serde = await store.dumps.crate(registry, 'Serde');
        assert.deepEqual(serde, {
          id: 1,
          key: 'serde',
          name: 'serde',
          createdAt: Date.parse('2014-12-05T06:17:14.147Z'),
          updatedAt: Date.parse('2026-08-01T06:17:14.147Z'),
          trustpubOnly: true,
          downloads: 900_000_000,
          recentDownloads: 0,
          dependents: 1,
          defaultVersion: 11,
        });
        const fresh = await store.dumps.crate(registry, 'fresh-crate');
        assert.equal(fresh?.name, 'Fresh_Crate');
        assert.equal(fresh?.recentDownloads, 12);
        assert.equal((await store.dumps.crate(registry, 'arrayref'))?.recentDownloads, 123);

        const owners = await store.dumps.owners(registry, 1);
        assert.deepEqual(
          owners.map(({ kind, login, name, createdBy }) => [kind, login, name, createdBy]),
          [
            ['user', 'dtolnay', 'David', null],
            ['team', 'github:serde-rs:publish', 'publish', 101],
          ],
        );
        const versions = await store.dumps.versions(registry, 2);
        assert.deepEqual(
          versions.map(({ num, yanked, publishedBy, publisherLogin }) => [
            num,
            yanked,
            publishedBy,
            publisherLogin,
          ]),
          [
            ['0.3.8', true, 102, 'droundy'],
            ['0.3.9', false, 102, 'droundy'],
            ['0.3.10', false, 103, 'newcomer'],
          ],
        );
        assert.equal(versions[0]?.checksum, (22).toString(16).padStart(64, '0'));
        const published = await store.dumps.publishedBy(registry, 103);
        assert.deepEqual(
          published.map(({ name, downloads }) => [name, downloads]),
          [
            ['arrayref', 120_000_000],
            ['Fresh_Crate', 12],
          ],
        );
        assert.deepEqual(await store.dumps.ownedAlongside(registry, 3), ['Fresh_Crate', 'arrayref']);
        assert.deepEqual(
          (await store.dumps.names(registry, everyName)).map(({ name }) => name),
          ['serde', 'arrayref', 'Fresh_Crate'],
        );
        assert.deepEqual(await store.dumps.gone(registry, 'faster-log'), {
          deleted: [{ deletedAt: Date.parse('2025-09-24T06:17:14.147Z'), message: 'malicious' }],
          reserved: false,
        });
        assert.deepEqual(await store.dumps.gone(registry, 'STD'), { deleted: [], reserved: true });
      }));

    it('is replaced by the next one, and nothing of the old one stays', () =>
      withStore(database, async (store, place) => {
        await take(store, dumpArchive(smallDump()));
        const rows = smallDump();
        const later = {
          ...rows,
          crate_downloads: [{ crate_id: 1, downloads: 900_000_001 }],
        };
        await take(store, dumpArchive(later, { takenAt: '2026-08-21T02:00:00Z' }));
        assert.equal((await store.dumps.crate(registry, 'serde'))?.downloads, 900_000_001);
        assert.equal((await store.dumps.crate(registry, 'arrayref'))?.downloads, 0);
        assert.equal((await place.tamper('select distinct import from dump_versions')).length, 1);
        assert.equal((await place.tamper('select import from dump_imports')).length, 1);
      }));

    it('is kept for each registry apart', () =>
      withStore(database, async (store) => {
        await take(store, dumpArchive(smallDump()));
        const rows = { ...smallDump(), crate_downloads: [{ crate_id: 1, downloads: 5 }] };
        const stream = pieces(dumpArchive(rows));
        await importDump({ registry: 'other', stream, store: store.dumps, now: () => now });
        assert.equal((await store.dumps.crate(registry, 'serde'))?.downloads, 900_000_000);
        assert.equal((await store.dumps.crate('other', 'serde'))?.downloads, 5);
      }));

    const whole = dumpArchive(smallDump());
    const next = (rows: Partial<DumpRows>, options: DumpOptions = {}) =>
      dumpArchive({ ...smallDump(), ...rows } as DumpRows, { takenAt: '2026-08-21T02:00:00Z', ...options });
    const bad: [name: string, bytes: Buffer, code: DumpErrorCode][] = [
      ...neededTables.map((table): [string, Buffer, DumpErrorCode] => [
        `without ${table}`,
        next({}, { without: [table] }),
        'dump/missing-table',
      ]),
      ['cut short in the middle', whole.subarray(0, whole.length / 2), 'dump/truncated'],
      ['cut short by its last byte', whole.subarray(0, -1), 'dump/truncated'],
      ['of other bytes', Buffer.from('<html>Not Found</html>'), 'dump/malformed'],
      ['without a column', next({}, { instead: { versions: 'id,num\n1,1.0.0\n' } }), 'dump/missing-column'],
      ['with a broken row', next({}, { instead: { users: 'id,gh_login\n1\n' } }), 'dump/malformed'],
      ['with an id that is none', next({}, { instead: { users: 'id,gh_login\nx,y\n' } }), 'dump/malformed'],
      [
        'with a time that is none',
        next({ deleted_crates: [{ id: 1, name: 'a', created_at: 'x', deleted_at: 'y' }] }),
        'dump/malformed',
      ],
      [
        'with the same id twice',
        next({
          teams: [
            { id: 1, login: 'a' },
            { id: 1, login: 'b' },
          ],
        }),
        'dump/malformed',
      ],
      ['that is older', dumpArchive(smallDump(), { takenAt: '2026-08-19T02:00:00Z' }), 'dump/older'],
      ['that lost its crates', next({ crates: smallDump().crates?.slice(0, 2) ?? [] }), 'dump/shrunk'],
    ];
    it('that is not whole leaves the old one as it was', () =>
      withStore(database, async (store, place) => {
        const before = await take(store, whole);
        for (const [name, bytes, code] of bad) {
          await assert.rejects(take(store, bytes), (error) => {
            assert.ok(error instanceof DumpError, `${name}: ${error}`);
            assert.equal(error.code, code, name);
            return true;
          });
          assert.deepEqual(await store.dumps.state(registry), before, name);
          assert.equal((await store.dumps.names(registry, everyName)).length, 3, name);
          assert.equal((await place.tamper('select import from dump_imports')).length, 1, name);
        }
        assert.equal((await place.tamper('select distinct import from dump_crates')).length, 1);
      }));

    it('does not keep other writers waiting, and what a crash left is cleared away', () =>
      withStore(database, async (store, place) => {
        const left = await store.dumps.begin(registry, now - 86_400_000);
        await left.put('reserved', [{ key: 'a', name: 'a' }]);
        assert.deepEqual(await store.dumps.gone(registry, 'a'), { deleted: [], reserved: false });
        // A write between two parts of an import has its turn.
        await store.write((tx) => tx.putPolicy({ digest: 'd', text: '', at: now }));
        await take(store, dumpArchive(smallDump()));
        assert.equal((await place.tamper('select import from dump_imports')).length, 1);
        await assert.rejects(left.put('reserved', [{ key: 'b', name: 'b' }]), /given up/);
      }));
  });
}

describe('the download of a dump', () => {
  const bytes = dumpArchive(smallDump());

  async function serve(answer: RequestListener): Promise<{ url: string; server: Server }> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/db-dump.tar.gz`, server };
  }

  it('goes to the place that the registry’s name gives', () => {
    assert.equal(dumpAddress('registry.example'), 'https://static.registry.example/db-dump.tar.gz');
  });

  it('is imported as it comes, and asked for again only when it changed', async () => {
    const asked: string[] = [];
    const { url, server } = await serve(({ headers }, out) => {
      asked.push(`${headers['user-agent']} ${headers['if-none-match'] ?? ''}`);
      if (headers['if-none-match'] === '"1"') out.writeHead(304).end();
      else out.writeHead(200, { etag: '"1"', 'content-type': 'application/gzip' }).end(bytes);
    });
    try {
      const [sqlite] = databases;
      assert.ok(sqlite);
      await withStore(sqlite, async (store) => {
        const answer = await downloadDump(url, { contact: 'ops@acme.example' });
        assert.equal(answer.kind, 'dump');
        if (answer.kind !== 'dump') return;
        await importDump({ registry, stream: answer.stream, store: store.dumps, now: () => now });
        assert.equal((await store.dumps.state(registry))?.versions, 6);
        const again = await downloadDump(url, { contact: 'ops@acme.example', etag: answer.etag ?? '' });
        assert.equal(again.kind, 'unchanged');
      });
      assert.deepEqual(asked, ['safeguard (ops@acme.example) ', 'safeguard (ops@acme.example) "1"']);
    } finally {
      server.close();
    }
  });

  it('that breaks off leaves nothing behind', async () => {
    const { url, server } = await serve((_request, out) => {
      out.writeHead(200, { 'content-length': bytes.length });
      out.write(bytes.subarray(0, bytes.length / 2), () => out.destroy());
    });
    try {
      const [sqlite] = databases;
      assert.ok(sqlite);
      await withStore(sqlite, async (store, place) => {
        const answer = await downloadDump(url, { contact: 'x' });
        assert.equal(answer.kind, 'dump');
        if (answer.kind !== 'dump') return;
        const { stream } = answer;
        await assert.rejects(importDump({ registry, stream, store: store.dumps, now: () => now }), {
          code: 'dump/unreachable',
        });
        assert.equal(await store.dumps.state(registry), undefined);
        assert.deepEqual(await place.tamper('select import from dump_crates'), []);
      });
    } finally {
      server.close();
    }
  });

  it('says what the server said', async () => {
    const { url, server } = await serve((_request, out) => {
      out.writeHead(403).end('no');
    });
    try {
      await assert.rejects(downloadDump(url, { contact: 'x' }), { code: 'dump/unreachable', message: /403/ });
    } finally {
      server.close();
    }
  });
});
