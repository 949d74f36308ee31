/** Files of heads outlive a crash in the middle of a line: what is kept next is read again, whole. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AuditHead } from '../../src/audit/entry.ts';
import { fileOfHeads } from '../../src/server/audit/places.ts';
import { headsIn } from '../../src/server/audit/shape.ts';
import { stampedIn, timestampsOfHeads } from '../../src/server/audit/timestamps.ts';
import { tempDir } from '../support/temp.ts';
import { testAuthority } from '../support/timestamps.ts';

const head = (count: number): AuditHead => ({
  count,
  hash: `${count}`.repeat(64),
  at: Date.parse('2026-11-01T00:00:00Z'),
  key: 'a2V5',
  signature: 'c2lnbmF0dXJl',
});

test('a line that was cut off swallows no head that is kept after it', async (t) => {
  const folder = tempDir(t);
  const stamped = join(folder, 'stamped.jsonl');
  const authority = await testAuthority(t);
  const plain = join(folder, 'heads.jsonl');
  const { signal } = new AbortController();
  for (const [file, place, read] of [
    [plain, fileOfHeads(plain), (text: string) => headsIn(text)],
    [
      stamped,
      timestampsOfHeads(new URL(authority.url), stamped, undefined),
      (text: string) => stampedIn(text).map((one) => one.head),
    ],
  ] as const) {
    const counts = () => read(readFileSync(file, 'utf8')).map(({ count }) => count);
    await place.keep(head(1), signal);
    const whole = readFileSync(file);
    for (const length of [1, whole.length >> 1, whole.length - 2]) {
      const before = counts();
      appendFileSync(file, whole.subarray(0, length));
      await place.keep(head(2), signal);
      assert.deepEqual(counts(), [...before, 2], `${file}, ${length} bytes of a line`);
    }
    // A whole line of which the end alone is missing counts, as does the next one.
    appendFileSync(file, whole.subarray(0, -1));
    await place.keep(head(3), signal);
    assert.deepEqual(counts(), [1, 2, 2, 2, 1, 3]);
    assert.equal((await place.last())?.count, 3);
  }
});
