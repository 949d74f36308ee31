/**
 * Crates whose siblings require each other exactly, as serde and serde_derive do: the line in a refusal, in
 * `quarantine show` and in a check gets the real cargo away from the refused release.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { type CargoProject, lockedReleases } from '../support/cargo.ts';
import { judged, old } from '../support/check.ts';
import type { Dependencies } from '../support/crate.ts';
import { type Stage, stage } from '../support/stage.ts';

interface Case {
  readonly what: string;
  /** By crate: what its release of each version requires. */
  readonly crates: Readonly<Record<string, (version: string) => Dependencies>>;
  readonly needs: Dependencies;
  readonly refused: string;
  readonly command: string;
}

const versions = ['1.0.0', '1.1.0', '1.2.0'];
const cases: readonly Case[] = [
  {
    what: 'the parent requires the refused one',
    crates: { word: (v) => ({ word_derive: `=${v}` }), word_derive: () => ({}) },
    needs: { word: '1' },
    refused: 'word_derive',
    command: 'cargo update word --precise 1.1.0',
  },
  {
    what: 'the project needs both',
    crates: { word: (v) => ({ word_derive: `=${v}` }), word_derive: () => ({}) },
    needs: { word: '1', word_derive: '1' },
    refused: 'word_derive',
    command: 'cargo update word --precise 1.1.0',
  },
  {
    what: 'the refused one requires others',
    crates: { word: (v) => ({ word_derive: `=${v}` }), word_derive: () => ({}) },
    needs: { word: '1', word_derive: '1' },
    refused: 'word',
    command: 'cargo update word@1.2.0 --precise 1.1.0',
  },
  {
    what: 'through one between',
    crates: {
      word: (v) => ({ word_core: `=${v}` }),
      word_core: (v) => ({ word_derive: `=${v}` }),
      word_derive: () => ({}),
      line: () => ({ word_core: '1' }),
    },
    needs: { word: '1', line: '1' },
    refused: 'word_derive',
    command: 'cargo update word --precise 1.1.0',
  },
  {
    what: 'two that require it, neither above the other',
    crates: {
      'word-sys': () => ({}),
      web: (v) => ({ 'word-sys': `=${v}` }),
      wide: (v) => ({ 'word-sys': `=${v}` }),
    },
    needs: { web: '1', wide: '1' },
    refused: 'word-sys',
    command: 'cargo update web wide --precise 1.1.0',
  },
];

/** A project locked at the newest releases, one of which is blocked now. */
async function scene(t: TestContext, { crates, needs, refused }: Case): Promise<[Stage, CargoProject]> {
  const s = await stage(t);
  for (const [name, dependencies] of Object.entries(crates))
    for (const version of versions) s.publish(name, version, { ...old, dependencies: dependencies(version) });
  const project = s.project({ dependencies: needs });
  const made = await project.run(['generate-lockfile']);
  assert.equal(made.code, 0, made.stderr);
  await s.act('block', { crate: refused, version: '1.2.0' });
  return [s, project];
}

async function follow(project: CargoProject, command: string): Promise<void> {
  const ran = await project.run(command.split(' ').slice(1));
  assert.equal(ran.code, 0, `${command}\n${ran.stderr}`);
}

describe('siblings that require each other exactly', () => {
  for (const each of cases)
    it(`move together: ${each.what}`, async (t) => {
      const [s, project] = await scene(t, each);
      const { refused, command } = each;
      const stopped = await project.run(['fetch', '--locked']);
      assert.equal(stopped.code, 101);
      assert.match(stopped.stderr, new RegExp(`^ *${command}$`, 'm'));
      assert.equal((await s.report(refused, '1.2.0')).instead?.command, command);
      const shown = await safeguard(['quarantine', 'show', `${refused}@1.2.0`, '--server', s.mirror.url], {
        cwd: project.dir,
      });
      assert.ok(shown.stdout.includes(`    ${command}\n`), shown.stdout + shown.stderr);
      const before = await project.lockfile();
      await follow(project, command);
      assert.ok(!lockedReleases(await project.lockfile()).includes(`${refused} 1.2.0`));
      const fetched = await project.run(['fetch', '--locked']);
      assert.equal(fetched.code, 0, fetched.stderr);

      project.write('Cargo.lock', before);
      const { verdict, commands } = await judged(s, project.dir);
      assert.deepEqual([verdict, commands.length], ['deny', 1]);
      for (const line of commands) await follow(project, line);
      assert.equal((await judged(s, project.dir)).verdict, 'allow');
    });

  it('are not named where they are not known to be locked', async (t) => {
    const [s, project] = await scene(t, cases[0] as Case);
    const { text } = await s.download('word_derive', '1.2.0');
    assert.match(
      text,
      /^word requires word_derive exactly and moves with it; where it is not locked: cargo update word_derive@1\.2\.0 --precise 1\.1\.0$/m,
    );
    assert.ok((await project.lockfile()).includes('word_derive'));
  });

  it('move to where all of them are handed out', async (t) => {
    const [s, project] = await scene(t, cases[0] as Case);
    await s.act('block', { crate: 'word', version: '1.1.0' });
    const { instead } = await s.report('word_derive', '1.2.0');
    assert.equal(instead?.command, 'cargo update word --precise 1.0.0');
    await follow(project, instead.command);
    assert.deepEqual(lockedReleases(await project.lockfile()), [
      'app 0.1.0',
      'word 1.0.0',
      'word_derive 1.0.0',
    ]);
  });
});
