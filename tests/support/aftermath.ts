/** What must hold in any data folder, however the server ended. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseRecord } from '../../src/store/records.ts';
import { sha256 } from './crate.ts';
import type { TestMirror } from './mirror.ts';

/** Every release that is recorded. */
export function everyRelease({ server }: TestMirror): Promise<readonly ReleaseRecord[]> {
  return server.store.findReleases({
    states: ['held', 'promoted', 'review', 'blocked', 'withdrawn'],
    limit: 1_000,
  });
}

/** The log has no gap, and its last word on each release is the release's state. */
export async function assertLogTellsStates(mirror: TestMirror): Promise<void> {
  const log = await mirror.server.store.log({ limit: 100_000 });
  assert.deepEqual(
    log.map(({ seq }) => seq),
    log.map((_, i) => i + 1),
  );
  const last = new Map<string, string>();
  for (const { key, version, from, to } of log) {
    if (to === null) continue;
    const release = `${key}@${version}`;
    assert.equal(from, last.get(release) ?? null, `${release}: the log is a chain`);
    last.set(release, to);
  }
  const states = (await everyRelease(mirror)).map(
    ({ key, version, state }) => [`${key}@${version}`, state] as const,
  );
  assert.deepEqual(Object.fromEntries([...last].sort()), Object.fromEntries([...states].sort()));
}

/** Every file that has a blob's name has a blob's bytes. */
export function assertBlobsWhole(data: string): void {
  const files = readdirSync(join(data, 'blobs'), { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (!file.isFile() || !/^[0-9a-f]{64}$/.test(file.name)) continue;
    assert.equal(sha256(readFileSync(join(file.parentPath, file.name))), file.name);
  }
}

/** Nothing new is promoted before its three days. */
export async function assertNoneEarly(mirror: TestMirror, now: number): Promise<void> {
  for (const { key, version, state, arrival, firstSeen } of await everyRelease(mirror)) {
    if (arrival !== 'new' || state !== 'promoted') continue;
    assert.ok(firstSeen + 3 * 24 * 3_600_000 <= now, `${key} ${version} was promoted early`);
  }
}
