import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  crateKey,
  crateOfIndexPath,
  downloadUrl,
  indexPath,
  isCrateName,
} from '../../src/cargo/index-path.ts';

const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,20}$/);
const checksum = 'ab'.repeat(32);

test('index paths', () => {
  const table = {
    a: '1/a',
    AB: '2/ab',
    abc: '3/a/abc',
    AbCd: 'ab/cd/abcd',
    'serde-json': 'se/rd/serde-json',
  };
  for (const [name, path] of Object.entries(table)) assert.equal(indexPath(name), path);
  assert.equal(crateKey('Serde_JSON'), 'serde_json');
  assert.equal(crateKey('\u212a'), '\u212a', 'the Kelvin sign is no k');
});

test('crate names', () => {
  for (const name of ['a', '_a', 'A-b_9', 'x'.repeat(64)]) assert.ok(isCrateName(name), name);
  const wrong = ['', '-a', '9a', 'a b', 'a.b', '../a', 'a/b', 'é', 'a\n', 'x'.repeat(65), '\u212a', '%61'];
  for (const name of wrong) {
    assert.ok(!isCrateName(name), name);
    assert.throws(() => indexPath(name), { code: 'cargo/crate-name' });
  }
});

test('a path that is not where its name belongs is no index path', () => {
  const wrong = [
    'a',
    '1/ab',
    '2/a',
    '3/b/abc',
    'ab/ce/abcd',
    'ab/cd/abce',
    '/1/a',
    '1//a',
    '1/A',
    'config.json',
    '',
    '../1/a',
  ];
  for (const path of wrong) assert.equal(crateOfIndexPath(path), undefined, path);
});

test('index paths and names correspond', () => {
  fc.assert(fc.property(names, (name) => crateOfIndexPath(indexPath(name)) === crateKey(name)));
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abA1-_/.') }), (path) => {
      const crate = crateOfIndexPath(path);
      assert.ok(crate === undefined || indexPath(crate) === path);
    }),
  );
});

test('download URLs', () => {
  const release = { crate: 'Abc', version: '1.0.0+b.1', checksum };
  const table: readonly (readonly [string, string])[] = [
    ['https://dl.example/crates', 'https://dl.example/crates/Abc/1.0.0+b.1/download'],
    ['https://dl.example/{crate}/{version}.crate', 'https://dl.example/Abc/1.0.0+b.1.crate'],
    ['https://dl.example/{prefix}/{lowerprefix}/{crate}', 'https://dl.example/3/A/3/a/Abc'],
    ['https://dl.example/{sha256-checksum}', `https://dl.example/${checksum}`],
    ['https://dl.example/{unknown}', 'https://dl.example/{unknown}/Abc/1.0.0+b.1/download'],
    ['https://dl.example/{crate}/{crate}/$&/{toString}', 'https://dl.example/Abc/Abc/$&/{toString}'],
  ];
  for (const [dl, url] of table) assert.equal(downloadUrl(dl, release), url);
});

test('nothing that means something in a URL gets into one', () => {
  const good = { crate: 'abc', version: '1.0.0', checksum };
  for (const crate of ['a/b', 'a?b', '..', 'a#b', '{version}']) {
    assert.throws(() => downloadUrl('https://dl.example', { ...good, crate }), { code: 'cargo/crate-name' });
  }
  for (const version of ['1.0.0/..', '1.0.0?x', '1', '']) {
    assert.throws(() => downloadUrl('https://dl.example', { ...good, version }), { code: 'cargo/version' });
  }
  for (const wrong of ['', checksum.toUpperCase(), `${checksum}0`]) {
    const release = { ...good, checksum: wrong };
    assert.throws(() => downloadUrl('https://dl.example', release), { code: 'cargo/download-url' });
  }
});
