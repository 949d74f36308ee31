/** One verdict in every form that it is read in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import type { GateFinding, GateVerdict } from '../../src/gate/change.ts';
import { githubLines } from '../../src/gate/report/github.ts';
import { markdownLines, marker } from '../../src/gate/report/markdown.ts';
import { sarifOf } from '../../src/gate/report/sarif.ts';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { terminalLines } from '../../src/gate/report/terminal.ts';

const source = 'registry+https://github.com/rust-lang/crates.io-index';
const about = { file: 'Cargo.lock', comparedWith: 'origin/main (0123456789ab, where this branch left it)' };
const command = 'cargo update arrayref@0.3.10 --precise 0.3.9';

const finding = (more: Partial<GateFinding>): GateFinding => ({
  rule: 'age',
  effect: 'hold',
  crate: 'arrayref',
  version: '0.3.10',
  message: 'A new release waits 3 days from its publication.',
  evidence: { file: 'Cargo.lock', line: 13, column: 1 },
  next: command,
  until: '2026-08-23T07:11:00.000Z',
  ...more,
});

const { until: _, ...timeless } = finding({});

const verdict: GateVerdict = {
  verdict: 'deny',
  policy: 'ab'.repeat(32),
  changes: [
    {
      kind: 'upgraded',
      crate: 'arrayref',
      from: '0.3.9',
      to: '0.3.10',
      fromSource: source,
      toSource: source,
      checksum: 'c'.repeat(64),
      why: ['app → arrayref', 'app → blake3 → arrayref'],
      findings: [finding({})],
      span: { file: 'Cargo.lock', line: 13 },
    },
    {
      kind: 'added',
      crate: 'proc-macro1',
      to: '1.0.107',
      toSource: source,
      checksum: 'd'.repeat(64),
      why: ['app → arrayref → proc-macro1'],
      findings: [
        {
          ...timeless,
          rule: 'malicious',
          effect: 'deny',
          crate: 'proc-macro1',
          version: '1.0.107',
          message: 'It is malicious: it sends what it finds elsewhere.',
          evidence: { file: 'Cargo.lock', line: 40, column: 1, advisory: 'RUSTSEC-2026-0001' },
        },
      ],
      span: { file: 'Cargo.lock', line: 40 },
    },
    {
      kind: 'added',
      crate: 'word',
      to: '2.0.0',
      toSource: source,
      duplicates: ['1.0.0'],
      why: ['app → word'],
      findings: [
        {
          ...timeless,
          rule: 'license',
          effect: 'review',
          crate: 'word',
          version: '2.0.0',
          message: 'Its licence is not allowed.',
          next: 'Ask.',
          waived: { by: 'legal', reason: 'bought', expires: '2026-10-01' },
        },
      ],
    },
    { kind: 'removed', crate: 'old', from: '0.1.0', fromSource: source, why: ['app → old'], findings: [] },
  ],
  debt: [
    {
      ...timeless,
      rule: 'unmaintained',
      effect: 'warn',
      crate: 'tired',
      version: '1.0.0',
      message: 'Nobody maintains it.',
      next: 'Use another.',
    },
  ],
  commands: [command],
};

describe('the terminal report', () => {
  it('reads so', () => {
    assert.deepEqual(
      terminalLines(verdict, about, (_style, text) => text),
      [
        'Cargo.lock compared with origin/main (0123456789ab, where this branch left it)',
        '',
        '↑ arrayref 0.3.9 → 0.3.10',
        '    app → arrayref (and 1 other path)',
        '    hold · age: A new release waits 3 days from its publication. (until 2026-08-23 07:11 UTC)',
        `        ${command}`,
        '',
        '+ proc-macro1 1.0.107',
        '    app → arrayref → proc-macro1',
        '    deny · malicious: It is malicious: it sends what it finds elsewhere.',
        `        ${command}`,
        '',
        '+ word 2.0.0',
        '    app → word',
        '    one version more of it: 1.0.0 is there, too',
        '    review · license: Its licence is not allowed. [waived by legal until 2026-10-01: bought]',
        '        Ask.',
        '',
        '- old 0.1.0',
        '    app → old',
        '',
        'What was there before',
        '  tired 1.0.0: warn · unmaintained: Nobody maintains it.',
        '',
        'To do, in this order',
        `  ${command}`,
        '',
        'deny: 2 of 4 changes may not enter as they are; 1 finding on what was there before.',
      ],
    );
  });

  it('colours by what counts', () => {
    const painted = terminalLines(verdict, about, (style, text) => `<${style}>${text}</>`);
    assert.ok(
      painted.includes(
        '    <dim>review</> · license: Its licence is not allowed. [waived by legal until 2026-10-01: bought]',
      ),
    );
    assert.ok(painted.some((line) => line.startsWith('    <red>deny</> · malicious')));
  });
});

describe('the Markdown report', () => {
  it('reads so', () => {
    assert.deepEqual(markdownLines(verdict, { ...about, comparedWith: 'main' }), [
      '<!-- safeguard check: Cargo.lock -->',
      '### Safeguard: **deny**: 2 of 4 changes may not enter as they are; 1 finding on what was there before.',
      '',
      'Of Cargo.lock, compared with main.',
      '',
      '- upgraded `arrayref` 0.3.9 → 0.3.10',
      '  - app → arrayref',
      '  - app → blake3 → arrayref',
      '  - **hold** · `age`: A new release waits 3 days from its publication. \\(until 2026-08-23 07:11 UTC\\)',
      `    \`${command}\``,
      '',
      '- added `proc-macro1` 1.0.107',
      '  - app → arrayref → proc-macro1',
      '  - **deny** · `malicious`: It is malicious: it sends what it finds elsewhere.',
      `    \`${command}\``,
      '',
      'To do, in this order:',
      '',
      '```sh',
      command,
      '```',
      '',
      '<details>',
      '<summary>2 other changes</summary>',
      '',
      '- added `word` 2.0.0',
      '  - one version more of it: 1.0.0 is there, too',
      '  - app → word',
      '  - **review** · `license`: Its licence is not allowed. \\[waived by legal until 2026-10-01: bought\\]',
      '    Ask.',
      '- removed `old` 0.1.0',
      '  - app → old',
      '',
      '</details>',
      '',
      '<details>',
      '<summary>1 finding on what was there before</summary>',
      '',
      '- `tired 1.0.0` **warn** · `unmaintained`: Nobody maintains it.',
      '',
      '</details>',
      '',
      '<sub>Policy abababababab. `safeguard check --explain RULE` says what is behind a finding and how to ask for a waiver.</sub>',
    ]);
  });

  it('lets nothing from outside be markup, a mention, a link or another marker', () => {
    const hostile = finding({
      message: 'see <img src=x> [x](https://evil.example) @everyone `code` www.evil.example\n# big',
      crate: 'a`b',
    });
    const text = markdownLines(
      { ...verdict, changes: [], debt: [hostile] },
      { file: 'a-->b/Cargo.lock' },
    ).join('\n');
    for (const bad of ['<img', '](http', '@everyone', '://evil', 'www.evil', '\n# big', '-->b'])
      assert.ok(!text.includes(bad), `${bad}\n${text}`);
    assert.ok(text.includes('`` a`b 0.3.10 ``'));
  });

  it('fits into a comment, with every fold closed', () => {
    const many = Array.from({ length: 2000 }, (_, i) => finding({ crate: `crate-${i}` }));
    const lines = markdownLines({ ...verdict, debt: many }, about);
    assert.ok(lines.join('\n').length < 65_000);
    assert.equal(
      lines.filter((line) => line === '<details>').length,
      lines.filter((line) => line === '</details>').length,
    );
    assert.equal(lines[0], marker('Cargo.lock'));
  });
});

describe('the JSON report', () => {
  it('is what its schema says, nothing more', () => {
    assert.deepEqual(gateVerdictSchema.parse(JSON.parse(JSON.stringify(verdict))), verdict);
  });
});

describe('GitHub’s annotations', () => {
  it('read so', () => {
    assert.deepEqual(githubLines(verdict), [
      `::error file=Cargo.lock,line=13,col=1,title=age%3A arrayref 0.3.10::arrayref 0.3.10: A new release waits 3 days from its publication. (until 2026-08-23 07:11 UTC) ${command}`,
      `::error file=Cargo.lock,line=40,col=1,title=malicious%3A proc-macro1 1.0.107::proc-macro1 1.0.107: It is malicious: it sends what it finds elsewhere. ${command}`,
      '::warning file=Cargo.lock,line=13,col=1,title=license%3A word 2.0.0::word 2.0.0: Its licence is not allowed. [waived by legal until 2026-10-01: bought] Ask.',
      '::notice file=Cargo.lock,line=13,col=1,title=unmaintained%3A tired 1.0.0::tired 1.0.0: Nobody maintains it. Use another.',
    ]);
  });

  it('cannot be broken out of', () => {
    const hostile = finding({
      message: 'x\r\n::set-output name=a::b 100%',
      evidence: { file: 'a,b:c%\n::error::.lock', line: 1 },
    });
    const lines = githubLines({ ...verdict, changes: [], debt: [hostile] });
    assert.equal(lines.length, 1);
    assert.ok(!/[\r\n]/.test(lines[0] ?? ''));
    assert.ok(lines[0]?.startsWith('::notice file=a%2Cb%3Ac%25 %3A%3Aerror%3A%3A.lock,line=1,'), lines[0]);
    assert.ok(lines[0]?.includes('100%25'));
  });
});

/** The parts of SARIF 2.1.0 that are written (OASIS, sections 3.13 to 3.28), strictly. */
const text = z.strictObject({ text: z.string().min(1) });
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string(),
          version: z.string(),
          rules: z.array(
            z.strictObject({
              id: z.string(),
              shortDescription: text.optional(),
              fullDescription: text.optional(),
            }),
          ),
        }),
      }),
      columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
      results: z.array(
        z.strictObject({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          level: z.enum(['none', 'note', 'warning', 'error']),
          baselineState: z.enum(['new', 'unchanged', 'updated', 'absent']).optional(),
          message: text,
          locations: z
            .array(
              z.strictObject({
                physicalLocation: z.strictObject({
                  artifactLocation: z.strictObject({ uri: z.string().regex(/^[\w%./~-]+$/) }),
                  region: z
                    .strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1).optional() })
                    .optional(),
                }),
              }),
            )
            .optional(),
          partialFingerprints: z.record(z.string(), z.string()),
          suppressions: z
            .array(z.strictObject({ kind: z.enum(['inSource', 'external']), justification: z.string() }))
            .optional(),
          properties: z.record(z.string(), z.unknown()),
        }),
      ),
      properties: z.record(z.string(), z.unknown()),
    }),
  ),
});

describe('the SARIF report', () => {
  const log = sarif.parse(JSON.parse(JSON.stringify(sarifOf(verdict, '0.1.0', true))));
  const [run] = log.runs;

  it('names each finding by its rule, its place and whether it is new', () => {
    assert.deepEqual(
      run?.results.map(({ ruleId, ruleIndex, level, baselineState, locations, suppressions }) => [
        ruleId,
        run.tool.driver.rules[ruleIndex]?.id,
        level,
        baselineState,
        locations?.[0]?.physicalLocation.region?.startLine,
        suppressions?.[0]?.justification,
      ]),
      [
        ['age', 'age', 'error', 'new', 13, undefined],
        ['malicious', 'malicious', 'error', 'new', 40, undefined],
        ['license', 'license', 'warning', 'new', 13, '[waived by legal until 2026-10-01: bought]'],
        ['unmaintained', 'unmaintained', 'note', 'unchanged', 13, undefined],
      ],
    );
    assert.match(run?.tool.driver.rules[0]?.shortDescription?.text ?? '', /\.$/);
  });

  it('keeps a finding’s fingerprint when its line moves', () => {
    const at = (line: number) => {
      const moved = { ...verdict, debt: [finding({ evidence: { file: 'Cargo.lock', line } })], changes: [] };
      return sarif.parse(sarifOf(moved, '0.1.0', false)).runs[0]?.results[0]?.partialFingerprints;
    };
    assert.deepEqual(at(1), at(99));
  });

  it('writes paths as URIs', () => {
    const odd = {
      ...verdict,
      changes: [],
      debt: [finding({ evidence: { file: 'a b/ü#/Cargo.lock', line: 1 } })],
    };
    const [result] = sarif.parse(sarifOf(odd, '0.1.0', false)).runs[0]?.results ?? [];
    assert.equal(result?.locations?.[0]?.physicalLocation.artifactLocation.uri, 'a%20b/%C3%BC%23/Cargo.lock');
    assert.equal(result?.baselineState, undefined);
  });
});
