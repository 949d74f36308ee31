/** Folders that killed builds left: taken away by the next one, and never another's. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWorkFolder } from '../../../src/cli/build/work-folder.ts';
import { folder } from '../support.ts';

/** A process that opens one, says which and waits. */
async function another(t: TestContext, output: string) {
  const module = fileURLToPath(new URL('../../../src/cli/build/work-folder.ts', import.meta.url));
  const code = `import { openWorkFolder } from ${JSON.stringify(module)}; console.log(openWorkFolder(process.argv[1]).path); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, output], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { path: said.toString().trim(), child };
}

const left = (output: string) => readdirSync(output).filter((name) => name.startsWith('.work-'));

describe('folders of builds', () => {
  it('go away with their build, and those of killed ones with the next', async (t) => {
    const output = folder(t, {});
    const { path, child } = await another(t, output);
    writeFileSync(join(path, 'build.log'), '');
    const own = openWorkFolder(output);
    assert.equal(left(output).length, 2, 'the other still runs');
    own.remove();
    child.kill('SIGKILL');
    await once(child, 'exit');
    openWorkFolder(output).remove();
    assert.deepEqual(left(output), []);
  });

  it('stay where a process of that number runs since, only if it is that one', async (t) => {
    const output = folder(t, {});
    const { path } = await another(t, output);
    const owner = JSON.parse(readFileSync(join(path, 'owner.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(path, 'owner.json'), JSON.stringify({ ...owner, started: '1' }));
    openWorkFolder(output).remove();
    assert.deepEqual(left(output), []);
  });

  it('of other machines, or of nobody who is known, stay for a day; what is no folder stays', (t) => {
    const output = folder(t, { 'elsewhere/kept': '' });
    const now = Date.parse('2026-11-29T12:00:00Z');
    const make = (name: string, files: Readonly<Record<string, string>>, hours: number) => {
      const path = join(output, name);
      mkdirSync(path);
      const at = new Date(now - hours * 60 * 60_000);
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(path, file), text);
        utimesSync(join(path, file), at, at);
      }
      utimesSync(path, at, at);
    };
    const foreign = JSON.stringify({ pid: process.pid, started: '', place: 'another' });
    make('.work-a', { 'owner.json': foreign }, 25);
    make('.work-b', { 'owner.json': foreign }, 23);
    make('.work-c', { 'owner.json': 'no JSON', trace: '' }, 25);
    make('.work-d', {}, 1);
    make('.work-e', { 'build.log': '' }, 25);
    writeFileSync(join(output, '.work-e/build.log'), 'it goes on');
    utimesSync(join(output, '.work-e/build.log'), new Date(now), new Date(now));
    symlinkSync(join(output, 'elsewhere'), join(output, '.work-f'));
    openWorkFolder(output, now).remove();
    assert.deepEqual(left(output), ['.work-b', '.work-d', '.work-e', '.work-f']);
    assert.deepEqual(readdirSync(join(output, 'elsewhere')), ['kept']);
  });

  it('go away with folders in them that nobody may look into', {
    skip: process.getuid?.() !== 0 || noSetpriv(),
  }, (t) => {
    const output = folder(t, {});
    const module = fileURLToPath(new URL('../../../src/cli/build/work-folder.ts', import.meta.url));
    const code = `import { mkdirSync, chmodSync, writeFileSync } from 'node:fs'; import { openWorkFolder } from ${JSON.stringify(module)};
const own = openWorkFolder(process.argv[1]); mkdirSync(own.path + '/a/b', { recursive: true }); writeFileSync(own.path + '/a/b/c', ''); chmodSync(own.path + '/a/b', 0); chmodSync(own.path + '/a', 0); own.remove();`;
    spawnSync('chmod', ['777', output]);
    const words = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath];
    const ran = spawnSync('setpriv', [...words, '--input-type=module', '-e', code, output], {
      encoding: 'utf8',
    });
    if (/EACCES|Permission denied/.test(ran.stderr) && !ran.stderr.includes(output))
      return t.skip('nobody may read the checkout here');
    assert.equal(ran.status, 0, ran.stderr);
    assert.deepEqual(left(output), []);
  });
});

function noSetpriv(): boolean {
  return spawnSync('setpriv', ['--version']).status !== 0;
}
