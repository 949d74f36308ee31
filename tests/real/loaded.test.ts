/** What a process has loaded on a real system: the host's own libraries, and those of a chroot that debootstrap made. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { scan } from '../../src/agent/scan.ts';
import { parsePurl } from '../../src/bom/purl.ts';
import { installedOf } from '../../src/distribution/installed.ts';
import { testCache } from '../support/peers.ts';
import { rootless } from '../support/roots.ts';
import { tempDir } from '../support/temp.ts';

/** Libraries that a program opens while it runs: their package, its source, and what they are for. */
const opened = [
  ['libssl.so.3', 'libssl3', 'openssl', 'tls'],
  ['libpq.so.5', 'libpq5', 'postgresql-15', 'database'],
  ['libsqlite3.so.0', 'libsqlite3-0', 'sqlite3', 'database'],
  ['libpython3.11.so.1.0', 'libpython3.11', 'python3.11', 'interpreter'],
] as const;
const isBookworm =
  existsSync('/etc/os-release') &&
  readFileSync('/etc/os-release', 'utf8').includes('VERSION_CODENAME=bookworm');
const skip = rootless || (!isBookworm && 'the names of the packages are those of Debian 12');

const source = `
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
int main(int count, char **names) {
  for (int i = 1; i < count; i++)
    if (!dlopen(names[i], RTLD_NOW)) return fprintf(stderr, "%s\\n", dlerror()), 1;
  puts("open");
  fflush(stdout);
  for (;;) pause();
}
`;

function compiled(t: TestContext): string {
  const folder = tempDir(t);
  writeFileSync(join(folder, 'opener.c'), source);
  execFileSync('cc', ['-o', join(folder, 'opener'), join(folder, 'opener.c'), '-ldl']);
  return join(folder, 'opener');
}

/** The packages of what a process opened, as the agent tells them and as dpkg itself does. */
async function compare(t: TestContext, command: readonly string[], dpkg: readonly string[]): Promise<void> {
  const [program = '', ...args] = [...command, ...opened.map(([name]) => name)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done());
    child.once('exit', (code) => fail(new Error(`it ended with ${code}`)));
  });
  const seen = scan('/proc').processes.find(({ pid }) => pid === child.pid);
  for (const [name, pkg, sourceName, kind] of opened) {
    const object = seen?.loaded.find(({ path }) => path.includes(`/${name.replace(/\.so.*/, '.so')}`));
    const installed = object?.package === undefined ? undefined : installedOf(parsePurl(object.package));
    const [tool = '', ...rest] = dpkg;
    const said = execFileSync(tool, [
      ...rest,
      '-W',
      '-f',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in.
      '${Version} ${source:Package} ${source:Version}',
      pkg,
    ]).toString();
    assert.deepEqual(
      [
        object?.class,
        object?.by,
        installed?.name,
        `${installed?.version} ${installed?.source.name} ${installed?.source.version}`,
      ],
      [kind, 'database', pkg, said],
    );
    assert.equal(installed?.source.name, sourceName);
    assert.deepEqual(installed?.distribution, { id: 'debian', version: '12' });
  }
}

/** A system of its own, made once by debootstrap, which apt brings, from where apt has its packages, and kept. */
function system(): string {
  const root = join(testCache, 'debootstrap-bookworm-1');
  if (existsSync(root)) return root;
  const work = `${root}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    execFileSync('apt-get', ['download', 'debootstrap'], { cwd: work, stdio: 'ignore' });
    execFileSync('sh', ['-c', 'dpkg-deb -x debootstrap*.deb tool'], { cwd: work });
    const [site = ''] = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)'])
      .toString()
      .split('\n');
    const made = [
      `--include=${opened.map(([, pkg]) => pkg).join(',')}`,
      'bookworm',
      join(work, 'root'),
      site,
    ];
    execFileSync(join(work, 'tool/usr/sbin/debootstrap'), ['--variant=minbase', ...made], {
      stdio: 'ignore',
      env: { ...process.env, DEBOOTSTRAP_DIR: join(work, 'tool/usr/share/debootstrap') },
    });
    renameSync(join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return root;
}

describe('what a process opened while it runs', { skip }, () => {
  it('is of the packages that dpkg names', {
    skip: !existsSync('/var/lib/dpkg/info/libpq5:amd64.list'),
  }, async (t) => {
    await compare(t, [compiled(t)], ['dpkg-query']);
  });

  it('is in a chroot of the packages of that system, not of the host’s', async (t) => {
    const root = system();
    const name = `opener-${process.pid}`;
    execFileSync('cp', [compiled(t), join(root, 'tmp', name)]);
    t.after(() => rmSync(join(root, 'tmp', name), { force: true }));
    await compare(
      t,
      ['chroot', root, `/tmp/${name}`],
      ['dpkg-query', `--admindir=${join(root, 'var/lib/dpkg')}`],
    );
  });
});
