/** Code, and files, that the package does not have: what is brought from another crate or from the machine is told. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';
import { assertReach, type Reach, roles } from './reach.ts';

const other = '../../other-1.0.0/src/lib.rs';
const code: readonly Reach[] = [
  {
    how: 'a path above',
    head: `#[path = "${other}"] mod other;`,
    body: '',
    says: [`opaque: ${other} is outside the package`],
  },
  {
    how: 'a path under a condition',
    head: '#[cfg_attr(unix, path = "/opt/x.rs")] mod x;',
    body: '',
    says: ['opaque: /opt/x.rs is outside the package'],
  },
  {
    how: 'what is included',
    head: 'include!("/opt/x.rs");',
    body: '',
    says: ['opaque: /opt/x.rs is outside the package'],
  },
  {
    how: 'what an expression includes',
    body: 'let _ = include!("../../../x.rs");',
    says: ['opaque: ../../../x.rs is outside the package'],
  },
  {
    how: 'what a macro of its own includes',
    head: 'macro_rules! bring { ($p:literal) => { include!($p); } } bring!("/opt/x.rs");',
    body: '',
    says: ['opaque: /opt/x.rs is outside the package'],
  },
];

const made: readonly Reach[] = [
  {
    how: 'a text that includes',
    body: 'return "include!(\\"/home/x/.cargo/credentials.toml\\");".parse().unwrap()',
    says: ['reads-outside /home/x/.cargo/credentials.toml (emitted)', 'reads-secret-file *'],
  },
  {
    how: 'a text with a path',
    body: 'return "#[path = \\"/opt/x.rs\\"] mod x;".parse().unwrap()',
    says: ['reads-outside /opt/x.rs (emitted)'],
  },
];

const assembled: Reach = {
  how: 'what assembler takes up',
  head: 'std::arch::global_asm!(".section .rodata", ".incbin \\"/home/x/.ssh/id_rsa\\"");',
  body: '',
  says: ['reads-outside /home/x/.ssh/id_rsa', 'reads-secret-file /home/x/.ssh/id_rsa'],
};

describe('what lies outside the package', () => {
  for (const reach of [...code, assembled])
    for (const role of roles) it(`is named: ${reach.how}, in a ${role}`, () => assertReach(reach, role));
  for (const reach of made) it(`is named: ${reach.how}, in a macro`, () => assertReach(reach, 'macro'));

  for (const [how, path, text, says] of [
    [
      'embedded by C',
      'a.c',
      'const char x[] = {\n# embed "/home/x/.ssh/id_rsa"\n};\n',
      ['reads-outside /home/x/.ssh/id_rsa', 'reads-secret-file /home/x/.ssh/id_rsa'],
    ],
    [
      'included by C',
      'c/a.c',
      '#include <stdio.h>\n#include "../x.h"\n#include "/etc/passwd"\n',
      ['reads-outside /etc/passwd'],
    ],
    [
      'above, included by C',
      'c/a.h',
      '#include "../../other-1.0.0/a.c"\n',
      ['reads-outside ../../other-1.0.0/a.c'],
    ],
    [
      'embedded by assembler',
      'a.S',
      'x: .incbin "/home/x/.netrc"\n',
      ['reads-outside /home/x/.netrc', 'reads-secret-file /home/x/.netrc'],
    ],
    [
      'of the package, included by C',
      'c/a.c',
      '#include "../x.h"\n#include <sys/types.h>\n#embed "data.bin"\n',
      [],
    ],
  ] as const)
    it(`is named: what is ${how}`, () => {
      const files = {
        'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n[build-dependencies]\ncc = "1"\n',
        'build.rs': 'fn main() { cc::Build::new().file("a.c").compile("a"); }',
        'src/lib.rs': '',
        [path]: text,
      };
      const all: Readonly<Record<string, string>> = files;
      const source = packageSource(files['Cargo.toml'], (one) => all[one], textFiles(files));
      const shapes = reviewPackage(source).buildScript?.shapes ?? [];
      assert.deepEqual(
        shapes.filter((shape) => shape.startsWith('reads-')),
        says,
      );
    });
});
