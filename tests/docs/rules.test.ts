import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { rulePages } from '../../scripts/rule-docs.ts';

const folder = join(import.meta.dirname, '../../docs/rules');

it('docs/rules is what the rules say (else: node scripts/rule-docs.ts)', () => {
  const pages = rulePages();
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
  for (const [name, text] of pages) assert.equal(readFileSync(join(folder, name), 'utf8'), text, name);
});
