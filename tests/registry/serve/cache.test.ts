import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CrateCache } from '../../../src/registry/serve/cache.ts';
import type { ServedCrate } from '../../../src/registry/serve/served.ts';

const loaded = (etag: string): ServedCrate => ({
  registry: 'crates.io',
  key: 'a',
  name: 'a',
  gzipped: Buffer.alloc(0),
  etag,
  releases: new Map(),
});
const add = (text: string) => (crate: ServedCrate) => ({ ...crate, etag: crate.etag + text });
const held = (cache: CrateCache) => cache.peek('crates.io', 'a')?.etag;

describe('a crate in memory', () => {
  it('is amended by all who looked at it before the first of them was done', async () => {
    const cache = new CrateCache(1_000_000);
    const seen = await cache.get('crates.io', 'a', async () => loaded('1'));
    assert.ok(seen);
    assert.ok(cache.amend(seen, add('b')));
    assert.ok(cache.amend(seen, add('c')));
    const amended = cache.peek('crates.io', 'a');
    assert.ok(amended && cache.amend(amended, add('d')));
    assert.ok(cache.amend(seen, add('e')));
    assert.equal(held(cache), '1bcde');
  });

  it('is not amended by who looked at one that was loaded before', async () => {
    const cache = new CrateCache(1_000_000);
    const seen = await cache.get('crates.io', 'a', async () => loaded('1'));
    assert.ok(seen);
    cache.forget('crates.io', 'a');
    assert.equal(cache.amend(seen, add('b')), false);
    await cache.get('crates.io', 'a', async () => loaded('2'));
    assert.equal(cache.amend(seen, add('b')), false);
    assert.equal(held(cache), '2');
  });

  it('is not amended while it is loaded, and what was loaded from before is not kept', async () => {
    const cache = new CrateCache(1_000_000);
    const seen = loaded('1');
    const { promise, resolve } = Promise.withResolvers<ServedCrate>();
    const load = cache.get('crates.io', 'a', () => promise);
    assert.equal(cache.amend(seen, add('b')), false);
    cache.forget('crates.io', 'a');
    resolve(seen);
    assert.equal((await load)?.etag, '1');
    assert.equal(held(cache), undefined);
  });

  it('tells those who watch it that it was forgotten, with all others or by itself, and nobody else', () => {
    const cache = new CrateCache(1_000_000);
    const [first, second, other] = [
      cache.watch('crates.io', 'a'),
      cache.watch('crates.io', 'a'),
      cache.watch('crates.io', 'b'),
    ];
    second.end();
    cache.forget('crates.io', 'a');
    assert.deepEqual([first.isForgotten, second.isForgotten, other.isForgotten], [true, false, false]);
    const later = cache.watch('crates.io', 'a');
    cache.clear();
    assert.deepEqual([later.isForgotten, other.isForgotten], [true, true]);
  });
});
