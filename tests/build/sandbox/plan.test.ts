import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bubblewrapWords } from '../../../src/build/sandbox/plan.ts';

it('a plan in the words of bubblewrap has every namespace, no variable from outside, and ends with its parent', () => {
  const words = bubblewrapWords(
    {
      mounts: [
        { kind: 'read', from: '/a', at: '/x' },
        { kind: 'write', from: '/b', at: '/y' },
        { kind: 'empty', at: '/x/z' },
        { kind: 'link', to: 'usr/bin', at: '/bin' },
      ],
      env: { HOME: '/y' },
      folder: '/x',
    },
    ['cargo', 'build'],
    { filtered: true, userNamespaces: false },
  );
  const text = words.join(' ');
  for (const part of [
    '--unshare-user',
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--cap-drop ALL',
    '--new-session',
    '--die-with-parent',
    '--disable-userns',
    '--seccomp 3',
    '--ro-bind /a /x --bind /b /y --tmpfs /x/z --symlink usr/bin /bin --proc /proc --dev /dev --remount-ro /',
    '--clearenv --setenv HOME /y --chdir /x -- cargo build',
  ])
    assert.ok(text.includes(part), part);
});
