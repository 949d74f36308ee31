/** The file of a policy is written as a whole, in the place of what was read, and of nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PolicyFile } from '../../src/server/policy-file.ts';
import { tempDir } from '../support/temp.ts';

test('keeps its mode, whatever the mask of the process is', async (t) => {
  const folder = tempDir(t);
  const path = join(folder, 'safeguard.toml');
  const mask = process.umask(0);
  try {
    writeFileSync(path, 'old', { mode: 0o664 });
    process.umask(0o077);
    await new PolicyFile(path).write('new', 'old');
  } finally {
    process.umask(mask);
  }
  assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], ['new', 0o664]);
});

test('is not written over where it has something else, or its link leads elsewhere', async (t) => {
  const folder = tempDir(t);
  const path = join(folder, 'safeguard.toml');
  writeFileSync(join(folder, 'one.toml'), 'old');
  writeFileSync(join(folder, 'two.toml'), 'another');
  symlinkSync('one.toml', path);
  const file = new PolicyFile(path);
  assert.equal(await file.read(), 'old');
  rmSync(path);
  symlinkSync('two.toml', path);
  await assert.rejects(file.write('new', 'old'), { code: 'serve/policy-file', message: /edited meanwhile/ });
  const texts = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.deepEqual(texts().sort(), ['another', 'another', 'old'], 'nothing is left beside it');
  await file.write('new', 'another');
  assert.deepEqual(texts().sort(), ['new', 'new', 'old']);
});
