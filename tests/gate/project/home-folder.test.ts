import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { folder } from '../../cli/support.ts';

const root = join(import.meta.dirname, '../../..');

function homeWith(env: Readonly<Record<string, string>>): string {
  const code = `import(${JSON.stringify(join(root, 'src/gate/project/home-folder.ts'))}).then((it) => console.log(it.homeFolder()))`;
  return spawnSync(process.execPath, ['-e', code], { env, encoding: 'utf8' }).stdout.trim();
}

it('an empty HOME names no folder: the home is the one that the machine has for the user', () => {
  assert.equal(homeWith({ HOME: '/some/where' }), '/some/where');
  assert.equal(homeWith({ HOME: '' }), userInfo().homedir);
});

it('nothing of a cache is left where a command runs without a HOME', (t) => {
  const here = folder(t, {});
  const main = join(root, 'src/cli/main.ts');
  const ran = spawnSync(process.execPath, [main, '--version'], {
    cwd: here,
    env: { HOME: '', PATH: process.env.PATH },
    encoding: 'utf8',
  });
  assert.equal(ran.status, 0, ran.stderr);
  assert.deepEqual(readdirSync(here), []);
});
