import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildCodeChanges } from '../../../src/gate/surroundings/own-build-code.ts';
import { patchChanges } from '../../../src/gate/surroundings/patches.ts';
import { toolchainChanges } from '../../../src/gate/surroundings/toolchain.ts';
import { sideOf } from './sides.ts';

type Files = Readonly<Record<string, string>>;

describe('patches', () => {
  const patch = (spec: string) => `[workspace]\n[patch.crates-io]\nserde = ${spec}\n`;
  for (const [name, before, after, found] of [
    ['new', '', patch('{ path = "x" }'), ['3 added patch crates-io serde undefined `{"path":"x"}`']],
    [
      'another place',
      patch('{ path = "x" }'),
      patch('{ git = "u" }'),
      ['3 changed patch crates-io serde `{"path":"x"}` `{"git":"u"}`'],
    ],
    [
      'gone',
      patch('{ path = "x" }'),
      '[workspace]\n',
      ['3 removed patch crates-io serde `{"path":"x"}` undefined'],
    ],
    ['the same, written otherwise', patch('{ path = "x" }'), '[patch.crates-io.serde]\npath = "x"\n', []],
    [
      'of an address',
      '',
      '[patch."https://r.example/x"]\na = "1"\n',
      ['2 added patch https://r.example/x a undefined `"1"`'],
    ],
    [
      'a replacement',
      '',
      '[replace]\n"foo:1.0.0" = { path = "x" }\n',
      ['2 added replace  foo:1.0.0 undefined `{"path":"x"}`'],
    ],
    ['not TOML', patch('1'), '[', ['3 removed patch crates-io serde `1` undefined']],
  ] as const) {
    it(name, () => {
      const changes = patchChanges(sideOf({ 'a/Cargo.toml': before }), sideOf({ 'a/Cargo.toml': after }));
      assert.deepEqual(
        changes.map(
          (c) => `${c.line} ${c.difference} ${c.table} ${c.source} ${c.name} ${c.before} ${c.after}`,
        ),
        found,
      );
    });
  }
  it('in cargo’s configuration', () => {
    const [found] = patchChanges(undefined, sideOf({ '.cargo/config.toml': patch('{ path = "x" }') }));
    assert.deepEqual([found?.file, found?.line, found?.difference], ['.cargo/config.toml', 3, 'present']);
  });
});

describe('toolchains', () => {
  const toml = (body: string): Files => ({ 'rust-toolchain.toml': `[toolchain]\n${body}` });
  for (const [name, before, after, found] of [
    ['new', {}, toml('channel = "1.95.0"'), ['2 added release']],
    ['moved', toml('channel = "1.94"'), toml('channel = "1.95.0"'), ['2 changed release']],
    ['dated', {}, toml('channel = "beta-2026-01-01-x86_64-unknown-linux-gnu"'), ['2 added release']],
    ['nightly', toml('channel = "stable"'), toml('\nchannel = "nightly-2026-01-01"'), ['3 changed nightly']],
    ['a name of one’s own', {}, toml('channel = "stage1"'), ['2 added custom']],
    ['a name that begins like one', {}, toml('channel = "nightly2"'), ['2 added custom']],
    ['a folder', toml('channel = "stable"'), toml('path = "./tools"'), ['2 changed path']],
    ['the old form', {}, { 'rust-toolchain': '\n nightly \n' }, ['2 added nightly']],
    [
      'the old name, in the new form',
      {},
      { 'rust-toolchain': '[toolchain]\nchannel = "stable"' },
      ['2 added release'],
    ],
    [
      'both: the old name counts',
      toml('channel = "stable"'),
      { ...toml('channel = "stable"'), 'rust-toolchain': 'mine' },
      ['1 changed custom'],
    ],
    ['renamed', { 'rust-toolchain': '1.95' }, toml('channel = "1.95"'), []],
    [
      'a component',
      toml('channel = "stable"'),
      toml('channel = "stable"\ncomponents = ["rustfmt"]'),
      ['3 added component'],
    ],
    ['gone', toml('channel = "stable"'), {}, ['2 removed release']],
  ] satisfies [string, Files, Files, string[]][]) {
    it(name, () => {
      const changes = toolchainChanges(sideOf(before), sideOf(after));
      assert.deepEqual(
        changes.map(({ line, difference, pin }) => `${line} ${difference} ${pin}`),
        found,
      );
    });
  }
});

describe('the project’s own build code', () => {
  const manifest = '[package]\nname = "p"\n';
  const macro = `${manifest}[lib]\nproc-macro = true\n`;
  for (const [name, before, after, found] of [
    [
      'a script',
      { 'Cargo.toml': manifest },
      { 'Cargo.toml': manifest, 'build.rs': '' },
      ['build.rs added build-script'],
    ],
    [
      'a script that is named',
      { 'Cargo.toml': manifest },
      { 'Cargo.toml': `${manifest}build = "b/m.rs"\n`, 'b/m.rs': '' },
      ['b/m.rs added build-script'],
    ],
    ['a script that is named, and not there', {}, { 'Cargo.toml': `${manifest}build = "x.rs"\n` }, []],
    ['a script that is switched off', {}, { 'Cargo.toml': `${manifest}build = false\n`, 'build.rs': '' }, []],
    [
      'a script changes',
      { 'a/Cargo.toml': manifest, 'a/build.rs': '1' },
      { 'a/Cargo.toml': manifest, 'a/build.rs': '2' },
      ['a/build.rs changed build-script'],
    ],
    [
      'its module changes',
      { 'Cargo.toml': `${manifest}build = "b/m.rs"\n`, 'b/m.rs': '', 'b/n.rs': '1' },
      { 'Cargo.toml': `${manifest}build = "b/m.rs"\n`, 'b/m.rs': '', 'b/n.rs': '2' },
      ['b/n.rs changed build-script'],
    ],
    [
      'a module beside it changes',
      { 'Cargo.toml': manifest, 'build.rs': 'mod n;', 'n.rs': '1' },
      { 'Cargo.toml': manifest, 'build.rs': 'mod n;', 'n.rs': '2' },
      ['n.rs changed build-script'],
    ],
    [
      'a module elsewhere changes',
      {
        'a/Cargo.toml': manifest,
        'a/build.rs': '#[path = "../b/n.rs"] mod n;',
        'b/n.rs': 'mod m;',
        'b/m.rs': '1',
      },
      {
        'a/Cargo.toml': manifest,
        'a/build.rs': '#[path = "../b/n.rs"] mod n;',
        'b/n.rs': 'mod m;',
        'b/m.rs': '2',
      },
      ['b/m.rs changed build-script'],
    ],
    [
      'a script that it runs changes',
      { 'Cargo.toml': manifest, 'build.rs': 'fn main() { sh("tools/gen.sh"); }', 'tools/gen.sh': '1' },
      { 'Cargo.toml': manifest, 'build.rs': 'fn main() { sh("tools/gen.sh"); }', 'tools/gen.sh': '2' },
      ['tools/gen.sh changed build-script'],
    ],
    [
      'what it embeds changes',
      { 'Cargo.toml': manifest, 'build.rs': 'fn main() { sh(include_str!("gen")); }', gen: '1' },
      { 'Cargo.toml': manifest, 'build.rs': 'fn main() { sh(include_str!("gen")); }', gen: '2' },
      ['gen changed build-script'],
    ],
    [
      'what it only names changes',
      {
        'Cargo.toml': manifest,
        'build.rs': 'fn main() { proto("a.proto"); doc("README.md"); }',
        'a.proto': '1',
        'README.md': '1',
      },
      {
        'Cargo.toml': manifest,
        'build.rs': 'fn main() { proto("a.proto"); doc("README.md"); }',
        'a.proto': '2',
        'README.md': '2',
      },
      [],
    ],
    [
      'a script that is there where names are folded',
      { 'Cargo.toml': manifest },
      { 'Cargo.toml': manifest, 'Build.RS': '' },
      ['Build.RS added build-script'],
    ],
    [
      'another script',
      { 'Cargo.toml': manifest, 'build.rs': '', 'c.rs': '' },
      { 'Cargo.toml': `${manifest}build = "c.rs"\n`, 'build.rs': '', 'c.rs': '' },
      ['c.rs changed build-script'],
    ],
    [
      'other code',
      { 'Cargo.toml': manifest, 'build.rs': '', 'src/lib.rs': '1' },
      { 'Cargo.toml': manifest, 'build.rs': '', 'src/lib.rs': '2' },
      [],
    ],
    ['a proc-macro', { 'Cargo.toml': manifest }, { 'Cargo.toml': macro }, ['Cargo.toml added proc-macro']],
    [
      'a proc-macro changes',
      { 'Cargo.toml': macro, 'src/x.rs': '1' },
      { 'Cargo.toml': macro, 'src/x.rs': '2' },
      ['src/x.rs changed proc-macro'],
    ],
    [
      'a proc-macro outside of src changes',
      { 'Cargo.toml': `${macro}path = "m.rs"\n`, 'm.rs': 'mod n;', 'n.rs': '1' },
      { 'Cargo.toml': `${macro}path = "m.rs"\n`, 'm.rs': 'mod n;', 'n.rs': '2' },
      ['n.rs changed proc-macro'],
    ],
    ['a workspace without a package', {}, { 'Cargo.toml': '[workspace]\n', 'build.rs': '' }, []],
  ] satisfies [string, Files, Files, string[]][]) {
    it(name, () => {
      const changes = buildCodeChanges(sideOf(before), sideOf(after));
      assert.deepEqual(
        changes.map(({ file, difference, code }) => `${file} ${difference} ${code}`),
        found,
      );
    });
  }
});
