/** Lockfiles in every format that cargo reads, whole and tampered with: what is built of each by cargo, and by us. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cargoProject } from '../../support/cargo.ts';
import { makeCrate } from '../../support/crate.ts';
import { builtByCargo, builtByUs, writeShelf } from './shelf.ts';

const extra = makeCrate({ name: 'extra', version: '0.3.0' });
const thing = makeCrate({
  name: 'thing',
  version: '1.0.0',
  dependencies: { extra: '0.3' },
  features: { default: ['more'], more: [] },
});
const index = 'registry+https://github.com/rust-lang/crates.io-index';
const other = 'ab'.repeat(32);

const pkg = (header: string, name: string, version: string, ...rest: readonly string[]) =>
  `${header}\nname = "${name}"\nversion = "${version}"\n${rest.join('')}\n`;
const from = `source = "${index}"\n`;
const needs = (...dependencies: readonly string[]) =>
  `dependencies = [\n${dependencies.map((each) => ` "${each}",\n`).join('')}]\n`;
const sum = (checksum: string) => `checksum = "${checksum}"\n`;

/** The formats from the second on. */
function later(head: string, checksums = [extra.checksum, thing.checksum]): string {
  const [ofExtra = '', ofThing = ''] = checksums.map((each) => (each === '' ? '' : sum(each)));
  return [
    head,
    pkg('[[package]]', 'app', '0.1.0', needs('thing')),
    pkg('[[package]]', 'extra', '0.3.0', from, ofExtra),
    pkg('[[package]]', 'thing', '1.0.0', from, ofThing, needs('extra')),
  ].join('');
}

/** The first, which has checksums in a table of their own, and once had what is built in one as well. */
function first(root: '[root]' | '[[package]]', checksums = [extra.checksum, thing.checksum]): string {
  const [ofExtra, ofThing] = checksums;
  return [
    pkg(root, 'app', '0.1.0', needs(`thing 1.0.0 (${index})`)),
    pkg('[[package]]', 'extra', '0.3.0', from),
    pkg('[[package]]', 'thing', '1.0.0', from, needs(`extra 0.3.0 (${index})`)),
    '[metadata]\n',
    ofExtra === '' ? '' : `"checksum extra 0.3.0 (${index})" = "${ofExtra}"\n`,
    ofThing === '' ? '' : `"checksum thing 1.0.0 (${index})" = "${ofThing}"\n`,
  ].join('');
}

const table: readonly [what: string, lockfile: string][] = [
  ['4', later('version = 4\n\n')],
  ['3', later('version = 3\n\n')],
  ['2', later('')],
  ['2, with its number', later('version = 2\n\n')],
  ['1', first('[[package]]')],
  ['1, with a root', first('[root]')],
  ['1, of another archive', first('[[package]]', [extra.checksum, other])],
  ['1, without a checksum', first('[[package]]', [extra.checksum, ''])],
  ['1, with a checksum that is none', first('[[package]]', [extra.checksum, '<none>'])],
  ['2, of another archive', later('', [other, thing.checksum])],
  ['3, of another archive', later('version = 3\n\n', [other, thing.checksum])],
  ['4, without a checksum', later('version = 4\n\n', ['', thing.checksum])],
  ['4, of a release that the registry lacks', later('version = 4\n\n').replaceAll('0.3.0', '0.3.1')],
];

describe('a lockfile of format', () => {
  for (const [what, lockfile] of table) {
    it(what, async (t) => {
      const project = cargoProject({ name: 'app', dependencies: { thing: '1' }, lockfile }, t);
      writeShelf(join(project.dir, 'shelf'), [thing, extra]);
      project.write(
        '.cargo/config.toml',
        '[source.crates-io]\nreplace-with = "l"\n[source.l]\nlocal-registry = "shelf"\n',
      );
      const byUs = await builtByUs(project.dir);
      const byCargo = await builtByCargo(project);
      assert.equal(byUs, byCargo.split(':')[0], byCargo);
    });
  }
});
