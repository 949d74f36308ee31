import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Manifest, readManifest } from '../../src/cargo/manifest/manifest.ts';
import { lex } from '../../src/rust/lexer.ts';
import { stringOf } from '../../src/rust/literal.ts';
import type { ModuleTree } from '../../src/rust/module.ts';
import { moduleTree } from '../../src/rust/module-tree.ts';
import { harmless, malice, type Sample } from './samples/index.ts';
import { tokensOf } from './support.ts';

const all = [...malice, ...harmless];
const encoded = /^[A-Za-z0-9+/]{48,}={0,2}$/;
const inert = /^(?:# inert sample: nothing to run\n)+$/;

describe('the samples', () => {
  it('are 30 techniques and 10 harmless packages, each with a name of its own', () => {
    assert.equal(malice.length, 30);
    assert.equal(harmless.length, 10);
    assert.equal(new Set(all.map(({ name }) => name)).size, 40);
    assert.equal(new Set(all.map(({ imitates }) => imitates)).size, 40);
  });

  it('are build scripts, proc-macros and libraries', () => {
    const kinds = malice.map((sample) => kindOf(readManifest(textOf(sample, 'Cargo.toml'))));
    assert.deepEqual(
      Object.fromEntries(
        Map.groupBy(kinds, String)
          .entries()
          .map(([kind, { length }]) => [kind, length]),
      ),
      { 'build-script': 18, 'proc-macro': 7, library: 5 },
    );
  });

  for (const sample of all) {
    const { name, files, shows } = sample;
    describe(name, () => {
      it('has a manifest whose targets are there', () => {
        const manifest = readManifest(textOf(sample, 'Cargo.toml'));
        assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
        assert.equal(manifest.package?.name, `${name}-sample`);
        for (const root of rootsOf(manifest)) assert.ok(files[root] !== undefined, `${root} is missing`);
      });

      it('is small', () => {
        for (const [path, text] of Object.entries(files)) assert.ok(Buffer.byteLength(text) < 4096, path);
      });

      it('is Rust as rustc reads it', () => {
        const sources = Object.keys(files).filter((path) => path.endsWith('.rs'));
        assert.ok(sources.length > 0);
        for (const path of sources) assert.equal(lex(textOf(sample, path)).kind, 'tokens', path);
      });

      it('has all that its crates bring, and no source that none brings', () => {
        const trees = treesOf(sample);
        const brought = filesOf(trees);
        const idle = Object.keys(files).filter((path) => path.endsWith('.rs') && !brought.has(path));
        assert.deepEqual(idle, []);
        const reasons = trees.flatMap(({ unfollowed }) => unfollowed.map(({ reason }) => reason));
        const made = 'a path made at build time is included';
        const mayBeMade = shows.includes('opaque') || shows.includes('codegen');
        assert.deepEqual(
          reasons.filter((reason) => !(mayBeMade && reason === made)),
          [],
        );
      });

      it('names no host that can exist', () => {
        for (const [path, text] of Object.entries(files)) assert.deepEqual(foreignHosts(text), [], path);
      });

      it('encodes nothing but the text that says so', () => {
        for (const path of filesOf(treesOf(sample))) {
          for (const literal of encodedOf(textOf(sample, path))) assert.match(decoded(literal), inert);
        }
      });
    });
  }

  for (const { name, shows } of malice) {
    it(`has a review say something of ${name}`, () => assert.ok(shows.length > 0));
  }

  it('hold encoded texts, so that the look at them means something', () => {
    const texts = malice.flatMap((sample) =>
      [...filesOf(treesOf(sample))].flatMap((path) => encodedOf(textOf(sample, path))),
    );
    assert.equal(texts.length, 3);
  });

  it('would notice a host', () => {
    assert.deepEqual(
      foreignHosts('"https://a.example/x" "b.invalid:80" "c.net:80" 0.0.0.0:0 "10.0.0.1" d.com'),
      ['a.example', 'c.net', '10.0.0.1', 'd.com'],
    );
  });
});

function textOf({ name, files }: Sample, path: string): string {
  return files[path] ?? assert.fail(`${name} has no ${path}`);
}

function kindOf({ root }: Manifest): string {
  if (scriptOf(root) !== undefined) return 'build-script';
  return root.table('lib')?.boolean('proc-macro') === true ? 'proc-macro' : 'library';
}

/** Where the build script is; a published manifest says so, or `false`. */
function scriptOf(root: Manifest['root']): string | undefined {
  const build = root.table('package')?.get('build');
  assert.ok(typeof build === 'string' || build === false);
  return build === false ? undefined : build;
}

/** The files that rustc is called with. */
function rootsOf({ root }: Manifest): readonly string[] {
  const lib = root.table('lib')?.string('path') ?? assert.fail('no library');
  const script = scriptOf(root);
  return script === undefined ? [lib] : [script, lib];
}

/** The modules of each crate of a sample, whatever it is built for. */
function treesOf(sample: Sample): readonly ModuleTree[] {
  const files = (path: string) => sample.files[path];
  return rootsOf(readManifest(textOf(sample, 'Cargo.toml'))).map((root) =>
    moduleTree(root, files, () => undefined),
  );
}

function filesOf(trees: readonly ModuleTree[]): ReadonlySet<string> {
  return new Set(trees.flatMap(({ modules }) => modules.map(({ file }) => file)));
}

/** The long literals of a source that read as base64. */
function encodedOf(source: string): readonly string[] {
  const tokens = tokensOf(source);
  return Array.from({ length: tokens.count }, (_, at) => stringOf(tokens, at) ?? '').filter((text) =>
    encoded.test(text),
  );
}

/** PowerShell takes UTF-16; all else is UTF-8. */
function decoded(literal: string): string {
  const bytes = Buffer.from(literal, 'base64');
  return bytes.toString(bytes[1] === 0 ? 'utf16le' : 'utf8');
}

/** What reads as a host and does not end in `.invalid` (RFC 2606). Sockets are bound to 0.0.0.0. */
function foreignHosts(text: string): readonly string[] {
  const host =
    /(?<=:\/\/)[^\s/:"')>]+|[\w-]+(?:\.[\w-]+)+(?=:\d)|\b\d+(?:\.\d+){3}\b|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|dev|xyz|top)\b/g;
  return (text.match(host) ?? []).filter((found) => found !== '0.0.0.0' && !found.endsWith('.invalid'));
}
