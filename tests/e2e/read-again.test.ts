/** Archives that an earlier version read, which saw less in them: they are read again, by the server and for the gate. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currentReading } from '../../src/registry/judgement/bytes.ts';
import { judged, manifest, old } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import type { TestMirror } from '../support/mirror.ts';
import { repository } from '../support/repository.ts';
import { type DatabaseName, databases, stage } from '../support/stage.ts';

const native = makeCrate({ name: 'native', version: '1.0.0', buildScript: 'fn main() {}\n' });

/** As the first versions kept what they read. */
async function age(mirror: TestMirror): Promise<void> {
  const { store } = mirror.server;
  const [record] = await store.releases('upstream', 'native');
  const archive = record?.archive ?? '';
  assert.ok(record !== undefined && archive.startsWith(currentReading));
  const { reader: _, code: __, std: ___, ...earlier } = JSON.parse(archive);
  await store.write((tx) => tx.putReleases([{ ...record, archive: JSON.stringify(earlier) }]));
}

async function reading(mirror: TestMirror): Promise<string> {
  return (await mirror.server.store.releases('upstream', 'native'))[0]?.archive ?? '';
}

async function scene(t: Parameters<typeof stage>[0], database: DatabaseName = 'SQLite') {
  const s = await stage(t, { database });
  s.upstream.publish(native, old);
  assert.equal((await s.download('native', '1.0.0')).status, 200);
  await age(s.mirror);
  return s;
}

for (const { name, skip } of databases) {
  describe(`readings of an earlier version on ${name}`, { skip }, () => {
    it('are made anew when the server starts, without the upstream', async (t) => {
      const s = await scene(t, name);
      assert.ok(!(await reading(s.mirror)).startsWith(currentReading));
      await s.upstream.vanish();
      const again = await s.restart();
      await again.settle();
      const kept = await reading(s.mirror);
      assert.ok(kept.startsWith(currentReading), kept.slice(0, 80));
      assert.equal(JSON.parse(kept).code.tier, 'build-script');
      assert.equal((await s.download('native', '1.0.0')).status, 200);
    });
  });
}

describe('readings of an earlier version', () => {
  it('are made anew for the gate, which asks what they did not say', async (t) => {
    const s = await scene(t);
    const repo = repository(t);
    repo.commit({
      'Cargo.toml': manifest('native = "1"'),
      'src/main.rs': 'fn main() {}\n',
      'Cargo.lock': lockfileText(lockedApp('native'), lockedCrate(native)),
    });
    const { changes } = await judged(s, repo.dir);
    const tiers = changes.flatMap(({ crate, tier }) => (tier === undefined ? [] : [`${crate} ${tier.tier}`]));
    assert.deepEqual(tiers, ['native build-script']);
    assert.ok((await reading(s.mirror)).startsWith(currentReading));
  });
});
