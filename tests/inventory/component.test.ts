import assert from 'node:assert/strict';
import { it } from 'node:test';
import { identify } from '../../src/inventory/component.ts';
import type { StatedComponent } from '../../src/inventory/statement.ts';

const stated = (more: Partial<StatedComponent>): StatedComponent => ({
  name: 'Zstd_Sys',
  version: '2.0.16+zstd.1.5.7',
  scope: 'linked',
  method: 'document',
  confidence: 'stated',
  ...more,
});

const registry = 'crates.io';
const same = 'pkg:cargo/zstd-sys@2.0.16%2Bzstd.1.5.7';

for (const [what, more, identity, kind, source] of [
  ['an encoded plus', { purl: same }, same, 'cargo', 'crates.io'],
  ['a plain plus', { purl: 'pkg:cargo/zstd-sys@2.0.16+zstd.1.5.7' }, same, 'cargo', 'crates.io'],
  ['a checksum beside it', { purl: `${same}?checksum=sha256:00` }, same, 'cargo', 'crates.io'],
  [
    'crates.io by its address',
    { purl: `${same}?repository_url=https://github.com/rust-lang/crates.io-index` },
    same,
    'cargo',
    'crates.io',
  ],
  [
    'another registry',
    { purl: 'pkg:cargo/a@1.0.0?repository_url=https://r.example/index' },
    'pkg:cargo/a@1.0.0?repository_url=https://r.example/index',
    'cargo',
    'https://r.example/index',
  ],
  [
    'a repository',
    { purl: 'pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps://g.example/a%40c0ffee' },
    'pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps://g.example/a%40c0ffee',
    'cargo',
    'git',
  ],
  [
    'a folder of the project, as cargo-cyclonedx writes it',
    { purl: 'pkg:cargo/a@1.0.0?download_url=file://.' },
    'local:a@1.0.0',
    'local',
    null,
  ],
  [
    'a folder of the project, with the file that a program of it begins with',
    { purl: 'pkg:cargo/a@1.0.0?download_url=file://.#src/main.rs' },
    'local:a@1.0.0',
    'local',
    null,
  ],
  ...[
    'https://crates.io',
    'https://CRATES.io/',
    `https://index.${registry}/`,
    `sparse+https://index.${registry}/`,
    'registry+https://github.com/rust-lang/crates.io-index',
    'https://github.com/rust-lang/crates.io-index.git',
  ].map((address) => {
    const purl = `${same}?repository_url=${encodeURIComponent(address)}`;
    return [`crates.io as ${address}`, { purl }, same, 'cargo', 'crates.io'] as const;
  }),
  ...[`https://static.${registry}/crates/a/a-1.crate`, 'https://crates.io/api/v1/crates/a/1/download'].map(
    (address) =>
      [
        `an archive at ${address}`,
        { purl: `${same}?download_url=${address}` },
        same,
        'cargo',
        'crates.io',
      ] as const,
  ),
  ...['https://crates.io.example/index', 'https://example/crates.io'].map(
    (address) =>
      [
        `no crates.io at ${address}`,
        { purl: `pkg:cargo/a@1.0.0?repository_url=${address}` },
        `pkg:cargo/a@1.0.0?repository_url=${address}`,
        'cargo',
        address,
      ] as const,
  ),
  [
    'an archive from elsewhere, which may be anything',
    { purl: 'pkg:cargo/a@1.0.0?download_url=https://files.example/a.crate' },
    'pkg:cargo/a@1.0.0?download_url=https://files.example/a.crate',
    'cargo',
    'registry',
  ],
  [
    'a namespace, which no crate of crates.io has',
    { purl: 'pkg:cargo/ns/a@1.0.0' },
    'pkg:cargo/ns/a@1.0.0',
    'other',
    'cargo',
  ],
  ['an encoded namespace', { purl: 'pkg:cargo/%40ns/a@1.0.0' }, 'pkg:cargo/%40ns/a@1.0.0', 'other', 'cargo'],
  ['a slash in its name', { purl: 'pkg:cargo/ns%2Fa@1.0.0' }, 'pkg:cargo/ns%2Fa@1.0.0', 'cargo', 'crates.io'],
  ['a type in upper case', { purl: 'PKG:Cargo/a@1.0.0' }, 'pkg:cargo/a@1.0.0', 'cargo', 'crates.io'],
  ['a part of a crate', { purl: 'pkg:cargo/a@1.0.0#src/lib.rs' }, 'pkg:cargo/a@1.0.0', 'cargo', 'crates.io'],
  ['no version', { purl: 'pkg:cargo/a' }, 'pkg:cargo/a', 'cargo', 'crates.io'],
  ['no purl', { purl: undefined, name: 'app', version: '1.0.0' }, 'local:app@1.0.0', 'local', null],
  [
    'some registry, as cargo-auditable writes it',
    { purl: undefined, name: 'a', version: '1.0.0', source: 'registry' },
    'registry:a@1.0.0',
    'cargo',
    'registry',
  ],
  [
    'another ecosystem',
    { purl: 'pkg:deb/debian/openssl@3.0.15?arch=amd64' },
    'pkg:deb/debian/openssl@3.0.15?arch=amd64',
    'other',
    'deb',
  ],
  [
    'a purl that hides a NUL',
    { purl: 'pkg:cargo/a%00b@1.0.0', name: 'a', version: '1.0.0' },
    'local:a@1.0.0',
    'local',
    null,
  ],
  ['a purl that is none', { purl: 'zstd', name: 'a', version: '1.0.0' }, 'local:a@1.0.0', 'local', null],
] as const)
  it(`a component is known by ${what}`, () => {
    const found = identify(stated(more));
    assert.deepEqual([found.identity, found.kind, found.source], [identity, kind, source]);
  });

it('a name with a namespace in front, or with a slash or an `@` in it, is not looked for as a crate', () => {
  for (const purl of ['pkg:cargo/ns/time@0.1.0', 'pkg:cargo/ns%2Ftime@0.1.0', 'pkg:cargo/time%400.1.0']) {
    const { kind, key } = identify(stated({ purl }));
    assert.ok(kind !== 'cargo' || key !== 'time', purl);
  }
});

it('names that differ in case and dashes are looked for as one', () => {
  assert.equal(identify(stated({ purl: 'pkg:cargo/Serde_JSON@1.0.0' })).key, 'serde-json');
});
