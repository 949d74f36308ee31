/** Files that somebody writes to, or replaces, while they are read. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import type { PartsSender } from '../../src/cli/inventory/parts-sender.ts';
import { functionsOfProgram } from '../../src/cli/inventory/program-functions.ts';
import { largeDocument, largeForm } from '../../src/cli/inventory/read-document.ts';
import { withBinary } from '../../src/cli/shared/binary-file.ts';
import { tempDir } from '../support/temp.ts';

it('a program that is written to while it is read is refused', (t) => {
  const path = join(tempDir(t), 'app');
  copyFileSync(process.execPath, path);
  const size = withBinary(path, (source) => source.size);
  assert.equal(size, readFileSync(path).length);
  assert.throws(
    () => withBinary(path, () => appendFileSync(path, 'x')),
    /app: it was written to while it was read\./,
  );
});

it('a program that is another one by the time its functions are read is refused', (t) => {
  const folder = tempDir(t);
  const [path, other] = [join(folder, 'app'), join(folder, 'other')];
  copyFileSync(process.execPath, path);
  copyFileSync(process.execPath, other);
  const stamp = withBinary(path, (_, stamp) => stamp);
  assert.equal(functionsOfProgram({ path, stamp }, []).kind, 'unknown');
  renameSync(other, path);
  assert.throws(
    () => functionsOfProgram({ path, stamp }, []),
    /it was replaced or written to while it was read/,
  );
});

it('a document that is written to between its passes is refused, and what was sent of it is taken back', async (t) => {
  const path = join(tempDir(t), 'app.spdx.json');
  const name = (i: number) => `SPDXRef-${i}`;
  const packages = Array.from({ length: 21_000 }, (_, i) => ({
    ...{ SPDXID: name(i), name: `part${i}`, versionInfo: '1.0.0', comment: 'x'.repeat(150) },
  }));
  writeFileSync(
    path,
    JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'app', packages }),
  );
  const form = largeForm(path, readFileSync(path, 'utf8').slice(0, 4096));
  assert.ok(form !== undefined);
  let abandoned = 0;
  const sender = {
    ...{ components: async () => {}, uses: async () => {}, roots: async () => {} },
    abandon: async () => void abandoned++,
  } as unknown as PartsSender;
  const begin = async () => {
    appendFileSync(path, ' ');
    return sender;
  };
  await assert.rejects(
    largeDocument(path, form, { fallback: 'app.spdx.json', begin }),
    /app\.spdx\.json was written to while it was read/,
  );
  assert.equal(abandoned, 1);
});
