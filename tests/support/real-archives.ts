/** Archives of real releases: cargo's own copies, else what the registry gives, kept in the user's cache folder. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { archiveTexts, type CrateArchive, readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { CargoHome, cargoHomeFolder } from '../../src/gate/project/cargo-home.ts';
import { upstreamAddress } from '../../src/registry/upstream/address.ts';
import { Upstream } from '../../src/registry/upstream/upstream.ts';
import { archiveFiles } from '../../src/rust/inputs/package-files.ts';
import { type PackageSource, packageSource } from '../../src/rust/package-source.ts';

export interface RealRelease {
  readonly crate: string;
  readonly version: string;
  /** Lower-case hex. */
  readonly checksum: string;
}

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test', 'labels');

/** Unpacks real releases, for as long as the test goes on. */
export function realArchives(t: TestContext): (release: RealRelease) => Promise<CrateArchive> {
  const upstream = new Upstream(upstreamAddress('crates.io'), Date.now);
  t.after(() => upstream.close());
  return async (release) => readCrateArchive(await archiveOf(release, upstream));
}

/** Opens the code of real releases with all their files, for as long as the test goes on. */
export function realSources(t: TestContext): (release: RealRelease) => Promise<PackageSource> {
  const open = realArchives(t);
  return async (release) => {
    const archive = await open(release);
    const text = archiveTexts(archive);
    return packageSource(text('Cargo.toml') ?? '', text, archiveFiles(archive.files));
  };
}

async function archiveOf(release: RealRelease, upstream: Upstream): Promise<Uint8Array> {
  const { crate, version, checksum } = release;
  const isRight = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') === checksum;
  const here = new CargoHome(cargoHomeFolder()).archives(crate, version).find(isRight);
  if (here !== undefined) return here;
  const path = join(cache, `${crate}-${version}.crate`);
  try {
    const kept = readFileSync(path);
    if (isRight(kept)) return kept;
  } catch {
    // It was not fetched yet.
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of await upstream.download(release)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  assert.ok(isRight(bytes), `${crate} ${version} has another checksum`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(path, bytes);
  return bytes;
}
