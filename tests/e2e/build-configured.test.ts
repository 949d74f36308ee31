/** A build that cargo cannot begin, by what it is told: said in words, with what to mend, and nothing of ours failed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

const files = {
  'Cargo.toml': manifest('app', '[workspace]'),
  'Cargo.lock': lockfileOf({ app: [] }),
  'src/main.rs': 'fn main() {}\n',
};

describe('what a build is told', { skip: unsealed }, () => {
  it('is no target that rustc does not know', async (t) => {
    const ran = await sealedProject(t, files).build(['--format', 'json'], ['--target', 'nonsense']);
    assert.equal(ran.code, 64, ran.stderr);
    assert.match(ran.stderr, /this compiler knows no target nonsense:/);
    assert.match(ran.stderr, /\n {2}Name one of `rustc --print target-list`/);
    const { built, target, error } = JSON.parse(ran.stdout) as Record<string, Record<string, string>>;
    assert.deepEqual([built, target, error?.code], [false, 'nonsense', 'build/config']);
  });

  it('is no configuration that cargo cannot read', async (t) => {
    for (const text of ['broken = [\n', '[term]\nverbose = "many"\n']) {
      const ran = await sealedProject(t, { ...files, '.cargo/config.toml': text }).build();
      assert.equal(ran.code, 64, ran.stderr);
      assert.match(ran.stderr, /cargo cannot read its configuration:.*config\.toml/s);
      assert.match(ran.stderr, /\n {2}Mend the file that cargo names/);
    }
  });
});
