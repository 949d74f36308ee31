import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DiskQueue } from '../../src/agent/queue.ts';
import type { HostMessage, Look, SeenProcess } from '../../src/agent/report.ts';
import { answerOf } from '../../src/agent/send.ts';
import { type Answer, Watch } from '../../src/agent/watch.ts';
import { tempDir } from '../support/temp.ts';

const seen = (pid: number, more: Partial<SeenProcess> = {}): SeenProcess => ({
  pid,
  started: 100,
  path: '/opt/app',
  sha256: 'a'.repeat(64),
  state: 'present',
  stale: [],
  loaded: [],
  possible: [],
  ...more,
});

/** A watch of a host that the test plays; what it tells, in short. */
function stage(t: TestContext, folder = tempDir(t), session = 's1') {
  const told: string[] = [];
  let sessions = 0;
  const play = {
    look: [] as readonly SeenProcess[],
    bootId: 'b0',
    answer: { kind: 'taken' } as Answer,
    now: 0,
  };
  const say = (message: HostMessage) => {
    const list = 'kind' in message ? message.begun : message.processes;
    const ended = 'kind' in message ? ` -${message.ended.map(({ pid }) => pid)}` : '';
    told.push(
      `${message.session} ${message.sequence} ${'kind' in message ? 'change' : 'all'} ${list.map(({ pid }) => pid)}${ended} ${message.age}`,
    );
  };
  const watch = new Watch({
    look: (): Look => ({ bootId: play.bootId, processes: play.look, installed: [], unread: 0 }),
    send: async (message) => {
      say(message);
      return play.answer;
    },
    queue: new DiskQueue(folder),
    uptime: () => play.now,
    session: () => `${session}${'+'.repeat(sessions++)}`,
    labels: { host: 'web-1' },
  });
  const step = async (...look: readonly SeenProcess[]) => {
    play.look = look;
    play.now += 1000;
    const from = told.length;
    const { waiting, lost } = await watch.step();
    return { told: told.slice(from), waiting, lost };
  };
  return { play, step, folder };
}

describe('a watch', () => {
  it('tells all, then changes, and that nothing changed', async (t) => {
    const { step } = stage(t);
    assert.deepEqual((await step(seen(1), seen(2))).told, ['s1 1 all 1,2 0']);
    assert.deepEqual((await step(seen(1), seen(2, { started: 200 }))).told, ['s1 2 change 2 -2 0']);
    assert.deepEqual((await step(seen(1), seen(2, { started: 200 }))).told, ['s1 3 change  - 0']);
    const stale = [{ path: '/lib/x', state: 'replaced' as const }];
    assert.deepEqual((await step(seen(1, { stale }))).told, ['s1 4 change 1 -2 0']);
  });

  it('keeps what changes while the server is away, and tells it in order with how long ago it was', async (t) => {
    const { play, step } = stage(t);
    await step(seen(1));
    play.answer = { kind: 'away', reason: 'no answer' };
    for (const look of [[seen(1), seen(2)], [seen(1)], [seen(1)]]) await step(...look);
    play.answer = { kind: 'taken' };
    const back = await step(seen(1));
    assert.deepEqual([back.told, back.waiting], [['s1 2 change 2 - 3000', 's1 3 change  -2 2000'], 0]);
  });

  it('that was killed tells what waits as the run that saw it, then all as a run of its own', async (t) => {
    const first = stage(t);
    first.play.answer = { kind: 'away', reason: '' };
    await first.step(seen(1));
    await first.step(seen(2));
    // Half of a message.
    writeFileSync(join(first.folder, 'half'), '{"mess');
    const second = stage(t, first.folder, 's2');
    second.play.now = 5000;
    const { told } = await second.step(seen(2));
    assert.deepEqual(told, ['s1 1 all 1 5000', 's1 2 change 2 -1 4000', 's2 1 all 2 0']);
    assert.deepEqual(readdirSync(first.folder), []);
  });

  it('tells all after another boot, and where the server asks for it', async (t) => {
    const { play, step } = stage(t);
    await step(seen(1));
    play.bootId = 'b1';
    assert.deepEqual((await step(seen(1))).told, ['s1 2 all 1 0']);
    play.answer = { kind: 'tell-all' };
    const { told, lost } = await step(seen(1), seen(3));
    // Asked twice, it waits for the next look.
    assert.deepEqual([told, lost], [['s1 3 change 3 - 0', 's1+ 4 all 1,3 0'], 0]);
  });

  it('tells what its disk does not keep while the server listens, and else with the next look', async (t) => {
    const { play, step, folder } = stage(t);
    await step(seen(1));
    play.answer = { kind: 'away', reason: 'no answer' };
    await step(seen(1), seen(2));
    // Nothing can be written where a folder has the name.
    mkdirSync(join(folder, 'half'));
    await assert.rejects(step(seen(1), seen(2), seen(3)), { code: 'EISDIR' });
    play.answer = { kind: 'taken' };
    const all = [seen(1), seen(2), seen(3), seen(4)];
    assert.deepEqual((await step(...all)).told, ['s1 2 change 2 - 2000', 's1 3 change 3,4 - 0']);
    assert.deepEqual((await step(seen(4))).told, ['s1 4 change  -1,2,3 0']);
    play.answer = { kind: 'tell-all' };
    assert.deepEqual((await step(seen(4))).told, ['s1 5 change  - 0', 's1+ 5 all 4 0']);
    play.answer = { kind: 'taken' };
    rmSync(join(folder, 'half'), { recursive: true });
    assert.deepEqual((await step(seen(5))).told, ['s1+ 5 change 5 -4 0']);
  });

  it('goes on where its folder was tidied away, or holds what nobody put there', async (t) => {
    const first = stage(t);
    first.play.answer = { kind: 'away', reason: 'no answer' };
    await first.step(seen(1));
    rmSync(first.folder, { recursive: true });
    await first.step(seen(2));
    for (const [name, text] of [
      ['000000000003.json', 'null'],
      ['000000000004.json', '7'],
      ['000000000005.json', ''],
    ] as const)
      writeFileSync(join(first.folder, name), text);
    mkdirSync(join(first.folder, '000000000006.json'));
    symlinkSync('nowhere', join(first.folder, '000000000007.json'));
    const second = stage(t, first.folder, 's2');
    const { told, waiting } = await second.step(seen(2));
    // What was tidied away is missing: the server would ask for all.
    assert.deepEqual([told, waiting], [['s1 2 change 2 -1 0', 's2 1 all 2 0'], 0]);
    assert.deepEqual(readdirSync(first.folder).toSorted(), ['000000000006.json', '000000000007.json']);
  });

  it('gives up what the server will never take, says so, and tells all at the next look', async (t) => {
    const { play, step } = stage(t);
    await step(seen(1));
    play.answer = { kind: 'refused', reason: 'no such field' };
    assert.deepEqual((await step(seen(2))).lost, 1);
    play.answer = { kind: 'taken' };
    assert.deepEqual((await step(seen(2))).told, ['s1 3 all 2 0']);
  });
});

describe('the queue', () => {
  it('holds 10,000 messages and no more, and what cannot be read holds nothing up', (t) => {
    const folder = tempDir(t);
    const queue = new DiskQueue(folder);
    for (let i = 1; i <= 10_000; i++) assert.equal(queue.put({ i }), true);
    assert.equal(queue.put({}), false);
    writeFileSync(join(folder, '000000000001.json'), '{');
    const again = new DiskQueue(folder);
    assert.deepEqual([again.size, again.first()], [10_000, { i: 2 }]);
    again.drop();
    assert.deepEqual([again.size, again.put({}), again.first()], [9998, true, { i: 3 }]);
  });
});

for (const [status, kind] of [
  [200, 'taken'],
  [409, 'tell-all'],
  [400, 'refused'],
  [413, 'refused'],
  [401, 'away'],
  [403, 'away'],
  [429, 'away'],
  [502, 'away'],
  [302, 'away'],
] as const)
  it(`an answer of ${status} is ${kind}`, () => assert.equal(answerOf(status, '<html>').kind, kind));
