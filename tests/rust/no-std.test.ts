import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { targetOf } from '../../src/cargo/cfg/target.ts';
import { cfgNames } from '../../src/rust/build-cfgs.ts';
import { emittedStd, macroProfile, stdClass, stdProfile } from '../../src/rust/no-std.ts';

const linux = targetOf('x86_64-unknown-linux-gnu').cfg;
const thumb = targetOf('thumbv7em-none-eabihf').cfg;

interface Case {
  readonly root: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly build?: string;
  readonly features?: readonly string[];
  readonly target?: typeof linux;
}

function answer({ root, files = {}, build, features = [], target = linux }: Case) {
  const all: Readonly<Record<string, string>> = {
    'src/lib.rs': root,
    ...(build === undefined ? {} : { 'build.rs': `fn main() { ${build} }` }),
    ...files,
  };
  const textOf = (path: string) => (Object.hasOwn(all, path) ? all[path] : undefined);
  const profile = stdProfile('src/lib.rs', textOf, () =>
    textOf('build.rs') === undefined ? [] : cfgNames('build.rs', textOf),
  );
  return stdClass(profile, new Set(features), target);
}

const std = '#![cfg_attr(not(feature = "std"), no_std)]\n';

describe('the class of a library', () => {
  const cases: readonly (readonly [name: string, input: Case, is: string])[] = [
    ['says nothing', { root: 'pub fn f() {}' }, 'std'],
    ['says no_std', { root: '//! Docs\n#![no_std]' }, 'no_std'],
    ['says no_core', { root: '#![feature(no_core)]\n#![no_core]' }, 'no_std'],
    ['says no_std with alloc', { root: '#![no_std]\nextern crate alloc;' }, 'no_std+alloc'],
    ['brings std back', { root: '#![no_std]\n#[macro_use]\nextern crate std;' }, 'std'],
    ['brings std in under another name', { root: '#![no_std]\nextern crate std as alloc;' }, 'std'],
    ['is a helper of macros', { root: '#![no_std]\nextern crate proc_macro;' }, 'std'],
    ['feature off', { root: std }, 'no_std'],
    ['feature on', { root: std, features: ['std'] }, 'std'],
    [
      'an attribute in an attribute',
      { root: '#![cfg_attr(not(feature = "std"), cfg_attr(not(feature = "x"), no_std))]', features: ['x'] },
      'std',
    ],
    [
      'several in one attribute',
      { root: '#![cfg_attr(not(any(feature = "std", test)), deny(warnings), no_std)]' },
      'no_std',
    ],
    [
      'alloc by a feature',
      { root: '#![no_std]\n#[cfg(feature = "alloc")]\nextern crate alloc;', features: ['alloc'] },
      'no_std+alloc',
    ],
    ['alloc by no feature', { root: '#![no_std]\n#[cfg(feature = "alloc")]\nextern crate alloc;' }, 'no_std'],
    ['std for tests only', { root: '#![no_std]\n#[cfg(test)]\nextern crate std;' }, 'no_std'],
    ['std for docs only', { root: '#![no_std]\n#[cfg(any(doc, docsrs))]\nextern crate std;' }, 'no_std'],
    ['by target', { root: '#![cfg_attr(target_os = "none", no_std)]' }, 'std'],
    ['by another target', { root: '#![cfg_attr(target_os = "none", no_std)]', target: thumb }, 'no_std'],
    ['in another file', { root: '#![no_std]\nmod a;', files: { 'src/a.rs': 'extern crate std;' } }, 'std'],
    [
      'in a file that is not built',
      { root: '#![no_std]\n#[cfg(windows)]\nmod a;', files: { 'src/a.rs': 'extern crate std;' } },
      'no_std',
    ],
    [
      'in a module in braces',
      { root: '#![no_std]\n#[cfg(feature = "x")]\nmod a { extern crate std; }', features: ['x'] },
      'std',
    ],
    [
      'in cfg_if',
      {
        root: '#![no_std]\ncfg_if::cfg_if! { if #[cfg(feature = "std")] { extern crate std; } else { extern crate alloc; } }',
      },
      'no_std+alloc',
    ],
    [
      'in cfg_if, the other way',
      {
        root: '#![no_std]\ncfg_if::cfg_if! { if #[cfg(feature = "std")] { extern crate std; } else { extern crate alloc; } }',
        features: ['std'],
      },
      'std',
    ],
    [
      'a cfg that a helper of its build script may set',
      { root: '#![cfg_attr(not(has_std), no_std)]', build: 'autocfg::new().emit_sysroot_crate("std");' },
      'unknown',
    ],
    [
      'a cfg that its build script makes out of others',
      {
        root: '#![no_std]\n#[cfg(std)]\nextern crate std;',
        build: 'cfg_aliases! { std: { feature = "std" } }',
      },
      'unknown',
    ],
    [
      'a cfg whose name its build script puts together',
      {
        root: '#![cfg_attr(not(has_std), no_std)]',
        build: 'println!("cargo:rustc-cfg=has_{name}");',
      },
      'unknown',
    ],
    [
      'another cfg than its build script puts together',
      {
        root: '#![cfg_attr(not(with_std), no_std)]',
        build: 'println!("cargo:rustc-cfg=has_{name}");',
      },
      'no_std',
    ],
    [
      'a cfg that another file of its build script may set',
      {
        root: '#![cfg_attr(not(with_std), no_std)]',
        files: { 'build.rs': 'mod probe; fn main() {}', 'probe.rs': 'const A: &str = "with_std";' },
      },
      'unknown',
    ],
    [
      'a cfg, of a build script that cannot be read',
      { root: '#![cfg_attr(not(with_std), no_std)]', files: { 'build.rs': '"' } },
      'unknown',
    ],
    [
      'a value that its build script never gives',
      {
        root: '#![no_std]\n#[cfg(backend = "std")]\nextern crate std;',
        build: 'println!("cargo:rustc-cfg=backend=\\"legacy\\"");',
      },
      'no_std',
    ],
    [
      'a value that its build script may give',
      {
        root: '#![no_std]\n#[cfg(backend = "std")]\nextern crate std;',
        build: 'println!("cargo:rustc-cfg=backend=\\"{}\\"", "std");',
      },
      'unknown',
    ],
    [
      'a name of rustc, whatever its build script says',
      {
        root: '#![cfg_attr(windows, no_std)]\n#[cfg(windows)] mod a;',
        build: 'println!("cargo:rustc-cfg={}", "windows");',
      },
      'std',
    ],
    ['in a test', { root: '#![no_std]\n#[test]\nfn f() { extern crate std; }' }, 'no_std'],
    [
      'in a macro for others that calls itself',
      {
        root: '#![no_std]\n#[macro_export]\nmacro_rules! m { () => { extern crate std; $crate::m!(1) }; (1) => {} }',
      },
      'no_std',
    ],
    ['of the way to panic', { root: '#![no_std]\n#[cfg(panic = "unwind")]\nextern crate std;' }, 'unknown'],
    [
      'in a macro for itself',
      { root: '#![no_std]\nmacro_rules! m { () => { extern crate std; } }' },
      'unknown',
    ],
    [
      'in a macro for others that it calls, too',
      { root: '#![no_std]\n#[macro_export]\nmacro_rules! m { () => { extern crate std; } }\nm!();' },
      'unknown',
    ],
    ['in a macro of its own', { root: '#![no_std]\nwith_std! { extern crate std; }' }, 'unknown'],
    [
      'in a macro that nobody need call',
      { root: '#![no_std]\n#[macro_export]\nmacro_rules! m { () => { extern crate std; } }' },
      'no_std',
    ],
    ['in a function', { root: '#![no_std]\nfn f() { extern crate std; }' }, 'unknown'],
    ['a cfg that nobody sets', { root: '#![cfg_attr(not(kani), no_std)]' }, 'no_std'],
    [
      'a cfg that its build script may set',
      { root: '#![cfg_attr(not(has_std), no_std)]', build: 'println!("cargo:rustc-cfg={}", "has_std");' },
      'unknown',
    ],
    [
      'a cfg that its build script only tells of',
      {
        root: '#![cfg_attr(not(kani), no_std)]',
        build: 'println!("cargo:rustc-check-cfg=cfg(kani)"); println!("cargo:rustc-cfg=more");',
      },
      'no_std',
    ],
    [
      'a cfg that changes nothing',
      {
        root: '#![no_std]\n#[cfg(has_x)]\nextern crate core as c;',
        build: 'println!("cargo:rustc-cfg=has_x");',
      },
      'no_std',
    ],
    ['of the profile', { root: '#![cfg_attr(not(debug_assertions), no_std)]' }, 'unknown'],
    [
      'text that only looks like it',
      { root: '#![no_std]\n// extern crate std;\nconst A: &str = "extern crate std;";' },
      'no_std',
    ],
    ['broken', { root: '#![no_std]\n"' }, 'unknown'],
    ['broken elsewhere', { root: '#![no_std]\nmod a;', files: { 'src/a.rs': '"' } }, 'no_std'],
  ];
  for (const [name, input, is] of cases) it(`${name}: ${is}`, () => assert.equal(answer(input).class, is));

  it('names the place, and the feature that it hangs on', () => {
    const {
      class: is,
      place,
      feature,
    } = answer({
      root: '#![no_std]\n\n#[cfg(any(feature = "std", feature = "net"))]\nextern crate std;',
      features: ['net', 'alloc'],
    });
    assert.deepEqual([is, place?.file, place?.line, feature], ['std', 'src/lib.rs', 4, 'net']);
    assert.equal(answer({ root: std, features: ['a', 'std'] }).feature, 'std');
    assert.equal(answer({ root: '', features: ['std'] }).feature, undefined);
  });

  it('keeps of its build script no more than is asked, and no more of anything than is reasonable', () => {
    const textOf = (path: string) =>
      ({
        'src/lib.rs': '#![no_std]\n#[cfg(has_std)]\nextern crate std;\n#[cfg(has_std)]\nextern crate std;',
        'build.rs': 'fn main() { f("has_std"); f("other"); }',
        'src/long.rs': `#![no_std]\n${Array.from({ length: 3000 }, (_, i) => `#[cfg(a${i})] extern crate std;`).join('\n')}`,
      })[path];
    const { std, ownCfgs } = stdProfile('src/lib.rs', textOf, () => cfgNames('build.rs', textOf));
    assert.deepEqual([std.map(({ line }) => line), ownCfgs], [[3], ['has_std']]);
    assert.match(stdProfile('src/long.rs', textOf, () => []).opaque ?? '', /^more is said/);
  });

  it('finds where a library of macros puts std into others', () => {
    const textOf = (path: string) =>
      ({
        'src/lib.rs': 'extern crate std;\nmod a;',
        'src/a.rs':
          '#[cfg(feature = "std")]\nfn f() -> T {\n  quote! { extern crate std; }\n}\n#[cfg(not(feature = "std"))]\nfn f() -> T { quote! {} }',
      })[path];
    const profile = macroProfile('src/lib.rs', textOf);
    assert.equal(stdClass(profile, new Set(), linux).class, 'std');
    assert.equal(emittedStd(profile, new Set(), linux), undefined);
    assert.deepEqual(emittedStd(profile, new Set(['std']), linux)?.line, 3);
  });
});
