/** Programs that something starts, though nobody saw them run. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { NameSearch } from '../../src/agent/names.ts';
import { Root } from '../../src/agent/root.ts';
import { scan } from '../../src/agent/scan.ts';
import { interpreterOf, namedPrograms } from '../../src/agent/starters.ts';
import { tempDir } from '../support/temp.ts';

it('are named by units with their drop-ins, by crontabs and by paths, in a root', (t) => {
  const base = tempDir(t);
  const put = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
    chmodSync(join(base, path), mode);
  };
  for (const name of [
    'usr/sbin/nginx',
    'usr/bin/app',
    'usr/bin/other',
    'usr/bin/pre',
    'usr/sbin/backup',
    'opt/tool',
    'etc/cron.daily/rotate',
  ])
    put(name, '#!/bin/sh\n', 0o755);
  put('opt/readme', 'not a program');
  symlinkSync('usr/bin', join(base, 'bin'));
  put(
    'etc/systemd/system/app.service',
    '[Service]\nExecStartPre=-/usr/bin/pre --x\nExecStart=@!"/bin/app" \\\n  --flag\nExecStop=\n',
  );
  // Hidden by the one above.
  put('usr/lib/systemd/system/app.service', '[Service]\nExecStart=/usr/bin/other\n');
  put(
    'usr/lib/systemd/system/nginx.service',
    '[Service]\nExecStart=nginx -g x\nExecReload=/usr/sbin/gone\n# ExecStart=/usr/bin/other\n',
  );
  put('etc/systemd/system/nginx.service.d/more.conf', '[Service]\nExecStartPost=/usr/bin/pre\n');
  symlinkSync('/dev/null', join(base, 'etc/systemd/system/masked.service'));
  put('usr/lib/systemd/system/masked.service', '[Service]\nExecStart=/usr/bin/other\n');
  put(
    'etc/crontab',
    'PATH=/usr/bin/other\n# /usr/bin/other\n17 * * * * root cd / && test -x /usr/sbin/backup || /usr/bin/missing >/dev/null\n',
  );
  const found = namedPrograms(new Root(base), ['/opt', '/nowhere']);
  assert.deepEqual(found.map(({ path, named, by }) => `${path} ${named} ${by}`).sort(), [
    '/etc/cron.daily/rotate cron /etc/cron.daily',
    '/opt/tool path --paths',
    '/usr/bin/app unit /etc/systemd/system/app.service',
    '/usr/bin/pre unit /etc/systemd/system/app.service',
    '/usr/bin/pre unit /etc/systemd/system/nginx.service.d/more.conf',
    '/usr/sbin/backup cron /etc/crontab',
    '/usr/sbin/nginx unit /usr/lib/systemd/system/nginx.service',
  ]);
  for (const [head, path] of [
    ['#!/usr/bin/app -x\n', '/usr/bin/app'],
    ['#! /usr/bin/env other\n', '/usr/bin/other'],
    ['#!/usr/bin/env -S app x\n', '/usr/bin/app'],
    ['#! /usr/bin/env gone\n', undefined],
    ['\x7fELF', undefined],
  ] as const)
    assert.equal(interpreterOf(new Root(base), head), path, head);
});

it('come with the libraries that the loader will bring', {
  skip: process.platform !== 'linux' && 'there is no /proc',
}, () => {
  const [sleep] = scan('/proc', ['/bin/sleep']).installed.filter(({ named }) => named === 'path');
  const names = sleep?.needed.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  assert.match(names?.[0] ?? '', /^(sleep|coreutils|busybox)$/);
  assert.ok(
    names?.[0] !== 'sleep' || names.some((name) => /^(libc\.so\.6|libc-[\d.]+\.so)$/.test(name)),
    String(names),
  );
});

it('names of libraries are found in bytes, also where they lie across two pieces', () => {
  const bytes = Buffer.from(
    '\0libpq.so.5\0x/usr/lib/libssl.so.3.0\0libfoo.so\0libbar.solid\0.so.1\0liby.so.\0libz.so.1',
  );
  const whole = ['libpq.so.5', 'libssl.so.3.0', 'libfoo.so', 'liby.so'];
  for (let cut = 0; cut <= bytes.length; cut++) {
    const search = new NameSearch();
    search.add(bytes.subarray(0, cut));
    search.add(bytes.subarray(cut));
    assert.deepEqual(search.found().toSorted(), whole.toSorted(), String(cut));
  }
});
