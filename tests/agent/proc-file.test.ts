import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { procBytes } from '../../src/agent/proc-file.ts';
import { tempDir } from '../support/temp.ts';

it('files are read whole, however large, and into the same bytes', (t) => {
  const folder = tempDir(t);
  for (const size of [0, 5, 64 * 1024, 64 * 1024 + 1, 3_000_000, 7]) {
    const path = join(folder, String(size));
    writeFileSync(path, Buffer.alloc(size, size % 251));
    assert.ok(procBytes(path).equals(readFileSync(path)), String(size));
  }
  assert.throws(() => procBytes(join(folder, 'none')), { code: 'ENOENT' });
  assert.equal(procBytes(join(folder, '5')).toString('hex'), '0505050505');
});
