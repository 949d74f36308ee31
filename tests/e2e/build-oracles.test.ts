/** What a sealed build says that it is made of is what cargo itself says, in each of the ways that cargo has to say it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockfileOf, manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';

/**
 * A library for the target with one feature and for build scripts and macros with others, a program and a library for
 * others than Rust.
 */
const workspace = {
  'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["app", "ffi"]\n',
  'Cargo.lock': lockfileOf({ app: ['made', 'shared'], ffi: ['shared'], made: ['shared'], shared: [] }),
  'app/Cargo.toml': manifest(
    'app',
    '[dependencies]\nmade = { path = "../made" }\nshared = { path = "../shared", features = ["wide"] }\n[build-dependencies]\nshared = { path = "../shared", features = ["deep"] }',
  ),
  'app/build.rs':
    'fn main() { println!("cargo::rustc-env=SAID={:?} {:?}", std::env::var("RUSTC_BOOTSTRAP").ok(), shared::DEEP); }\n',
  'app/src/main.rs': 'fn main() { println!("{} {} {}", env!("SAID"), made::made!(), shared::WIDE); }\n',
  'ffi/Cargo.toml': manifest(
    'ffi',
    '[lib]\ncrate-type = ["cdylib", "staticlib"]\n[dependencies]\nshared = { path = "../shared" }',
  ),
  'ffi/src/lib.rs': '#[no_mangle]\npub extern "C" fn wide() -> bool { shared::WIDE }\n',
  'made/Cargo.toml': manifest(
    'made',
    '[lib]\nproc-macro = true\n[dependencies]\nshared = { path = "../shared" }',
  ),
  'made/src/lib.rs':
    'use proc_macro::TokenStream;\n#[proc_macro]\npub fn made(_: TokenStream) -> TokenStream { format!("{}", shared::DEEP).parse().unwrap() }\n',
  'shared/Cargo.toml': manifest('shared', '[features]\nwide = []\ndeep = []'),
  'shared/build.rs': 'fn main() {}\n',
  'shared/src/lib.rs':
    'pub const WIDE: bool = cfg!(feature = "wide");\npub const DEEP: bool = cfg!(feature = "deep");\n',
};

const agreed = ['cargo --unit-graph', 'cargo -Zsbom', 'cargo messages'];

interface Provenance {
  readonly predicate: {
    readonly buildDefinition: { readonly internalParameters: { readonly agreed: readonly string[] } };
  };
}

describe('the crates of a sealed build', { skip: unsealed }, () => {
  for (const words of [[], ['--target', triple]])
    it(`are those of cargo’s unit graph, lists and messages: ${words.join(' ') || 'without a target'}`, async (t) => {
      const project = sealedProject(t, workspace);
      const ran = await project.build([], words);
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(
        ran.stderr,
        /^agreed +what is built is the same by .*, cargo --unit-graph, cargo -Zsbom$/m,
      );
      // What opened cargo for that is not there in the build that is kept.
      const said = spawnSync(join(project.output, 'app'), { encoding: 'utf8' }).stdout;
      assert.equal(said, 'None true true true\n');
      const { predicate } = JSON.parse(
        readFileSync(join(project.output, 'app.provenance.intoto.json'), 'utf8'),
      ) as Provenance;
      assert.deepEqual(predicate.buildDefinition.internalParameters.agreed, agreed);
    });

  it('are those of the targets that are asked for', async (t) => {
    const project = sealedProject(t, workspace);
    for (const [words, absent] of [
      [['--bin', 'app'], /libffi/],
      [['--lib'], /app\.cdx/],
    ] as const) {
      const ran = await project.build([], words);
      assert.equal(ran.code, 0, ran.stderr);
      assert.doesNotMatch(ran.stdout, absent);
    }
  });

  it('are not asked of unstable lists where [unstable] settings would make them of another build', async (t) => {
    const project = sealedProject(t, {
      ...workspace,
      '.cargo/config.toml': '[unstable]\nbuild-std = ["core"]\n',
    });
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /^agreed .*\[unstable\]/m);
  });
});

describe('a cargo that builds something else', () => {
  const other = /cargo has another build than was resolved/;
  const wrong: readonly (readonly [
    what: string,
    words: string,
    edit: string,
    says: RegExp,
    also?: RegExp,
  ])[] = [
    [
      'its unit graph',
      '*--unit-graph*',
      's/"features":\\["wide"\\]/"features":["odd"]/g',
      /cargo’s unit graph has shared 0\.1\.0 for the target with odd as well/,
    ],
    ['its lists', '*-Zsbom*', '', /cargo’s SBOM file of app has shared 0\.1\.0/],
    [
      'its messages',
      '*json-render-diagnostics*',
      's/"features":\\["wide"\\]/"features":[]/g',
      /what cargo compiled has shared 0\.1\.0/,
    ],
    [
      'the next form of its unit graph',
      '*--unit-graph*',
      's/"version":1/"version":2/',
      /cargo’s unit graph has the form 2, and this Safeguard reads the form 1/,
      /Update Safeguard, or name an older toolchain/,
    ],
  ];
  for (const [what, words, edit, says, also = other] of wrong)
    it(`is no build of ours: ${what}`, async (t) => {
      const project = sealedProject(t, workspace);
      const sysroot = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).stdout.trim();
      const root = join(project.home, 'toolchain');
      mkdirSync(join(root, 'bin'), { recursive: true });
      symlinkSync(join(sysroot, 'bin/rustc'), join(root, 'bin/rustc'));
      const list = `for file in "$CARGO_TARGET_DIR"/${triple}/release/*.cargo-sbom.json; do sed -i 's/"wide"/"odd"/g' "$file"; done`;
      writeFileSync(
        join(root, 'bin/cargo'),
        `#!/bin/sh
case "$*" in
  ${words}) '${sysroot}/bin/cargo' "$@" ${edit === '' ? '' : `| sed '${edit}'`} || exit; ${edit === '' ? list : ':'} ;;
  *) exec '${sysroot}/bin/cargo' "$@" ;;
esac
`,
        { mode: 0o755 },
      );
      const programs = join(project.home, 'programs');
      mkdirSync(programs);
      const rustc = `#!/bin/sh\n[ "$2" = sysroot ] && echo '${root}' || exec '${sysroot}/bin/rustc' "$@"\n`;
      writeFileSync(join(programs, 'rustc'), rustc, { mode: 0o755 });
      const PATH = `${programs}:${process.env.PATH}`;
      const ran = await project.build(['--no-sandbox'], ['--target', triple], { PATH });
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(ran.stderr, says);
      assert.match(ran.stderr, also);
    });
});
