import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { manifestOf } from '../../../src/cargo/crate-archive.ts';
import {
  type ContentsFact,
  contentsFact,
  readContents,
} from '../../../src/facts/archive-contents/contents.ts';
import { oddNames } from '../../../src/facts/archive-contents/names.ts';
import { scriptOf } from '../../../src/facts/archive-contents/script.ts';
import { files, sha256 } from '../../samples/files.ts';

type Contents = Readonly<Record<string, string | Uint8Array>>;

function read(manifest: string, more: Contents = {}, mode?: number): ContentsFact {
  const toml = `[package]\nname = "a"\nversion = "1.0.0"\n${manifest}`;
  const all = files({ 'Cargo.toml': toml, 'Cargo.toml.orig': toml, ...more }, mode);
  return readContents(all, manifestOf({ files: all }), 100);
}

describe('scripts', () => {
  const cases: [path: string, text: string, interpreter: string | undefined][] = [
    ['run', '#!/bin/sh\n', 'sh'],
    ['run', '#! /usr/bin/perl -w\n', 'perl'],
    ['run', '#!/usr/bin/env python3\n', 'python3'],
    ['run', '#!/usr/bin/env -S A=b deno run\n', 'deno'],
    ['run', '#!/usr/bin/env\n', 'env'],
    ['build.rs', '#!/usr/bin/env rust-script\n', 'rust-script'],
    ['lib.rs', '#![no_std]\n', undefined],
    ['lib.rs', '#! [no_std]\n', undefined],
    ['run', '#!', undefined],
    ['a/b.py', 'print()', 'python'],
    ['a.PS1', '', 'powershell'],
    ['a.toString', '', undefined],
    ['a.py/readme', '', undefined],
    ['py', '', undefined],
  ];
  for (const [path, text, interpreter] of cases) {
    it(`${path}: ${JSON.stringify(text)}`, () =>
      assert.equal(scriptOf(path, Buffer.from(text))?.interpreter, interpreter));
  }
});

describe('what runs at build time', () => {
  const cases: [
    name: string,
    manifest: string,
    files: Contents,
    script: string | undefined,
    missing: boolean,
  ][] = [
    ['nothing', '', {}, undefined, false],
    ['build.rs, by itself', '', { 'build.rs': '' }, 'build.rs', false],
    ['build.rs, switched off', 'build = false', { 'build.rs': '' }, undefined, false],
    ['another file', 'build = "./src/make.rs"', { 'src/make.rs': '' }, 'src/make.rs', false],
    ['one that is not there', 'build = "gone.rs"', {}, 'gone.rs', true],
    ['build = true', 'build = true', { 'build.rs': '' }, 'build.rs', false],
    ['several, the first', 'build = ["a.rs", "b.rs"]', { 'a.rs': '', 'b.rs': '' }, 'a.rs', false],
    ['a build.rs further down', '', { 'src/build.rs': '' }, undefined, false],
  ];
  for (const [name, manifest, more, script, missing] of cases) {
    it(name, () => {
      const contents = read(manifest, more);
      assert.equal(contents.buildScript, script);
      assert.equal(contents.buildScriptMissing, missing);
    });
  }

  const libs: [manifest: string, procMacro: boolean][] = [
    ['[lib]\nproc-macro = true', true],
    ['[lib]\nproc_macro = true', true],
    ['[lib]\ncrate-type = ["proc-macro"]', true],
    ['[lib]\ncrate-type = ["cdylib"]', false],
    ['[lib]\nproc-macro = false', false],
  ];
  for (const [manifest, procMacro] of libs) {
    it(JSON.stringify(manifest), () => assert.equal(read(manifest).procMacro, procMacro));
  }
});

describe('.cargo_vcs_info.json', () => {
  const commit = 'a'.repeat(40);
  const cases: [name: string, text: string, vcs: ContentsFact['vcs']][] = [
    [
      'as cargo writes it',
      `{"git":{"sha1":"${commit}"},"path_in_vcs":"x/y"}`,
      { commit, dirty: false, path: 'x/y' },
    ],
    ['dirty', `{"git":{"sha1":"${commit}","dirty":true}}`, { commit, dirty: true, path: '' }],
    ['without a commit yet', '{"git":{"dirty":true}}', { commit: '', dirty: true, path: '' }],
    ['a commit that is none', '{"git":{"sha1":"HEAD"}}', 'broken'],
    ['no JSON', '{', 'broken'],
    ['too much', ' '.repeat(70_000), 'broken'],
  ];
  for (const [name, text, vcs] of cases) {
    it(name, () => assert.deepEqual(read('', { '.cargo_vcs_info.json': text }).vcs, vcs));
  }
  it('absent', () => assert.equal(read('').vcs, 'absent'));
});

describe('Cargo.toml and Cargo.toml.orig', () => {
  const head = '[package]\nname = "a"\nversion = "1.0.0"\n';
  const cases: [name: string, built: string, original: string, differences: RegExp[]][] = [
    ['the same', `${head}[dependencies]\nb = "1"`, `${head}[dependencies]\nb = "1"`, []],
    [
      'as cargo rewrites it',
      `${head}[dependencies.b]\nversion = "^1.0"\n[target."cfg(unix)".dependencies.c]\nversion = "2"`,
      `${head}[dependencies]\nb = { version = "^1.0", path = "../b" }\n[target.'cfg(unix)'.dependencies]\nc = "2"\n[dev-dependencies]\nd = { path = "../d" }`,
      [],
    ],
    [
      'from a workspace',
      `${head}[dependencies.b]\nversion = "1"`,
      '[package]\nname = "a"\nversion.workspace = true\n[dependencies]\nb.workspace = true',
      [],
    ],
    [
      'a requirement spelled otherwise',
      `${head}[dependencies.b]\nversion = ">=1, <2"`,
      `${head}[dependencies]\nb = ">= 1,<2"`,
      [],
    ],
    [
      'a dependency that came later',
      `${head}[dependencies]\nevil = "1"`,
      head,
      [/depends on evil, which its author/],
    ],
    [
      'a build dependency',
      `${head}[build-dependencies]\nevil = "1"`,
      `${head}[dev-dependencies]\nevil = "1"`,
      [/depends on build dependency evil/],
    ],
    ['one that went', head, `${head}[dependencies]\nb = "1"`, [/wrote a dependency on b, which it lacks/]],
    [
      'another requirement',
      `${head}[dependencies]\nb = "2"`,
      `${head}[dependencies]\nb = "1"`,
      [/needs b "2"/],
    ],
    ['another name', head, head.replace('"a"', '"z"'), [/`name` is "a", its author wrote "z"/]],
    ['another version', head, head.replace('1.0.0', '0.9.0'), [/`version` is "1.0.0"/]],
    ['links', `${head}links = "z"`, head, [/`links` is "z", its author wrote nothing/]],
  ];
  for (const [name, built, original, expected] of cases) {
    it(name, () => {
      const all = files({ 'Cargo.toml': built, 'Cargo.toml.orig': original });
      const { manifest } = readContents(all, manifestOf({ files: all }), 1);
      assert.ok(Array.isArray(manifest), String(manifest));
      assert.equal(manifest.length, expected.length, manifest.join('\n'));
      for (const [i, pattern] of expected.entries()) assert.match(manifest[i] ?? '', pattern);
    });
  }
  it('no original, and one that is no TOML', () => {
    const toml = { 'Cargo.toml': head };
    const only = files(toml);
    assert.equal(readContents(only, manifestOf({ files: only }), 1).manifest, 'no-original');
    const broken = files({ ...toml, 'Cargo.toml.orig': '= =' });
    assert.equal(readContents(broken, manifestOf({ files: broken }), 1).manifest, 'unreadable');
  });
});

describe('an archive', () => {
  it('its binaries and scripts, by content, with digests', () => {
    const elf = Buffer.from('\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0', 'latin1');
    const contents = read('', { 'data.txt': elf, 'ci/run': '#!/bin/sh\n' }, 0o755);
    assert.deepEqual(contents.binaries, [
      {
        path: 'data.txt',
        kind: { class: 'executable', format: 'elf' },
        size: elf.length,
        sha256: sha256(elf),
      },
    ]);
    assert.deepEqual(contents.scripts, [
      { path: 'ci/run', interpreter: 'sh', executable: true, sha256: sha256('#!/bin/sh\n') },
    ]);
    assert.equal(contents.unlisted, 0);
  });

  it('of very many only the first are listed, and the rest counted', () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`${i}.sh`, '']));
    const contents = read('', many);
    assert.equal(contents.scripts.length, 200);
    assert.equal(contents.unlisted, 50);
  });

  it('names made to be misread', () => {
    const cyrillic = 'src/s\u0435rde.rs';
    const paths = [
      'src/lib.rs',
      'docs/größe.md',
      'docs/日本語.md',
      'тест/файл.rs',
      cyrillic,
      'a\u202ers.txt',
      'a.md      .rs',
    ];
    assert.deepEqual(oddNames(paths), [cyrillic, 'a\u202ers.txt', 'a.md      .rs']);
  });

  it('the release before it', () => {
    const before = read('build = "build.rs"', { 'build.rs': '' });
    const fact = contentsFact(read(''), { version: '0.9.0', read: before }, 0);
    assert.deepEqual(fact.kind === 'known' && fact.value.previous, {
      version: '0.9.0',
      size: before.size,
      buildScript: true,
      procMacro: false,
    });
  });
});
