/** C libraries in a sealed build: what a script compiled, what the system gave, and where each is from. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { jsonProblem } from '../support/bom-judges.ts';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

/** A package that binds code of its own, compiled without any crate's help. */
const bound = {
  'tiny-sys/Cargo.toml': manifest('tiny-sys', 'links = "tiny"\nbuild = "build.rs"'),
  'tiny-sys/build.rs': `use std::process::Command;
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let run = |program: &str, words: &[&str]| assert!(Command::new(program).args(words).status().unwrap().success());
    run("cc", &["-c", "tiny/tiny.c", "-o", &format!("{out}/tiny.o")]);
    run("ar", &["crs", &format!("{out}/libtiny.a"), &format!("{out}/tiny.o")]);
    println!("cargo::rustc-link-search=native={out}");
    println!("cargo::rustc-link-lib=static=tiny");
}
`,
  'tiny-sys/tiny/tiny.h':
    '#define TINY_VERSION_MAJOR 2\n#define TINY_VERSION_MINOR 7\n#define TINY_VERSION_PATCH 1\n',
  'tiny-sys/tiny/tiny.c': '#include "tiny.h"\nint tiny(void) { return TINY_VERSION_MAJOR; }\n',
  'tiny-sys/src/lib.rs': 'extern "C" { fn tiny() -> i32; }\npub fn major() -> i32 { unsafe { tiny() } }\n',
};

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly 'bom-ref': string;
  readonly scope?: string;
  readonly purl?: string;
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Document {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly compositions: readonly { readonly aggregate: string; readonly dependencies: readonly string[] }[];
}

const valuesOf = ({ properties }: Component, name: string) =>
  properties.filter((one) => one.name === name).map(({ value }) => value);

describe('C libraries of a sealed build', { skip: unsealed }, () => {
  it('names what a script compiled with its version, under the crate that did', async (t) => {
    const files = {
      ...bound,
      'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\ntiny-sys = { path = "tiny-sys" }'),
      'Cargo.lock': lockfileOf({ app: ['tiny-sys'], 'tiny-sys': [] }),
      'src/main.rs': 'fn main() { println!("{}", tiny_sys::major()); }\n',
    };
    const [here, there] = [sealedProject(t, files), sealedProject(t, files)];
    const ran = await here.build();
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /^native +tiny 2\.7\.1$/m);
    const text = readFileSync(join(here.output, 'app.cdx.json'), 'utf8');
    assert.equal(await jsonProblem(text, '1.7'), undefined);
    const document = JSON.parse(text) as Document;
    const tiny = document.components.find(({ name }) => name === 'tiny');
    assert.ok(tiny);
    assert.deepEqual([tiny.version, tiny.scope, tiny.purl], ['2.7.1', 'required', 'pkg:generic/tiny@2.7.1']);
    assert.deepEqual(valuesOf(tiny, 'safeguard:native-source'), ['compiled by tiny-sys 0.1.0']);
    const crate = document.components.find(({ name }) => name === 'tiny-sys');
    const edges = document.dependencies.find(({ ref }) => ref === crate?.['bom-ref'])?.dependsOn;
    assert.deepEqual(edges, [tiny['bom-ref']]);
    // Nobody looked for what the C code itself needs.
    const unknown = document.compositions.find(({ aggregate }) => aggregate === 'unknown');
    assert.ok(unknown?.dependencies.includes(tiny['bom-ref']));
    const again = await there.build();
    assert.equal(again.code, 0, again.stderr);
    assert.equal(readFileSync(join(there.output, 'app.cdx.json'), 'utf8'), text);
    assert.ok(!text.includes(here.dir) && !text.includes('/build/'), 'a folder of the build is named');
  });

  const zlib = [
    '/usr/lib/x86_64-linux-gnu/libz.so',
    '/usr/lib/aarch64-linux-gnu/libz.so',
    '/usr/lib64/libz.so',
  ];
  const none = zlib.some(existsSync) ? false : 'there is no zlib to be linked here';
  it('holds what the loader brings against what was asked for', { skip: none }, async (t) => {
    const project = sealedProject(t, {
      'Cargo.toml': manifest('app', '[workspace]\n[dependencies]\nz-sys = { path = "z-sys" }'),
      'Cargo.lock': lockfileOf({ app: ['z-sys'], 'z-sys': [] }),
      'src/main.rs': 'fn main() { println!("{}", z_sys::flags()); }\n',
      'z-sys/Cargo.toml': manifest('z-sys', 'links = "z"'),
      'z-sys/build.rs':
        'fn main() { println!("cargo::rustc-link-lib=z"); println!("cargo::rustc-link-lib=dylib=m"); }\n',
      'z-sys/src/lib.rs':
        'extern "C" { fn zlibCompileFlags() -> usize; }\npub fn flags() -> usize { unsafe { zlibCompileFlags() } }\n',
    });
    const ran = await project.build();
    assert.equal(ran.code, 0, ran.stderr);
    const { components, metadata } = JSON.parse(
      readFileSync(join(project.output, 'app.cdx.json'), 'utf8'),
    ) as Document;
    const needed = spawnSync('readelf', ['-d', join(project.output, 'app')], { encoding: 'utf8' })
      .stdout.matchAll(/\(NEEDED\).*\[(.*)\]/g)
      .map(([, name = '']) => name)
      .toArray();
    const named = components.flatMap((component) => valuesOf(component, 'safeguard:native-file'));
    assert.deepEqual(named.toSorted(), needed.toSorted(), 'the loader’s own list');
    const library = components.find((one) => valuesOf(one, 'safeguard:native-file').includes('libz.so.1'));
    assert.ok(library);
    const owner = spawnSync(
      'dpkg-query',
      ['-W', `-f=${['source:Package', 'source:Version'].map((key) => `\${${key}}`).join(' ')}`, 'zlib1g'],
      {
        encoding: 'utf8',
      },
    );
    if (owner.status === 0) {
      assert.deepEqual(valuesOf(library, 'safeguard:source-package'), [owner.stdout]);
      assert.match(library.purl ?? '', /^pkg:deb\/debian\/zlib1g@/);
    }
    // The linker needed nothing of libm, and the crate that asked says so.
    const crate = [metadata.component, ...components].find(({ name }) => name === 'z-sys');
    assert.ok(crate);
    assert.deepEqual(valuesOf(crate, 'safeguard:native-not-linked'), ['m: the artefact needs nothing of it']);
  });
});
