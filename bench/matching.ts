/**
 * Our advisory matching as a program of its own, for bench/policy.ts: `node bench/matching.ts DATABASE LOCKFILE CACHE`;
 * what it reads is kept in CACHE, as `safeguard check` keeps it.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { parseLockfile } = await import('../src/cargo/lockfile.ts');
const { advisoriesOf, advisorySource } = await import('../src/facts/advisories/database.ts');
const { loadFeed } = await import('../src/facts/advisories/load.ts');
const { nodeFeedPorts } = await import('../src/facts/feed/ports.ts');
const { feedSource } = await import('../src/facts/feed/source.ts');

const [place = '', lockfile = '', cache = '.none'] = process.argv.slice(2);
const start = performance.now();
const { database } = await loadFeed(
  feedSource(place, 'advisory database'),
  nodeFeedPorts({ cache, clock: Date.now, isAlone: true }),
);
const loaded = performance.now();
const found = parseLockfile(readFileSync(lockfile, 'utf8')).packages.flatMap(({ name, version, source }) => {
  const from = advisorySource(source);
  return from === undefined ? [] : advisoriesOf(database, name, version, { source: from });
});
const matched = performance.now();
console.log(JSON.stringify({ found: found.length, load: loaded - start, match: matched - loaded }));
