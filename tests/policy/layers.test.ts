import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PolicyError } from '../../src/policy/error.ts';
import { judge } from '../../src/policy/judge.ts';
import { loadLayers, type Policy } from '../../src/policy/policy.ts';
import { rules } from '../../src/policy/rules/index.ts';
import { type Stricter, stricterValue, strictnessOf } from '../../src/policy/strictness.ts';
import { waiverSettings } from '../../src/policy/waiver.ts';
import { factsOf, subject } from '../samples/facts.ts';

const day = 86_400_000;

function layered(organisation: string, project: string): Policy {
  return loadLayers({
    organisation: { file: 'organisation.toml', text: organisation },
    project: { file: 'safeguard.toml', text: project },
  });
}

function cooldown(policy: Policy): Record<string, unknown> {
  return policy.settings.cooldown as Record<string, unknown>;
}

describe('an organisation over a project', () => {
  const cases: [name: string, organisation: string, project: string, release: number, layer: string][] = [
    ['neither says anything', '', '', 3 * day, 'default'],
    ['the organisation alone', 'release = "5d"', '', 5 * day, 'organisation'],
    ['a project adds', '', 'release = "4d"', 4 * day, 'project'],
    [
      'a project cannot weaken what the organisation says',
      'release = "5d"',
      'release = "4d"',
      5 * day,
      'organisation',
    ],
    ['… nor what it leaves at its default', '', 'release = "1d"', 3 * day, 'default'],
  ];
  for (const [name, organisation, project, release, layer] of cases) {
    it(name, () => {
      const table = (text: string) => (text === '' ? '' : `[cooldown]\n${text}`);
      const policy = layered(table(organisation), table(project));
      assert.equal(cooldown(policy).release, release);
      assert.equal(policy.origins.get('cooldown.release')?.layer, layer);
    });
  }

  it('says what the project wanted, and where the value in force stands', () => {
    const policy = layered('\n[cooldown]\nrelease = "5d"', '[cooldown]\nrelease = "1d"');
    assert.deepEqual(policy.origins.get('cooldown.release'), {
      layer: 'organisation',
      file: 'organisation.toml',
      line: 3,
      overruled: '1d',
      written: '5d',
    });
  });

  it('lets a project relax what the organisation names', () => {
    const policy = layered(
      'project-may-relax = ["cooldown.release"]',
      '[cooldown]\nrelease = "1d"\nnew-crate = "1d"',
    );
    assert.equal(cooldown(policy).release, day);
    assert.equal(cooldown(policy)['new-crate'], 7 * day);
  });

  it('never lets a project break glass', () => {
    assert.equal(cooldown(layered('', '[cooldown]\nbreak-glass = true'))['break-glass'], false);
  });

  it('adds blocklists up', () => {
    const entry = (name: string) => `[[blocklist.crates]]\nname = "${name}"\nreason = "r"\n`;
    const { crates } = layered(entry('a'), entry('b') + entry('a')).settings.blocklist as {
      crates: { name: string }[];
    };
    assert.deepEqual(
      crates.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  it('keeps project-may-relax to the organisation', () => {
    assert.throws(() => layered('', 'project-may-relax = ["cooldown.release"]'), PolicyError);
  });

  it('is as strict as each layer alone, whatever they say', () => {
    const hours = fc.integer({ min: 0, max: 400 });
    const layer = fc
      .record(
        {
          release: hours,
          'new-crate': hours,
          'trust-pubtime': fc.boolean(),
          count: fc.integer({ min: 2, max: 6 }),
        },
        { requiredKeys: [] },
      )
      .map((values) => {
        const line = (key: 'release' | 'new-crate') =>
          values[key] === undefined ? '' : `${key} = "${values[key]}h"\n`;
        const trust =
          values['trust-pubtime'] === undefined ? '' : `trust-pubtime = ${values['trust-pubtime']}\n`;
        const burst = values.count === undefined ? '' : `[yank-burst]\ncount = ${values.count}\n`;
        return `[cooldown]\n${line('release')}${line('new-crate')}${trust}${burst}`;
      });
    const order = ['allow', 'hold', 'review', 'deny'];
    fc.assert(
      fc.property(layer, layer, fc.integer({ min: 0, max: 20 }), (organisation, project, days) => {
        const now = Date.parse('2026-08-20T00:00:00Z') + days * day;
        const decision = (policy: Policy) => {
          const verdict = judge(policy, { context: 'index', subject, facts: factsOf(), now });
          return [order.indexOf(verdict.decision), verdict.until ?? ''] as const;
        };
        const both = decision(layered(organisation, project));
        const alone = decision(loadLayers({ organisation: { file: 'o', text: organisation } }));
        assert.ok(both[0] >= alone[0]);
        if (both[0] === alone[0]) assert.ok(both[1] >= alone[1]);
      }),
    );
  });
});

describe('every setting', () => {
  const schemas = [
    ...rules.map(({ section, settings }) => [section, settings] as const),
    ['waivers', waiverSettings] as const,
  ];
  for (const [section, schema] of schemas) {
    for (const [key, setting] of Object.entries(schema.shape)) {
      it(`${section}.${key} says which value is the stricter`, () =>
        assert.notEqual(strictnessOf(setting), undefined));
    }
  }
});

describe('stricterValue', () => {
  const cases: [order: Stricter, outer: unknown, inner: unknown, result: unknown][] = [
    ['greater', 1, 2, 2],
    ['greater', 2, 1, 2],
    ['smaller', 2, 1, 1],
    ['true', false, true, true],
    ['true', true, false, true],
    ['false', true, false, false],
    ['false', false, true, false],
    ['effect', 'warn', 'deny', 'deny'],
    ['effect', 'deny', 'allow', 'deny'],
    ['effect', 'allow', 'warn', 'warn'],
    ['union', ['a'], ['b', 'a'], ['a', 'b']],
    ['intersection', ['a', 'b'], ['b', 'c'], ['b']],
    ['intersection', undefined, ['b'], ['b']],
    ['intersection', ['a'], undefined, ['a']],
    ['outer', 'x', 'y', 'x'],
  ];
  for (const [order, outer, inner, result] of cases) {
    it(`${order}: ${JSON.stringify(outer)} over ${JSON.stringify(inner)}`, () =>
      assert.deepEqual(stricterValue(order, outer, inner), result));
  }
});
