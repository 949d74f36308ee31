/** Advisories that cannot matter in what a project builds: shown, with the reason, and ranked lower. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder } from '../cli/support.ts';
import { advisories, judged, old, severe } from '../support/check.ts';
import { type Crate, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { stage } from '../support/stage.ts';

const winapi = makeCrate({ name: 'win-thing', version: '1.0.0' });
const opt = makeCrate({ name: 'opt', version: '1.0.0', features: { more: [] } });
const tool = makeCrate({ name: 'tool', version: '1.0.0' });
/** The weak `opt?/more` puts opt into the lockfile and switches it on for nobody. */
const net = makeCrate({
  name: 'net',
  version: '1.0.0',
  dependencies: {
    opt: { version: '1', optional: true },
    'win-thing': { version: '1', target: 'cfg(windows)' },
  },
  features: { default: ['opt?/more'] },
});
const locked: readonly Crate[] = [winapi, opt, tool];

const manifest =
  '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nnet = "1"\n[build-dependencies]\ntool = "1"\n';
const linux = '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n';

async function checked(t: Parameters<typeof stage>[0], policy: string, more: Record<string, string> = {}) {
  const all = ['win-thing', 'opt', 'tool', 'net'];
  const database = advisories(
    t,
    ...all.map((crate, i) => ({
      id: `RUSTSEC-2026-000${i}`,
      crate,
      patched: '',
      more: `${severe}\n${more[crate] ?? ''}`,
    })),
  );
  const s = await stage(t);
  const mirror = await s.restart({ advisoryDatabases: [database] });
  await mirror.tick();
  for (const crate of [net, ...locked]) s.upstream.publish(crate, old);
  const cwd = folder(t, {
    'Cargo.toml': manifest,
    'src/main.rs': 'fn main() {}\n',
    'build.rs': 'fn main() {}\n',
    'safeguard.toml': policy,
    'Cargo.lock': lockfileText(
      lockedApp('net', 'tool'),
      lockedCrate(net, 'opt', 'win-thing'),
      ...locked.map((crate) => lockedCrate(crate)),
    ),
  });
  const verdict = await judged(s, cwd);
  const said = verdict.changes
    .flatMap(({ findings }) => findings)
    .filter(({ evidence }) => evidence.advisory !== undefined);
  return {
    verdict: verdict.verdict,
    effects: Object.fromEntries(said.map(({ crate, effect }) => [crate, effect])),
    why: Object.fromEntries(
      said.map(({ crate, message }) => [crate, /ruled out here: (.*)\.$/.exec(message)?.[1]]),
    ),
    changes: verdict.changes,
  };
}

describe('safeguard check, on advisories that what is built rules out', () => {
  it('ranks lower what is built for none of the targets, and says why', async (t) => {
    const { effects, why } = await checked(t, linux);
    assert.deepEqual(effects, { net: 'deny', opt: 'warn', tool: 'deny', 'win-thing': 'warn' });
    assert.equal(
      why['win-thing'],
      'it is built for none of x86_64-unknown-linux-gnu, nor on a machine that may build, whatever feature is on ' +
        '(flags that an environment sets are not seen)',
    );
    assert.equal(why.net, undefined);
  });

  it('takes the advisory’s own platforms at their word, but not for the machine that builds', async (t) => {
    const affected = '[affected]\nos = ["windows"]\narch = ["x86_64", "aarch64"]';
    const { effects, why } = await checked(t, linux, { net: affected, tool: affected });
    assert.deepEqual(effects, { net: 'warn', opt: 'warn', tool: 'deny', 'win-thing': 'warn' });
    assert.equal(
      why.net,
      'it is about windows, x86_64, aarch64, and this is built for x86_64-unknown-linux-gnu',
    );
    const both = `${linux.slice(0, -2)}, "aarch64-pc-windows-msvc"]\n`;
    assert.deepEqual((await checked(t, both, { net: affected })).effects, {
      net: 'deny',
      opt: 'warn',
      tool: 'deny',
      'win-thing': 'deny',
    });
  });

  it('rules nothing out where the policy names no targets: somebody may build for any', async (t) => {
    assert.deepEqual((await checked(t, '')).effects, {
      net: 'deny',
      opt: 'deny',
      tool: 'deny',
      'win-thing': 'deny',
    });
  });

  it('goes by the policy, and never ranks malice lower', async (t) => {
    const strict = `${linux}[vulnerability]\nruled-out = "review"\n`;
    const { effects } = await checked(t, strict, { opt: 'categories = ["malicious"]' });
    assert.deepEqual([effects['win-thing'], effects.opt], ['review', 'deny']);
  });
});
