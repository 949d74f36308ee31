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

it('names that differ in case and dashes are looked for as one', () => {
  assert.equal(identify(stated({ purl: 'pkg:cargo/Serde_JSON@1.0.0' })).key, 'serde-json');
});
