import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Surrounding } from '../../src/facts/surroundings.ts';
import { surroundingsFact } from '../../src/facts/surroundings.ts';
import { type VendoredFact, vendoredFact } from '../../src/facts/vendored.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { buildSettings } from '../../src/policy/rules/build-settings.ts';
import { ownBuildCode } from '../../src/policy/rules/own-build-code.ts';
import { patches } from '../../src/policy/rules/patches.ts';
import { toolchain } from '../../src/policy/rules/toolchain.ts';
import { unlockedCommands } from '../../src/policy/rules/unlocked-commands.ts';
import { vendored } from '../../src/policy/rules/vendored.ts';
import { ask, askedAt, effectsOf } from './rule-asker.ts';

const place = { file: 'f', line: 3, column: 1 };
type Case = [name: string, item: Surrounding, toml: string, effects: string[]];

function table(rule: Rule, cases: readonly Case[]): void {
  for (const [name, item, toml, effects] of cases) {
    it(name, () => {
      const facts = { surroundings: surroundingsFact([item], askedAt) };
      assert.deepEqual(effectsOf(ask(rule, facts, toml)), effects);
    });
  }
  it('nothing', () => assert.deepEqual(ask(rule, { surroundings: surroundingsFact([], askedAt) }), []));
}

const setting = (more: Partial<Extract<Surrounding, { kind: 'setting' }>>): Surrounding => ({
  kind: 'setting',
  topic: 'program',
  key: 'build.rustc',
  does: 'runs it in place of rustc',
  difference: 'added',
  after: '`"x"`',
  covers: [],
  ...place,
  ...more,
});

describe('build-settings', () => {
  const to = (index: string, more = {}) => setting({ topic: 'source', index, ...more });
  const mirrors = 'mirrors = ["sparse+https://m.example/index/"]';
  table(buildSettings, [
    ['a program', setting({}), '', ['review']],
    ['a program, waved through', setting({}), 'programs = "allow"', []],
    ['a program that is gone', setting({ difference: 'removed' }), '', []],
    ['a program that was there', setting({ difference: 'present' }), '', ['review']],
    ['flags', setting({ topic: 'flags' }), '', ['warn']],
    ['a variable', setting({ topic: 'environment' }), '', ['review']],
    ['credentials', setting({ topic: 'credentials' }), '', ['review']],
    ['another git', setting({ topic: 'git-client' }), '', ['warn']],
    ['crates from elsewhere', to('https://x.example'), '', ['review']],
    ['crates from a folder', setting({ topic: 'source' }), mirrors, ['review']],
    ['crates from the mirror', to('sparse+https://M.example/index'), mirrors, []],
    ['crates from one that begins like it', to('sparse+https://m.example/index2/'), mirrors, ['review']],
    ['no longer from the mirror', setting({ topic: 'source', difference: 'removed' }), mirrors, ['review']],
    [
      'not to be read',
      { kind: 'unreadable', reason: 'it is not TOML', difference: 'added', ...place },
      '',
      ['review'],
    ],
    ['a patch', patch('added'), '', []],
  ]);
  it('says what it does, what it covers, and what was left', () => {
    const item = to('https://x.example', {
      difference: 'changed',
      before: 'a',
      after: 'b',
      indexBefore: 'sparse+https://m.example/index/',
      covers: ['g'],
    });
    const [finding] = ask(buildSettings, { surroundings: surroundingsFact([item], askedAt) }, mirrors);
    assert.equal(
      finding?.message,
      '`build.rustc` was a and is now b; cargo runs it in place of rustc. That leads past the mirror. It goes before the one in g.',
    );
    assert.deepEqual(finding?.evidence, { ...place, values: { before: 'a', after: 'b' } });
  });
});

function patch(difference: Surrounding['difference']): Surrounding {
  return { kind: 'patch', table: 'patch', source: 'crates-io', name: 'a', difference, ...place };
}

describe('patches', () => {
  table(patches, [
    ['new', patch('added'), '', ['review']],
    ['there', patch('present'), '', ['review']],
    ['gone', patch('removed'), '', ['warn']],
    ['gone, and nobody minds', patch('removed'), 'removed = "allow"', []],
  ]);
  it('what is gone has no line', () => {
    const [finding] = ask(patches, { surroundings: surroundingsFact([patch('removed')], askedAt) });
    assert.deepEqual(finding?.evidence, { file: 'f' });
  });
});

describe('toolchain', () => {
  const pin = (
    pin: 'path' | 'custom' | 'nightly' | 'release' | 'component',
    difference: Surrounding['difference'],
  ): Surrounding => ({ kind: 'toolchain', pin, difference, ...place });
  table(toolchain, [
    ['a folder', pin('path', 'added'), '', ['review']],
    ['a name', pin('custom', 'changed'), '', ['review']],
    ['a nightly', pin('nightly', 'present'), '', ['warn']],
    ['a release', pin('release', 'added'), '', []],
    ['another release', pin('release', 'changed'), '', ['warn']],
    ['a release, there', pin('release', 'present'), '', []],
    ['gone', pin('release', 'removed'), '', ['warn']],
    ['a component', pin('component', 'added'), '', ['warn']],
    ['a component, there', pin('component', 'present'), '', []],
    ['a component, gone', pin('component', 'removed'), '', []],
  ]);
});

describe('own-build-code', () => {
  const code = (difference: Surrounding['difference']): Surrounding => ({
    kind: 'build-code',
    code: 'build-script',
    package: 'p',
    difference,
    ...place,
  });
  table(ownBuildCode, [
    ['new', code('added'), '', ['warn']],
    ['changed, strictly', code('changed'), 'changed = "review"', ['review']],
    ['there', code('present'), '', []],
    ['gone', code('removed'), '', []],
  ]);
});

describe('unlocked-commands', () => {
  const command = (subcommand: string, locks: 'with-flag' | 'never' = 'with-flag'): Surrounding => ({
    kind: 'command',
    program: 'cargo',
    subcommand,
    locks,
    difference: 'added',
    ...place,
  });
  table(unlockedCommands, [
    ['a build', command('build'), '', ['warn']],
    ['a build, and others are minded', command('build'), 'commands = "allow"', []],
    ['an installation', command('install'), 'commands = "allow"\ninstall = "deny"', ['deny']],
    ['an update', command('update', 'never'), 'update = "review"', ['review']],
  ]);
});

describe('vendored', () => {
  const fact = (more: Partial<VendoredFact>) => ({
    vendored: vendoredFact({ folder: 'vendor/a', differences: [], ...more }, askedAt),
  });
  const changed = { how: 'changed', file: 'vendor/a/x', line: 2 } as const;
  for (const [name, facts, toml, effects] of [
    ['as it should be', fact({}), '', []],
    ['changed', fact({ differences: [changed] }), '', ['deny']],
    ['changed, mildly', fact({ differences: [changed] }), 'differs = "review"', ['review']],
    ['not to be compared', fact({ unchecked: 'no archive' }), '', ['review']],
    [
      'many',
      fact({ differences: Array.from({ length: 30 }, () => changed) }),
      '',
      Array.from({ length: 21 }, () => 'deny'),
    ],
  ] as const) {
    it(name, () => assert.deepEqual(effectsOf(ask(vendored, facts, toml)), effects));
  }
});
