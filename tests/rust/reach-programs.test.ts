/** What programs do by what they are given: files elsewhere, secrets, variables, the network, what stays. */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const run = (program: string, ...args: readonly string[]) =>
  `std::process::Command::new("${program}").args([${args.map((arg) => JSON.stringify(arg)).join(', ')}]).status();`;
const given = (says: readonly string[], program: string, ...args: readonly string[]): Reach => ({
  how: `${program} ${args.join(' ')}`,
  body: run(program, ...args),
  says,
});
const quiet = (never: readonly string[], program: string, ...args: readonly string[]): Reach => ({
  ...given([`process ${program}`], program, ...args),
  never,
});

const telling: readonly Reach[] = [
  given(['writes /srv/x/.bashrc'], 'cp', 'a', '/srv/x/.bashrc'),
  given(['writes /srv/x'], 'mv', '-f', 'a', '/srv/x'),
  given(['writes /srv/x'], 'ln', '-s', 'a', '/srv/x'),
  given(['writes /srv/x'], 'install', '-m', '755', 'a', '/srv/x'),
  given(['writes /srv/x'], 'tee', '-a', '/srv/x'),
  given(['writes /srv/x'], 'rm', '-rf', '/srv/x'),
  given(['writes /srv/x'], 'dd', 'if=a', 'of=/srv/x'),
  given(['reads-secret-file /srv/x/.ssh/id_rsa'], 'cat', '/srv/x/.ssh/id_rsa'),
  given(['reads-secret-file file=@/srv/x/.ssh/id_rsa'], 'curl', '-F', 'file=@/srv/x/.ssh/id_rsa'),
  given(['reads-all-variables env'], 'env'),
  given(['reads-all-variables printenv'], 'printenv', '-0'),
  given(['reads-secret NPM_TOKEN'], 'printenv', 'NPM_TOKEN'),
  given(['reads-secret-file git'], 'git', 'credential', 'fill'),
  given(['reads-secret-file gh'], 'gh', 'auth', 'token'),
  given(['reads-secret-file security'], 'security', 'find-generic-password', '-w'),
  given(['writes crontab'], 'crontab', 'x'),
  given(['writes systemctl'], 'systemctl', '--user', 'enable', 'x'),
  given(['writes reg'], 'reg', 'add', 'HKCU\\x'),
  given(['downloader apt-get'], 'apt-get', 'install', 'x'),
  given(['downloader brew'], 'brew', 'install', 'x'),
  given(['downloader go'], 'go', 'run', 'x.invalid/x@latest'),
  given(['downloader npx'], 'npx', 'x'),
  given(['downloader docker'], 'docker', 'run', 'x'),
  given(['downloader sendmail'], 'sendmail', 'x@x.invalid'),
  given(['downloader ping'], 'ping', 'x.invalid'),
  {
    how: 'one argument after the other, from a variable',
    body: 'let h = std::env::var("HOME").unwrap(); std::process::Command::new("cp").arg("x").arg(format!("{h}/.x")).status();',
    says: ['writes HOME'],
  },
  {
    how: 'a program that a file names',
    body: 'let p = std::fs::read_to_string("p").unwrap(); std::process::Command::new(p.trim()).status();',
    says: ['process ?'],
    never: ['process p'],
  },
  {
    how: 'programs that an embedded file names',
    body: 'for l in include_str!("cmds").lines() { std::process::Command::new(l).status(); }',
    says: ['process ?'],
    never: ['process cmds'],
  },
];

const silent: readonly Reach[] = [
  quiet(['writes *', 'reads-secret*'], 'cp', '/usr/lib/a.h', 'a.h'),
  quiet(['writes *'], 'mkdir', '-p', 'a'),
  quiet(['writes *'], 'crontab', '-l'),
  quiet(['writes *'], 'reg', 'query', 'HKLM\\x'),
  quiet(['reads-all-variables *'], 'env', 'A=b', 'make'),
  quiet(['downloader *'], 'brew', '--prefix', 'x'),
  quiet(['downloader *'], 'go', 'run', './gen'),
  quiet(['downloader *'], 'go', 'build', './x'),
  quiet(['downloader *'], 'docker', '--version'),
  {
    how: 'a file of OUT_DIR',
    body: 'let o = std::env::var("OUT_DIR").unwrap(); std::process::Command::new("cp").args(["a", &o]).status();',
    says: ['process cp'],
    never: ['writes *'],
  },
];

describe('what programs are given', () => {
  for (const reach of telling)
    for (const role of roles)
      it(`tells what they do, in a ${role}: ${reach.how}`, () => assertReach(reach, role));
  for (const reach of silent) it(`is no more than that: ${reach.how}`, () => assertReach(reach, 'script'));
});
