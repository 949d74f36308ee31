import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type VetFact, vetFact } from '../../../src/facts/vet/fact.ts';
import { storeOf, type Texts } from '../../support/vet-texts.ts';

function factOf(texts: Texts, version = '1.0.0'): VetFact {
  const fact = vetFact(storeOf(texts), { crate: 'a', version }, 0);
  assert.equal(fact.kind, 'known');
  return fact.kind === 'known' ? fact.value : assert.fail();
}

const audit = (what: string, criteria = 'safe-to-deploy') =>
  `[[audits.a]]\nwho = "W"\ncriteria = "${criteria}"\n${what}\n`;

describe('vetFact', () => {
  it('names every independent way, with its steps and where they are written', () => {
    const { met, exemptionOnly } = factOf({
      live: {
        x: audit('version = "0.9.0"'),
        y: audit('delta = "0.9.0 -> 1.0.0"'),
        z: audit('version = "1.0.0"', 'safe-to-run'),
      },
      config: '[[exemptions.a]]\nversion = "1.0.0"\ncriteria = "safe-to-run"\n',
    });
    assert.deepEqual(
      met.map(({ criterion, organisations, exemption }) => [criterion, organisations.join(), exemption]),
      [
        ['safe-to-run', 'z', false],
        ['safe-to-run', 'x,y', false],
        ['safe-to-run', '', true],
        ['safe-to-deploy', 'x,y', false],
      ],
    );
    assert.equal(exemptionOnly, false);
    assert.deepEqual(met.at(-1)?.steps, [
      { kind: 'full', to: '0.9.0', organisation: 'x', who: ['W'], file: 'x.toml', line: 1 },
      {
        kind: 'delta',
        from: '0.9.0',
        to: '1.0.0',
        organisation: 'y',
        who: ['W'],
        file: 'y.toml',
        line: 1,
      },
    ]);
  });

  it('tells an exemption from an audit', () => {
    const config = '[[exemptions.a]]\nversion = "1.0.0"\ncriteria = "safe-to-deploy"\n';
    assert.equal(factOf({ config }).exemptionOnly, true);
    assert.equal(factOf({ config }, '1.0.1').exemptionOnly, false);
    assert.equal(factOf({ config, audits: audit('version = "1.0.0"') }).exemptionOnly, false);
  });

  it('tells trust in a publisher from an audit', () => {
    const { met } = factOf({
      audits:
        '[[trusted.a]]\ncriteria = "safe-to-run"\nuser-id = 1\nstart = "2023-01-01"\nend = "2024-01-01"\n',
      imports: '[[publisher.a]]\nversion = "1.0.0"\nwhen = "2023-05-05"\nuser-id = 1\nuser-login = "u"\n',
    });
    assert.deepEqual(
      met.map(({ organisations, publisher, steps }) => [organisations, publisher, steps[0]?.kind]),
      [[['own'], true, 'trusted']],
    );
  });

  it('tells of a violation whether or not anything contradicts it', () => {
    const live = { x: audit('violation = "^1"\nnotes = "leaks keys"', 'safe-to-run') };
    assert.deepEqual(factOf({ live }).violations, [
      {
        organisation: 'x',
        criteria: ['safe-to-run', 'safe-to-deploy'],
        range: '^1',
        who: ['W'],
        notes: 'leaks keys',
        file: 'x.toml',
        line: 1,
      },
    ]);
    assert.deepEqual(factOf({ live }, '2.0.0').violations, []);
  });

  it('is unknown for what is no version', () => {
    assert.equal(vetFact(storeOf({}), { crate: 'a', version: 'one' }, 0).kind, 'unknown');
  });
});
