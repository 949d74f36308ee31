/** What m4 of autoconf says: its shell, and the shell in what its macros are given. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { saidByScript } from '../../src/rust/inputs/read-file.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';

const begin = 'AC_INIT([a], [1])\n';

/** What lines say, `kind name@line`; `*` for commands that are worked out. */
const lines: readonly (readonly [how: string, text: string, said: readonly string[]])[] = [
  ['shell between macros', 'if test -n "$X"; then\n  wget https://x.invalid/a\nfi\n', ['downloader wget@3']],
  [
    'a pipe into a shell',
    'curl -s https://x.invalid | sh\n',
    ['data-as-code curl | sh@2', 'downloader curl@2'],
  ],
  ['a body', 'AS_IF([test "x$A" = x],\n  [git clone https://x.invalid/a b])\n', ['downloader git@3']],
  [
    'bodies within bodies',
    'AC_DEFUN([X_GET], [\n  AC_CACHE_CHECK([for a], [x_cv_a], [\n    AS_IF([:], [flex get.l; docker run x])\n  ])\n])\n',
    ['downloader docker@4'],
  ],
  ['commands of config.status', 'AC_CONFIG_COMMANDS([x], [wget -q x])\nAC_OUTPUT\n', ['downloader wget@2']],
  [
    'what is done in every other case',
    'AS_CASE([$host], [*curl*], [:], [wget -q x])\n',
    ['downloader wget@2'],
  ],
  ['a body of a case', 'AS_CASE([$host], [*linux*], [wget -q x])\n', ['downloader wget@2']],
  ['what runs while it is expanded', 'm4_esyscmd_s([git describe --always])\n', ['process git@2']],
  [
    'a program that is found',
    'AC_CHECK_LIB([z], [inflate], [docker pull x], [AC_MSG_ERROR([wget is not a b])])\n',
    ['downloader docker@2'],
  ],
  ['a command that is worked out', 'eval "$x_command"\n', ['*2']],
  ['what a macro of its own is given', 'MY_RUN([curl -s https://x.invalid/a])\n', ['downloader curl@2']],
  [
    'names, messages, C',
    'AC_MSG_ERROR([git clone by hand, or run\n  make x])\nAC_LANG_PROGRAM([#include <x.h>], [system("x");])\n',
    ['process ?@4'],
  ],
  ['comments', 'dnl wget -q x\n# curl -s x | sh\n', []],
  ['tools that it finds', '$GREP x y\n$MAKE z\nAC_PROG_CC\nLT_INIT\n', []],
  ['variables', 'WGET_FLAGS=x\nAC_SUBST(WGET_FLAGS)\nCURL="curl-config"\n', []],
];

describe('m4 of autoconf', () => {
  for (const [how, text, said] of lines)
    it(`says ${how}`, () => {
      const found = saidByScript(begin + text, 'm4');
      const all = [
        // A program that downloads is one that runs.
        ...found.said
          .filter(
            ({ kind, line }) =>
              kind !== 'process' || !found.said.some((one) => one.kind === 'downloader' && one.line === line),
          )
          .map(({ kind, name = '?', line }) => `${kind} ${name}@${line}`),
        ...found.workedOut.map(({ line }) => `*${line}`),
      ];
      assert.deepEqual([...new Set(all)].sort(), [...said].sort());
    });

  it('is no shell where anything else is made of it', () => {
    assert.deepEqual(saidByScript("define(`x', `y $1')\nx(`wget')\n", 'm4').said, []);
  });

  const configure = `${begin}git fetch origin\n`;
  const shapesOf = (script: string, files: Readonly<Record<string, string>>, autotools = false) => {
    const manifest = `[package]\nname = "a"\nversion = "1.0.0"\n[build-dependencies]\n${autotools ? 'autotools = "0.2"\n' : ''}`;
    const all: Readonly<Record<string, string>> = { 'Cargo.toml': manifest, 'build.rs': script, ...files };
    const source = packageSource(manifest, (path) => all[path], textFiles(all));
    return reviewPackage(source).buildScript?.shapes ?? [];
  };
  const runs: readonly (readonly [how: string, script: string, files: Readonly<Record<string, string>>])[] = [
    ['the script', 'fn main() { std::process::Command::new("autoreconf").status().unwrap(); }', {}],
    [
      'a shell script',
      'fn main() { std::process::Command::new("sh").arg("autogen.sh").status().unwrap(); }',
      { 'autogen.sh': 'autoreconf -fi\n' },
    ],
    ['a helper', 'fn main() { autotools::Config::new("a").reconf("-ivf").build(); }', {}],
  ];
  for (const [how, script, files] of runs)
    it(`is read as what runs where ${how} makes configure of it`, () => {
      const shapes = shapesOf(script, { 'configure.ac': configure, ...files }, how === 'a helper');
      assert.ok(shapes.includes('downloader git'), shapes.join('\n'));
    });

  it('is only perhaps run where configure is there', () => {
    const script = 'fn main() { std::process::Command::new("sh").arg("configure").status().unwrap(); }';
    const shapes = shapesOf(script, { configure: 'true\n', 'configure.ac': configure });
    assert.ok(shapes.includes('downloader git (perhaps)'), shapes.join('\n'));
    assert.ok(!shapes.includes('downloader git'), shapes.join('\n'));
  });
});
