/** How code that runs at build time stands to what people approved, case by case. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ApprovedKind, KeptApproval } from '../../src/facts/approval.ts';
import type { CodeFact, ReviewedCode } from '../../src/facts/code.ts';
import { type Standing, standingsOf } from '../../src/policy/build-code-standing.ts';

const now = Date.parse('2026-09-01T00:00:00Z');
const digest = (text: string) => text.repeat(64).slice(0, 64);
const part = (tokens: string, ...shapes: readonly string[]): ReviewedCode => ({
  summary: 'No network.',
  shapes,
  tokens: digest(tokens),
  opaque: 0,
  evidence: [],
});
const code = (parts: Partial<CodeFact>): CodeFact => ({ tier: 'standard', reasons: [], ...parts });
const script = (tokens: string, ...shapes: readonly string[]) =>
  code({ tier: 'build-script', buildScript: part(tokens, ...shapes) });
const macros = (surface: string, tokens: string, opaque = 0) =>
  code({
    tier: 'proc-macro',
    macros: { ...part(tokens), opaque, exports: [], surface: digest(surface) },
  });
const library = (tokens: string | undefined, ...shapes: readonly string[]) => {
  const { tokens: made, ...rest } = part(tokens ?? '', ...shapes);
  return code({ library: tokens === undefined ? rest : { ...rest, tokens: made } });
};
const approval = (kind: ApprovedKind, version: string, more: Partial<KeptApproval> = {}): KeptApproval => ({
  crate: 'a',
  kind,
  version,
  by: 'Ada',
  at: '2026-08-01T00:00:00Z',
  reason: 'Read it.',
  tokens: digest('1'),
  capabilities: [],
  of: 'project',
  ...more,
});
const surfaced = (version: string, surface: string, tokens = '1') =>
  approval('proc-macro', version, { surface: digest(surface), tokens: digest(tokens) });
const withoutTokens = ({ tokens: _, ...rest }: KeptApproval): KeptApproval => rest;

type Case = readonly [
  what: string,
  code: CodeFact,
  approvals: readonly KeptApproval[],
  standing: string,
  more?: Partial<Standing>,
];

const cases: readonly Case[] = [
  ['a build script without an approval', script('1'), [], 'missing'],
  ['an approval of macros only', script('1'), [approval('proc-macro', '2.0.0')], 'missing'],
  ['the same tokens in this version', script('1'), [approval('build-script', '2.0.0')], 'approved'],
  ['the same tokens in another', script('1'), [approval('build-script', '1.0.0')], 'carried'],
  ['the same tokens in a later one', script('1'), [approval('build-script', '3.0.0')], 'carried'],
  ['other tokens that can do no more', script('2'), [approval('build-script', '1.0.0')], 'changed'],
  [
    'other tokens that can do less',
    script('2'),
    [approval('build-script', '1.0.0', { capabilities: ['network ureq'] })],
    'changed',
  ],
  ['other tokens under the approved version', script('2'), [approval('build-script', '2.0.0')], 'changed'],
  [
    'a variable more',
    script('2', 'reads-variable X'),
    [approval('build-script', '1.0.0')],
    'changed',
    { added: ['reads-variable X'] },
  ],
  [
    'a program more',
    script('2', 'process sh'),
    [approval('build-script', '1.0.0')],
    'grown',
    { grave: ['process'] },
  ],
  [
    'the compiler asked',
    script('2', 'process $RUSTC'),
    [approval('build-script', '1.0.0')],
    'changed',
    { added: ['process $RUSTC'] },
  ],
  [
    'an address in a text alone',
    script('2', 'downloader curl (perhaps)'),
    [approval('build-script', '1.0.0')],
    'grown',
    { grave: [] },
  ],
  [
    'the newest approval before it counts',
    script('3', 'process sh'),
    [
      approval('build-script', '1.0.0', { capabilities: ['process sh'] }),
      approval('build-script', '1.5.0', { tokens: digest('2') }),
      approval('build-script', '3.0.0', { tokens: digest('4'), capabilities: ['process sh'] }),
    ],
    'grown',
    { added: ['process sh'] },
  ],
  [
    'an expired approval',
    script('1'),
    [approval('build-script', '2.0.0', { expires: '2026-09-01' })],
    'lapsed',
  ],
  [
    'one that expires tomorrow',
    script('1'),
    [approval('build-script', '2.0.0', { expires: '2026-09-02' })],
    'approved',
  ],
  [
    'an expired one beside one that holds',
    script('1'),
    [approval('build-script', '2.0.0', { expires: '2026-08-01' }), approval('build-script', '1.0.0')],
    'carried',
  ],
  ['macros without an approval', macros('s', '1'), [], 'missing'],
  ['the same surface and code', macros('s', '1'), [surfaced('2.0.0', 's')], 'approved'],
  ['the same surface elsewhere', macros('s', '2'), [surfaced('1.0.0', 's')], 'carried', { changed: true }],
  ['the same surface, other code, same version', macros('s', '2'), [surfaced('2.0.0', 's')], 'surface'],
  ['another surface', macros('t', '1'), [surfaced('1.0.0', 's')], 'surface'],
  [
    'the same surface around what nobody can read',
    macros('s', '2', 1),
    [surfaced('1.0.0', 's')],
    'unreadable',
  ],
  ['the same code with what nobody can read', macros('s', '1', 1), [surfaced('1.0.0', 's')], 'carried'],
  [
    'code that nobody read',
    code({ tier: 'proc-macro', unread: 'broken' }),
    [surfaced('2.0.0', 's')],
    'unread',
  ],
];

const partOf = ['macro'];
const helpers: readonly Case[] = [
  ['what makes code, without an approval', library('1'), [], 'missing'],
  ['an approval of its build script only', library('1'), [approval('build-script', '2.0.0')], 'missing'],
  ['the same tokens', library('1'), [approval('helper', '1.0.0')], 'carried'],
  ['other tokens', library('2'), [approval('helper', '1.0.0')], 'surface'],
  ['other tokens under the approved version', library('2'), [approval('helper', '2.0.0')], 'surface'],
  [
    'a program more',
    library('2', 'process sh'),
    [approval('helper', '1.0.0')],
    'grown',
    { grave: ['process'] },
  ],
  ['a program, of what makes no code', library(undefined, 'process sh'), [], 'missing'],
  [
    'a program that was approved, of what makes no code',
    library(undefined, 'process sh'),
    [withoutTokens(approval('helper', '1.0.0', { capabilities: ['process sh'] }))],
    'carried',
  ],
  [
    'the network too, of what makes no code',
    library(undefined, 'network ureq', 'process sh'),
    [withoutTokens(approval('helper', '1.0.0', { capabilities: ['process sh'] }))],
    'grown',
    { added: ['network ureq'] },
  ],
  ['what nobody read', code({ unread: 'too large' }), [approval('helper', '2.0.0')], 'unread'],
];

describe('standing of code that runs at build time', () => {
  for (const [what, fact, approvals, kind, more = {}] of cases) {
    it(`is ${kind} for ${what}`, () => {
      const [one, ...others] = standingsOf(fact, '2.0.0', approvals, now);
      assert.deepEqual(others, []);
      assert.equal(one?.standing.kind, kind);
      assert.partialDeepStrictEqual(one.standing, more);
    });
  }

  for (const [what, fact, approvals, kind, more = {}] of helpers) {
    it(`of a library in macros is ${kind} for ${what}`, () => {
      const [one, ...others] = standingsOf(fact, '2.0.0', approvals, now, partOf);
      assert.deepEqual(others, []);
      assert.deepEqual([one?.code, one?.standing.kind], ['helper', kind]);
      assert.partialDeepStrictEqual(one?.standing, more);
      assert.deepEqual(
        standingsOf(fact, '2.0.0', approvals, now),
        [],
        'compiled into programs it needs none',
      );
    });
  }

  it('is not asked of a library in macros that makes no code and can do nothing grave', () => {
    const shapes = ['assembly ?', 'clock ?', 'process $RUSTC', 'reads-variable X'];
    assert.deepEqual(standingsOf(library(undefined, ...shapes), '2.0.0', [], now, partOf), []);
  });

  it('is told apart for a build script and macros of one package', () => {
    const both = { ...macros('s', '1'), buildScript: part('9') };
    const standings = standingsOf(both, '2.0.0', [surfaced('2.0.0', 's')], now, partOf);
    assert.deepEqual(
      standings.map(({ code: kind, standing }) => [kind, standing.kind]),
      [
        ['build-script', 'missing'],
        ['proc-macro', 'approved'],
      ],
    );
  });

  it('never gets worse with one more approval that holds, and does not depend on their order', () => {
    const shape = fc.constantFrom('process sh', 'network ureq', 'reads-variable X');
    const kept = fc.record({
      kind: fc.constant('build-script' as const),
      version: fc.constantFrom('1.0.0', '1.5.0', '2.0.0', '3.0.0'),
      tokens: fc.constantFrom(digest('1'), digest('2'), digest('3')),
      capabilities: fc.uniqueArray(shape),
    });
    const distinct = fc.uniqueArray(kept, { selector: ({ version }) => version });
    fc.assert(
      fc.property(distinct, fc.uniqueArray(shape), (list, shapes) => {
        const fact = script('1', ...shapes);
        const approvals = list.map((one) => approval('build-script', one.version, one));
        const is = (all: readonly KeptApproval[]) => standingsOf(fact, '2.0.0', all, now)[0]?.standing;
        const standing = is(approvals);
        assert.deepEqual(is(approvals.toReversed()), standing);
        const exact = approval('build-script', '2.0.0', { capabilities: shapes });
        const others = approvals.filter(({ version }) => version !== '2.0.0');
        assert.equal(is([...others, exact])?.kind, 'approved');
      }),
    );
  });
});
