/** What a release is compared with, and that nobody's request for one release changes another. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { old } from '../support/check.ts';
import { type Stage, type StageOptions, stage } from '../support/stage.ts';

/** A build script that fetches something; inert: its host does not exist. */
const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
const plain = 'fn main() { println!("cargo:rerun-if-changed=build.rs"); }';

/** 1.0.0 and 1.2.0 do nothing odd, 1.1.0 and 1.3.0 speak to the network; 1.3.0 is what 1.2.0 was not. */
async function scene(t: TestContext, options: StageOptions = {}): Promise<Stage> {
  const s = await stage(t, options);
  for (const [version, buildScript] of [
    ['1.0.0', plain],
    ['1.1.0', fetching],
    ['1.2.0', plain],
    ['1.3.0', fetching],
    ['1.4.0', fetching],
  ] as const)
    s.publish('parts', version, { buildScript, ...old });
  return s;
}

const expected = { '1.0.0': 200, '1.1.0': 403, '1.2.0': 200, '1.3.0': 403, '1.4.0': 200 };
const versions = Object.keys(expected);

async function statuses(s: Stage, order: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const version of order) found[version] = (await s.download('parts', version)).status;
  return found;
}

async function findings(s: Stage, crate: string, version: string): Promise<string[]> {
  const { verdict } = await s.release(crate, version);
  return verdict.findings.map(({ rule, effect, message }) => `${effect} ${rule}: ${message}`);
}

describe('a release is compared with the one before it', () => {
  for (const order of [versions, versions.toReversed(), ['1.4.0', '1.0.0', '1.3.0', '1.1.0', '1.2.0']]) {
    it(`whoever asked for what before: ${order.join(', ')}`, async (t) => {
      const s = await scene(t);
      assert.deepEqual(await statuses(s, order), expected);
      assert.deepEqual(await statuses(s, order.toReversed()), expected);
    });
  }

  it('and asking for one changes no other', async (t) => {
    const s = await scene(t);
    await s.index('parts');
    const others = async (asked: string) =>
      (await s.mirror.server.store.releases('upstream', 'parts'))
        .filter(({ version }) => version !== asked)
        .map(({ version, state, judged, verdict, judgeAt }) => ({
          version,
          state,
          judged,
          verdict,
          judgeAt,
        }));
    for (const version of ['1.4.0', '1.1.0', '1.3.0', '1.0.0', '1.2.0']) {
      const before = await others(version);
      await s.download('parts', version);
      assert.deepEqual(await others(version), before, `after ${version}`);
    }
  });

  it('is fetched where nobody asked for it, once, and only where something is compared', async (t) => {
    const s = await scene(t);
    s.publish('still', '1.0.0', old);
    s.publish('still', '1.0.1', old);
    await s.download('still', '1.0.1');
    await s.download('parts', '1.1.0');
    await s.download('parts', '1.2.0');
    const downloads = s.upstream.requests.filter(({ kind }) => kind === 'download');
    assert.deepEqual(
      downloads.map(({ crate, version }) => `${crate} ${version}`),
      ['still 1.0.1', 'parts 1.1.0', 'parts 1.0.0', 'parts 1.2.0'],
    );
  });

  it('of which no more is read than is compared, and all once somebody asks for it', async (t) => {
    const states: unknown[] = [];
    for (const order of [
      ['1.1.0', '1.0.0'],
      ['1.0.0', '1.1.0'],
    ]) {
      const s = await scene(t);
      const files = { 'data.txt': 'a'.repeat(300 * 1024) };
      for (const version of order.toSorted()) s.publish('large', version, { files, ...old });
      const kept = async (crate: string, version: string) =>
        Object.keys(
          JSON.parse((await s.mirror.server.store.release('upstream', crate, version))?.archive ?? '{}'),
        ).join();
      await s.download('parts', '1.3.0');
      assert.match(await kept('parts', '1.2.0'), /,code$/, 'what 1.3.0 can do is compared');
      await s.download('large', order[0] ?? '');
      if (order[0] === '1.1.0') assert.equal(await kept('large', '1.0.0'), 'only,reader,archive,contents');
      await s.download('large', order[1] ?? '');
      assert.match(await kept('large', '1.0.0'), /^reader,.*,code$/);
      states.push(
        await Promise.all(
          ['1.0.0', '1.1.0'].map(async (version) => (await s.release('large', version)).verdict),
        ),
      );
    }
    assert.deepEqual(states[0], states[1]);
  });

  it('yanked or not; a pre-release only for a pre-release; never one that is gone', async (t) => {
    const s = await scene(t);
    s.publish('parts', '1.5.0-rc.1', { buildScript: plain, ...old });
    s.publish('parts', '1.5.0-rc.2', { buildScript: fetching, ...old });
    s.publish('parts', '1.5.0', { buildScript: fetching, ...old });
    s.publish('parts', '0.9.0', { buildScript: fetching, ...old });
    s.upstream.yank('parts', '1.2.0');
    await s.index('parts');
    assert.equal((await s.download('parts', '1.5.0-rc.2')).status, 403, 'rc.1 did not');
    assert.equal((await s.download('parts', '1.5.0')).status, 200, '1.4.0 did');
    assert.equal((await s.download('parts', '1.3.0')).status, 403, 'the yanked 1.2.0 did not');
    s.upstream.deleteRelease('parts', '1.0.0');
    s.upstream.deleteRelease('parts', '1.2.0');
    await s.pass('24h');
    assert.equal((await s.download('parts', '1.1.0')).status, 200, '0.9.0 did');
    await s.pass('1h');
    assert.equal((await s.download('parts', '1.3.0')).status, 200, '1.1.0 did');
  });

  it('and where that one cannot be had, the rule’s `unknown` decides, until it can', async (t) => {
    for (const [effect, status, state] of [
      ['warn', 200, 'promoted'],
      ['review', 403, 'review'],
    ] as const) {
      const s = await scene(t, { policy: `[capability-added]\nunknown = "${effect}"` });
      const fault = s.upstream.failWith(
        404,
        ({ kind, version }) => kind === 'download' && version === '1.2.0',
      );
      assert.equal((await s.download('parts', '1.3.0')).status, status);
      assert.equal((await s.release('parts', '1.3.0')).state, state);
      const [said] = (await findings(s, 'parts', '1.3.0')).filter((text) => /capability-added/.test(text));
      assert.match(
        said ?? '',
        new RegExp(`^${effect} capability-added: What 1.2.0, the release before it, could do is not known: `),
      );
      fault.stop();
      await s.pass('9m');
      assert.equal((await s.release('parts', '1.3.0')).state, state, 'nobody asks for it again at once');
      await s.pass('1m');
      assert.equal((await s.release('parts', '1.3.0')).state, 'review');
      assert.match(
        (await findings(s, 'parts', '1.3.0')).join(),
        /review capability-added: .* 1\.2\.0 did not/,
      );
    }
  });

  it('also where its bytes are others than the index names, in whatever order', async (t) => {
    for (const order of [
      ['1.2.0', '1.3.0'],
      ['1.3.0', '1.2.0'],
    ] as const) {
      const s = await scene(t);
      s.upstream.lieAboutBytes('parts', '1.2.0', Buffer.from('other bytes'));
      for (const version of order) await s.download('parts', version);
      await s.mirror.settle();
      assert.match(
        (await findings(s, 'parts', '1.3.0')).join('\n'),
        /warn capability-added: What 1\.2\.0, the release before it, could do is not known: its bytes are not those/,
      );
    }
  });

  it('also one that came out later, once it has: then the release is judged anew', async (t) => {
    const s = await stage(t);
    s.publish('parts', '1.0.0', { buildScript: fetching, ...old });
    s.publish('parts', '1.1.0', { buildScript: fetching, ...old });
    assert.equal((await s.download('parts', '1.1.0')).status, 200);
    s.publish('parts', '1.0.5', { buildScript: plain, pubtime: '2026-08-01T01:00:00Z' });
    await s.pass('2h');
    await s.mirror.settle();
    assert.equal((await s.release('parts', '1.1.0')).state, 'review');
  });

  it('is never what was deleted, where a crate wakes up', async (t) => {
    const s = await stage(t);
    s.publish('sleeper', '1.0.0', old);
    s.publish('sleeper', '1.0.1', { pubtime: '2026-06-01T00:00:00Z' });
    await s.download('sleeper', '1.0.0');
    s.upstream.deleteRelease('sleeper', '1.0.1');
    s.publish('sleeper', '1.0.2', { pubtime: '2026-08-01T01:00:00Z' });
    await s.pass('2h');
    assert.match((await findings(s, 'sleeper', '1.0.2')).join(), /dormant-then-active/);
  });

  it('and yanks of releases count whether anybody asked for those or not', async (t) => {
    const verdicts = new Set<string>();
    for (const asked of [[], ['1.1.0', '1.3.0']]) {
      const s = await scene(t);
      await s.index('parts');
      for (const version of asked) await s.download('parts', version);
      for (const version of ['1.0.0', '1.1.0', '1.3.0']) s.upstream.yank('parts', version);
      s.publish('parts', '1.4.1', { pubtime: '2026-08-01T01:00:00Z' });
      await s.pass('2h');
      await s.mirror.settle();
      const { verdict } = await s.release('parts', '1.4.1');
      assert.ok(verdict.findings.some(({ rule }) => rule === 'yank-burst'));
      verdicts.add(JSON.stringify(verdict));
    }
    assert.equal(verdicts.size, 1);
  });
});
