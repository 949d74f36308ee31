/** What a release comes to be able to do, case by case. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CodeFact, codeFact, type ReviewedLibrary } from '../../src/facts/code.ts';
import { known, unknown } from '../../src/facts/fact.ts';
import { capabilityAdded } from '../../src/policy/rules/capability-added.ts';
import { ask, askedAt } from './rule-asker.ts';

const part = (...shapes: readonly string[]): ReviewedLibrary => ({
  summary: '',
  shapes,
  opaque: 0,
  evidence: [],
});
const library = (...shapes: readonly string[]): CodeFact => ({
  tier: 'standard',
  reasons: [],
  library: part(...shapes),
});
const script = (...shapes: readonly string[]): CodeFact => ({
  tier: 'build-script',
  reasons: [],
  buildScript: { ...part(...shapes), tokens: '' },
  library: part(),
});

function asked(before: CodeFact | undefined, now: CodeFact, toml = ''): readonly string[] {
  const previous = before === undefined ? undefined : { version: '1.0.0', read: before };
  return ask(capabilityAdded, { code: codeFact(now, previous, askedAt) }, toml).map(
    ({ effect, message }) => `${effect}: ${message}`,
  );
}

const cases: readonly (readonly [
  what: string,
  before: CodeFact | undefined,
  now: CodeFact,
  said: readonly string[],
])[] = [
  ['the first release', undefined, library('network ureq'), []],
  ['the same', library('network ureq'), library('network ureq'), []],
  ['less', library('network ureq'), library(), []],
  [
    'a first use of the network',
    library(),
    library('network ureq'),
    ['review: Its library speaks to the network (`ureq`); 1.0.0 did not.'],
  ],
  ['another use of the network', library('network ureq'), library('network reqwest', 'network ureq'), []],
  ['a use that has moved', script('process make'), library('process make'), []],
  [
    'a first program',
    script(),
    script('process sh', 'shell sh'),
    ['review: Its build script runs a program (`sh`), runs a shell (`sh`); 1.0.0 did not.'],
  ],
  ['the compiler asked', script(), script('process $RUSTC'), []],
  ['an address in a text alone', library(), library('downloader curl (perhaps)'), []],
  [
    'code that runs before `main`',
    library('includes-bytes a'),
    library('constructor .init_array', 'includes-bytes a'),
    ['review: Its library runs before `main` (`.init_array`); 1.0.0 did not.'],
  ],
  ['the date', library(), library('clock ?'), ['warn: Its library asks for the date; 1.0.0 did not.']],
  [
    'a secret',
    library('reads-secret GITHUB_TOKEN'),
    library('reads-secret AWS_SECRET_ACCESS_KEY', 'reads-secret GITHUB_TOKEN'),
    ['review: Its library reads a variable that holds a secret (`AWS_SECRET_ACCESS_KEY`); 1.0.0 did not.'],
  ],
  ['every variable', library(), library('reads-all-variables ?'), []],
  [
    'a file that cannot be read any more',
    library(),
    library('opaque: a string is never closed'),
    ['review: Its library cannot be read, and that of 1.0.0 could: a string is never closed.'],
  ],
  [
    'too much to read',
    library(),
    { tier: 'standard', reasons: [], unread: 'its library is too large to be read' },
    ['review: Its library cannot be read, and that of 1.0.0 could: its library is too large to be read.'],
  ],
  [
    'what never could be read',
    library('opaque: too complex: 9 tokens'),
    library('opaque: too complex: 10 tokens'),
    [],
  ],
];

describe('rule capability-added', () => {
  for (const [what, before, now, said] of cases) {
    it(`says ${said.length === 0 ? 'nothing' : 'so'} of ${what}`, () => {
      assert.deepEqual(asked(before, now), said);
    });
  }

  it('can be told otherwise', () => {
    assert.deepEqual(
      asked(library(), library('clock ?', 'network ?'), 'network = "deny"\nconcealment = "allow"'),
      ['deny: Its library speaks to the network; 1.0.0 did not.'],
    );
  });

  it('is never silent about what nobody read', () => {
    const found = ask(capabilityAdded, { code: unknown('nobody fetched it', 'archive', askedAt) });
    assert.deepEqual(
      found.map(({ effect }) => effect),
      ['warn'],
    );
    assert.deepEqual(ask(capabilityAdded, { code: known(library(), 'archive', askedAt) }), []);
  });
});
