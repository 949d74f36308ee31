import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCratesIo, parseSourceId, sourceKey } from '../../src/cargo/source-id.ts';

test('sources', () => {
  const git = parseSourceId('git+https://git.example/a?rev=abc&x=y#0123');
  assert.deepEqual(git, {
    kind: 'git',
    url: 'https://git.example/a',
    text: 'git+https://git.example/a?rev=abc&x=y#0123',
    reference: { kind: 'rev', name: 'abc', commit: '0123' },
  });
  const reference = (text: string) => {
    const source = parseSourceId(text);
    return source.kind === 'git'
      ? [source.reference.kind, source.reference.name, source.reference.commit]
      : [];
  };
  assert.deepEqual(reference('git+https://git.example/a'), ['default', '', undefined]);
  assert.deepEqual(reference('git+ssh://git@git.example/a?ref=m#1'), ['branch', 'm', '1']);
  assert.deepEqual(reference('git+https://git.example/a?tag=v%2F1'), ['tag', 'v/1', undefined]);
  assert.equal(parseSourceId('sparse+https://reg.example/').url, 'https://reg.example/');
  assert.equal(parseSourceId('path+file:///x').kind, 'path');
  for (const text of [
    '',
    'x',
    'registry+',
    'registry+x',
    'https://x.example',
    'REGISTRY+https://x.example',
    '+https://x.example',
  ]) {
    assert.throws(() => parseSourceId(text), { code: 'cargo/source' }, text);
  }
});

test('sources that are one to cargo have one key', () => {
  const same: readonly (readonly [string, string])[] = [
    ['git+https://git.example/a.git#1', 'git+https://git.example/a/#2'],
    ['git+https://github.com/A/B', 'git+http://github.com/a/b.git'],
    [
      'registry+https://github.com/rust-lang/crates.io-index',
      'registry+https://github.com/Rust-Lang/crates.io-index/',
    ],
  ];
  const differing: readonly (readonly [string, string])[] = [
    ['git+https://git.example/a', 'git+https://git.example/A'],
    ['git+https://git.example/a?branch=x', 'git+https://git.example/a?tag=x'],
    ['git+https://git.example/a', 'registry+https://git.example/a'],
    ['sparse+https://reg.example/a', 'registry+https://reg.example/a'],
  ];
  for (const [a, b] of same) assert.equal(sourceKey(parseSourceId(a)), sourceKey(parseSourceId(b)));
  for (const [a, b] of differing) assert.notEqual(sourceKey(parseSourceId(a)), sourceKey(parseSourceId(b)));
});

test('crates.io is its two addresses to the letter, and nothing else of that host', () => {
  const sparse = `index.${'crates.io'}`;
  for (const text of ['registry+https://github.com/rust-lang/crates.io-index', `sparse+https://${sparse}/`])
    assert.ok(isCratesIo(parseSourceId(text)), text);
  for (const text of [
    `sparse+http://${sparse}/`,
    `sparse+https://${sparse}:8443/`,
    `sparse+https://${sparse}/elsewhere/`,
    `sparse+https://user@${sparse}/`,
    `registry+https://${sparse}/`,
    'sparse+https://github.com/rust-lang/crates.io-index',
    'registry+https://github.com/rust-lang/crates.io-index/tree',
    'git+https://github.com/rust-lang/crates.io-index',
  ])
    assert.ok(!isCratesIo(parseSourceId(text)), text);
});
