/**
 * The upgrade that `affected` says of what an artefact is made of: the gate’s for the same lockfile, and run by the
 * real cargo it leaves nothing that is struck. Where none does it, whose requirement stands in the way.
 */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { lockedReleases } from '../support/cargo.ts';
import { advisories, judged, old, severe } from '../support/check.ts';
import { type Dependencies, makeCrate } from '../support/crate.ts';
import { lockedApp, lockedCrate, lockfileText } from '../support/lockfile.ts';
import { type Stage, stage } from '../support/stage.ts';

interface Case {
  readonly says: string;
  /** By crate: what its release of each version requires; what stands first is locked, and built in. */
  readonly crates: Readonly<Record<string, Readonly<Record<string, Dependencies>>>>;
  readonly needs: Dependencies;
  /** By what is locked: what it depends on. */
  readonly edges: Readonly<Record<string, readonly string[]>>;
  readonly patched: string;
  readonly lines?: readonly string[];
  readonly obstacle?: RegExp;
}

const alone = { '1.0.0': {}, '1.1.0': {} };
const cases: readonly Case[] = [
  {
    says: 'siblings that require each other exactly move together',
    crates: { word: { '1.0.0': { bad: '=1.0.0' }, '1.1.0': { bad: '=1.1.0' } }, bad: alone },
    needs: { word: '1' },
    edges: { word: ['bad'] },
    patched: '>=1.1.0',
    lines: ['cargo update word@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'so do two that require it, neither above the other',
    crates: {
      web: { '1.0.0': { bad: '=1.0.0' }, '1.1.0': { bad: '=1.1.0' } },
      wide: { '1.0.0': { bad: '=1.0.0' }, '1.1.0': { bad: '=1.1.0' } },
      bad: alone,
    },
    needs: { web: '1', wide: '1' },
    edges: { web: ['bad'], wide: ['bad'] },
    patched: '>=1.1.0',
    lines: ['cargo update web@1.0.0 wide@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'a dependent with a tilde moves up',
    crates: { mid: { '1.0.0': { bad: '~1.0' }, '1.1.0': { bad: '~1.1' } }, bad: alone },
    needs: { mid: '1' },
    edges: { mid: ['bad'] },
    patched: '>=1.1.0',
    lines: ['cargo update mid@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'a dependent with an upper bound moves to one without',
    crates: { mid: { '1.0.0': { bad: '>=1.0, <1.1' }, '1.0.1': { bad: '1.1' } }, bad: alone },
    needs: { mid: '1' },
    edges: { mid: ['bad'] },
    patched: '>=1.1.0',
    lines: ['cargo update mid@1.0.0 --precise 1.0.1'],
  },
  {
    says: 'what depends on the dependent moves with it',
    crates: {
      top: { '1.0.0': { mid: '=1.0.0' }, '1.1.0': { mid: '=1.1.0' } },
      mid: { '1.0.0': { bad: '=1.0.0' }, '1.1.0': { bad: '=1.1.0' } },
      bad: alone,
    },
    needs: { top: '1' },
    edges: { top: ['mid'], mid: ['bad'] },
    patched: '>=1.1.0',
    lines: ['cargo update top@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'a dependent leads to another series',
    crates: { mid: { '1.0.0': { bad: '1' }, '1.1.0': { bad: '2' } }, bad: { '1.0.0': {}, '2.0.0': {} } },
    needs: { mid: '1' },
    edges: { mid: ['bad'] },
    patched: '>=2.0.0',
    lines: ['cargo update mid@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'what is built for other targets, or by other features, stands in no way',
    crates: {
      mid: {
        '1.0.0': { bad: '=1.0.0', win: { version: '1', target: 'cfg(windows)' } },
        '1.1.0': { bad: '=1.1.0', win: { version: '1', target: 'cfg(windows)' } },
      },
      bad: alone,
      win: { '1.0.0': {} },
    },
    needs: { mid: '1' },
    edges: { mid: ['bad', 'win'] },
    patched: '>=1.1.0',
    lines: ['cargo update mid@1.0.0 --precise 1.1.0'],
  },
  {
    says: 'an exact requirement that no release loosens stands in the way',
    crates: { mid: { '1.0.0': { bad: '=1.0.0' } }, bad: alone },
    needs: { mid: '1' },
    edges: { mid: ['bad'] },
    patched: '>=1.1.0',
    obstacle: /mid 1\.0\.0 requires =1\.0\.0, and the newest that is allowed is 1\.1\.0/,
  },
  {
    says: 'a dependent that would do in another series alone stands in the way',
    crates: { mid: { '1.0.0': { bad: '~1.0' }, '2.0.0': { bad: '~1.1' } }, bad: alone },
    needs: { mid: '1' },
    edges: { mid: ['bad'] },
    patched: '>=1.1.0',
    obstacle: /mid 1\.0\.0 requires ~1\.0, and the newest that is allowed is 1\.1\.0/,
  },
];

const lockedOf = (crates: Case['crates'], name: string) => Object.keys(crates[name] ?? {})[0] ?? '';

async function scene(t: TestContext, { crates, needs, edges, patched }: Case) {
  const s = await stage(t);
  const database = advisories(t, {
    id: 'RUSTSEC-2026-0001',
    crate: 'bad',
    patched: `"${patched}"`,
    more: severe,
  });
  const mirror = await s.restart({ advisoryDatabases: [database] });
  await mirror.tick();
  const made = new Map(
    Object.entries(crates).flatMap(([name, versions]) =>
      Object.entries(versions).map(([version, dependencies]) => {
        const crate = makeCrate({ name, version, dependencies });
        s.upstream.publish(crate, old);
        return [`${name} ${version}`, crate] as const;
      }),
    ),
  );
  for (const name of Object.keys(crates)) await s.index(name);
  const packages = Object.keys(crates).map((name) => {
    const crate = made.get(`${name} ${lockedOf(crates, name)}`);
    assert.ok(crate);
    return lockedCrate(crate, ...(edges[name] ?? []));
  });
  const lockfile = lockfileText(lockedApp(...Object.keys(needs)), ...packages);
  return { s, project: s.project({ dependencies: needs, lockfile }) };
}

/** A document of what is built for this target: the lockfile’s without what others have. */
function documentOf({ crates, needs, edges }: Case): string {
  const names = Object.keys(crates).filter((name) => name !== 'win');
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: { type: 'file', 'bom-ref': 'app', name: 'app', version: `sha256:${'a'.repeat(64)}` },
    },
    components: names.map((name) => {
      const version = lockedOf(crates, name);
      return { type: 'library', 'bom-ref': name, name, version, purl: `pkg:cargo/${name}@${version}` };
    }),
    dependencies: [
      { ref: 'app', dependsOn: Object.keys(needs) },
      ...names.map((name) => ({ ref: name, dependsOn: (edges[name] ?? []).filter((to) => to !== 'win') })),
    ],
    compositions: [{ aggregate: 'complete', dependencies: ['app', ...names] }],
  });
}

async function upgradeOf(s: Stage, cwd: string) {
  const env = { SAFEGUARD_SERVER: s.mirror.url, SAFEGUARD_TOKEN: s.mirror.token() };
  const added = await safeguard(['inventory', 'add', 'app.cdx.json'], { cwd, env });
  assert.equal(added.code, 0, added.stderr);
  const { stdout } = await safeguard(['affected', 'RUSTSEC-2026-0001', '--format', 'json'], { cwd, env });
  const { stdout: text } = await safeguard(['affected', 'RUSTSEC-2026-0001'], { cwd, env });
  const { releases, artefacts } = JSON.parse(stdout);
  return { release: releases[0], upgrade: artefacts[0].upgrade, text };
}

for (const one of cases)
  it(`is what really works: ${one.says}`, async (t) => {
    const { s, project } = await scene(t, one);
    project.write('app.cdx.json', documentOf(one));
    const { release, upgrade, text } = await upgradeOf(s, project.dir);
    const { commands } = await judged(s, project.dir);
    assert.deepEqual(upgrade.commands, commands, 'what the gate says');
    assert.deepEqual(commands, one.lines ?? []);
    if (one.obstacle !== undefined) {
      assert.match(release.obstacle, one.obstacle);
      assert.match(upgrade.obstacles[0], one.obstacle);
      assert.match(text, one.obstacle);
      assert.equal(release.next, null, 'no line that does not do it');
      return;
    }
    assert.equal(release.next, commands.join(' && '));
    assert.ok(text.includes(`    ${commands[0]}\n`), text);
    for (const line of commands) {
      const ran = await project.run(line.split(' ').slice(1));
      assert.equal(ran.code, 0, ran.stderr);
    }
    const struck = lockedReleases(await project.lockfile()).filter((each) => each === 'bad 1.0.0');
    assert.deepEqual(struck, [], 'it is gone');
    assert.deepEqual((await judged(s, project.dir)).commands, []);
  });
