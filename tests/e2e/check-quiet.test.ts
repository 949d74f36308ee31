/** What `check` says on a terminal is its own: no words of the runtime, however much is asked for at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { manifest, old, run } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { stage } from '../support/stage.ts';

/** More at once than Node lets listen to one emitter before it warns (11), in each of the pools that ask. */
const many = 30;

describe('safeguard check', () => {
  it('has nothing of the runtime on stderr while it asks for many releases', async (t) => {
    const s = await stage(t);
    const crates = Array.from({ length: many }, (_, i) =>
      makeCrate({
        name: `part-${i}`,
        version: '1.0.0',
        ...(i % 2 === 0 ? { buildScript: 'fn main() {}' } : {}),
      }),
    );
    for (const crate of crates) s.upstream.publish(crate, old);
    const cwd = folder(t, {
      'Cargo.toml': manifest(crates.map(({ name }) => `${name} = "1"`).join('\n')),
      'src/main.rs': 'fn main() {}\n',
      'Cargo.lock': lockfileText(
        lockedApp(...crates.map(({ name }) => name)),
        ...crates.map((each) => lockedCrate(each)),
      ),
    });
    const byServer = await run(s, cwd);
    const alone = await safeguard(['check', '--upstream', s.upstream.indexUrl], {
      cwd,
      env: { XDG_CACHE_HOME: folder(t) },
    });
    for (const { code, stdout, stderr } of [byServer, alone]) {
      assert.ok(code === 0 || code === 1, stderr);
      assert.match(stdout, /15 packages run code/);
      assert.doesNotMatch(stderr, /\(node:\d+\)|Warning: |MaxListeners|--trace-warnings/);
    }
  });
});
