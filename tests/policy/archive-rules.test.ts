import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BinaryFile, ContentsFact, ScriptFile } from '../../src/facts/archive-contents/contents.ts';
import type { FileKind } from '../../src/facts/archive-contents/kind.ts';
import { known, unknown } from '../../src/facts/fact.ts';
import type { Facts } from '../../src/facts/map.ts';
import { archiveAnomaly } from '../../src/policy/rules/archive-anomaly.ts';
import { binaries } from '../../src/policy/rules/binaries.ts';
import { ask, askedAt, effectsOf } from './rule-asker.ts';

const mebibyte = 1024 * 1024;
const digest = 'd'.repeat(64);
const size = (unpacked: number) => ({ packed: 1, unpacked, files: 1 });
const vcs = { commit: 'a'.repeat(40), dirty: false, path: '' };

const plain: ContentsFact = {
  binaries: [],
  scripts: [],
  unlisted: 0,
  buildScriptMissing: false,
  procMacro: false,
  vcs,
  manifest: [],
  oddNames: [],
  size: size(1000),
};

const facts = (contents: Partial<ContentsFact>): Facts => ({
  contents: known({ ...plain, ...contents }, 'archive', askedAt),
});
const file = (kind: FileKind, path = 'x'): BinaryFile => ({ path, kind, size: 1, sha256: digest });
const elf = file({ class: 'executable', format: 'elf' });
const wasm = file({ class: 'executable', format: 'wasm' });
const lib = file({ class: 'linkable', format: 'ar' });
const zip = file({ class: 'archive', format: 'zip' });
const script: ScriptFile = { path: 'x', interpreter: 'sh', executable: true, sha256: digest };
const unread: Facts = { contents: unknown('not read', 'archive', askedAt) };

describe('binaries', () => {
  const build = { buildScript: 'build.rs' };
  const cases: [name: string, facts: Facts, toml: string, effects: string[]][] = [
    ['nothing', facts({}), '', []],
    ['a program', facts({ binaries: [elf] }), '', ['warn']],
    ['a program where a build script runs', facts({ ...build, binaries: [elf] }), '', ['warn']],
    [
      '… to a stricter policy',
      facts({ ...build, binaries: [elf] }),
      'executables-at-build = "review"',
      ['review'],
    ],
    ['a program in a procedural macro', facts({ procMacro: true, binaries: [elf] }), '', ['warn']],
    ['WebAssembly where a build script runs', facts({ ...build, binaries: [wasm] }), '', ['warn']],
    ['a library', facts({ ...build, binaries: [lib, lib] }), '', ['warn']],
    ['an archive', facts({ binaries: [zip] }), '', []],
    ['an archive where a build script runs', facts({ ...build, binaries: [zip] }), '', ['warn']],
    ['scripts', facts({ ...build, scripts: [script] }), '', []],
    [
      'scripts, where asked',
      facts({ ...build, scripts: [script] }),
      'scripts-at-build = "review"',
      ['review'],
    ],
    [
      'all kinds',
      facts({ ...build, binaries: [elf, lib, zip], scripts: [script] }),
      '',
      ['warn', 'warn', 'warn'],
    ],
    [
      'a file that was looked at',
      facts({ ...build, binaries: [elf] }),
      `[[allow]]\nname = "some-crate"\npath = "x"\nsha256 = "${digest}"`,
      [],
    ],
    [
      'the same path, other bytes',
      facts({ ...build, binaries: [elf] }),
      `[[allow]]\nname = "some-crate"\npath = "x"\nsha256 = "${'e'.repeat(64)}"`,
      ['warn'],
    ],
    ['unknown', unread, '', ['hold']],
    ['not asked for', {}, '', ['hold']],
  ];
  for (const [name, given, toml, effects] of cases) {
    it(name, () => assert.deepEqual(effectsOf(ask(binaries, given, toml)), effects));
  }

  it('says what and where', () => {
    const [finding] = ask(binaries, facts({ ...build, binaries: [elf, elf], unlisted: 1 }));
    assert.equal(
      finding?.message,
      'It holds a program, x (elf) and 2 more, and runs build.rs while it is built.',
    );
    assert.equal(finding?.evidence.file, 'x');
  });
});

describe('archive-anomaly', () => {
  const previous = (unpacked: number, buildScript = false) => ({
    previous: { version: '1.2.2', size: size(unpacked), buildScript, procMacro: false },
  });
  const cases: [name: string, facts: Facts, toml: string, effects: string[]][] = [
    ['nothing odd', facts({}), '', []],
    ['a manifest that was changed, twice', facts({ manifest: ['a', 'b'] }), '', ['review', 'review']],
    ['no original to compare with', facts({ manifest: 'no-original' }), '', []],
    ['odd names', facts({ oddNames: ['a\u202eb'] }), '', ['review']],
    ['a missing build script', facts({ buildScript: 'x.rs', buildScriptMissing: true }), '', ['warn']],
    ['dirty', facts({ vcs: { ...vcs, dirty: true } }), '', []],
    ['dirty, where asked', facts({ vcs: { ...vcs, dirty: true } }), 'dirty = "review"', ['review']],
    ['no repository', facts({ vcs: 'absent' }), 'no-vcs-info = "warn"', ['warn']],
    ['a broken note of one', facts({ vcs: 'broken' }), '', ['warn']],
    ['a first build script', facts({ buildScript: 'build.rs', ...previous(1000) }), '', ['warn']],
    ['another build script', facts({ buildScript: 'build.rs', ...previous(1000, true) }), '', []],
    ['a build script, nothing before it', facts({ buildScript: 'build.rs' }), '', []],
    ['a first macro', facts({ procMacro: true, ...previous(1000) }), '', ['warn']],
    ['growth', facts({ size: size(6 * mebibyte), ...previous(mebibyte) }), '', ['warn']],
    ['less growth', facts({ size: size(4 * mebibyte), ...previous(mebibyte) }), '', []],
    ['much growth of little', facts({ size: size(900_000), ...previous(1000) }), '', []],
    ['growth from nothing', facts({ size: size(2 * mebibyte), ...previous(0) }), '', ['warn']],
    ['unknown', unread, '', ['hold']],
    ['not asked for', {}, '', ['hold']],
  ];
  for (const [name, given, toml, effects] of cases) {
    it(name, () => assert.deepEqual(effectsOf(ask(archiveAnomaly, given, toml)), effects));
  }

  it('spells odd names out', () => {
    const [finding] = ask(archiveAnomaly, facts({ oddNames: ['a\u202eb'] }));
    assert.deepEqual(finding?.evidence.values, { escaped: 'a\\u{202e}b' });
  });
});
