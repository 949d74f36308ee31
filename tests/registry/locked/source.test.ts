import assert from 'node:assert/strict';
import { it } from 'node:test';
import { upstreamOfSource } from '../../../src/registry/locked/source.ts';

it('a lockfile’s source means an upstream: crates.io the default one, others by their index, or none', () => {
  const upstreams = [
    { name: 'first', index: 'https://first.example/index/' },
    { name: 'second', index: 'https://second.example/' },
  ];
  const own = new Map([['https://mirror.example/registries/second/index/', 'second']]);
  const cases: [source: string, upstream: string | undefined][] = [
    ['registry+https://github.com/rust-lang/crates.io-index', 'first'],
    ['sparse+https://second.example/', 'second'],
    ['sparse+https://second.example', 'second'],
    ['sparse+https://mirror.example/registries/second/index/', 'second'],
    ['sparse+https://third.example/', undefined],
    ['git+https://second.example/#0', undefined],
    ['path+file:///second.example/', undefined],
    ['second', undefined],
    ['', undefined],
  ];
  for (const [source, upstream] of cases)
    assert.equal(upstreamOfSource(source, upstreams, own), upstream, source);
});
