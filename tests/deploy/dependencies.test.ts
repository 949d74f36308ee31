/** What a dependency of ours may not do, which we ask of crates as well. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');

test('no package runs anything at installation, and the lockfile names no registry', () => {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, Record<string, unknown>> };
  const named = (key: string) => Object.keys(packages).filter((name) => packages[name]?.[key] !== undefined);
  assert.ok(Object.keys(packages).length > 100);
  assert.deepEqual(named('hasInstallScript'), []);
  // The package of the pages is a folder of this repository.
  assert.deepEqual(named('resolved'), ['node_modules/safeguard-web']);
  assert.doesNotMatch(text, /https?:\/\/registry/);
});
