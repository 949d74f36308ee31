import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sqliteReader } from '../../src/store/dialect/sqlite.ts';
import { openReader, openStore } from '../../src/store/open.ts';
import { tempDir } from '../support/temp.ts';
import { databases, withStore } from './databases.ts';
import { registry, release } from './samples.ts';

for (const database of databases) {
  describe(`a store opened for reading, ${database.name}`, { skip: database.skip }, () => {
    it('shows what its owner writes meanwhile', async () => {
      await withStore(database, async (store, { location }) => {
        const { reader, close } = await openReader(location);
        assert.deepEqual(await reader.releases(registry, 'serde'), []);
        await store.write((tx) => tx.putReleases([release()]));
        assert.deepEqual(await reader.releases(registry, 'serde'), [release()]);
        await close();
        // The owner goes on.
        await store.write((tx) => tx.putReleases([release({ version: '1.0.1' })]));
        assert.equal((await store.releases(registry, 'serde')).length, 2);
      });
    });

    it('is refused where another version of Safeguard used it', async () => {
      await withStore(database, async (_, { location, tamper }) => {
        await tamper("insert into schema_migrations (name, at) values ('999-later', 0)");
        await assert.rejects(openReader(location), { code: 'store/newer' });
        await tamper("delete from schema_migrations where name >= '003'");
        await assert.rejects(openReader(location), { code: 'store/older' });
      });
    });
  });
}

describe('a folder opened for reading', () => {
  it('needs no owner', async (t) => {
    const folder = tempDir(t);
    const store = await openStore({ folder });
    await store.write((tx) => tx.putReleases([release()]));
    await store.close();
    const { reader, close } = await openReader({ folder });
    assert.equal((await reader.releases(registry, 'serde')).length, 1);
    await close();
    await (await openStore({ folder })).close();
  });

  it('is not made', async (t) => {
    const folder = join(tempDir(t), 'none');
    await assert.rejects(openReader({ folder }), { code: 'store/unreachable', message: /no mirror in/ });
  });

  it('takes no writes', async (t) => {
    const folder = tempDir(t);
    await (await openStore({ folder })).close();
    const { reader, close } = sqliteReader(folder);
    await assert.rejects(reader.deleteFrom('releases').execute(), /readonly|read-only/i);
    await close();
  });
});
