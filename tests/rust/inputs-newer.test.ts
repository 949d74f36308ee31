/** Lines of scripts and lists that reach the network, files and what others load by rarer words. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Language } from '../../src/rust/inputs/language.ts';
import { saidByScript } from '../../src/rust/inputs/read-file.ts';

/** What one text says, `kind name`; `*` for commands that are worked out. */
const texts: readonly (readonly [language: Language, text: string, said: readonly string[]])[] = [
  ['shell', 'trap "curl x" EXIT', ['downloader curl', 'process curl']],
  ['shell', 'trap - EXIT; trap "rm -f $x; exit 1" 1 2 15', []],
  ['shell', '/usr/bin/cu?l x.invalid', ['*']],
  ['shell', 'ls /usr/bin/cu?l; [ -f a ] || test x', []],
  ['shell', 'awk \'BEGIN { s = "/inet/tcp/0/x.invalid/80"; print |& s }\'', ['*', 'network /inet']],
  ['shell', 'env -S "curl x"', ['downloader curl', 'process curl']],
  ['shell', '{curl,http://x.invalid/}', ['*']],
  ['shell', 'sed s/x/y/e', ['shell sed e']],
  ['shell', "sed 's/x/some/; s,a,e,g' x", []],
  ['shell', 'make -f - <<X\nall:\n\tcurl http://x.invalid/\nX', ['downloader curl', 'process curl']],
  [
    'shell',
    'printf "all: ; curl http://x.invalid/" | make -f -',
    ['data-as-code printf | make', 'downloader curl', 'process curl'],
  ],
  ['shell', 'make -f x.mk all', []],
  ['make', '$(eval all: ; curl http://x.invalid/)', ['downloader curl', 'process curl']],
  ['shell', 'openssl s_client -connect x.invalid:443', ['downloader openssl', 'process openssl']],
  ['shell', 'getent hosts x.invalid', ['downloader getent', 'process getent']],
  ['shell', 'lynx -source x.invalid', ['downloader lynx', 'process lynx']],
  ['shell', 'compgen -e', ['reads-all-variables compgen']],
  ['cmake', 'configure_file(x $ENV{HOME}/.bashrc)', ['writes home']],
  ['cmake', `configure_file(x.in \${CMAKE_BINARY_DIR}/x)`, []],
  ['cmake', 'file(GENERATE OUTPUT $ENV{HOME}/.bashrc CONTENT x)', ['writes home']],
  ['cmake', 'set(ENV{LD_PRELOAD} ./x.so)', ['redirects-tools LD_PRELOAD=./x.so']],
  ['cmake', 'message("$ENV{GITHUB_TOKEN} $ENV{HOME}")', ['reads-secret GITHUB_TOKEN']],
  ['cmake', 'include($ENV{HOME}/x.cmake)', ['*']],
  ['cmake', `include(\${CMAKE_CURRENT_LIST_DIR}/x.cmake)`, []],
  ['shell', 'emulate sh; setopt NO_GLOB_SUBST', []],
  ['perl', '$code.=<<___;\n\t`&load_for_sqr("$S(%rsp)", "$src0")`\n___', []],
  ['perl', 'my $v = `uname -r; docker run x`;', ['downloader docker', 'process docker']],
  ['make', 'export LD_PRELOAD=./x.so', ['redirects-tools LD_PRELOAD=./x.so']],
  ['make', 'LD_PRELOAD := $(LD_PRELOAD)\nCC = gcc', []],
  ['make', '$(file >$(HOME)/.bashrc,x)', ['writes home']],
  ['make', '$(file >$(OUT)/x,y)', []],
];

describe('rarer words of scripts', () => {
  for (const [language, text, said] of texts)
    it(`say what they do: ${text}`, () => {
      const found = saidByScript(`${text}\n`, language);
      const all = [
        ...found.said.map(({ kind, name }) => `${kind} ${name}`),
        ...found.workedOut.map(() => '*'),
      ];
      assert.deepEqual(all.sort(), [...said].sort());
    });
});
