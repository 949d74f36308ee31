/** What a reviewer finds within one screen: what stops a change, what is fixed, and the rest in a few lines. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change, GateFinding, GateVerdict } from '../../src/gate/change.ts';
import { advisoryLines } from '../../src/gate/report/advisories.ts';
import { markdownLines } from '../../src/gate/report/markdown.ts';
import { terminalLines } from '../../src/gate/report/terminal.ts';
import { wrapped } from '../../src/gate/report/wrap.ts';

const cratesIo = 'registry+https://github.com/rust-lang/crates.io-index';

const finding = (rule: string, effect: GateFinding['effect'], crate: string): GateFinding => ({
  rule,
  effect,
  crate,
  version: '1.0.1',
  message: `The rule ${rule} says so.`,
  evidence: {},
  next: 'Do it.',
});

const upgrade = (crate: string, ...findings: readonly GateFinding[]): Change => ({
  kind: 'upgraded',
  crate,
  from: '1.0.0',
  to: '1.0.1',
  fromSource: cratesIo,
  toSource: cratesIo,
  why: [`app → ${crate}`],
  findings,
});

const verdictOf = (changes: readonly Change[], more: Partial<GateVerdict> = {}): GateVerdict => ({
  verdict: 'review',
  policy: 'ab'.repeat(32),
  changes,
  debt: [],
  commands: [],
  ...more,
});

const about = { file: 'Cargo.lock', comparedWith: 'main' };
const plainly = (_style: string, text: string) => text;
const names = (count: number) =>
  Array.from({ length: count }, (_, i) => `crate-${String(i).padStart(4, '0')}`);

/** An update of everything: two that stop it, a warning for most, and a project of seventy members. */
const everyday = verdictOf(
  [
    upgrade('stops', finding('license', 'deny', 'stops'), finding('age', 'warn', 'stops')),
    ...names(90).map((name) => upgrade(name, finding('build-code', 'warn', name))),
    ...names(8).map((name) => upgrade(`fresh-${name}`, finding('age', 'hold', `fresh-${name}`))),
    ...names(400).map((name) => upgrade(`quiet-${name}`)),
    ...names(70).map(
      (crate): Change => ({ kind: 'upgraded', crate, from: '1.0.0', to: '1.1.0', why: [], findings: [] }),
    ),
    { ...upgrade('mended'), fixes: [{ id: 'RUSTSEC-2026-0001', title: 'It lets others in.' }] },
  ],
  { adopted: false, debt: [finding('unmaintained', 'warn', 'tired'), finding('license', 'deny', 'bad')] },
);

describe('the outline of a large update', () => {
  it('is one screen, with the verdict first and last', () => {
    const lines = terminalLines(everyday, { ...about, width: 100 }, plainly);
    assert.ok(lines.length <= 45, `${lines.length}\n${lines.join('\n')}`);
    const summary =
      'review: 9 of 570 changes may not enter as they are; 91 warnings; fixes 1 advisory; 2 findings on';
    assert.equal(lines[1], summary);
    assert.deepEqual(lines.slice(-2), lines.slice(1, 3));
    const text = lines.join('\n');
    for (const said of [
      '↑ stops 1.0.0 → 1.0.1',
      'deny · license: The rule license says so.',
      'hold · age: 8 changes',
      '↑ mended 1.0.0 → 1.0.1 fixes RUSTSEC-2026-0001 (It lets others in)',
      'build-code: 90 packages run other code at build time than before, and this project keeps no list',
      'Nothing to say of the rest: 401 upgraded.',
      '70 packages of the project’s own changed.',
      '2 findings on what was there before (1 deny, 1 warn).',
    ])
      assert.ok(text.replaceAll(/\n +/g, ' ').includes(said), `${said}\n${text}`);
    assert.ok(lines.every((line) => line.length <= 100));
  });

  it('counts a finding on a file as no package, where the whole of a project is looked at', () => {
    const present = names(61).map((crate): Change => ({ kind: 'present', crate, why: [], findings: [] }));
    const file = (path: string): Change => ({ kind: 'config', crate: path, why: [], findings: [] });
    const says = (...more: readonly Change[]) =>
      terminalLines(
        verdictOf([...present, ...more], { verdict: 'allow' }),
        { file: 'Cargo.lock' },
        plainly,
      ).findLast((line) => line.startsWith('allow'));
    assert.equal(says(), 'allow: 61 packages, nothing against it.');
    assert.equal(says(file('.cargo/config.toml')), 'allow: 61 packages and 1 file, nothing against it.');
    const changed = verdictOf([file('ci.yml')], { verdict: 'allow' });
    assert.match(
      terminalLines(changed, about, plainly).join('\n'),
      /^allow: 1 change, nothing against it\.$/m,
    );
    assert.equal(
      says(file('ci.yml'), file('ci.yml'), file('build.rs')),
      'allow: 61 packages and 2 files, nothing against it.',
    );
  });

  it('lists everything where that is asked for', () => {
    const text = terminalLines(everyday, { ...about, all: true }, plainly).join('\n');
    for (const said of ['↑ quiet-crate-0399 1.0.0 → 1.0.1', 'bad 1.0.1: deny · license', 'warn · build-code'])
      assert.ok(text.includes(said), said);
  });

  it('gives the act that answers all warnings of a rule, once', () => {
    const same = ['a', 'b'].map((name) => upgrade(name, finding('age', 'warn', name)));
    const lines = terminalLines(verdictOf(same), about, plainly);
    assert.deepEqual(lines.slice(2, 6), [
      '',
      'Warnings, by rule',
      '  age: 2 warnings: a 1.0.1, b 1.0.1. The rule age says so.',
      '      Do it.',
    ]);
    const [a] = same;
    const other = upgrade('b', { ...finding('age', 'warn', 'b'), next: 'Do another thing.' });
    const each = verdictOf(a === undefined ? [other] : [a, other]);
    assert.ok(!terminalLines(each, about, plainly).join('\n').includes('Do '));
    assert.ok(markdownLines(verdictOf(same), about).includes('  Do it.'));
  });

  it('lists what was there before where it got worse, and only that', () => {
    const grown = { ...finding('license', 'deny', 'bad'), worse: 'newcomer 2.0.0 needs it from now on, too' };
    const verdict = verdictOf([], { debt: [grown, finding('unmaintained', 'warn', 'tired')] });
    const lines = terminalLines(verdict, about, plainly);
    assert.match(lines[1] ?? '', /; 2 findings on what was there before, 1 of them worse now\.$/);
    assert.deepEqual(lines.slice(2, 6), [
      '',
      'Worse than before',
      '  bad 1.0.1: deny · license: The rule license says so. It was there before, and got worse: newcomer 2.0.0 needs it from now on, too.',
      '      Do it.',
    ]);
    assert.ok(!lines.join('\n').includes('tired'));
    assert.ok(markdownLines(verdict, about).includes('Worse than before:'));
    const debt = names(30).map((name) => ({ ...finding('license', 'deny', name), worse: 'a needs it, too' }));
    const many = terminalLines(verdictOf([], { debt }), about, plainly);
    assert.ok(many.includes('  And 22 more; `safeguard check --all` lists them.'));
    assert.ok(many.length < 30, `${many.length}`);
  });

  it('says both sides of a fix that is stopped', () => {
    const stopped = {
      ...upgrade('epoch', finding('license', 'deny', 'epoch')),
      fixes: [{ id: 'RUSTSEC-2026-0002', title: 'A race' }],
    };
    const lines = terminalLines(verdictOf([stopped]), about, plainly);
    assert.ok(lines.includes('    fixes RUSTSEC-2026-0002 (A race)'));
    assert.ok(lines.includes('    deny · license: The rule license says so.'));
  });

  it('has its order and its end in a comment of 1,000 changes, too', () => {
    const many = verdictOf(names(1000).map((name) => upgrade(name, finding(`rule-${name}`, 'deny', name))));
    const lines = markdownLines(many, about);
    const text = lines.join('\n');
    assert.ok(text.length < 65_536, String(text.length));
    assert.match(lines[1] ?? '', /^### Safeguard: \*\*review\*\*: 1000 of 1000 changes/);
    assert.ok(text.includes('There is more than a comment has room for'));
    assert.match(
      text,
      /Safeguard: \*\*review\*\*: 1000 of 1000 changes may not enter as they are\.\n\n<sub>/,
    );
    const folded = markdownLines(everyday, about).join('\n');
    assert.ok(folded.indexOf('stops') < folded.indexOf('Warnings, by rule:'));
    assert.ok(folded.includes('90 packages run other code at build time than before'));
  });
});

describe('a line', () => {
  for (const [text, width, wanted] of [
    ['a b', undefined, ['  a b']],
    ['aaa bbb ccc', 7, ['  aaa', '    bbb', '    ccc']],
    ['aaaaaaaaaaaa b', 7, ['  aaaaaaaaaaaa', '    b']],
    ['äöü äöü', 9, ['  äöü äöü']],
  ] as const)
    it(`of ${text} in ${width} columns`, () => {
      assert.deepEqual(wrapped(text, width, { first: 2, next: 4 }), wanted);
    });
});

describe('what is said of advisories', () => {
  const source = { source: 'db', count: 2, problems: [], readAt: '2026-11-01T00:00:00.000Z' };
  const now = Date.parse('2026-11-04T01:00:00Z');
  for (const [name, given, wanted] of [
    ['nothing where nobody says', undefined, []],
    ['that none were asked', [], ['Advisories: none were asked (name a database with --advisory-db).']],
    [
      'age and commit',
      [{ ...source, commit: '0123456789abcdef', newest: '2026-10-01' }],
      ['Advisories: 2 of db at 0123456789ab, the newest of 2026-10-01, read 3 days ago.'],
    ],
    [
      'that it could not be read anew',
      [{ ...source, alarm: 'db cannot be reached.' }],
      ['Advisories: 2 of db, read 3 days ago; not read anew: db cannot be reached.'],
    ],
    [
      'that it could not be read',
      [{ source: 'db', count: 0, problems: [], alarm: 'db cannot be reached' }],
      ['Advisories of db: not read: db cannot be reached'],
    ],
    [
      'what of it could not be read, once',
      [{ ...source, problems: [{ path: 'crates/a/A.md', reason: 'it is not UTF-8' }] }],
      [
        'Advisories: 2 of db, read 3 days ago.',
        '1 advisory of db could not be read: crates/a/A.md (it is not UTF-8).',
      ],
    ],
  ] as const)
    it(name, () => {
      assert.deepEqual(advisoryLines(given, now), wanted);
    });
});
