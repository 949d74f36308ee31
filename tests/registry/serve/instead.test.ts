import { rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { useInstead } from '../../../src/registry/serve/instead.ts';
import type { ServedCrate, ServedRelease } from '../../../src/registry/serve/served.ts';

const release = (version: string, state: ServedRelease['state']): [string, ServedRelease] => [
  version,
  { version, state, checksum: version, yanked: false, judged: 'release' },
];

const crate: ServedCrate = {
  registry: 'upstream',
  key: 'parser',
  name: 'parser',
  gzipped: Buffer.alloc(0),
  etag: '""',
  releases: new Map([release('1.0.0', 'promoted'), release('1.0.1', 'held')]),
};

// A promise that nobody waits for would end the server with the first question after the database went away.
test('a database that breaks off is told to whoever asked, and nothing else is left of it', async () => {
  const broken = new Error('write EPIPE');
  const family = {
    crate: () => Promise.resolve(crate),
    dependents: () => Promise.resolve([]),
    line: () => Promise.reject(broken),
  };
  await rejects(useInstead(crate, '1.0.1', family), broken);
});
