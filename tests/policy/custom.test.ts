import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { known, unknown } from '../../src/facts/fact.ts';
import type { Facts } from '../../src/facts/map.ts';
import { yanksFact } from '../../src/facts/yanks.ts';
import { evaluateCustomRule } from '../../src/policy/custom.ts';
import { PolicyError } from '../../src/policy/error.ts';
import type { Finding } from '../../src/policy/finding.ts';
import { judge } from '../../src/policy/judge.ts';
import { loadLayers, loadPolicy } from '../../src/policy/policy.ts';
import type { Context, EngineInput } from '../../src/policy/rule.ts';
import { rules } from '../../src/policy/rules/index.ts';
import { policyJsonSchema } from '../../src/policy/schema.ts';
import { factsOf, subject } from '../samples/facts.ts';

const now = Date.parse('2026-08-30T00:00:00Z');

function ruleText(values: Readonly<Record<string, string>>): string {
  const all = { id: 'mine', when: 'true', effect: 'review', message: 'It is so.', ...values };
  return `[[rule]]\n${Object.entries(all)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
    .join('')}`;
}

const load = (text: string) => loadPolicy({ file: 'safeguard.toml', text });

function findings(text: string, input: Partial<EngineInput> = {}): readonly Finding[] {
  const whole = { context: 'release' as Context, subject, facts: factsOf(), now, ...input };
  return load(text).custom.flatMap((rule) => evaluateCustomRule(rule, whole));
}

describe('a rule of one’s own', () => {
  it('finds where its expression is true', () => {
    assert.deepEqual(findings(ruleText({ when: 'crate == "arrayref"', next: 'Do this.' })), [
      {
        rule: 'mine',
        effect: 'review',
        subject: 'arrayref@0.3.10',
        message: 'It is so.',
        evidence: { values: { when: 'crate == "arrayref"' } },
        next: 'Do this.',
      },
    ]);
  });

  it('that is tried out warns of what it would do, and decides nothing', () => {
    const says: Record<string, string> = { hold: 'hold it', review: 'ask a person', deny: 'refuse it' };
    for (const [effect, would] of Object.entries(says)) {
      const text = `${ruleText({ effect })}dry-run = true\n`;
      const [found] = findings(text);
      assert.deepEqual(
        [found?.effect, found?.message],
        ['warn', `It is so. (Tried out: it would ${would}.)`],
      );
      const input = { context: 'release' as const, subject, facts: factsOf(), now };
      const own = judge(load(text), input).findings.filter(({ rule }) => rule === 'mine');
      assert.deepEqual([own.length, own[0]?.effect], [1, 'warn']);
    }
    const unsure = findings(`${ruleText({ when: 'facts.age.value.none == 1' })}dry-run = true\n`);
    assert.deepEqual(
      unsure.map(({ effect, message }) => [effect, /Tried out: it would ask a person/.test(message)]),
      [['warn', true]],
    );
    assert.equal(findings(`${ruleText({})}dry-run = false\n`)[0]?.effect, 'review');
  });

  const cases: [name: string, when: string, input: Partial<EngineInput>, message: string | undefined][] = [
    ['false finds nothing', 'false', {}, undefined],
    [
      'every variable is there',
      'crate + version + registry == "arrayref0.3.10crates.io" && size(checksum) == 64 && context == "release" && now == timestamp("2026-08-30T00:00:00Z")',
      {},
      'It is so.',
    ],
    [
      'facts are JSON',
      'facts.age.value.arrival == "new" && facts.age.known && facts.age.reason == ""',
      {},
      'It is so.',
    ],
    [
      'every fact is there',
      rules
        .flatMap(({ needs }) => needs)
        .map((name) => `!facts.${name}.known`)
        .join(' && '),
      { facts: {} },
      'It is so.',
    ],
    [
      'an unknown fact has a reason',
      '!facts.age.known && facts.age.reason == "down"',
      { facts: factsOf({ age: unknown('down', 'index', now) }) },
      'It is so.',
    ],
    [
      'an unknown fact never reads as fine',
      'facts.age.value.firstSeen > 5',
      { facts: factsOf({ age: unknown('the index is down', 'index', now) }) },
      'Whether this rule applies is not known: age is unknown: the index is down.',
    ],
    [
      '… nor one that nobody asked for',
      'facts.age.value.firstSeen > 5',
      { facts: {} },
      'Whether this rule applies is not known: age is unknown: it was not asked for.',
    ],
    [
      'a key that is not there',
      'facts.age.value.born == 1',
      {},
      'Whether this rule applies is not known: there is no facts.age.value.born.',
    ],
    [
      'a value of another kind',
      'facts.age.value.arrival > 5',
      {},
      'Whether this rule applies is not known: > is given string and int.',
    ],
    [
      'what decides makes up for what fails',
      'context == "index" && facts.age.value.born == 1',
      {},
      undefined,
    ],
    [
      'more steps than it may take',
      'facts.yanks.value.seen.exists(a, facts.yanks.value.seen.exists(b, a.at + b.at == 0.5))',
      {
        facts: factsOf({
          yanks: yanksFact(
            { appearedAt: 0, seen: Array.from({ length: 1000 }, (_, at) => ({ version: '1.0.0', at })) },
            0,
          ),
        }),
      },
      'Whether this rule applies is not known: it takes more than 100000 steps.',
    ],
    [
      'a clock out of range',
      'now > time(0)',
      { now: Number.POSITIVE_INFINITY },
      'Whether this rule applies is not known: Infinity is no time.',
    ],
  ];
  for (const [name, when, input, message] of cases) {
    it(name, () => {
      const [finding] = findings(ruleText({ when }), input);
      assert.equal(finding?.message, message);
      assert.equal(finding?.effect, message === undefined ? undefined : 'review');
    });
  }
});

describe('a rule that is not right', () => {
  const cases: [text: string, message: string][] = [
    [
      ruleText({ when: 'nope' }),
      'safeguard.toml:3:1: rule.0.when: there is no variable nope; there are crate, version, registry, checksum, context, now, facts (character 1)',
    ],
    [
      ruleText({ when: 'crate == ' }),
      'safeguard.toml:3:1: rule.0.when: expected a value, found the end (character 10)',
    ],
    [
      ruleText({ when: 'facts.agge.known' }),
      'safeguard.toml:3:1: rule.0.when: there is no fact agge; there are advis',
    ],
    [
      ruleText({ when: 'facts.age.known == "yes"' }),
      'safeguard.toml:3:1: rule.0.when: bool and string are never equal (character 17)',
    ],
    [
      ruleText({ when: 'facts.age' }),
      'safeguard.toml:3:1: rule.0.when: the whole expression is map, not bool (character 7)',
    ],
    [ruleText({ when: 'crate.matches("(")' }), 'safeguard.toml:3:1: rule.0.when: the pattern is refused: '],
    [
      ruleText({ when: '' }),
      'safeguard.toml:3:1: rule.0.when: expected a value, found the end (character 1)',
    ],
    [
      ruleText({ when: `true${' '.repeat(2000)}` }),
      'safeguard.toml:3:1: rule.0.when: Too big: expected string to have <=2000 characters',
    ],
    [
      `\n${ruleText({ when: 'true' })}${ruleText({ id: 'other', when: 'tru' })}`,
      'safeguard.toml:9:1: rule.1.when: there is no variable tru;',
    ],
    [
      "[[rule]]\nid = 'a'\nmessage = 'm'\neffect = 'warn'\nwhen = '''\ncrate == \"a\"\n  && nope'''",
      'safeguard.toml:5:1: rule.0.when: there is no variable nope; there are crate, version, registry, checksum, context, now, facts (line 2, character 6)',
    ],
    [
      ruleText({ id: 'Mine' }),
      'safeguard.toml:2:1: rule.0.id: expected a name such as "no-young-sys-crates"',
    ],
    [ruleText({ id: 'age' }), 'safeguard.toml:2:1: rule.0.id: there is a rule of this name already'],
    [ruleText({ id: 'waiver' }), 'safeguard.toml:2:1: rule.0.id: there is a rule of this name already'],
    [ruleText({}) + ruleText({}), 'safeguard.toml:7:1: rule.1.id: another [[rule]] has this id'],
    [ruleText({ effect: 'allow' }), 'safeguard.toml:4:1: rule.0.effect: Invalid option'],
    [ruleText({ message: ' ' }), 'safeguard.toml:5:1: rule.0.message: Too small'],
    [ruleText({ wen: 'true' }), 'safeguard.toml:6:1: unknown key `rule.0.wen`; did you mean `when`?'],
    [
      Array.from({ length: 51 }, (_, i) => ruleText({ id: `r-${i}` })).join(''),
      'safeguard.toml:1:1: rule: Too big: expected array to have <=50 items',
    ],
  ];
  for (const [text, message] of cases) {
    it(message.slice(0, 90), () => {
      assert.throws(
        () => load(text),
        (error) => {
          assert.ok(error instanceof PolicyError);
          assert.equal(error.message.slice(0, message.length), message);
          return true;
        },
      );
    });
  }

  it('is refused with a PolicyError, whatever its expression', () => {
    const word = fc.constantFrom(
      ...'facts . age known value ( ) [ ] { } , == && || ! ? : "a" 1 2.5 in has exists map x now crate \' """ \\ matches'.split(
        ' ',
      ),
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (when) => {
        try {
          load(ruleText({ when }));
        } catch (error) {
          assert.ok(error instanceof PolicyError, String(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('rules of two layers', () => {
  const layers = (organisation: string, project: string) => ({
    organisation: { file: 'org.toml', text: organisation },
    project: { file: 'safeguard.toml', text: project },
  });
  const org = ruleText({ id: 'org-rule', effect: 'warn' });

  it('both apply, and each has its place', () => {
    const policy = loadLayers(layers(org, `\n${ruleText({})}`));
    assert.deepEqual(
      policy.custom.map(({ definition }) => definition.id),
      ['mine', 'org-rule'],
    );
    assert.deepEqual(policy.origins.get('rule.mine'), {
      layer: 'project',
      file: 'safeguard.toml',
      line: 2,
      written: 'true',
    });
    assert.equal(policy.origins.get('rule.org-rule')?.file, 'org.toml');
  });

  it('cannot share an id', () => {
    assert.throws(() => loadLayers(layers(ruleText({}), `\n${ruleText({})}`)), {
      name: 'PolicyError',
      message: "safeguard.toml:3:1: rule.0.id: the organisation's policy has a rule of this id",
    });
  });

  it('are part of the digest; their order is not', () => {
    const { digest } = load(ruleText({}));
    assert.notEqual(digest, load('').digest);
    assert.notEqual(digest, load(ruleText({ when: 'false' })).digest);
    assert.notEqual(digest, load(ruleText({ effect: 'deny' })).digest);
    assert.equal(load(ruleText({}) + org).digest, load(org + ruleText({})).digest);
    assert.equal(loadLayers(layers(org, ruleText({}))).digest, load(org + ruleText({})).digest);
  });

  it('are described in the schema', () => {
    assert.match(JSON.stringify(policyJsonSchema()), /"when":\{[^{}]*"description":"A CEL expression/);
  });
});

describe('a verdict with rules of one’s own', () => {
  const verdict = (text: string, facts: Facts = factsOf()) =>
    judge(load(text), { context: 'release', subject, facts, now });

  it('has their findings', () => {
    assert.equal(verdict('').decision, 'allow');
    assert.equal(verdict(ruleText({ when: 'false' })).decision, 'allow');
    assert.equal(verdict(ruleText({ effect: 'warn' })).decision, 'allow');
    for (const effect of ['hold', 'review', 'deny'])
      assert.equal(verdict(ruleText({ effect })).decision, effect);
  });

  it('can waive them', () => {
    const waiver =
      '[[waiver]]\nrule = "mine"\ncrate = "arrayref"\nreason = "seen"\nby = "alice"\nexpires = "2026-09-30"\n';
    const waived = verdict(ruleText({ effect: 'deny' }) + waiver);
    assert.equal(waived.decision, 'allow');
    assert.equal(waived.findings.find(({ rule }) => rule === 'mine')?.waived?.by, 'alice');
  });

  it('is the same each time, whatever the facts, and never an exception', () => {
    const policy = load(
      [
        'facts.archive.value.files > 3 && facts.archive.value.problems.all(p, size(p) < 5)',
        'facts.yanks.value.seen.exists(y, now - time(y.at) < duration("3d")) || facts.age.value == facts.line.value',
        'facts.blocks.value.blocks.filter(b, b.by.startsWith("a")).map(b, b.at)[0] + 1 > facts.age.value.firstSeen',
      ]
        .map((when, i) => ruleText({ id: `r-${i}`, when }))
        .join(''),
    );
    const fact = fc.oneof(
      fc.jsonValue().map((value) => known(value, 's', 0)),
      fc.string().map((reason) => unknown(reason, 's', 0)),
      fc.constant(undefined),
    );
    const names = fc.record({ age: fact, archive: fact, blocks: fact, line: fact, yanks: fact });
    fc.assert(
      fc.property(names, fc.double(), (facts, at) => {
        const input = {
          context: 'release' as const,
          subject,
          facts: facts as unknown as Facts,
          now: Number.isNaN(at) ? 0 : at,
        };
        const all = () => policy.custom.flatMap((rule) => evaluateCustomRule(rule, input));
        assert.deepEqual(all(), all());
      }),
    );
  });
});
