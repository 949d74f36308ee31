/** Programs that containers begin with, out of what Docker and Podman keep on disk. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { containersIn } from '../../src/agent/containers.ts';
import { LayeredRoot } from '../../src/agent/layers.ts';
import { Root } from '../../src/agent/root.ts';
import { tempDir } from '../support/temp.ts';

function put(base: string) {
  return (path: string, content: unknown, mode = 0o644) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(join(base, path), mode);
  };
}

/** A host with two layers under one container of each kind. */
function host(t: TestContext): { readonly root: Root; readonly write: ReturnType<typeof put> } {
  const base = tempDir(t);
  return { root: new Root(base), write: put(base) };
}

it('are found in the layers of stopped containers, by their own PATH and folder', (t) => {
  const { root, write } = host(t);
  const docker = 'var/lib/docker';
  const config = (path: string, more: object = {}) => ({
    Name: '/web',
    Driver: 'overlay2',
    Path: path,
    State: { Running: false },
    Config: { Env: ['A=1', 'PATH=/opt/bin:/bin'], WorkingDir: '/srv' },
    ...more,
  });
  write(`${docker}/overlay2/base/diff/opt/bin/app`, 'old', 0o755);
  write(`${docker}/overlay2/base/diff/srv/run`, 'run', 0o755);
  write(`${docker}/overlay2/top/diff/opt/bin/app`, 'new', 0o755);
  write(`${docker}/overlay2/top/lower`, 'l/BASE');
  mkdirSync(join(root.at(`/${docker}/overlay2/l`)), { recursive: true });
  symlinkSync('../base/diff', root.at(`/${docker}/overlay2/l/BASE`));
  for (const [id, path, more] of [
    ['a'.repeat(64), 'app', {}],
    ['b'.repeat(64), './run', { Name: '/two' }],
    ['c'.repeat(64), '/opt/bin/app', { Driver: 'btrfs' }],
    ['d'.repeat(64), 'missing', {}],
    // What an image says may have a NUL in it.
    ['7'.repeat(64), '/opt/bin/app\0', {}],
    ['8'.repeat(64), 'app', { Name: '/nul', Config: { Env: ['PATH=/no\0:/opt/bin'] } }],
  ] as const) {
    write(`${docker}/containers/${id}/config.v2.json`, config(path, more));
    write(`${docker}/image/overlay2/layerdb/mounts/${id}/mount-id`, 'top');
  }
  write(`${docker}/containers/${'e'.repeat(64)}/config.v2.json`, '{broken');
  write(`${docker}/containers/${'f'.repeat(64)}/config.v2.json`, config('app'));
  write(`${docker}/image/overlay2/layerdb/mounts/${'f'.repeat(64)}/mount-id`, '../../../../etc');

  const storage = 'var/lib/containers/storage';
  const id = '1'.repeat(64);
  write(`${storage}/overlay/one/diff/bin/tool`, 'tool', 0o755);
  write(`${storage}/overlay-containers/containers.json`, [
    { id, layer: 'one', names: ['job'] },
    { id: '2'.repeat(64), layer: 'one', names: [] },
    { id: 3 },
    null,
  ]);
  write(`${storage}/overlay-containers/${id}/userdata/config.json`, { process: { args: ['tool', '-x'] } });

  const rootless = 'home/anna/.local/share/containers/storage';
  write(
    'etc/passwd',
    'root:x:0:0::/root:/bin/sh\nanna:x:1:1:Anna:/home/anna/:/bin/sh\nodd\nx:x:2:2::relative:/\n',
  );
  write(`${rootless}/overlay/one/diff/usr/bin/own`, 'own', 0o755);
  write(`${rootless}/overlay-containers/containers.json`, [
    { id: '9'.repeat(64), layer: 'one', names: ['mine'] },
  ]);
  write(`${rootless}/overlay-containers/${'9'.repeat(64)}/userdata/config.json`, {
    process: { args: ['own'] },
  });

  assert.deepEqual(
    containersIn(root).map(({ entry, by, root: own }) => `${by}: ${entry} ${own.text(entry, 99)}`),
    [
      'docker nul (888888888888): /opt/bin/app new',
      'docker web (aaaaaaaaaaaa): /opt/bin/app new',
      'docker two (bbbbbbbbbbbb): /srv/run run',
      'podman job (111111111111): /bin/tool tool',
      'podman mine (999999999999): /usr/bin/own own',
    ],
  );
});

it('lie in the uppermost layer that has them; whiteouts and what is no folder hide what is below', (t) => {
  const base = tempDir(t);
  const write = put(base);
  write('low/etc/a', 'low');
  write('low/etc/b', 'low');
  write('low/etc/gone', 'low');
  write('low/dir/x', 'low');
  write('top/etc/b', 'top');
  write('top/etc/c', 'top');
  write('top/dir', 'a file now');
  mkdirSync(join(base, 'low/usr/bin'), { recursive: true });
  symlinkSync('/etc/b', join(base, 'low/usr/bin/link'));
  symlinkSync('usr/bin', join(base, 'top/bin'));
  // Only the privileged make devices.
  const canHide = spawnSync('mknod', [join(base, 'top/etc/gone'), 'c', '0', '0']).status === 0;
  const root = new LayeredRoot([join(base, 'top'), join(base, 'low')]);
  assert.deepEqual([...root.names('/etc')].sort(), ['a', 'b', 'c', ...(canHide ? [] : ['gone'])]);
  assert.equal(root.text('/etc/a', 9), 'low');
  assert.equal(root.text('/bin/link', 9), 'top');
  assert.equal(root.realOf('/bin/link'), '/etc/b');
  assert.equal(root.text('/dir/x', 9), undefined);
  assert.equal(root.text('/etc/../../../etc/c', 9), 'top');
  if (canHide) assert.equal(root.realOf('/etc/gone'), undefined);
});
