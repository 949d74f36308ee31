/** `safeguard allow prune`: approvals of what is gone go, and what people wrote beside the others stays. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { folder, safeguard } from './support.ts';

const approved = (crate: string) =>
  `[[approved]]\ncrate = "${crate}"\nkind = "helper"\nversion = "1.0.0"\nby = "A"\nat = "2026-11-25T09:00:00Z"\nreason = "read"\n`;
const inline = (crate: string) =>
  `  { crate = "${crate}", kind = "helper", version = "1.0.0", by = "A", at = "2026-11-25T09:00:00Z", reason = "read" }, # ${crate}\n`;

for (const [what, before, after] of [
  [
    'tables',
    `# Ours.\nversion = 2\n\n# Read with B.\n${approved('ring')}\n${approved('gone')}\n# Last.\n${approved('ring2')}`,
    `# Ours.\nversion = 2\n\n# Read with B.\n${approved('ring')}\n# Last.\n${approved('ring2')}`,
  ],
  [
    'a list of inline tables',
    `version = 2\napproved = [\n${inline('gone')}${inline('ring')}${inline('ring2')}]\n`,
    `version = 2\napproved = [\n${inline('ring')}${inline('ring2')}]\n`,
  ],
] as const)
  it(`takes ${what} out of the list and leaves every other byte`, async (t) => {
    const locked = ['ring', 'ring2'].map((name) => ({ name, version: '1.0.0', checksum: '0'.repeat(64) }));
    const dir = folder(t, {
      'Cargo.lock': lockfileText(lockedApp('ring', 'ring2'), ...locked),
      'Cargo.toml': '',
      'safeguard/allow.toml': before,
    });
    const done = await safeguard(['allow', 'prune'], { cwd: dir });
    assert.equal(readFileSync(join(dir, 'safeguard/allow.toml'), 'utf8'), after, done.stderr);
  });
