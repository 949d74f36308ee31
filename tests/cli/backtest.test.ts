import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { crate } from '../store/samples.ts';
import { fixtureDatabase } from '../support/advisory-feeds.ts';
import { recorded } from '../support/past.ts';
import { folder, safeguard } from './support.ts';

/** A folder with a mirror that is running: it has one crate of two releases. */
async function mirrored(t: TestContext): Promise<string> {
  const cwd = folder(t);
  const store = await openStore({ folder: join(cwd, 'safeguard-data') });
  t.after(() => store.close());
  await store.write(async (tx) => {
    await tx.putCrate(crate({ key: 'serde', digest: 'a'.repeat(64) }));
    await tx.putReleases([
      recorded('serde', '1.0.0', '2020-01-01T00:00:00Z'),
      recorded('serde', '1.0.1', '2026-01-02T00:00:00Z'),
    ]);
  });
  return cwd;
}

describe('safeguard policy backtest', () => {
  it('replays a running mirror', async (t) => {
    const cwd = await mirrored(t);
    const args = ['policy', 'backtest', '--since', '2026-01-01'];
    const { code, stdout } = await safeguard(args, { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^1 crates, 1 releases \(0 by their bytes, the others by their index line\)\.$/m);
    assert.match(stdout, /^ +delayed +1 +half of them at most 3 days, .* the longest 3 days$/m);
    assert.match(stdout, /^ +age +0 +1 +0 +0$/m);
    assert.doesNotMatch(stdout, /Attacks/);
  });

  it('judges by a policy and advisories', async (t) => {
    const cwd = await mirrored(t);
    writeFileSync(join(cwd, 'p.toml'), '[cooldown]\nrelease = "5d"\n');
    const since = ['policy', 'backtest', '--since', '2026-01-01', '--policy', 'p.toml'];
    const { stdout } = await safeguard([...since, '--format', 'json'], { cwd });
    const report = JSON.parse(stdout);
    assert.equal(report.good.delay.median, 5 * 86_400_000);
    assert.deepEqual(report.attacks, []);
    const other = await safeguard([...since, '--advisory-db', fixtureDatabase], { cwd });
    // The advisories of the fixture are of the future: none of their attacks is in the span.
    assert.equal(other.code, 0);
  });

  it('says what is wrong with what it was given', async (t) => {
    const cwd = folder(t);
    const asked = async (...args: string[]) => {
      const { code, stderr } = await safeguard(['policy', 'backtest', ...args], { cwd });
      return [code, stderr] as const;
    };
    const since = ['--since', '2026-01-01'];
    assert.deepEqual((await asked())[0], 64);
    const [dateCode, date] = await asked('--since', 'yesterday');
    assert.equal(dateCode, 64);
    assert.match(date, /Expected a date such as 2026-01-31/);
    const [storeCode, store] = await asked(...since);
    assert.equal(storeCode, 70);
    assert.match(store, /There is no mirror in .*safeguard-data/);
    const [policyCode, policy] = await asked(...since, '--policy', 'none.toml');
    assert.equal(policyCode, 64);
    assert.match(policy, /none\.toml cannot be read/);
  });
});
