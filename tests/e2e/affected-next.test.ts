/** The upgrade that `affected` says, held against what the gate says for the same crates, advisory and mirror. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { advisories, judged, manifest, old, severe } from '../support/check.ts';
import { makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { repository } from '../support/repository.ts';
import { stage } from '../support/stage.ts';

interface Case {
  readonly says: string;
  /** The release that is locked and built in; then all others of the crate, `!` those that are yanked, `+` that are new. */
  readonly has: string;
  readonly others: readonly string[];
  readonly patched: string;
  /** The version to move to by a line of cargo's. */
  readonly to: string | undefined;
}

const cases: readonly Case[] = [
  {
    says: 'the newest of its series',
    has: '1.0.0',
    others: ['1.0.1', '1.2.0', '2.0.0'],
    patched: '>=1.0.1',
    to: '1.2.0',
  },
  {
    says: 'none that is struck, too',
    has: '1.0.0',
    others: ['1.0.1', '1.2.0'],
    patched: '">=1.0.1, <1.2.0"',
    to: '1.0.1',
  },
  { says: 'none that is held', has: '1.0.0', others: ['1.0.1', '+1.0.2'], patched: '>=1.0.1', to: '1.0.1' },
  {
    says: 'one that is not yanked before one that is',
    has: '1.0.0',
    others: ['1.0.1', '!1.0.2'],
    patched: '>=1.0.1',
    to: '1.0.1',
  },
  {
    says: 'of 0.x the same minor version',
    has: '0.2.1',
    others: ['0.2.2', '0.3.0'],
    patched: '>=0.2.2',
    to: '0.2.2',
  },
  { says: 'back to what it is not in yet', has: '1.1.0', others: ['1.0.0'], patched: '<1.1.0', to: '1.0.0' },
  {
    says: 'no line where another series has it',
    has: '1.0.0',
    others: ['2.0.0'],
    patched: '>=2.0.0',
    to: undefined,
  },
  {
    says: 'no line where all that would do is held',
    has: '1.0.0',
    others: ['+1.0.1'],
    patched: '>=1.0.1',
    to: undefined,
  },
];

async function scene(t: TestContext, { has, others, patched }: Case) {
  const s = await stage(t);
  const range = patched.startsWith('"') ? patched : `"${patched}"`;
  const database = advisories(t, { id: 'RUSTSEC-2026-0001', crate: 'bad', patched: range, more: severe });
  const mirror = await s.restart({ advisoryDatabases: [database] });
  await mirror.tick();
  const versions = [has, ...others].map((text) => ({
    version: text.replace(/^[!+]/, ''),
    isYanked: text.startsWith('!'),
    isNew: text.startsWith('+'),
  }));
  for (const { version, isNew } of versions)
    if (!isNew) s.upstream.publish(makeCrate({ name: 'bad', version }), old);
  const caller = makeCrate({
    name: 'caller',
    version: '1.0.0',
    dependencies: {
      bad: has
        .split('.')
        .slice(0, has.startsWith('0') ? 2 : 1)
        .join('.'),
    },
  });
  s.upstream.publish(caller, old);
  await s.index('bad');
  await s.index('caller');
  for (const { version, isYanked } of versions) if (isYanked) s.upstream.yank('bad', version);
  for (const { version, isNew } of versions)
    if (isNew) s.upstream.publish(makeCrate({ name: 'bad', version }), { pubtime: s.clock.iso() });
  s.clock.advance('2h');
  await mirror.settle();
  const repo = repository(t);
  const locked = [lockedCrate(caller, 'bad'), lockedCrate(makeCrate({ name: 'bad', version: has }))];
  repo.write({
    'Cargo.toml': manifest('caller = "1"'),
    'src/main.rs': 'fn main() {}\n',
    'Cargo.lock': lockfileText(lockedApp('caller'), ...locked),
  });
  return { s, mirror, repo };
}

for (const one of cases)
  it(`is the gate’s: ${one.says}`, async (t) => {
    const { s, mirror, repo } = await scene(t, one);
    const verdict = await judged(s, repo.dir, '--all');
    assert.equal(verdict.verdict, 'deny');

    const purl = `pkg:cargo/bad@${one.has}`;
    writeFileSync(
      join(repo.dir, 'app.cdx.json'),
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        metadata: {
          component: { type: 'file', 'bom-ref': 'app', name: 'app', version: `sha256:${'a'.repeat(64)}` },
        },
        components: [{ type: 'library', 'bom-ref': 'b', name: 'bad', version: one.has, purl }],
        dependencies: [{ ref: 'app', dependsOn: ['b'] }],
      }),
    );
    const env = { SAFEGUARD_SERVER: mirror.url, SAFEGUARD_TOKEN: mirror.token() };
    const added = await safeguard(['inventory', 'add', 'app.cdx.json'], { cwd: repo.dir, env });
    assert.equal(added.code, 0, added.stderr);
    const asked = ['affected', 'RUSTSEC-2026-0001', '--format', 'json'];
    const { stdout } = await safeguard(asked, { cwd: repo.dir, env });
    const next: string | null = JSON.parse(stdout).releases[0].next;
    const line = one.to === undefined ? [] : [`cargo update bad@${one.has} --precise ${one.to}`];
    assert.deepEqual(verdict.commands, line, 'what the gate says');
    if (one.to !== undefined) assert.deepEqual([next], line);
    // Where no line of cargo's does it, none is given: at most what to write into a manifest.
    else assert.doesNotMatch(next ?? '', /^cargo update/);
  });
