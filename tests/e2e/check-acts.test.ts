/** What `safeguard check` says to do, done with the real cargo: afterwards the change may enter. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gateVerdictSchema } from '../../src/gate/report/schema.ts';
import { folder, safeguard } from '../cli/support.ts';
import { type CargoProject, lockedReleases } from '../support/cargo.ts';
import { type Stage, stage } from '../support/stage.ts';

const old = { pubtime: '2020-01-01T00:00:00Z' };

/** A project whose lockfile cargo wrote against the upstream itself, past every cool-down. */
async function locked(s: Stage, dependencies: Record<string, string>): Promise<CargoProject> {
  const project = s.project({ dependencies });
  const config = `[source.crates-io]\nreplace-with = "upstream"\n[source.upstream]\nregistry = "${s.upstream.cargoUrl}"\n`;
  const mirrored = `[source.crates-io]\nreplace-with = "safeguard"\n[source.safeguard]\nregistry = "${s.mirror.cargoUrl}"\n`;
  writeFileSync(join(project.dir, '.cargo', 'config.toml'), config);
  const made = await project.run(['generate-lockfile']);
  assert.equal(made.code, 0, made.stderr);
  writeFileSync(join(project.dir, '.cargo', 'config.toml'), mirrored);
  return project;
}

async function judged(s: Stage, project: CargoProject) {
  const ran = await safeguard(['check', '--server', s.mirror.url, '--format', 'json'], { cwd: project.dir });
  assert.ok(ran.stdout.startsWith('{'), ran.stderr);
  return gateVerdictSchema.parse(JSON.parse(ran.stdout));
}

/** Runs the lines as they stand, one after another. */
async function follow(project: CargoProject, commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const [cargo, ...args] = command.replaceAll("'", '').split(' ');
    assert.equal(cargo, 'cargo');
    const ran = await project.run(args);
    assert.equal(ran.code, 0, `${command}\n${ran.stderr}`);
  }
}

async function advisory(t: TestContext, s: Stage, crate: string, patched: string): Promise<void> {
  const db = folder(t);
  mkdirSync(join(db, 'crates', crate), { recursive: true });
  const front = `[advisory]\nid = "RUSTSEC-2026-0002"\npackage = "${crate}"\ndate = "2026-08-01"\ncvss = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"\n[versions]\npatched = ["${patched}"]`;
  writeFileSync(
    join(db, 'crates', crate, 'RUSTSEC-2026-0002.md'),
    `\`\`\`toml\n${front}\n\`\`\`\n\n# It lets others in\n`,
  );
  await (await s.restart({ advisoryDatabases: [db] })).tick();
}

describe('the next step', () => {
  it('moves an attacked crate back to where it was yanked from, and its payload goes with it', async (t) => {
    const s = await stage(t);
    s.publish('arrayref', '0.3.8', old);
    s.publish('arrayref', '0.3.9', old);
    await s.index('arrayref');
    s.publish('arrayref', '0.3.10', { pubtime: s.clock.iso(), dependencies: { 'proc-macro1': '1' } });
    s.publish('proc-macro1', '1.0.107', { pubtime: s.clock.iso(), buildScript: 'fn main() {}' });
    s.upstream.yank('arrayref', '0.3.8');
    s.upstream.yank('arrayref', '0.3.9');
    await s.pass('10m');
    const project = await locked(s, { arrayref: '0.3' });
    assert.deepEqual(lockedReleases(await project.lockfile()), [
      'app 0.1.0',
      'arrayref 0.3.10',
      'proc-macro1 1.0.107',
    ]);
    const before = await judged(s, project);
    assert.equal(before.verdict, 'review');
    const line = 'cargo update arrayref@0.3.10 --precise 0.3.9';
    assert.deepEqual(before.commands, [line]);
    const failing = before.changes
      .flatMap(({ findings }) => findings)
      .filter(({ effect }) => effect !== 'warn');
    assert.deepEqual(
      [...new Set(failing.map(({ crate, next }) => `${crate}: ${next}`))],
      [`proc-macro1: ${line}`, `arrayref: ${line}`],
    );
    await follow(project, before.commands);
    assert.deepEqual(lockedReleases(await project.lockfile()), ['app 0.1.0', 'arrayref 0.3.9']);
    assert.equal((await judged(s, project)).verdict, 'allow');
  });

  it('takes the newest fixed release that is old enough and fits everybody', async (t) => {
    const s = await stage(t);
    for (const version of ['1.0.0', '1.0.1', '1.0.2', '1.1.0']) s.publish('word', version, old);
    s.publish('line', '0.3.0', { ...old, dependencies: { word: '~1.0' } });
    await s.index('word');
    s.publish('word', '1.0.3', { pubtime: s.clock.iso() });
    await s.pass('10m');
    await advisory(t, s, 'word', '>= 1.0.1');
    const project = await locked(s, { line: '0.3', word: '1' });
    const start = await project.run(['update', 'word', '--precise', '1.0.0']);
    assert.equal(start.code, 0, start.stderr);
    const before = await judged(s, project);
    assert.deepEqual(
      [before.verdict, before.commands],
      ['deny', ['cargo update word@1.0.0 --precise 1.0.2']],
    );
    await follow(project, before.commands);
    assert.equal((await judged(s, project)).verdict, 'allow');
  });

  it('brings what a release needs, and does not touch what goes by itself', async (t) => {
    const s = await stage(t);
    s.publish('glyph', '0.1.0', old);
    s.publish('word', '1.0.0', { ...old, dependencies: { glyph: '0.1' } });
    await s.index('word');
    await s.index('glyph');
    s.publish('ink', '2.0.0', { pubtime: s.clock.iso() });
    s.publish('word', '1.1.0', { pubtime: s.clock.iso(), dependencies: { ink: '2' } });
    await s.pass('10m');
    const project = await locked(s, { word: '1' });
    assert.deepEqual(lockedReleases(await project.lockfile()), ['app 0.1.0', 'ink 2.0.0', 'word 1.1.0']);
    const before = await judged(s, project);
    assert.deepEqual(before.commands, ['cargo update word@1.1.0 --precise 1.0.0']);
    await follow(project, before.commands);
    assert.deepEqual(lockedReleases(await project.lockfile()), ['app 0.1.0', 'glyph 0.1.0', 'word 1.0.0']);
    assert.equal((await judged(s, project)).verdict, 'allow');
  });

  it('moves what depends on it, where nothing of it will do', async (t) => {
    const s = await stage(t, { policy: '[[banned.crates]]\nname = "ink"\nreason = "it runs"\n' });
    s.publish('ink', '2.0.0', old);
    s.publish('pen', '1.0.0', old);
    s.publish('pen', '1.1.0', { ...old, dependencies: { ink: '2' } });
    s.publish('word', '1.0.0', { ...old, dependencies: { pen: '1' } });
    const project = await locked(s, { word: '1' });
    const before = await judged(s, project);
    assert.deepEqual([before.verdict, before.commands], ['deny', ['cargo update pen@1.1.0 --precise 1.0.0']]);
    await follow(project, before.commands);
    assert.equal((await judged(s, project)).verdict, 'allow');
  });

  it('names whose requirement is in the way, where nothing fits', async (t) => {
    const s = await stage(t);
    s.publish('word', '1.0.0', old);
    s.publish('line', '0.3.0', { ...old, dependencies: { word: '^1.1' } });
    await s.index('word');
    s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
    await s.pass('10m');
    const project = await locked(s, { line: '0.3' });
    const before = await judged(s, project);
    assert.deepEqual([before.verdict, before.commands], ['hold', []]);
    const [finding] = before.changes
      .flatMap(({ findings }) => findings)
      .filter(({ effect }) => effect === 'hold');
    assert.equal(
      finding?.next,
      'No release of word that is allowed fits: line 0.3.0 requires ^1.1, and the newest that is allowed is 1.0.0. Change that requirement first. Wait until 2026-08-04 00:10 UTC.',
    );
    const direct = await judged(s, await locked(s, { word: '=1.1.0' }));
    const [own] = direct.changes
      .flatMap(({ findings }) => findings)
      .filter(({ effect }) => effect === 'hold');
    assert.match(own?.next ?? '', /^No release of word that is allowed fits: app requires =1\.1\.0,/);
  });
});
