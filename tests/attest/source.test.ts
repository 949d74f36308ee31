/** The source that a provenance names, however odd it is: whoever signed it may have written anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceIn } from '../../src/attest/source.ts';

const commit = 'a'.repeat(40);
const own = { name: 'source', uri: 'git+https://git.invalid/org/app.git', digest: { gitCommit: commit } };
const source = { repository: 'https://git.invalid/org/app', commit, dirty: false };
const none = { repository: undefined, commit: undefined, dirty: false };

test('odd lists of what a build is made from name no source, and break nothing', () => {
  const table: readonly (readonly [unknown, object])[] = [
    [[own], source],
    [[null, 'source', 7, own], source],
    [[{ ...own, digest: null, annotations: null }], { ...source, commit: undefined }],
    [[null], none],
    [{ find: 'x' }, none],
    [null, none],
    [undefined, none],
  ];
  for (const [resolvedDependencies, expected] of table) {
    const buildDefinition = { buildType: 'urn:safeguard:build:cargo:1', resolvedDependencies };
    assert.deepEqual(sourceIn({ buildDefinition }), expected, JSON.stringify(resolvedDependencies));
  }
  assert.equal(sourceIn({ buildDefinition: { buildType: 'x', resolvedDependencies: [own] } }), undefined);
  assert.equal(sourceIn(null), undefined);
});
