import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CfgExpression, cfgHolds, cfgKey, parseCfg } from '../../../src/cargo/cfg/expression.ts';
import { parsePlatform, platformMatches } from '../../../src/cargo/cfg/platform.ts';
import { targetOf, targetsFrom, targetTriples } from '../../../src/cargo/cfg/target.ts';

const linux = targetOf('x86_64-unknown-linux-gnu');
const windows = targetOf('x86_64-pc-windows-msvc');
const bare = targetOf('thumbv7em-none-eabihf');

test('expressions hold on the targets that they mean', () => {
  const table: [text: string, linux: boolean, windows: boolean, bare: boolean][] = [
    ['unix', true, false, false],
    ['not(unix)', false, true, true],
    ['windows', false, true, false],
    ['any(unix, windows)', true, true, false],
    ['any(unix, windows,)', true, true, false],
    ['any()', false, false, false],
    ['all()', true, true, true],
    ['all(unix, target_env = "gnu")', true, false, false],
    ['all(not(target_os = "none"), target_pointer_width="64")', true, true, false],
    ['target_os="none"', false, false, true],
    [' target_has_atomic = "64" ', true, true, false],
    ['target_feature = "sse2"', true, true, false],
    ['r#unix', true, false, false],
    ['true', true, true, true],
    ['false', false, false, false],
    ['any(true, false)', true, true, true],
    ['target_os = "é"', false, false, false],
    ['panic = "abort"', false, false, true],
  ];
  for (const [text, ...expected] of table) {
    const platform = parsePlatform(`cfg(${text})`);
    const holds = [linux, windows, bare].map((target) => platformMatches(platform, target));
    assert.deepEqual(holds, expected, text);
  }
});

test('a triple is a target by its name', () => {
  assert.ok(platformMatches(parsePlatform('thumbv7em-none-eabihf'), bare));
  assert.ok(!platformMatches(parsePlatform('thumbv7em-none-eabihf'), linux));
  assert.ok(platformMatches(undefined, linux));
});

test('what cargo does not understand is refused', () => {
  const wrong = [
    'cfg()',
    'cfg(unix windows)',
    'cfg(all)',
    'cfg(all(unix)',
    'cfg(any(,))',
    'cfg(not())',
    'cfg(not(unix, windows))',
    'cfg(target_os = )',
    'cfg(target_os = linux)',
    'cfg(target_os = "linux)',
    'cfg("linux")',
    'cfg(unix,)',
    'cfg(r#)',
    'cfg(a\tb)',
    'cfg(1)',
    'unix()',
    'cfg (unix)',
    'a b',
    `cfg(${'not('.repeat(100_000)}unix${')'.repeat(100_000)})`,
  ];
  for (const text of wrong) assert.throws(() => parsePlatform(text), { code: 'cargo/cfg' }, text);
});

const names = fc.constantFrom('unix', 'windows', 'target_os', 'all_');
const expressions = fc.letrec<{ expression: CfgExpression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(names, fc.option(fc.stringMatching(/^[a-z ,()=]*$/), { nil: undefined }))
      .map(([name, value]) => ({ kind: 'is' as const, name, value })),
    tie('expression').map((of) => ({ kind: 'not' as const, of })),
    fc
      .tuple(fc.constantFrom('all' as const, 'any' as const), fc.array(tie('expression'), { maxLength: 3 }))
      .map(([kind, of]) => ({ kind, of })),
  ),
})).expression;

test('what is written is read back, whatever the spaces', () => {
  fc.assert(
    fc.property(expressions, fc.boolean(), (expression, wide) => {
      assert.deepEqual(parseCfg(write(expression, wide ? '  ' : '')), expression);
    }),
  );
});

test('de Morgan', () => {
  const sets = fc.constantFrom(linux.cfg, windows.cfg, bare.cfg);
  fc.assert(
    fc.property(fc.array(expressions, { maxLength: 3 }), sets, (of, set) => {
      const all = cfgHolds({ kind: 'not', of: { kind: 'all', of } }, set);
      const any = cfgHolds({ kind: 'any', of: of.map((part) => ({ kind: 'not', of: part })) }, set);
      assert.equal(all, any);
    }),
  );
});

const rustc = spawnSync('rustc', ['--version'], { encoding: 'utf8' });
const sameRustc = rustc.status === 0 && rustc.stdout.split(' ')[1] === targetsFrom;

test('the table is rustc’s', { skip: sameRustc ? false : `rustc ${targetsFrom} is not here` }, () => {
  const print = (...args: string[]) =>
    spawnSync('rustc', ['--print', ...args], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line !== '');
  assert.deepEqual(targetTriples(), print('target-list'));
  const step = process.env.SAFEGUARD_REQUIRE_ALL === '1' ? 1 : 40;
  for (const triple of targetTriples().filter((_, i) => i % step === 0)) {
    assert.deepEqual([...targetOf(triple).cfg].sort(), print('cfg', '--target', triple).sort(), triple);
  }
});

test('targets with and without the standard library', () => {
  assert.deepEqual([linux.std, windows.std, bare.std], [true, true, false]);
  assert.throws(() => targetOf('toString'), { code: 'cargo/target' });
});

function write(expression: CfgExpression, space: string): string {
  switch (expression.kind) {
    case 'is':
      return expression.value === undefined
        ? `${space}${expression.name}`
        : cfgKey(expression.name, expression.value).replace('=', `${space}=${space}`);
    case 'not':
      return `not${space}(${write(expression.of, space)}${space})`;
    case 'constant':
      return String(expression.holds);
    default:
      return `${expression.kind}(${expression.of.map((part) => write(part, space)).join(`${space},`)})`;
  }
}
