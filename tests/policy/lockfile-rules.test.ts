import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSourceId } from '../../src/cargo/source-id.ts';
import type { Facts } from '../../src/facts/map.ts';
import { type PlaceFact, placeFact } from '../../src/facts/place.ts';
import { sourceFact } from '../../src/facts/source.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { allowed } from '../../src/policy/rules/allowed.ts';
import { banned } from '../../src/policy/rules/banned.ts';
import { duplicateVersions } from '../../src/policy/rules/duplicate-versions.ts';
import { source } from '../../src/policy/rules/source.ts';
import { ask, askedAt, effectsOf } from './rule-asker.ts';

type Case = [name: string, facts: Facts, toml: string, effects: string[]];

function table(rule: Rule, cases: readonly Case[]): void {
  for (const [name, facts, toml, effects] of cases) {
    it(name, () => assert.deepEqual(effectsOf(ask(rule, facts, toml)), effects));
  }
}

const place = (dependents: string[], siblings: PlaceFact['siblings'] = []): Facts => ({
  place: placeFact({ dependents, siblings, kinds: ['normal'] }, askedAt),
});

describe('banned', () => {
  const ban = (more = '') => `[[crates]]\nname = "some-crate"\n${more}`;
  table(banned, [
    ['nothing is', {}, '', []],
    ['the crate is', {}, ban(), ['deny']],
    ['another is', {}, '[[crates]]\nname = "some-crates"', []],
    ['its version is', {}, ban('version = "<1.3"'), ['deny']],
    ['another version is', {}, ban('version = "<1"'), []],
    ['mildly', {}, ban('effect = "warn"'), ['warn']],
    ['twice', {}, ban() + ban('effect = "review"').replace(/^/, '\n'), ['deny', 'review']],
    ['but for a wrapper, which it is', place(['Wrap_Per']), ban('wrappers = ["wrap-per"]'), []],
    ['but for a wrapper, and another', place(['wrap-per', 'b']), ban('wrappers = ["wrap-per"]'), ['deny']],
    ['but for a wrapper, and nobody knows', {}, ban('wrappers = ["wrap-per"]'), ['warn']],
  ]);
  it('says what to use', () => {
    const [finding] = ask(banned, {}, ban('use-instead = "other."\nreason = "it is old."'));
    assert.equal(finding?.message, 'The policy bans it: it is old.');
    assert.equal(finding?.next, 'Use other instead.');
  });
  it('a version that is none is refused', () =>
    assert.throws(() => ask(banned, {}, ban('version = "latest"')), /expected versions/));
});

describe('allowed', () => {
  table(allowed, [
    ['no list', {}, '', []],
    ['on the list', {}, '[[crates]]\nname = "SOME-crate"', []],
    ['not on it', {}, '[[crates]]\nname = "b"', ['deny']],
    ['in another version', {}, '[[crates]]\nname = "some-crate"\nversion = "2"', ['deny']],
    ['mildly', {}, 'others = "review"\n[[crates]]\nname = "b"', ['review']],
  ]);
});

describe('source', () => {
  const from = (text: string | undefined): Facts => ({
    source: sourceFact(
      { source: text === undefined ? undefined : parseSourceId(text), file: 'Cargo.lock', line: 3 },
      askedAt,
    ),
  });
  const cratesIo = 'registry+https://github.com/rust-lang/crates.io-index';
  const sparse = `sparse+https://${['index', 'crates.io'].join('.')}/`;
  const git = (query = '') => `git+https://github.com/Org/Repo.git${query}#${'a'.repeat(40)}`;
  table(source, [
    ['a path', from(undefined), '', []],
    ['crates.io', from(cratesIo), '', []],
    ['crates.io, sparse', from(sparse), '', []],
    [
      'crates.io, where the policy has another',
      from(cratesIo),
      'registries = ["sparse+https://r.example/i/"]',
      ['review'],
    ],
    ['another registry', from('sparse+https://r.example/i/'), '', ['review']],
    [
      'another that the policy names',
      from('sparse+https://R.example/i/'),
      'registries = ["https://r.example/i"]',
      [],
    ],
    [
      'one that only begins like it',
      from('sparse+https://r.example/in/'),
      'registries = ["https://r.example/i/"]',
      ['review'],
    ],
    [
      'one that has its name in front',
      from(`sparse+https://${['index', 'crates.io'].join('.')}.evil.example/`),
      '',
      ['review'],
    ],
    ['git', from(git()), '', ['review']],
    ['git, waved through', from(git()), 'unknown-git = "allow"', []],
    ['git, the repository', from(git()), 'git = ["https://github.com/org/repo"]', []],
    ['git, the organisation', from(git()), 'git = ["https://github.com/org/"]', []],
    ['git, the host', from(git()), 'git = ["https://github.com/"]', []],
    ['git, an organisation that begins like it', from(git()), 'git = ["https://github.com/or/"]', ['review']],
    [
      'git, no branch wanted',
      from(git('?branch=x')),
      'unknown-git = "allow"\ngit-reference = "tag"',
      ['deny'],
    ],
    ['git, a tag will do', from(git('?tag=x')), 'unknown-git = "allow"\ngit-reference = "tag"', []],
    ['git, a commit will, too', from(git('?rev=x')), 'unknown-git = "allow"\ngit-reference = "tag"', []],
    ['unknown', {}, '', ['hold']],
  ]);
});

describe('duplicate-versions', () => {
  const two = place(['a'], [{ version: '0.9.0', dependents: ['b'] }]);
  const trick = place(['a'], [{ version: '0.9.0', dependents: ['Some_Crate'] }]);
  table(duplicateVersions, [
    ['two, and nobody asked', two, '', []],
    ['two', two, 'duplicates = "warn"', ['warn']],
    ['two of one that there may be one of', two, 'deny = ["some-crate"]', ['deny']],
    ['one', place(['a']), 'duplicates = "deny"', []],
    ['two, of which one is only the other’s', trick, 'duplicates = "deny"', []],
    [
      'two, of which this one is only the other’s',
      place(['Some_Crate'], [{ version: '2.0.0', dependents: ['a'] }]),
      'duplicates = "deny"',
      [],
    ],
    [
      'two, of which one does not count',
      two,
      'duplicates = "deny"\n[[skip]]\nname = "some-crate"\nversion = "<1"',
      [],
    ],
    [
      'two, of which this one does not count',
      two,
      'duplicates = "deny"\n[[skip]]\nname = "some-crate"\nversion = "1"',
      [],
    ],
    ['unknown', {}, 'duplicates = "warn"', ['hold']],
  ]);
});
