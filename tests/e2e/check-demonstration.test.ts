/**
 * One pull request with everything that the gate is for: a feature that pulls in a TLS stack, an update into its cool-down, a
 * new proc-macro, and `std` in a firmware. Its reports are kept beside this file, to be read as who gets them reads them;
 * `SAFEGUARD_SNAPSHOTS=write ./test check-demonstration` writes them anew.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { old, run } from '../support/check.ts';
import { type Crate, type CrateOptions, makeCrate } from '../support/crate.ts';
import { type Locked, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { type Stage, stage } from '../support/stage.ts';

const script = 'fn main() {}\n';
const crate = (name: string, version: string, more: Partial<CrateOptions> = {}): Crate =>
  makeCrate({ name, version, ...more });

const fetcher = crate('fetcher', '2.1.0', {
  dependencies: { 'native-tls': { version: '1', optional: true } },
  features: { 'default-tls': ['dep:native-tls'] },
});
const nativeTls = crate('native-tls', '1.4.0', { dependencies: { openssl: '1' } });
const openssl = crate('openssl', '1.0.70', { dependencies: { 'openssl-sys': '1' } });
const opensslSys = crate('openssl-sys', '1.2.0', {
  links: 'openssl',
  buildScript: script,
  buildDependencies: { 'pkg-config': '1' },
});
const pkgConfig = crate('pkg-config', '1.3.0');
const before = crate('arrayref', '0.3.9');
const after = crate('arrayref', '0.3.10');
const macros = crate('settings-derive', '0.4.0', { procMacro: true });
const codec = crate('wirefmt', '1.7.0', {
  features: { default: ['std'], std: [] },
  lib: '#![cfg_attr(not(feature = "std"), no_std)]\n',
});

const targets = ['x86_64-unknown-linux-gnu', 'thumbv7em-none-eabihf'];
const member = (name: string, root: string, dependencies: readonly string[]) => ({
  [`${name}/Cargo.toml`]: [
    '[package]',
    `name = "${name}"`,
    'version = "0.1.0"',
    'edition = "2021"',
    '',
    '[dependencies]',
    ...dependencies,
    '',
  ].join('\n'),
  [`${name}/src/main.rs`]: root,
});
const own = (name: string, ...dependencies: string[]): Locked => ({
  name,
  version: '0.1.0',
  source: null,
  dependencies,
});

/** The project as it is, and what the pull request makes of it. */
const main = {
  'Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["service", "firmware"]\n',
  'safeguard.toml': `[gate]\ntargets = ${JSON.stringify(targets)}\n`,
  ...member('service', 'fn main() {}\n', ['arrayref = "0.3"', 'fetcher = "2"']),
  ...member('firmware', '#![no_std]\n#![no_main]\n', [
    'wirefmt = { version = "1", default-features = false }',
  ]),
  'Cargo.lock': lockfileText(
    own('firmware', 'wirefmt'),
    own('service', 'arrayref', 'fetcher'),
    ...[before, codec, fetcher].map((one) => lockedCrate(one)),
  ),
};
const branch = {
  ...member('service', 'fn main() {}\n', [
    'arrayref = "0.3"',
    'fetcher = { version = "2", features = ["default-tls"] }',
    'settings-derive = "0.4"',
  ]),
  ...member('firmware', '#![no_std]\n#![no_main]\n', ['wirefmt = "1"']),
  'Cargo.lock': lockfileText(
    own('firmware', 'wirefmt'),
    own('service', 'arrayref', 'fetcher', 'settings-derive'),
    lockedCrate(fetcher, 'native-tls'),
    lockedCrate(nativeTls, 'openssl'),
    lockedCrate(openssl, 'openssl-sys'),
    lockedCrate(opensslSys, 'pkg-config'),
    ...[after, codec, macros, pkgConfig].map((one) => lockedCrate(one)),
  ),
};

async function pullRequest(
  t: Parameters<typeof stage>[0],
): Promise<{ readonly s: Stage; readonly dir: string }> {
  const s = await stage(t, { start: '2026-08-20T12:00:00Z' });
  for (const one of [fetcher, nativeTls, openssl, opensslSys, pkgConfig, before, macros, codec])
    s.upstream.publish(one, old);
  s.upstream.publish(after, { pubtime: '2026-08-20T07:15:00Z' });
  const repo = repository(t);
  repo.commit(main);
  repo.write(branch);
  return { s, dir: repo.dir };
}

const folder = join(import.meta.dirname, 'demonstration');

function matches(file: string, text: string): void {
  const path = join(folder, file);
  if (process.env.SAFEGUARD_SNAPSHOTS === 'write') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, 'utf8'), `${file} differs`);
}

describe('the reports of a pull request with everything in it', () => {
  const formats = [
    ['text', 'terminal.txt'],
    ['markdown', 'comment.md'],
    ['sarif', 'report.sarif.json'],
  ] as const;
  for (const [format, file] of formats) {
    it(`as ${format}`, async (t) => {
      const { s, dir } = await pullRequest(t);
      const ran = await run(s, dir, '--base', 'HEAD', '--format', format);
      assert.equal(ran.code, 2, ran.stderr);
      // The digest of the policy is another one with each setting that comes to be.
      const stable = ran.stdout
        .replaceAll(s.mirror.url, 'http://127.0.0.1:8480')
        .replace(/\bPolicy [0-9a-f]{12}\b/, 'Policy 0123456789ab');
      matches(file, stable);
    });
  }
});
