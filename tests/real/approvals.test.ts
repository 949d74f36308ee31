/**
 * Approve, bump, carry over, surface change, revoke and expire, with real crates: the gate as its users have it, on lockfiles
 * that cargo makes. Needs the registry; part of `./test --all`. Its smaller twins are tests/e2e/approvals*.test.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { run, safeguard } from '../cli/support.ts';
import { manifest } from '../support/check.ts';
import { repository } from '../support/repository.ts';

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'safeguard-test');
/** What was fetched once stays. */
const authorities = process.env.NODE_EXTRA_CA_CERTS;
const env = {
  ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
  XDG_CACHE_HOME: join(cache, 'approvals'),
  CARGO_HOME: join(cache, 'approvals', 'cargo'),
};

/** Where it begins: a library of macros, one whose own macro makes its exports, and a build script that compiles C. */
const first = { serde_derive: '1.0.226', 'zerocopy-derive': '0.8.51', 'libz-sys': '1.1.13' };
type Versions = typeof first;

async function scene(t: TestContext) {
  const repo = repository(t);
  const options = { cwd: repo.dir, env };
  const done = async (...args: readonly string[]) => {
    const ran = await safeguard(args, options);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    return ran.stdout;
  };
  const lock = async (versions: Partial<Versions> = {}) => {
    const pins = Object.entries({ ...first, ...versions }).map(
      ([crate, version]) => `${crate} = "=${version}"`,
    );
    repo.write({ 'Cargo.toml': manifest(pins.join('\n')), 'src/main.rs': 'fn main() {}\n' });
    const ran = await run('cargo', ['generate-lockfile'], options);
    assert.equal(ran.code, 0, ran.stderr);
  };
  /** How each of the three stands, and what the rule says of it. */
  const check = async (...args: readonly string[]) => {
    const ran = await safeguard(['check', '--format', 'json', ...args], options);
    assert.ok(ran.stdout.startsWith('{'), ran.stderr);
    const { changes } = gateVerdictSchema.parse(JSON.parse(ran.stdout));
    const own = changes.filter(({ crate }) => Object.hasOwn(first, crate));
    return own.flatMap(({ crate, findings, approvals = [] }) => {
      const effects = findings.filter(({ rule }) => rule === 'build-code').map(({ effect }) => effect);
      return approvals.map(({ standing }) => [crate, standing, ...effects].join(' '));
    });
  };
  const list = () => readFileSync(join(repo.dir, 'safeguard/allow.toml'), 'utf8');
  return { repo, done, lock, check, list };
}

const yes = ['--approve', '--as', 'Ada', '--reason', 'Read it.'];

describe('approvals of real crates', { timeout: 10 * 60_000 }, () => {
  it('hold, ask again, and end', async (t) => {
    const { repo, done, lock, check, list } = await scene(t);
    await lock();
    await done('allow', 'seed', '--as', 'Ada');
    assert.match(await done('allow', 'list'), /grandfathered, which nobody has read/);
    for (const [crate, version] of Object.entries(first)) await done('review', `${crate}@${version}`, ...yes);
    repo.commit({ 'safeguard/allow.toml': list() });
    assert.deepEqual(await check(), [
      'libz-sys approved',
      'serde_derive approved',
      'zerocopy-derive approved',
    ]);

    await lock({ serde_derive: '1.0.228' });
    assert.deepEqual(await check('--base', 'HEAD'), ['serde_derive carried'], 'a bump is carried over');
    await lock({ 'zerocopy-derive': '0.8.52' });
    assert.deepEqual(
      await check('--base', 'HEAD'),
      ['zerocopy-derive surface warn'],
      'it exports one more, and can do no more',
    );
    await lock({ 'libz-sys': '1.1.14' });
    assert.deepEqual(
      await check('--base', 'HEAD'),
      ['libz-sys grown review'],
      'it brings files that nobody can read',
    );

    assert.match(await done('review', 'libz-sys@1.1.14', ...yes), /Compared with 1\.1\.13/);
    assert.deepEqual(await check(), [
      'libz-sys approved',
      'serde_derive approved',
      'zerocopy-derive approved',
    ]);
    await done('allow', 'revoke', 'libz-sys@1.1.14');
    assert.deepEqual((await check())[0], 'libz-sys missing review', 'the other version’s yes was replaced');
    await done('review', 'libz-sys@1.1.14', ...yes, '--expires', '2020-01-31');
    assert.deepEqual((await check())[0], 'libz-sys lapsed review');
    await done('allow', 'prune');
    assert.doesNotMatch(list(), /libz-sys/);
  });
});
