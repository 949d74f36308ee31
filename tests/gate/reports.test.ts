/** One verdict in every form that it is read in. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { githubLines } from '../../src/gate/report/github.ts';
import { markdownLines, marker } from '../../src/gate/report/markdown.ts';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { terminalLines } from '../../src/gate/report/terminal.ts';
import { about, command, finding, verdict } from '../samples/gate-verdict.ts';

describe('the terminal report', () => {
  it('reads so', () => {
    assert.deepEqual(
      terminalLines(verdict, about, (_style, text) => text),
      [
        'Cargo.lock compared with origin/main (0123456789ab, where this branch left it)',
        'deny: 2 of 4 changes may not enter as they are; 1 finding on what was there before.',
        '',
        '+ proc-macro1 1.0.107',
        '    app → arrayref → proc-macro1',
        '    deny · malicious: It is malicious: it sends what it finds elsewhere.',
        `        ${command}`,
        '',
        '↑ arrayref 0.3.9 → 0.3.10',
        '    app → arrayref (and 1 other path)',
        '    hold · age: A new release waits 3 days from its publication. (until 2026-08-23 07:11 UTC)',
        `        ${command}`,
        '',
        'To do, in this order',
        `  ${command}`,
        '',
        'Excepted',
        '  word 2.0.0: review · license: Its licence is not allowed. [waived by legal until 2026-10-01: bought]',
        '',
        'Nothing to say of the rest: 1 removed (old 0.1.0). `--all` lists them.',
        '',
        '1 finding on what was there before (1 warn).',
        '',
        'deny: 2 of 4 changes may not enter as they are; 1 finding on what was there before.',
      ],
    );
  });

  it('colours by what counts', () => {
    const painted = terminalLines(verdict, about, (style, text) => `<${style}>${text}</>`);
    assert.ok(
      painted.includes(
        '  word 2.0.0: <dim>review</> · license: Its licence is not allowed. [waived by legal until 2026-10-01: bought]',
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
      '- added `proc-macro1` 1.0.107',
      '  - app → arrayref → proc-macro1',
      '  - **deny** · `malicious`: It is malicious: it sends what it finds elsewhere.',
      `    \`${command}\``,
      '',
      '- upgraded `arrayref` 0.3.9 → 0.3.10',
      '  - app → arrayref',
      '  - app → blake3 → arrayref',
      '  - **hold** · `age`: A new release waits 3 days from its publication. \\(until 2026-08-23 07:11 UTC\\)',
      `    \`${command}\``,
      '',
      'To do, in this order:',
      '',
      '```sh',
      command,
      '```',
      '',
      'Excepted:',
      '',
      '- `word 2.0.0` **review** · `license`: Its licence is not allowed. \\[waived by legal until 2026-10-01: bought\\]',
      '',
      'Nothing to say of the rest: 1 removed \\(old 0.1.0\\).',
      '',
      '<details>',
      '<summary>2 other changes</summary>',
      '',
      '- added `word` 2.0.0',
      '  - one version more of it: 1.0.0 is there, too',
      '  - app → word',
      '  - **review** · `license`: Its licence is not allowed. \\[waived by legal until 2026-10-01: bought\\]',
      '- removed `old` 0.1.0',
      '  - app → old',
      '',
      '</details>',
      '',
      '<details>',
      '<summary>1 finding on what was there before \\(1 warn\\)</summary>',
      '',
      '- `tired 1.0.0` **warn** · `unmaintained`: Nobody maintains it.',
      '',
      '</details>',
      '',
      'Safeguard: **deny**: 2 of 4 changes may not enter as they are; 1 finding on what was there before.',
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
      `::error file=Cargo.lock,line=40,col=1,title=malicious%3A proc-macro1 1.0.107::proc-macro1 1.0.107: It is malicious: it sends what it finds elsewhere. ${command}`,
      `::error file=Cargo.lock,line=13,col=1,title=age%3A arrayref 0.3.10::arrayref 0.3.10: A new release waits 3 days from its publication. (until 2026-08-23 07:11 UTC) ${command}`,
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
