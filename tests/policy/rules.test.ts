import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ArchiveFact } from '../../src/facts/archive.ts';
import { blocksFact } from '../../src/facts/blocks.ts';
import { known, unknown } from '../../src/facts/fact.ts';
import { lineFact } from '../../src/facts/line.ts';
import type { Facts } from '../../src/facts/map.ts';
import { yanksFact } from '../../src/facts/yanks.ts';
import { loadPolicy } from '../../src/policy/policy.ts';
import type { Context, Rule } from '../../src/policy/rule.ts';
import { blocklist } from '../../src/policy/rules/blocklist.ts';
import { rules } from '../../src/policy/rules/index.ts';
import { integrity } from '../../src/policy/rules/integrity.ts';
import { yankBurst } from '../../src/policy/rules/yank-burst.ts';
import { archive } from '../samples/archive.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const hour = 3_600_000;
const a = 'a'.repeat(64);
const b = 'b'.repeat(64);
const subject = { registry: 'r', crate: 'Array_Ref', version: '0.3.10', checksum: a };

function effects(rule: Rule, facts: Facts, { text = '', context = 'release' as Context } = {}): string[] {
  const { settings } = loadPolicy({ file: 'p.toml', text });
  return rule
    .evaluate({ context, subject, facts, now }, settings[rule.section])
    .map((finding) => finding.effect);
}

describe('blocklist', () => {
  const none = { blocks: blocksFact('0.3.10', [], now) };
  const list = (entry: string) => ({ text: `[[blocklist.crates]]\n${entry}\nreason = "because"` });
  const cases: [name: string, text: { text?: string }, facts: Facts, effects: string[]][] = [
    ['nobody blocked it', {}, none, []],
    ['the policy lists the crate', list('name = "array_ref"'), none, ['deny']],
    ['- and _ are one name, and so are cases', list('name = "ARRAY-REF"'), none, ['deny']],
    ['the policy lists this version', list('name = "array_ref"\nversion = "0.3.10"'), none, ['deny']],
    ['the policy lists another version', list('name = "array_ref"\nversion = "0.3.9"'), none, []],
    [
      'an operator blocked every version',
      {},
      { blocks: blocksFact('0.3.10', [{ reason: 'r', by: 'p', at: 0 }], now) },
      ['deny'],
    ],
    [
      'an operator blocked another',
      {},
      { blocks: blocksFact('0.3.10', [{ version: '0.3.9', reason: 'r', by: 'p', at: 0 }], now) },
      [],
    ],
    ['the operators’ blocks are unknown', {}, { blocks: unknown('x', 'y', now) }, ['hold']],
    ['… which never hides what the policy says', list('name = "array-ref"'), {}, ['deny', 'hold']],
  ];
  for (const [name, options, facts, expected] of cases) {
    it(name, () => assert.deepEqual(effects(blocklist, facts, options), expected));
  }
});

describe('integrity', () => {
  const line = (checksum: string, sameVersionAs?: string) =>
    lineFact({ recordedChecksum: a, checksum, sameVersionAs }, now);
  const bytes = (fact: Partial<ArchiveFact> = {}) => known({ ...archive(a), ...fact }, 'archive', now);
  const cases: [name: string, context: Context, facts: Facts, effects: string[]][] = [
    ['a sound release', 'release', { line: line(a), archive: bytes() }, []],
    ['its line, before anybody has the bytes', 'index', { line: line(a) }, []],
    ['its line names another checksum', 'index', { line: line(b) }, ['deny']],
    ['the bytes are others', 'release', { line: line(a), archive: bytes({ checksum: b }) }, ['deny']],
    [
      'the archive is unsafe, twice',
      'release',
      { line: line(a), archive: bytes({ problems: ['x', 'y'] }) },
      ['deny', 'deny'],
    ],
    [
      'the bytes are unknown',
      'release',
      { line: line(a), archive: unknown('down', 'archive', now) },
      ['hold'],
    ],
    ['the bytes were never asked for', 'release', { line: line(a) }, ['hold']],
    ['nothing is known', 'index', {}, ['hold']],
    [
      'an earlier release has the same version but for build metadata',
      'index',
      { line: line(a, '0.3.10+x') },
      ['warn'],
    ],
  ];
  for (const [name, context, facts, expected] of cases) {
    it(name, () => assert.deepEqual(effects(integrity, facts, { context }), expected));
  }
});

describe('yank-burst', () => {
  const yanks = (appearedAt: number | null, ...hours: number[]): Facts => ({
    yanks: yanksFact(
      { appearedAt, seen: hours.map((h, i) => ({ version: `0.3.${i}`, at: now + h * hour })) },
      now,
    ),
  });
  const cases: [name: string, facts: Facts, text: string, effects: string[]][] = [
    ['no yanks', yanks(now), '', []],
    ['two yanks are no burst', yanks(now, -1, -1), '', []],
    ['three around its publication are', yanks(now - hour, -3, -2, 0), '', ['hold']],
    ['a setting makes it two', yanks(now, -1, -1), '[yank-burst]\ncount = 2', ['hold']],
    ['yanks long before it', yanks(now, -90, -90, -90), '', []],
    ['spread over days', yanks(now - 80 * hour, -75, -40, -1), '', []],
    [
      'over for longer than the hold, it stays a warning',
      yanks(now - 100 * hour, -99, -98, -97),
      '',
      ['warn'],
    ],
    ['the back catalogue is not what a lure leads to', yanks(null, -1, -1, -1), '', []],
    ['unknown yanks', { yanks: unknown('x', 'y', now) }, '', ['hold']],
  ];
  for (const [name, facts, text, expected] of cases) {
    it(name, () => assert.deepEqual(effects(yankBurst, facts, { text }), expected));
  }
});

describe('every rule', () => {
  it('has an id of its own, and a settings table that no other has', () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    assert.equal(new Set(rules.map(({ section }) => section)).size, rules.length);
  });
  // These speak of what the policy lists, and it lists nothing by default; or of a graph, and there is none here.
  const silent = new Set(['allowed', 'audits', 'banned', 'duplicate-versions']);
  // These have a setting for what is not known; by default they say so and let it pass.
  const warning = new Set([
    'capability-added',
    'dormant-then-active',
    'feature-added',
    'maintainer-trust',
    'maintainers-minimum',
    'new-dependency-tree',
    'notice',
    'publisher-changed',
    'typosquat',
    'unmaintained',
    'unsound',
    'yanked',
  ]);
  for (const rule of rules.filter(({ id }) => !silent.has(id))) {
    it(`${rule.id} never reads ignorance as fine`, () => {
      assert.notDeepEqual(effects(rule, {}), []);
      if (!warning.has(rule.id)) for (const effect of effects(rule, {})) assert.notEqual(effect, 'warn');
    });
  }
});
