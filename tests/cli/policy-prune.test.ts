/** `safeguard policy prune`: what nothing needs goes, every other byte stays. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { folder, safeguard } from './support.ts';

const kept = '# Ours.\n[license]\nallow = ["MIT"] # all of it\n\n';
const waiver = (crate: string) =>
  `[[waiver]]\nrule = "license"\ncrate = "${crate}"\nreason = "x"\nby = "A"\nexpires = "2027-01-01"\n\n`;

it('takes out what is about nothing in the lockfile', async (t) => {
  const lock = lockfileText(lockedApp('ring'), { name: 'ring', version: '1.0.0', checksum: '0'.repeat(64) });
  const text = `${kept}${waiver('gone')}# The one that stays.\n${waiver('ring')}[typosquat]\nallow = [\n  "ring",\n  "gone",\n]\n`;
  const dir = folder(t, { 'Cargo.lock': lock, 'Cargo.toml': '', 'safeguard.toml': text });
  const look = await safeguard(['policy', 'prune', '--dry-run'], { cwd: dir });
  assert.match(look.stdout, /The waiver of license for gone/);
  assert.equal(readFileSync(join(dir, 'safeguard.toml'), 'utf8'), text);
  const done = await safeguard(['policy', 'prune'], { cwd: dir });
  assert.match(done.stdout, /safeguard\.toml: 2 entries taken out\.\n$/, done.stderr);
  assert.equal(
    readFileSync(join(dir, 'safeguard.toml'), 'utf8'),
    `${kept}# The one that stays.\n${waiver('ring')}[typosquat]\nallow = [\n  "ring",\n]\n`,
  );
});

it('takes out what stands in lists of inline tables, and keeps what people wrote beside the others', async (t) => {
  const lock = lockfileText(lockedApp('ring'), { name: 'ring', version: '1.0.0', checksum: '0'.repeat(64) });
  const inline = (crate: string) =>
    `  { rule = "license", crate = "${crate}", reason = "x", by = "A", expires = "2027-01-01" }, # on ${crate}\n`;
  const banned = (wrappers: string) => `[[banned.crates]]\nname = "openssl" # no\nwrappers = [${wrappers}]\n`;
  const policy = (waivers: readonly string[], wrappers: string) =>
    `waiver = [\n  # Ours.\n${waivers.map(inline).join('')}]\n${banned(wrappers)}`;
  const dir = folder(t, {
    'Cargo.lock': lock,
    'Cargo.toml': '',
    'safeguard.toml': policy(['gone', 'ring', 'left'], '"gone", "ring"'),
  });
  const done = await safeguard(['policy', 'prune'], { cwd: dir });
  assert.match(done.stdout, /safeguard\.toml:9: gone in `wrappers` of the ban of openssl\n/);
  assert.match(done.stdout, /safeguard\.toml: 3 entries taken out\.\n$/, done.stderr);
  assert.equal(readFileSync(join(dir, 'safeguard.toml'), 'utf8'), policy(['ring'], '"ring"'));
});
