import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { parsePlatform, platformMatches } from '../../../src/cargo/cfg/platform.ts';
import { withRustcFlags } from '../../../src/cargo/cfg/rustc-flags.ts';
import { targetOf, targetsFrom } from '../../../src/cargo/cfg/target.ts';

const linux = 'x86_64-unknown-linux-gnu';
const rustc = spawnSync('rustc', ['--version'], { encoding: 'utf8' });
const sameRustc = rustc.status === 0 && rustc.stdout.split(' ')[1] === targetsFrom;

/** What rustc prints, with nothing of what it warns of. */
function printed(triple: string, flags: readonly string[]): readonly string[] {
  const args = ['--print', 'cfg', '--target', triple, ...flags];
  return spawnSync('rustc', args, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '')
    .sort();
}

test('flags set what rustc says', { skip: sameRustc ? false : `rustc ${targetsFrom} is not here` }, () => {
  const table: [triple: string, ...flags: string[]][] = [
    [linux],
    [linux, '--cfg', 'foo'],
    [linux, '--cfg=foo'],
    [linux, '--cfg', 'foo="a"', '--cfg', 'foo="b"'],
    [linux, '--cfg', 'r#foo'],
    [linux, '--cfg', 'windows'],
    [linux, '--cfg', 'feature="x"'],
    [linux, '--check-cfg', 'cfg(foo)'],
    [linux, '-A', 'unused', '-W', 'unsafe_code', '-L', '/nowhere', '-g'],
    [linux, '-C', 'panic=abort'],
    [linux, '-Cpanic=abort'],
    [linux, '--codegen', 'panic=abort'],
    [linux, '--codegen=panic=abort'],
    [linux, '-O'],
    [linux, '-C', 'opt-level=3'],
    [linux, '-C', 'opt-level=0'],
    [linux, '-C', 'opt-level=s'],
    [linux, '-C', 'debug-assertions=no'],
    [linux, '-O', '-C', 'debug-assertions'],
    [linux, '-O', '-C', 'debug_assertions=on'],
    [linux, '-C', 'overflow-checks=on', '-C', 'relocation-model=static'],
    [linux, '-C', 'target-feature=+crt-static'],
    [linux, '-C', 'target-feature=+avx2'],
    [linux, '-Ctarget_feature=+avx2,-sse3'],
    [linux, '-C', 'target-feature=-sse3,+avx2'],
    [linux, '-C', 'target-feature=+avx2', '-C', 'target-feature=-avx2'],
    [linux, '-C', 'target-feature=+bogus'],
    [linux, '-C', 'target-feature=avx2'],
    [linux, '-C', 'target-feature=+vaes,+avx512vl,-avx512bw'],
    [linux, '-C', 'target-cpu=haswell'],
    [linux, '-C', 'target-cpu=haswell', '-C', 'target-cpu=generic'],
    [linux, '-C', 'target-cpu=x86-64-v4', '-C', 'target-feature=-avx'],
    [linux, '-C', 'target-feature=-avx', '-C', 'target-cpu=x86-64-v4'],
    ['x86_64-pc-windows-msvc', '-C', 'target-feature=+crt-static'],
    ['x86_64-pc-windows-msvc', '-C', 'target-cpu=znver3'],
    ['x86_64-apple-darwin', '-C', 'target-cpu=skylake'],
    ['x86_64-unknown-linux-musl', '-C', 'target-feature=-crt-static'],
    ['i686-unknown-linux-gnu', '-C', 'target-cpu=i586'],
    ['i686-pc-windows-msvc', '-C', 'target-feature=+avx'],
    ['aarch64-unknown-linux-gnu', '-C', 'target-feature=+sve2,+aes'],
    ['aarch64-unknown-linux-gnu', '-C', 'target-cpu=neoverse-n1'],
    ['aarch64-apple-darwin', '-C', 'target-feature=-sha3'],
    ['armv7-unknown-linux-gnueabihf', '-C', 'target-feature=+neon'],
    ['thumbv7em-none-eabihf', '-C', 'panic=abort', '--cfg', 'board="a"'],
    ['riscv64gc-unknown-linux-gnu', '-C', 'target-feature=+zba,+v'],
    ['wasm32-unknown-unknown', '-C', 'target-feature=+simd128,+relaxed-simd,+atomics'],
    ['wasm32-wasip1', '-C', 'target-feature=-crt-static'],
    ['powerpc64le-unknown-linux-gnu', '-C', 'target-cpu=pwr9'],
    ['s390x-unknown-linux-gnu', '-C', 'target-cpu=z15'],
    ['loongarch64-unknown-linux-gnu', '-C', 'target-feature=+lasx'],
  ];
  for (const [triple, ...flags] of table) {
    const ours = [...withRustcFlags(targetOf(triple), flags).cfg].sort();
    assert.deepEqual(ours, printed(triple, flags), `${triple} ${flags.join(' ')}`);
  }
});

test('what nobody can tell of flags may hold, and may not', () => {
  const table: [flags: string[], cfg: string, may: boolean, mayNot: boolean][] = [
    [['-C', 'target-cpu=native'], 'target_feature = "avx2"', true, true],
    [['-C', 'target-cpu=native'], 'target_feature = "sse2"', true, true],
    [['-C', 'target-cpu=native'], 'windows', false, true],
    [['-C', 'target-cpu=native'], 'target_feature = "neon"', false, true],
    [['-C', 'target-cpu=native'], 'target_feature = "crt-static"', false, true],
    [['-C', 'target-cpu=never-heard-of'], 'target_feature = "avx2"', true, true],
    [['-C', 'target-cpu=haswell'], 'target_feature = "avx512f"', false, true],
    [['-C', 'target-feature=+of-tomorrow'], 'target_feature = "of-tomorrow"', true, true],
    [['-C', 'target-feature=+of-tomorrow'], 'target_feature = "avx2"', false, true],
    [['@flags.txt'], 'windows', true, true],
    [['@flags.txt'], 'true', true, false],
    [['--cfg', 'foo'], 'foo', true, false],
  ];
  for (const [flags, cfg, ...expected] of table) {
    const target = withRustcFlags(targetOf(linux), flags);
    const holds = [cfg, `not(${cfg})`].map((text) => platformMatches(parsePlatform(`cfg(${text})`), target));
    assert.deepEqual(holds, expected, `${flags.join(' ')}: ${cfg}`);
  }
});
