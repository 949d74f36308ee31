/** What is said of code that runs at build time where a project keeps no list of approvals. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ApprovedKind, approvalFact, type KeptApproval } from '../../src/facts/approval.ts';
import type { CodeFact, ReviewedCode } from '../../src/facts/code.ts';
import { known } from '../../src/facts/fact.ts';
import { partOfFact } from '../../src/facts/part-of.ts';
import { buildCode } from '../../src/policy/rules/build-code.ts';

const now = Date.parse('2026-09-01T00:00:00Z');
const digest = (text: string) => text.repeat(64).slice(0, 64);
const part = (tokens: string, files: string, ...shapes: readonly string[]): ReviewedCode => ({
  summary: 'No network.',
  shapes,
  tokens: digest(tokens),
  files: digest(files),
  opaque: 0,
  evidence: [],
});
const script = (tokens: string, files: string, ...shapes: readonly string[]): CodeFact => ({
  ...{ tier: 'build-script', reasons: [] },
  buildScript: part(tokens, files, ...shapes),
});
const macros = (surface: string, tokens: string, opaque = 0): CodeFact => ({
  ...{ tier: 'proc-macro', reasons: [] },
  macros: { ...part(tokens, '1'), opaque, exports: [], surface: digest(surface) },
});
const ran = (kind: ApprovedKind, more: Partial<KeptApproval> = {}): KeptApproval => ({
  ...{ crate: 'a', kind, version: '1.0.0', by: '', at: '1970-01-01T00:00:00Z', reason: '', of: 'project' },
  ...{ tokens: digest('1'), files: digest('1'), surface: digest('1'), capabilities: [] },
  ...more,
});

type Case = readonly [
  what: string,
  code: CodeFact,
  replaced: readonly KeptApproval[] | 'nothing' | 'not read',
  said: readonly [effect: string, message: string] | undefined,
];

const grave = 'downloader curl';
const warned = (text: string) => ['warn', `Nobody has approved its ${text}: No network.`] as const;
const cases: readonly Case[] = [
  ['a new package', script('1', '1'), 'nothing', warned('build script')],
  ['the same script', script('1', '1'), [ran('build-script')], undefined],
  [
    'the same script, grave as it was',
    script('1', '1', grave),
    [ran('build-script', { capabilities: [grave] })],
    undefined,
  ],
  [
    'another script',
    script('2', '1'),
    [ran('build-script')],
    warned('build script, which is other code than in 1.0.0; it can do no more'),
  ],
  [
    'another file beside a script that hands on nothing grave',
    script('1', '2'),
    [ran('build-script')],
    undefined,
  ],
  [
    'another file that what is grave may hand on',
    script('1', '2', grave),
    [ran('build-script', { capabilities: [grave] })],
    warned('build script, which has other files to run or to hand to tools than in 1.0.0; it can do no more'),
  ],
  [
    'another file, by which it comes to be able to do more',
    script('1', '2', 'reads-variable A'),
    [ran('build-script')],
    warned(
      'build script, which has other files to run or to hand to tools than in 1.0.0; new is nothing grave: reads-variable A',
    ),
  ],
  [
    'a script where there were only macros',
    script('1', '1'),
    [ran('proc-macro')],
    warned('build script, and 1.0.0 had none'),
  ],
  ['a script where there was nothing', script('1', '1'), [], warned('build script, and 1.0.0 had none')],
  [
    'one that nobody can compare',
    script('1', '1'),
    'not read',
    warned('build script, and nobody knows what 1.0.0 ran'),
  ],
  [
    'one that comes to be grave',
    script('2', '1', grave),
    [ran('build-script')],
    [
      'review',
      `Nobody has approved its build script, and it is grave (${grave}), which 1.0.0 could not do: No network.`,
    ],
  ],
  ['macros with the same surface', macros('1', '2'), [ran('proc-macro')], undefined],
  [
    'macros with another surface',
    macros('2', '2'),
    [ran('proc-macro')],
    warned('macros, which are other code than in 1.0.0; it can do no more'),
  ],
  [
    'other macros around what nobody can read',
    macros('1', '2', 1),
    [ran('proc-macro')],
    warned('macros, which are other code than in 1.0.0, around places that nobody can read'),
  ],
];

describe('without a list of approvals, build-code says of', () => {
  for (const [what, code, replaced, said] of cases)
    it(what, () => {
      const before =
        replaced === 'nothing'
          ? {}
          : { replaced: { version: '1.0.0', ...(replaced === 'not read' ? {} : { ran: replaced }) } };
      const facts = {
        code: known(code, 'archive', now),
        partOf: partOfFact([], now),
        approval: approvalFact(
          { approvals: [], file: 'safeguard/allow.toml', adopted: false, ...before },
          now,
        ),
      };
      const subject = { registry: 'r', crate: 'a', version: '1.0.1', checksum: '0'.repeat(64) };
      const found = buildCode.evaluate(
        { context: 'change', subject, facts, now },
        buildCode.settings.parse({}),
      );
      assert.deepEqual(
        found.map(({ effect, message }) => [effect, message]),
        said === undefined ? [] : [said],
      );
      // Who keeps a list is asked about all of it.
      const adopted = approvalFact(
        { approvals: [], file: 'safeguard/allow.toml', adopted: true, ...before },
        now,
      );
      const asked = buildCode.evaluate(
        { context: 'change', subject, facts: { ...facts, approval: adopted }, now },
        buildCode.settings.parse({}),
      );
      assert.deepEqual(
        asked.map(({ effect }) => effect),
        ['review'],
      );
    });
});
