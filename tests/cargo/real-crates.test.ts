import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { manifestOf, readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { dependenciesDigest, parseIndexLine, withYanked } from '../../src/cargo/index-entry.ts';
import { crateOfIndexPath, indexPath, isCrateName } from '../../src/cargo/index-path.ts';
import { parseLockfile } from '../../src/cargo/lockfile.ts';
import { parseRequirement } from '../../src/cargo/requirement.ts';
import { cachedArchives, evenly, registry } from '../support/cargo-cache.ts';

const archives = cachedArchives(60);
const indexFiles = evenly(indexCaches(), 40);
const noArchives = archives.length === 0 ? 'cargo has no crates in its cache' : false;
const noIndex = indexFiles.length === 0 ? 'cargo has no index files in its cache' : false;
const popular = join(import.meta.dirname, '../../../shared/data/popular-crates.txt');

test('real archives are sound and hold the release they claim', { skip: noArchives }, () => {
  for (const path of archives) {
    const archive = readCrateArchive(readFileSync(join(registry, path)));
    const manifest = manifestOf(archive);
    assert.deepEqual(archive.problems, [], path);
    assert.equal(`${manifest?.name}-${manifest?.version}.crate`, basename(path));
  }
});

test('real lockfiles read, each package at its line', { skip: noArchives }, () => {
  for (const path of archives) {
    const { files } = readCrateArchive(readFileSync(join(registry, path)));
    for (const file of files.filter((f) => f.path === 'Cargo.lock')) {
      const text = Buffer.from(file.bytes).toString();
      const lines = text.split(/\r?\n/);
      for (const { name, line, version } of parseLockfile(text).packages) {
        assert.equal(lines[line - 1], `name = "${name}"`, path);
        assert.equal(lines[line], `version = "${version}"`, path);
      }
    }
  }
});

test('real index lines read, and can be yanked and back', { skip: noIndex }, () => {
  for (const path of indexFiles) {
    const name = basename(path);
    for (const line of cachedLines(readFileSync(join(registry, path), 'utf8'))) {
      const entry = parseIndexLine(line);
      assert.equal(indexPath(entry.name), indexPath(name));
      for (const { req } of entry.deps) assert.doesNotThrow(() => parseRequirement(req));
      const flipped = withYanked(line, !entry.yanked);
      assert.equal(parseIndexLine(flipped).yanked, !entry.yanked);
      assert.equal(withYanked(flipped, entry.yanked), line);
      assert.equal(dependenciesDigest(parseIndexLine(flipped)), dependenciesDigest(entry));
    }
  }
});

const names = readOrEmpty(popular)
  .split('\n')
  .filter((name) => name !== '');
const noNames = names.length === 0 ? 'the list of popular crates is not at ../shared/data' : false;

test('popular crates have crate names and index paths', { skip: noNames }, () => {
  for (const name of names) {
    assert.ok(isCrateName(name), name);
    assert.equal(crateOfIndexPath(indexPath(name)), name.toLowerCase());
  }
});

function indexCaches(): readonly string[] {
  const roots = globSync('index/*/.cache', { cwd: registry });
  return roots.flatMap((root) => globSync(`${root}/{1,2,3/*,??/??}/*`, { cwd: registry })).sort();
}

/** Cargo's cache of an index file is its lines between NULs, behind a header (cargo: registry/index/cache.rs). */
function cachedLines(cache: string): readonly string[] {
  return cache.split('\0').filter((part) => part.startsWith('{'));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
