/**
 * Which functions a program has code of, as `safeguard build` writes it into its SBOM: the release profiles that people
 * use, and what is known of each.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FunctionFilter } from '../../src/binary/function-filter.ts';
import { lockfileOf, manifest, sealedProject, unsealed } from '../support/sealed.ts';

const lib = `pub struct List { pub items: Vec<u32> }
impl List {
    pub fn push(&mut self, n: u32) { self.items.reserve(1); self.items.push(n); }
    pub fn insert_many(&mut self, n: u32) { self.items.insert(0, n); self.items.insert(0, n); }
    #[inline(always)] pub fn count(&self) -> usize { self.items.iter().filter(|&&n| n > 3).count() }
    #[inline(always)] pub fn count_other(&self) -> usize { self.items.iter().filter(|&&n| n > 4).count() }
}
pub fn show<T: std::fmt::Debug>(t: T) -> String { format!("{t:?}") }
pub fn show_other<T: std::fmt::Debug>(t: T) -> String { format!("{t:?}!") }
`;
const called = ['List::push', 'List::count', 'show'];
const notCalled = ['List::insert_many', 'List::count_other', 'show_other'];

const project = (profile: string) => ({
  'Cargo.toml': `[workspace]\nmembers = ["app", "list", "kinds"]\nresolver = "2"\n[profile.release]\n${profile}\n`,
  'Cargo.lock': lockfileOf({ app: ['kinds', 'list'], kinds: [], list: [] }),
  'app/Cargo.toml': manifest(
    'app',
    '[dependencies]\nlist = { path = "../list" }\nkinds = { path = "../kinds" }',
  ),
  'app/src/main.rs':
    'fn main() { let n: kinds::Number = kinds::three!(); let mut l = list::List { items: vec![] }; l.push(n); println!("{} {}", l.count(), list::show(n)); }\n',
  'list/Cargo.toml': manifest('list'),
  'list/src/lib.rs': lib,
  // Types and macros: of this crate no program has code.
  'kinds/Cargo.toml': manifest('kinds'),
  'kinds/src/lib.rs': 'pub type Number = u32;\n#[macro_export]\nmacro_rules! three { () => { 3 } }\n',
});

const known: Readonly<Record<string, string>> = {
  'debug = 2': 'debug = 2',
  'debug = 1': 'debug = 1',
  'one unit': 'debug = 2\ncodegen-units = 1',
  'sixteen units': 'debug = 2\ncodegen-units = 16',
  'thin LTO': 'debug = 2\nlto = "thin"',
  'fat LTO': 'debug = 2\nlto = "fat"\ncodegen-units = 1',
  'in another file': 'debug = 2\nsplit-debuginfo = "packed"',
  'in other files': 'debug = 2\nsplit-debuginfo = "unpacked"',
  small: 'debug = 2\nopt-level = "z"\npanic = "abort"',
  'small, fat': 'debug = 2\nopt-level = "z"\npanic = "abort"\nlto = true\ncodegen-units = 1',
};

const unknown: Readonly<Record<string, readonly [profile: string, reason: RegExp]>> = {
  'no debug information': ['', /no debug information/],
  'lines alone': ['debug = "line-tables-only"', /lines and no functions/],
  stripped: ['debug = 2\nstrip = true', /no debug information/],
  'stripped of debug information': ['debug = 2\nstrip = "debuginfo"', /no debug information/],
  'split, and stripped of what leads to it': [
    'debug = 2\nsplit-debuginfo = "packed"\nstrip = "debuginfo"',
    /no debug information/,
  ],
  'a package without, fat LTO': [
    'debug = 2\nlto = "fat"\n[profile.release.package.list]\ndebug = 0',
    /nothing of list/,
  ],
  'a package without, thin LTO': [
    'debug = 2\nlto = "thin"\n[profile.release.package.list]\ndebug = 0',
    /nothing of list/,
  ],
};

describe('what a build says of functions', { skip: unsealed }, () => {
  for (const [name, profile] of Object.entries(known))
    it(`${name}: those that have code, and no other`, async (t) => {
      const { said, functions } = await build(t, profile);
      assert.deepEqual(said, { known: true });
      assert.ok(functions !== undefined);
      const filter = FunctionFilter.read(functions);
      assert.deepEqual(
        [called, notCalled].map((keys) => keys.filter((key) => filter?.mayHave(key))),
        [called, []],
      );
    });

  for (const [name, [profile, reason]] of Object.entries(unknown))
    it(`${name}: not known`, async (t) => {
      const { said, functions } = await build(t, profile);
      assert.equal(functions, undefined);
      assert.equal(said.known, false);
      assert.match(said.reason ?? '', reason);
    });
});

async function build(t: Parameters<typeof sealedProject>[0], profile: string) {
  const { build, output } = sealedProject(t, project(profile));
  const ran = await build(['--format', 'json']);
  assert.equal(ran.code, 0, ran.stderr);
  const [file] = JSON.parse(ran.stdout).files as { functions: { known: boolean; reason?: string } }[];
  assert.ok(file !== undefined);
  const { metadata } = JSON.parse(readFileSync(join(output, 'app.cdx.json'), 'utf8')) as {
    metadata: { component: { properties: { name: string; value: string }[] } };
  };
  const { properties } = metadata.component;
  return {
    said: file.functions,
    functions: properties.find(({ name }) => name === 'safeguard:functions')?.value,
  };
}
