import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DiskQueue } from '../../src/agent/queue.ts';
import type { HostReport, LoadedObject, SeenProcess, ToldProcess } from '../../src/agent/report.ts';
import { shortPath } from '../../src/agent/short-path.ts';
import { Watch } from '../../src/agent/watch.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { keepTampered } from '../../src/inventory/exposure/tampered.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import { type ProcessPlace, standings } from '../../src/store/sightings/store.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { tempDir } from '../support/temp.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const seen = (pid: number, digit: string, more: Partial<ToldProcess> = {}): ToldProcess => ({
  pid,
  started: 100,
  path: `/opt/${digit}`,
  sha256: digit.repeat(64),
  state: 'present',
  stale: [],
  ...more,
});
const tell = (store: Store, processes: readonly ToldProcess[], more: Partial<HostReport> = {}, at = now) =>
  takeReport(store, { host: 'web-1', bootId: 'b0', processes, unread: 0, ...more }, { by: 'web-1', now: at });

const object = (name: string): LoadedObject => ({
  path: `/lib/${name}`,
  state: 'present',
  class: 'other',
  package: `pkg:deb/debian/${name}@1?distro=debian-12`,
  by: 'database',
});

/** What is kept of loaded files is what a recount finds, and no more than processes have. */
async function assertCounted(place: {
  readonly tamper: (sql: string) => Promise<readonly Record<string, unknown>[]>;
}) {
  const rows = async (text: string) =>
    (await place.tamper(text)).map((row) => Object.values(row).map(Number).join(' '));
  assert.deepEqual(
    await rows('select set_id, host_id, processes from loading order by 1, 2'),
    await rows(
      'select loaded, host_id, count(*) from processes where ended_at is null group by loaded, host_id, path order by 1, 2',
    ),
  );
  assert.deepEqual(
    await rows('select id from loaded_sets order by 1'),
    await rows('select distinct loaded from processes order by 1'),
  );
  assert.deepEqual(
    await rows('select id from loaded_objects order by 1'),
    await rows('select distinct object_id from loaded_members order by 1'),
  );
}

for (const database of databases)
  describe(`sightings on ${database.name}`, { skip: database.skip }, () => {
    const stand = async (store: Store) =>
      (await store.sightings.processes({ limit: 99 })).map(
        ({ host, pid, standing, restart }) => `${host} ${pid} ${standing}${restart ? ' restart' : ''}`,
      );

    it('are asked for by host, environment and team, and are none on a host that is retired until it reports', () =>
      withStore(database, async (store) => {
        const file = { sha256: 'a'.repeat(64), buildId: 'abcd' };
        await addArtefact(store.inventory, binary('a', [crate('x', '1.0.0')], { file }), { by: 'ci', now });
        const objects = [object('libx')];
        const more = { objects, environment: 'production', team: 'one' };
        await tell(store, [seen(1, 'a', { loaded: [0] }), seen(2, 'b', { buildId: 'abcd' })], more);
        await tell(store, [seen(1, 'a')], { host: 'web-2', environment: 'staging', team: 'one' });
        const component = (await store.inventory.packagesNamed(['deb'], 'libx'))[0]?.id ?? 0;
        const asked = async (on: { host?: string; environment?: string; team?: string }) => {
          const { hosts, processes } = await store.sightings.countRunning({ runsOn: on });
          const [at] = await store.sightings.runningAt([{ digest: file.sha256, buildId: 'abcd' }], 9, on);
          const loaded = await store.sightings.loading.count([component], on);
          const count = await store.inventory.countArtefacts({ runsOn: on });
          return [count, hosts, processes, at?.length, loaded.processes].join(' ');
        };
        assert.equal(await asked({}), '1 2 3 3 1');
        assert.equal(await asked({ environment: 'production' }), '1 1 2 2 1');
        assert.equal(await asked({ host: 'web-2', team: 'one' }), '1 1 1 1 0');
        assert.equal(await asked({ team: 'two' }), '0 0 0 0 0');
        const listed = async (query: object = {}) =>
          (await store.sightings.hosts({ limit: 9, ...query })).map(
            ({ name, processes, retiredBy }) =>
              `${name} ${processes}${retiredBy === null ? '' : ` ${retiredBy}`}`,
          );
        assert.deepEqual(await listed(), ['web-1 2', 'web-2 1']);
        assert.deepEqual(await listed({ after: 'web-1', state: 'reporting' }), ['web-2 1']);
        const retire = () => store.write((tx) => tx.retireHost('web-1', { by: 'anna', at: now }));
        assert.deepEqual([await retire(), await retire()], [{ processes: 2 }, undefined]);
        assert.deepEqual(await listed({ state: 'retired' }), ['web-1 0 anna']);
        assert.deepEqual(await listed({ state: 'reporting', environment: 'production' }), []);
        assert.equal(await asked({}), '1 1 1 1 0');
        await tell(store, [seen(1, 'a')]);
        assert.deepEqual(await listed({ state: 'reporting' }), ['web-1 1', 'web-2 1']);
      }));

    it('tie processes to artefacts by digest, else by build id, and say what nobody here built', () =>
      withStore(database, async (store) => {
        const file = { sha256: 'a'.repeat(64), buildId: 'abcd' };
        await tell(store, [seen(1, 'a'), seen(2, 'b', { buildId: 'abcd' }), seen(3, 'c')]);
        // Seen first, and added later.
        await addArtefact(store.inventory, binary('a', [crate('x', '1.0.0')], { file }), { by: 'ci', now });
        assert.deepEqual(await stand(store), ['web-1 1 known', 'web-1 2 changed', 'web-1 3 unknown']);
        assert.deepEqual(await store.sightings.countRunning({}), { hosts: 1, processes: 2 });
        const [at = []] = await store.sightings.runningAt([{ digest: file.sha256, buildId: 'abcd' }], 9);
        assert.deepEqual(
          at.map(({ name, processes, tie }) => [name, processes, tie]),
          [
            ['web-1', 1, 'digest'],
            ['web-1', 1, 'build-id'],
          ],
        );
      }));

    it('tell what was stripped from what was tampered with, where a signature and the segments say so', () =>
      withStore(database, async (store) => {
        const [same, other] = ['5', '6'].map((digit) => digit.repeat(64));
        const add = (digit: string, file: object, trust?: 'signed') =>
          addArtefact(
            store.inventory,
            binary(digit, [crate('x', '1.0.0')], { file: { sha256: digit.repeat(64), ...file } }),
            { by: 'ci', now, signed: trust && { by: ['a key'], session: null } },
          );
        await add('a', { buildId: 'ab', segments: same }, 'signed');
        await add('b', { buildId: 'cd', segments: same });
        await add('c', { buildId: 'ef' }, 'signed');
        // Whoever may add artefacts makes no changed program good by it.
        await add('d', { buildId: 'ab', segments: other });
        const told = [
          seen(1, '1'),
          seen(2, 'a', { buildId: 'ab', segments: same }),
          seen(3, '3', { buildId: 'ab', segments: same }),
          seen(4, '4', { buildId: 'ab', segments: other }),
          seen(5, '5', { buildId: 'ab' }),
          seen(6, '6', { buildId: 'cd', segments: other }),
          seen(7, '7', { buildId: 'ef', segments: other }),
          seen(8, 'd', { buildId: 'ab', segments: other }),
          seen(9, '4', { buildId: 'ab', segments: other }),
        ];
        await tell(store, told);
        const words = [
          'unknown',
          'known',
          'stripped',
          'tampered',
          'changed',
          'changed',
          'changed',
          'tampered',
          'tampered',
        ];
        const all = words.map((word, i) => `web-1 ${i + 1} ${word}`);
        assert.deepEqual(await stand(store), all);
        const [running = []] = await store.sightings.runningAt(
          [{ digest: 'a'.repeat(64), buildId: 'ab' }],
          9,
        );
        assert.deepEqual(running.map(({ digest, standing }) => `${digest[0]} ${standing}`).sort(), [
          '3 stripped',
          '4 tampered',
          '5 changed',
          'a known',
        ]);

        // Once it is found it comes first, page by page.
        const due = async () => {
          await store.write(async (tx) => {
            const hosts = await tx.exposing((writer) => writer.takeDue(9));
            await keepTampered(
              tx,
              hosts.map(({ id }) => id),
              { targets: ['ops'], now },
            );
          });
        };
        await due();
        assert.equal(await store.exposures.countTampered(), 2);
        const sorted = [4, 8, 9, 1, 2, 3, 5, 6, 7];
        const paged: number[] = [];
        for (let after: ProcessPlace | undefined; ; ) {
          const page = await store.sightings.processes({ after, limit: 2 });
          paged.push(...page.map(({ pid }) => pid));
          after = page.at(-1);
          if (page.length < 2) break;
        }
        assert.deepEqual(paged, sorted);
        for (const standing of standings) {
          const found = await store.sightings.processes({ standing, limit: 9 });
          assert.deepEqual(
            found.map(({ pid }) => pid),
            sorted.filter((pid) => words[pid - 1] === standing),
            standing,
          );
        }
        // It ends with the process, and with a signature of what runs.
        await add('4', { buildId: 'ab', segments: other }, 'signed');
        await due();
        assert.equal(await store.exposures.countTampered(), 0);
        await tell(store, []);
        await due();
        assert.deepEqual(await stand(store), []);
      }));

    it('end with the report that has them no more, and with the boot', () =>
      withStore(database, async (store) => {
        assert.deepEqual(await tell(store, [seen(1, 'a'), seen(2, 'b')]), { begun: 2, ended: 0 });
        assert.deepEqual(await tell(store, [seen(1, 'a'), seen(2, 'b')]), { begun: 0, ended: 0 });
        // Its pid was given again.
        assert.deepEqual(await tell(store, [seen(1, 'a'), seen(2, 'b', { started: 200 })]), {
          begun: 1,
          ended: 1,
        });
        assert.deepEqual(await tell(store, [seen(1, 'a')], { bootId: 'b1' }), { begun: 1, ended: 2 });
        assert.deepEqual(await stand(store), ['web-1 1 unknown']);
      }));

    it('of paths that no key of a store holds are kept, each as one of its own', () =>
      withStore(database, async (store) => {
        // Nothing that a database could pack.
        const long = (first: string) => `/${first}${randomBytes(3000).toString('base64url')}`;
        const [one, other, by] = [long('a'), long('b'), long('c')] as const;
        const objects: readonly LoadedObject[] = [{ path: one, state: 'present', class: 'other', why: 'x' }];
        const installed = [one, other].map((path) => ({
          ...{ path, named: 'container' as const, by, needed: [0], possible: [] },
        }));
        const processes = [
          seen(1, 'a', { path: one, loaded: [0] }),
          seen(2, 'b', { path: other, loaded: [0] }),
        ];
        for (const begun of [2, 0])
          assert.deepEqual(await tell(store, processes, { objects, installed }), { begun, ended: 0 });
        const kept = (await store.sightings.processes({ limit: 9 })).map(({ path }) => path);
        assert.deepEqual(kept, [one, other].map(shortPath));
        assert.equal((await store.sightings.installed({ limit: 9 })).length, 2);
      }));

    it('are of no time that has not been, though the clock was a year ahead for a while', () =>
      withStore(database, async (store, place) => {
        const year = 365 * 24 * 3_600_000;
        await tell(store, [seen(1, 'a')]);
        await tell(store, [seen(1, 'a'), seen(2, 'b')], {}, now + year);
        const seenAt = async () =>
          (await store.sightings.hosts({ limit: 9 })).map((host) => host.seenAt - now);
        assert.deepEqual(await seenAt(), [year]);
        await tell(store, [seen(1, 'a')], {}, now + 1000);
        assert.deepEqual(await seenAt(), [1000]);
        const text = 'select count(*) as n from processes where ended_at < first_seen';
        assert.deepEqual(
          (await place.tamper(text)).map(({ n }) => Number(n)),
          [0],
        );
      }));

    it('need a restart for what was replaced or removed, not for what a program unpacked itself', () =>
      withStore(database, async (store) => {
        const stale = (state: 'replaced' | 'deleted' | 'unpackaged') => ({
          stale: [{ path: '/lib/x', state }],
        });
        await tell(store, [
          seen(1, 'a', { state: 'replaced' }),
          seen(2, 'a', stale('deleted')),
          seen(3, 'a', stale('unpackaged')),
          seen(4, 'a'),
        ]);
        assert.deepEqual(
          (await store.sightings.processes({ restart: true, limit: 9 })).map(({ pid }) => pid),
          [1, 2],
        );
        const [[at] = []] = await store.sightings.runningAt([{ digest: 'a'.repeat(64), buildId: null }], 9);
        assert.deepEqual([at?.processes, at?.restart], [4, 2]);
      }));

    it('are told once each, whatever is lost on the way and whoever is killed', async () => {
      const step = fc.record({
        looks: fc.array(
          fc.record({
            pid: fc.integer({ min: 1, max: 4 }),
            started: fc.constantFrom(1, 2),
            has: fc.uniqueArray(fc.integer({ min: 0, max: 2 })),
          }),
          {
            maxLength: 4,
          },
        ),
        // `deaf`: it is taken, and the answer is lost.
        server: fc.constantFrom('there', 'away', 'deaf'),
        killed: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
          withStore(database, async (store, place) => {
            const folder = tempDir({ after: () => {} });
            try {
              let [uptime, sessions] = [0, 0];
              let server = 'there';
              let look: readonly SeenProcess[] = [];
              // What a process has loaded; the test counts it, too.
              const files = ['x', 'y', 'z'].map(object);
              const begin = (session: string) =>
                new Watch({
                  look: () => ({ bootId: 'b0', processes: look, installed: [], unread: 0 }),
                  send: async (message) => {
                    if (server === 'away') return { kind: 'away', reason: '' };
                    const taken = await takeReport(store, message, {
                      by: 'web-1',
                      now: now + uptime,
                    });
                    if (taken === undefined) return { kind: 'tell-all' };
                    return server === 'deaf' ? { kind: 'away', reason: '' } : { kind: 'taken' };
                  },
                  queue: new DiskQueue(folder),
                  uptime: () => uptime,
                  session: () => `${session}-${++sessions}`,
                  labels: { host: 'web-1' },
                });
              let watch = begin('s0');
              const ever = new Set<string>();
              for (const [i, one] of [...steps, { looks: [], server: 'there', killed: false }].entries()) {
                uptime += 1000;
                server = one.server;
                look = [...new Map(one.looks.map((key) => [key.pid, key])).values()].map(
                  ({ pid, started, has }) => ({
                    ...seen(pid, 'a', { started }),
                    loaded: has.map((i) => files[i] ?? object('w')),
                    possible: [],
                  }),
                );
                for (const { pid, started } of look) ever.add(`${pid} ${started}`);
                assert.equal((await watch.step()).lost, 0);
                if (one.killed) watch = begin(`s${i + 1}`);
                if (one.server !== 'there') continue;
                await assertCounted(place);
                const open = await store.sightings.processes({ limit: 99 });
                assert.deepEqual(
                  open.map(({ pid, started }) => `${pid} ${started}`),
                  look.map(({ pid, started }) => `${pid} ${started}`).sort(),
                );
              }
              const rows = await place.tamper('select pid, started from processes order by pid, started');
              assert.deepEqual(
                rows.map(({ pid, started }) => `${pid} ${started}`),
                [...ever].sort(),
              );
            } finally {
              rmSync(folder, { recursive: true, force: true });
            }
          }),
        ),
        { numRuns: database.name === 'SQLite' ? 25 : 8 },
      );
    });

    it('that are told late are of when they were seen, and a message that comes twice changes nothing', () =>
      withStore(database, async (store) => {
        const numbered = (sequence: number, age: number) => ({ session: 's', sequence, age });
        await tell(store, [seen(1, 'a')], numbered(1, 60_000));
        const change = { kind: 'change', begun: [seen(2, 'b')], ended: [], ...numbered(2, 30_000) } as const;
        const message = { host: 'web-1', bootId: 'b0', unread: 0, ...change };
        const take = (more: object = {}) => takeReport(store, { ...message, ...more }, { by: 'web-1', now });
        assert.deepEqual(await take(), { begun: 1, ended: 0 });
        assert.deepEqual(await take(), { begun: 0, ended: 0 });
        for (const other of [
          { sequence: 4 },
          { session: 'other' },
          { bootId: 'b1', sequence: 3 },
          { host: 'new' },
        ])
          assert.equal(await take(other), undefined);
        const since = (await store.sightings.processes({ limit: 9 })).map(({ firstSeen }) => now - firstSeen);
        assert.deepEqual(since, [60_000, 30_000]);
      }));

    it('are told anew by a machine that went back to a moment that was kept of it', () =>
      withStore(database, async (store) => {
        const change = (sequence: number, begun: readonly ToldProcess[]) =>
          takeReport(
            store,
            {
              ...{ kind: 'change', host: 'web-1', bootId: 'b0', unread: 0, session: 's', sequence },
              ...{ begun, ended: [] },
            },
            { by: 'web-1', now },
          );
        await tell(store, [seen(1, 'a')], { session: 's', sequence: 1 });
        for (const sequence of [2, 3, 4]) await change(sequence, [seen(sequence, 'b')]);
        // It knows nothing of what it told since, and says what is otherwise than at the first message.
        assert.equal(await change(2, [seen(9, 'c')]), undefined);
        await tell(store, [seen(1, 'a'), seen(9, 'c')], { session: 'other', sequence: 2 });
        assert.deepEqual(await stand(store), ['web-1 1 unknown', 'web-1 9 unknown']);
      }));

    it('keep counts that are those of a recount, whatever hosts report', async () => {
      const process = fc.record({
        pid: fc.integer({ min: 1, max: 5 }),
        digit: fc.constantFrom('a', 'b', 'c'),
        started: fc.constantFrom(100, 200),
        state: fc.constantFrom('present', 'replaced'),
      });
      const report = fc.record({
        host: fc.constantFrom('h1', 'h2'),
        bootId: fc.constantFrom('b0', 'b1'),
        processes: fc.array(process, { maxLength: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(report, { maxLength: 10 }), (reports) =>
          withStore(database, async (store, place) => {
            for (const [i, { host, bootId, processes }] of reports.entries()) {
              const list = processes.map(({ pid, digit, started, state }) =>
                seen(pid, digit, { started, state: state as 'present' }),
              );
              await tell(store, list, { host, bootId }, now + i);
            }
            const numbers = (rows: readonly Record<string, unknown>[]) =>
              rows.map(({ digest, host_id, processes, restart }) => [
                digest,
                ...[host_id, processes, restart].map(Number),
              ]);
            assert.deepEqual(
              numbers(
                await place.tamper(
                  'select digest, host_id, processes, restart from running order by digest, host_id',
                ),
              ),
              numbers(
                await place.tamper(
                  'select digest, host_id, count(*) as processes, sum(restart) as restart from processes where ended_at is null group by digest, host_id order by digest, host_id',
                ),
              ),
            );
          }),
        ),
        { numRuns: database.name === 'SQLite' ? 25 : 8 },
      );
    });
  });
