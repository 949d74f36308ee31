import assert from 'node:assert/strict';
import { it } from 'node:test';
import { folder, safeguard } from '../support.ts';

for (const between of [['--'], []])
  it(`a build's options are the build's ${between.length === 0 ? 'without `--`' : 'behind `--`'}`, async (t) => {
    const cwd = folder(t);
    const ran = await safeguard(['build', ...between, 'cargo', 'build', '--release', '--examples'], { cwd });
    assert.equal(ran.code, 64);
    assert.match(ran.stderr, /a sealed build does not know what `--examples` would change/);
  });

it('options before the build are those of Safeguard', async (t) => {
  const ran = await safeguard(['build', '--examples', 'cargo', 'build'], { cwd: folder(t) });
  assert.equal(ran.code, 64);
  assert.match(ran.stderr, /unknown option '--examples'/);
});
