/** What programs run of their input that take no code among their arguments: make, m4, awk, sed and their like, fed by Rust. */
import { describe, it } from 'node:test';
import { assertReach, type Reach, roles } from './reach.ts';

const fed: readonly (readonly [program: string, args: readonly string[], code: string, says: string])[] = [
  ['make', ['-f', '-'], 'all:\n\tcurl x.invalid\n', 'downloader curl'],
  ['make', ['-sf-'], 'all:\n\tcurl x.invalid\n', 'downloader curl'],
  ['gmake', ['--file=-'], 'x := $(shell curl x.invalid)\n', 'downloader curl'],
  ['make', ['-f', '/dev/stdin'], 'all:\n\tcurl x.invalid\n', 'downloader curl'],
  ['cmake', ['-P', '/dev/stdin'], 'file(DOWNLOAD http://x.invalid x)', 'network CMake file(DOWNLOAD)'],
  ['ninja', ['-f', '/dev/stdin'], 'rule a\n  command = curl x.invalid\n', 'downloader curl'],
  ['awk', ['-f', '-'], 'BEGIN { system("curl x.invalid") }', 'downloader curl'],
  ['gawk', ['-f', '/dev/stdin'], 'BEGIN { print "x" |& "/inet/tcp/0/x.invalid/80" }', 'network /inet'],
  ['sed', ['-f', '-'], '1e curl x.invalid', 'downloader curl'],
  ['sed', ['-nf', '/dev/stdin'], 's/a/b/e', 'shell sed -'],
  ['m4', [], "syscmd(`curl x.invalid')", 'downloader curl'],
  ['m4', ['-'], 'esyscmd(defn(a))', 'shell m4 -'],
  ['dc', [], '!curl x.invalid', 'downloader curl'],
  ['bc', ['-q'], '!curl x.invalid', 'downloader curl'],
  ['ed', ['x'], 'r !curl x.invalid\nw\nq\n', 'downloader curl'],
  ['ex', ['-s', 'x'], ':!curl x.invalid\n', 'downloader curl'],
];
const piped = '.stdin(std::process::Stdio::piped())';
const head = 'use std::io::Write;';
const list = (args: readonly string[]) =>
  `&[${args.map((one) => JSON.stringify(one)).join(', ')}] as &[&str]`;
const started = (program: string, args: readonly string[]) =>
  `let mut c = std::process::Command::new("${program}").args(${list(args)})${piped}.spawn().unwrap();`;

const unknown: readonly Reach[] = fed.flatMap(([program, args]) => [
  {
    how: `${program} ${args.join(' ')}, in part`,
    head,
    body: `${started(program, args)} c.stdin.take().unwrap().write_all(&std::fs::read("x").unwrap()).unwrap();`,
    says: [`shell ${program} -`],
  },
  {
    how: `${program} ${args.join(' ')}, out of a file, by later statements`,
    body: `let mut c = std::process::Command::new("${program}"); c.args(${list(args)}); c.stdin(std::fs::File::open("x").unwrap()); c.status().unwrap();`,
    says: [`shell ${program} -`],
  },
]);
const unfed: readonly Reach[] = [
  ['make', '-f', 'x.mk'],
  ['sed', '-n', 'p'],
  ['awk', '{ print }'],
  ['cmake', '-P', 'x.cmake'],
].map(([program = '', ...args]) => ({
  how: `${program} ${args.join(' ')}`,
  head,
  body: `${started(program, args)} c.stdin.take().unwrap().write_all(&std::fs::read("x").unwrap()).unwrap();`,
  says: [`process ${program}`],
  never: ['shell *'],
}));

describe('code that a program reads by its input', () => {
  for (const [program, args, code, says] of fed)
    for (const role of roles)
      it(`is read: ${program} ${args.join(' ')} of ${code}, in a ${role}`, () => {
        const body = `${started(program, args)} c.stdin.take().unwrap().write_all(b${JSON.stringify(code)}).unwrap();`;
        assertReach({ how: program, head, body, says: [says] }, role);
      });
  for (const reach of unknown)
    for (const role of roles)
      it(`is said to be unread: ${reach.how}, in a ${role}`, () => assertReach(reach, role));
  for (const reach of unfed)
    it(`is no code where it is none: ${reach.how}`, () => assertReach(reach, 'script'));
});
