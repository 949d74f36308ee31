import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { settingsPage } from '../../scripts/settings-docs.ts';

it('docs/settings.md is what the server reads (else: node scripts/settings-docs.ts)', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8'), settingsPage());
});
