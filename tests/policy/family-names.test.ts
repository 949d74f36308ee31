/** Names of the shipped list's own families are no traps by the default policy; the traps that were set stay named. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ageFact } from '../../src/facts/age.ts';
import { placeFact } from '../../src/facts/place.ts';
import { typosquatFact } from '../../src/facts/typosquat/fact.ts';
import { knownNames } from '../../src/facts/typosquat/names.ts';
import { Namespace } from '../../src/facts/typosquat/namespace.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import { typosquat } from '../../src/policy/rules/typosquat.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const day = 86_400_000;
const namespace = new Namespace(knownNames({}));
const settings = loadPolicy({ file: 'p.toml', text: '' }).settings[typosquat.section] as never;

interface Standing {
  /** Days since the crate is there. */
  readonly age: number;
  readonly dependents?: readonly string[];
  /** Downloads; absent: not known. */
  readonly uses?: number;
}

function effects(crate: string, { age, dependents = ['app'], uses }: Standing): readonly string[] {
  const at = now - age * day;
  const facts = {
    age: ageFact(
      { published: at, firstSeen: at, arrival: 'new', crateFirstSeen: at, cratePublished: at },
      now,
    ),
    place: placeFact({ dependents, siblings: [], kinds: ['normal'] }, now),
    typosquat: typosquatFact(
      namespace,
      { name: crate, ...(uses === undefined ? {} : { uses }) },
      'test',
      now,
    ),
  };
  const subject = { registry: 'r', crate, version: '1.0.0', checksum: 'a'.repeat(64) };
  return typosquat.evaluate({ context: 'change', subject, facts, now }, settings).map(({ effect }) => effect);
}

describe('the rule on names, by the shipped list', () => {
  const table: readonly [crate: string, standing: Standing, ...effects: readonly string[]][] = [
    ['proptest-derive', { age: 2500 }],
    ['test-log-macros', { age: 900 }],
    ['test-log-macros', { age: 5, dependents: ['test-log'] }],
    ['wasmtimer', { age: 1400, uses: 3_000_000 }],
    ['wasmtimer', { age: 1400 }],
    ['serde_derive', { age: 5 }],
    ['tokio-macros', { age: 5 }],
    ['proc-macro1', { age: 0 }, 'review'],
    ['proc-macro1', { age: 0, dependents: ['proc-macro2'] }, 'review'],
    ['serd', { age: 5 }, 'review'],
    ['rustdecimal', { age: 5 }, 'review'],
  ];
  for (const [crate, standing, ...expected] of table) {
    it(`${crate}, ${JSON.stringify(standing)}`, () => assert.deepEqual(effects(crate, standing), expected));
  }
});
