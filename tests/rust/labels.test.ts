/**
 * How many of the claims about 120 real build scripts are true. The labels were made by reading the scripts; the scripts come from
 * the registry, or from cargo's cache, when this runs.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCrateArchive } from '../../src/cargo/crate-archive.ts';
import { CargoHome, cargoHomeFolder } from '../../src/gate/cargo-home.ts';
import { Upstream, upstreamAddress } from '../../src/registry/upstream.ts';
import { reviewBuildScript } from '../../src/rust/build-script.ts';
import { packageSource } from '../../src/rust/package-source.ts';

type Row = readonly [file: string, line: number, kind: string, name: string | null, why?: string];

interface Labelled {
  readonly crate: string;
  readonly version: string;
  readonly checksum: string;
  readonly true: readonly Row[];
  readonly false: readonly Row[];
}

const all = process.env.SAFEGUARD_REQUIRE_ALL === '1';
const skip = all ? false : 'fetches 120 archives: ./test --all does';
const labels = JSON.parse(
  readFileSync(join(import.meta.dirname, 'labels/build-scripts.json'), 'utf8'),
) as readonly Labelled[];
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test', 'labels');

test('the claims about labelled build scripts are true', { skip }, async (t) => {
  assert.equal(labels.length, 120);
  const upstream = new Upstream(upstreamAddress('crates.io'), Date.now);
  t.after(() => upstream.close());
  const counts = { claims: 0, true: 0, missed: 0 };
  for (const script of labels) {
    const claims = await claimsOf(script, upstream);
    const right = new Set(script.true.map(keyOf));
    const isTrue = claims.filter((claim) => right.has(claim));
    for (const claim of claims.filter((one) => !right.has(one)))
      t.diagnostic(`${script.crate}: ${claim} is not true`);
    counts.claims += claims.length;
    counts.true += isTrue.length;
    counts.missed += right.size - isTrue.length;
  }
  t.diagnostic(
    `${counts.true} of ${counts.claims} claims are true; ${counts.missed} that are labelled are not made`,
  );
  assert.ok(counts.claims > 800);
  assert.ok(counts.true / counts.claims >= 0.95);
  assert.ok(counts.missed / counts.true <= 0.03);
});

function keyOf([file, line, kind, name]: Row): string {
  return `${file}:${line} ${kind} ${name ?? '?'}`;
}

async function claimsOf(script: Labelled, upstream: Upstream): Promise<readonly string[]> {
  const files = new Map(
    readCrateArchive(await archiveOf(script, upstream)).files.map((file) => [file.path, file]),
  );
  const text = (path: string) => {
    const file = files.get(path);
    return file === undefined ? undefined : new TextDecoder().decode(file.bytes);
  };
  const review = reviewBuildScript(packageSource(text('Cargo.toml') ?? '', text));
  return (review?.capabilities ?? []).map(({ file, line, kind, name }) =>
    keyOf([file, line, kind, name ?? null]),
  );
}

async function archiveOf({ crate, version, checksum }: Labelled, upstream: Upstream): Promise<Uint8Array> {
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
  for await (const piece of await upstream.download({ crate, version, checksum })) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  assert.ok(isRight(bytes), `${crate} ${version} has another checksum`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(path, bytes);
  return bytes;
}
