/** Two reviewers' real proofs; where ../shared/data is not there, nothing is read. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readProofs } from '../../../src/facts/crev/proofs.ts';
import { webOfTrust } from '../../../src/facts/crev/web-of-trust.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/crev');

describe('real proofs', { skip: existsSync(folder) ? false : 'there is no ../shared/data' }, () => {
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.crev'))
      .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

  it('every one of them is read, and signed by whom it is from', () => {
    const all = files();
    const begun = all.flatMap(({ text }) => text.match(/^-----\s?BEGIN CREV (?!.*SIGNATURE)/gm) ?? []);
    const { counts, reviews } = readProofs(all);
    assert.deepEqual(counts, { good: begun.length, unsigned: 0, broken: 0 });
    assert.ok(counts.good > 700, `${counts.good}`);
    assert.ok(reviews.size > 400, `${reviews.size}`);
  });

  it('whatever is changed in one, its signature no longer holds', () => {
    const word = /^( *)thoroughness: (low|medium)$/gm;
    const all = files();
    const changes = all.flatMap(({ text }) => text.match(word) ?? []).length;
    const changed = all.map(({ file, text }) => ({
      file,
      text: text.replaceAll(word, '$1thoroughness: high'),
    }));
    const { unsigned, broken } = readProofs(changed).counts;
    assert.ok(changes > 300, `${changes}`);
    assert.deepEqual({ unsigned, broken }, { unsigned: changes, broken: 0 });
  });

  it('one reviewer leads to the other', () => {
    const store = readProofs(files());
    const dpc = 'FYlr8YoYGVvDwHQxqEIs89reKKDy-oWisoO0qXXEfHE';
    const { trusted } = webOfTrust(store, [dpc]);
    assert.ok(trusted.size > 10, `${trusted.size}`);
    const own = webOfTrust(store, [dpc], { high: 0, medium: 1, low: 5, none: 11, distrust: 11, max: 0 });
    assert.ok(own.trusted.size < trusted.size);
  });
});
