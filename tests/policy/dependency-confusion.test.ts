import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstPartyFact } from '../../src/facts/first-party.ts';
import type { Facts } from '../../src/facts/map.ts';
import { dependencyConfusion } from '../../src/policy/rules/dependency-confusion.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const subject = { registry: 'public', crate: 'arrayref', version: '0.3.10', checksum: 'a'.repeat(64) };

function effects(facts: Facts, settings: object = {}, crate = subject.crate): readonly string[] {
  return dependencyConfusion
    .evaluate(
      { context: 'index', subject: { ...subject, crate }, facts, now },
      dependencyConfusion.settings.parse(settings),
    )
    .map(({ effect }) => effect);
}

describe('dependency-confusion', () => {
  const firstParty = { names: ['billing'], prefixes: ['acme-'], registries: ['internal'] };
  const cases: [name: string, crate: string, settings: object, effects: string[]][] = [
    ['another name', 'serde', {}, []],
    ['one of the names', 'Billing', {}, ['deny']],
    ['one of the prefixes', 'ACME_auth', {}, ['deny']],
    ['almost one of the prefixes', 'acmeauth', {}, []],
    ['one that the organisation published', 'acme-auth', { public: ['acme_auth'] }, []],
    ['a policy that only asks', 'acme-auth', { effect: 'review' }, ['review']],
    ['a name in the policy', 'secret', { names: ['secret'] }, ['deny']],
    ['at home by policy', 'acme-auth', { registries: ['public'] }, []],
  ];
  for (const [name, crate, settings, expected] of cases) {
    it(name, () => {
      const facts = { firstParty: firstPartyFact({ ...subject, crate }, firstParty, now) };
      assert.deepEqual(effects(facts, settings, crate), expected);
    });
  }
  it('at home', () => {
    const at = firstPartyFact({ registry: 'internal', crate: 'acme-auth' }, firstParty, now);
    assert.deepEqual(effects({ firstParty: at }, {}, 'acme-auth'), []);
  });
  it('nothing is known', () => {
    assert.deepEqual(effects({}), ['hold']);
    assert.deepEqual(effects({}, { names: ['arrayref'] }), ['deny']);
  });
});
