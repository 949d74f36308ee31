/**
 * The licence texts of the crates that cargo has, of 1,500 where there are more, each different one once, told by us
 * and by cargo-deny: most crates have an expression, so that their texts are never looked at otherwise. Part of
 * `./test --all`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { identifyLicense } from '../../src/facts/license/identify.ts';
import { cachedArchives, registry } from '../support/cargo-cache.ts';
import { denyList, denyVersion } from '../support/cargo-deny.ts';
import { peer } from '../support/peers.ts';
import { tempDir } from '../support/temp.ts';

const archives = cachedArchives(1500);
const few = archives.length < 100 ? 'cargo has few crates in its cache' : false;

/**
 * Differences that are meant, by file and crate. cargo-deny 0.20.2 has the SPDX list 3.28, whose texts of ISC, AFL-2.1
 * and Aspell-RU differ a little from 3.29's: texts near the threshold can fall on either side.
 */
const argued: readonly string[] = [];

describe('licence texts', { skip: few, timeout: 40 * 60_000 }, () => {
  it('are told as cargo-deny tells them', async () => {
    const texts = distinctTexts();
    assert.ok(texts.size > 100);
    const folder = tempDir({ after });
    const named = [...texts].map(([from, bytes], index) => ({ from, bytes, name: `text-${index}` }));
    const dependencies = named.map(({ name }) => `${name} = { path = "${name}", version = "0.1.0" }`);
    write(join(folder, 'Cargo.toml'), `${manifest('app')}[dependencies]\n${dependencies.join('\n')}\n`);
    write(join(folder, 'src/lib.rs'), '');
    for (const { name, bytes } of named) {
      write(join(folder, name, 'Cargo.toml'), manifest(name));
      write(join(folder, name, 'src/lib.rs'), '');
      write(join(folder, name, 'LICENSE'), bytes);
    }
    execFileSync('cargo', ['generate-lockfile', '--offline'], { cwd: folder });
    const program = await peer('cargo-deny', denyVersion);
    const listed = await denyList({ program, folder, config: '' });
    const different = named.flatMap(({ name, bytes, from }) => {
      const { id, confidence } = identifyLicense(new TextDecoder().decode(bytes));
      const ours = id !== undefined && confidence >= Math.fround(0.8) ? id : 'none';
      const theirs = listed.get(`${name} 0.1.0`)?.join(', ') || 'none';
      return ours === theirs ? [] : [`${from}: ${ours}; cargo-deny: ${theirs}`];
    });
    assert.deepEqual(
      different.filter((line) => !argued.includes(line)),
      [],
    );
  });
});

/** By the first file that has it: `crate file`. */
function distinctTexts(): ReadonlyMap<string, Uint8Array> {
  const digests = new Set<string>();
  const texts = new Map<string, Uint8Array>();
  for (const archive of archives) {
    for (const { path, bytes } of readCrateArchive(readFileSync(join(registry, archive))).files) {
      if (path.includes('/') || !/^(?:LICENSE|COPYING)/.test(path)) continue;
      const digest = createHash('sha256').update(bytes).digest('hex');
      if (digests.has(digest)) continue;
      digests.add(digest);
      texts.set(`${basename(archive)} ${path}`, Uint8Array.from(bytes));
    }
  }
  return texts;
}

function manifest(name: string): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n`;
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
