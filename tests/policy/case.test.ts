import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCase, readCase, replayCase } from '../../src/policy/case.ts';
import { factsOf, subject } from '../samples/facts.ts';

const now = Date.parse('2026-08-21T00:00:00Z');
const layers = { organisation: { file: 'org.toml', text: '[cooldown]\nrelease = "5d"' } };
const recorded = makeCase({ subject, context: 'release', now, layers, facts: factsOf() });

/** As it comes back from a file. */
function reread(value: unknown) {
  const read = readCase(JSON.parse(JSON.stringify(value)));
  assert.ok(read !== undefined);
  return read;
}

describe('a recorded case', () => {
  it('gives the same verdict again, byte for byte', () => {
    assert.equal(recorded.verdict.until, '2026-08-25T00:00:00.000Z');
    assert.deepEqual(replayCase(reread(recorded)), {
      same: true,
      differences: [],
      verdict: recorded.verdict,
    });
  });

  it('does not mind the order of its keys', () => {
    const facts = Object.fromEntries(Object.entries(recorded.facts).reverse());
    assert.equal(replayCase(reread({ ...recorded, facts })).same, true);
  });

  it('shows that its facts were altered', () => {
    const facts = factsOf({ age: { kind: 'unknown', reason: 'x', source: 'y', at: 'z' } });
    const replay = replayCase(reread({ ...recorded, facts }));
    assert.equal(replay.same, false);
    assert.match(replay.differences.join(' '), /facts were altered/);
  });

  it('shows that its policy was altered', () => {
    const policy = { ...recorded.policy, organisation: { file: 'org.toml', text: '' } };
    assert.match(
      replayCase(reread({ ...recorded, policy })).differences.join(' '),
      /policy reads differently/,
    );
  });

  it('shows that its verdict was altered', () => {
    const verdict = { decision: 'allow', findings: [] };
    const replay = replayCase(reread({ ...recorded, verdict }));
    assert.deepEqual([replay.same, replay.verdict.decision], [false, 'hold']);
  });

  for (const value of [
    null,
    1,
    'case',
    [],
    {},
    { ...recorded, format: 2 },
    { ...recorded, facts: { age: 1 } },
  ]) {
    it(`is not ${JSON.stringify(value)?.slice(0, 40)}`, () => assert.equal(readCase(value), undefined));
  }
});
