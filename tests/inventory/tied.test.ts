import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ToldProcess, ToldProgram } from '../../src/agent/report.ts';
import { addArtefact } from '../../src/inventory/add.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import { databases, withStore } from '../store/databases.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const digit = fc.constantFrom('a', 'b', 'c', 'd');
const build = fc.option(fc.constantFrom('01', '02'), { nil: undefined });

const act = fc.oneof(
  fc.record({
    kind: fc.constant('artefact' as const),
    digit,
    build,
    name: fc.constantFrom('one', 'two'),
    crates: fc.subarray(['x', 'y', 'z'], { minLength: 1 }),
    trust: fc.constantFrom(undefined, 'signed' as const),
  }),
  fc.record({
    kind: fc.constant('report' as const),
    host: fc.constantFrom('h1', 'h2', 'h3'),
    running: fc.array(fc.record({ digit, build }), { maxLength: 5 }),
    installed: fc.option(
      fc.array(
        fc.record({
          digit,
          build,
          path: fc.constantFrom('/opt/app', '/opt/other'),
          by: fc.constantFrom('/etc/a', '/etc/b'),
        }),
        { maxLength: 5 },
      ),
      { nil: undefined },
    ),
  }),
  fc.record({ kind: fc.constant('retire' as const), host: fc.constantFrom('h1', 'h2') }),
);

for (const database of databases)
  describe(`artefacts tied to what runs on ${database.name}`, { skip: database.skip }, () => {
    it('are counted as a join of both counts them, whatever comes first', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 14 }), (acts) =>
          withStore(database, async (store, place) => {
            for (const [i, one] of acts.entries())
              switch (one.kind) {
                case 'artefact': {
                  const file = { sha256: one.digit.repeat(64), buildId: one.build };
                  const crates = one.crates.map((name) => crate(name, '1.0.0'));
                  const statement = binary(one.digit, crates, { file, name: one.name });
                  await addArtefact(store.inventory, statement, {
                    by: 'ci',
                    now,
                    signed: one.trust && { by: ['a key'], session: null },
                  });
                  break;
                }
                case 'report': {
                  const processes = one.running.map(
                    (program, pid): ToldProcess => ({
                      pid,
                      started: 1,
                      path: '/opt/app',
                      sha256: program.digit.repeat(64),
                      buildId: program.build,
                      state: 'present',
                      stale: [],
                    }),
                  );
                  const environment = one.host === 'h1' ? 'production' : 'staging';
                  const installed = one.installed?.map(
                    (program): ToldProgram => ({
                      ...{ path: program.path, named: 'cron', by: program.by, needed: [], possible: [] },
                      sha256: program.digit.repeat(64),
                      buildId: program.build,
                    }),
                  );
                  const what = { processes, installed, unread: 0 };
                  const report = { host: one.host, bootId: 'b', environment, ...what };
                  await takeReport(store, report, { by: 'h', now: now + i });
                  break;
                }
                case 'retire':
                  await store.write((tx) => tx.retireHost(one.host, { by: 'anna', at: now + i }));
              }
            for (const [filter, where] of [
              [{}, 'true'],
              [{ name: 'one' }, "a.name = 'one'"],
              [{ sets: [1, 3] }, 'a.set_id in (1, 3)'],
              [{ sets: [1, 2], name: 'two' }, "a.set_id in (1, 2) and a.name = 'two'"],
            ] as const)
              for (const [runsOn, hosts] of [
                [undefined, 'true'],
                [{ environment: 'production' }, "h.environment = 'production'"],
              ] as const) {
                const said = JSON.stringify([filter, runsOn]);
                const counted = await store.sightings.countRunning({ ...filter, runsOn });
                assert.deepEqual(counted, await joined(place, where, hosts), said);
                const installed = await store.sightings.countInstalled({ ...filter, runsOn });
                assert.deepEqual(installed, await joinedInstalled(place, where, hosts), said);
              }
          }),
        ),
        { numRuns: database.name === 'SQLite' ? 40 : 8 },
      );
    });

    it('are looked at again where more is known of them, and not where the same is sent again', () =>
      withStore(database, async (store) => {
        const process = { pid: 1, started: 1, path: '/opt/app', sha256: 'a'.repeat(64), stale: [] };
        const report = { host: 'h1', bootId: 'b', processes: [{ ...process, state: 'present' as const }] };
        const add = (name: string, at: number) =>
          addArtefact(store.inventory, binary('a', [crate(name, '1.0.0')]), { by: 'ci', now: at });
        const isDue = async () => {
          await store.write((tx) => tx.exposing((writer) => writer.takeDue(9)));
          return await store.exposures.isDue();
        };
        await takeReport(store, { ...report, unread: 0 }, { by: 'h', now });
        await add('x', now);
        assert.equal(await isDue(), false);
        await add('x', now + 1);
        assert.equal(await store.exposures.isDue(), false);
        await add('y', now + 2);
        assert.equal(await store.exposures.isDue(), true);
      }));
  });

/** The same out of the tables that it is kept of. */
async function joined(
  place: { readonly tamper: (sql: string) => Promise<readonly Record<string, unknown>[]> },
  where: string,
  hosts: string,
) {
  const [row] = await place.tamper(`
    select count(distinct host_id) as hosts, sum(processes) as processes from (
      select r.digest, r.host_id, r.processes from running r join artefacts a on a.digest = r.digest
        join hosts h on h.id = r.host_id where ${where} and ${hosts}
      union
      select r.digest, r.host_id, r.processes from running r join artefacts a on a.build_id = r.build_id
        join hosts h on h.id = r.host_id where ${where} and ${hosts}
          and not exists (select 1 from artefacts k where k.digest = r.digest)) as found`);
  return { hosts: Number(row?.hosts ?? 0), processes: Number(row?.processes ?? 0) };
}

async function joinedInstalled(
  place: { readonly tamper: (sql: string) => Promise<readonly Record<string, unknown>[]> },
  where: string,
  hosts: string,
) {
  const rest = `where ${where} and ${hosts} and not exists
    (select 1 from running r where r.host_id = i.host_id and r.digest = i.digest)`;
  const rows = await place.tamper(`
    select i.host_id, i.path from installed i join artefacts a on a.digest = i.digest join hosts h on h.id = i.host_id ${rest}
    union
    select i.host_id, i.path from installed i join artefacts a on a.build_id = i.build_id join hosts h on h.id = i.host_id ${rest}
      and not exists (select 1 from artefacts k where k.digest = i.digest)`);
  return { hosts: new Set(rows.map((row) => row.host_id)).size, programs: rows.length };
}
