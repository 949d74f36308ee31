/** What counts as built: on every machine that may build, with the flags that cargo is configured with, for every rule. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder } from '../cli/support.ts';
import { advisories, judged, old, severe } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { stage } from '../support/stage.ts';

const crate = makeCrate({ name: 'thing', version: '1.0.0' });
const linux = '[gate]\ntargets = ["x86_64-unknown-linux-gnu"]\n';

interface Case {
  /** The key of `[target.…]` that the dependency stands under. */
  readonly cfg: string;
  readonly kind?: 'dependencies' | 'build-dependencies';
  readonly policy?: string;
  readonly config?: string;
  readonly more?: Readonly<Record<string, string>>;
  readonly advisory?: string;
}

async function findings(
  t: Parameters<typeof stage>[0],
  { cfg, kind = 'dependencies', policy = '', config, more, advisory }: Case,
) {
  const s = await stage(t);
  const database = advisories(t, {
    id: 'RUSTSEC-2026-0001',
    crate: 'thing',
    patched: '',
    more: advisory ?? severe,
  });
  const mirror = await s.restart({ advisoryDatabases: [database] });
  await mirror.tick();
  s.upstream.publish(crate, old);
  const cwd = folder(t, {
    'Cargo.toml': `[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[target.${JSON.stringify(cfg)}.${kind}]\nthing = "1"\n`,
    'src/main.rs': 'fn main() {}\n',
    'build.rs': 'fn main() {}\n',
    'safeguard.toml': `${linux}${policy}`,
    'Cargo.lock': lockfileText(lockedApp('thing'), lockedCrate(crate)),
    ...(config === undefined ? {} : { '.cargo/config.toml': config }),
    ...more,
  });
  const { changes } = await judged(s, cwd);
  return changes.flatMap((change) => (change.crate === 'thing' ? change.findings : []));
}

async function effectOf(t: Parameters<typeof stage>[0], one: Case, rule = 'vulnerability') {
  const found = (await findings(t, one)).find((finding) => finding.rule === rule);
  return found?.effect;
}

describe('safeguard check, on flags and on the machines that may build', () => {
  it('counts what flags of cargo’s configuration have built', async (t) => {
    const config = 'include = ["more.toml"]\n';
    const more = { '.cargo/more.toml': '[build]\nrustflags = ["-Cpanic=abort"]\n' };
    assert.equal(await effectOf(t, { cfg: 'cfg(panic = "abort")', config, more }), 'deny');
  });

  it('counts what flags below its folder, or of an alias, have built', async (t) => {
    const flags = '[build]\nrustflags = ["-Cpanic=abort"]\n';
    const below = { 'tool/.cargo/config.toml': flags };
    assert.equal(await effectOf(t, { cfg: 'cfg(panic = "abort")', more: below }), 'deny');
    const alias = '[alias]\nship = ["build", "--config", "ship.toml"]\n';
    const more = { 'ship.toml': flags };
    assert.equal(await effectOf(t, { cfg: 'cfg(panic = "abort")', config: alias, more }), 'deny');
  });

  it('counts what a build script needs on each of the machines', async (t) => {
    const windows = { cfg: 'cfg(windows)', kind: 'build-dependencies' } as const;
    assert.equal(await effectOf(t, windows), 'deny');
    const policy = 'hosts = ["x86_64-unknown-linux-gnu"]\n';
    assert.equal(await effectOf(t, { ...windows, policy }), 'warn');
  });
});

describe('safeguard check, on what nobody builds', () => {
  it('warns where it would refuse, by every rule but those on malice and blocks', async (t) => {
    const policy = '[banned]\ncrates = [{ name = "thing", reason = "no" }]\n';
    const banned = (await findings(t, { cfg: 'cfg(windows)', policy })).find(({ rule }) => rule === 'banned');
    assert.equal(banned?.effect, 'warn');
    assert.match(
      banned?.message ?? '',
      /It counts as a warning: it is built for none of x86_64-unknown-linux-gnu/,
    );
    assert.equal(await effectOf(t, { cfg: 'cfg(unix)', policy }, 'banned'), 'deny');
    const malice = { cfg: 'cfg(windows)', advisory: 'categories = ["malicious"]' };
    assert.equal(await effectOf(t, malice, 'malicious'), 'deny');
  });
});
