/**
 * What an advisory strikes that is installed and was not seen running: exposed and told of like what runs, and never
 * taken for it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addArtefact } from '../../src/inventory/add.ts';
import { knownWord } from '../../src/store/column.ts';
import { exposureEnds, exposureWays } from '../../src/store/exposures/records.ts';
import { databases, withStore } from '../store/databases.ts';
import { program, stand, start, toldOf } from './exposure-duty.ts';
import { binary, crate } from './samples.ts';

const job = (digit: string, more: object = {}) => ({
  path: '/app-1',
  sha256: digit.repeat(64),
  named: 'cron',
  by: '/etc/cron.d/job',
  needed: [],
  possible: [],
  ...more,
});
const flawed = 'flawed 1.0.0 with RUSTSEC-2026-0001';

for (const database of databases)
  describe(`what is installed and struck, on ${database.name}`, { skip: database.skip }, () => {
    it('is exposed from the advisory to the upgrade on disk, once, whether it runs meanwhile or not', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        const turn = async () => {
          state.now += 1000;
          await duty.turn();
          const list = await store.exposures.list({ limit: 10 });
          const { open, installed } = await store.exposures.counts(0);
          return {
            shown: list.map((one) => [one.id, one.way, one.endedBy, one.runningSince - start]),
            counts: [open, installed],
          };
        };
        await add('a', 'flawed');
        await run(1, 'a', { processes: [], installed: [job('a')] });
        assert.deepEqual(await turn(), { shown: [], counts: [0, 0] });
        Object.assign(state, { reading: 'one', crates: ['flawed'] });
        assert.deepEqual(await turn(), { shown: [[1, 'installed', null, 0]], counts: [1, 1] });
        // It is the same exposure while it runs, from when it was seen to.
        await run(1, 'a', { processes: [program(1, 'a')], installed: [job('a')] });
        assert.deepEqual(await turn(), { shown: [[1, 'artefact', null, 2000]], counts: [1, 0] });
        await run(1, 'a', { processes: [], installed: [job('a')] });
        assert.deepEqual(await turn(), { shown: [[1, 'installed', null, 0]], counts: [1, 1] });
        // The same report again, and then the next build, which nobody struck.
        await run(1, 'a', { processes: [], installed: [job('a')] });
        await add('b', 'other');
        await turn();
        await run(1, 'a', { processes: [], installed: [job('b')] });
        assert.deepEqual(await turn(), { shown: [[1, 'installed', 'gone', 0]], counts: [0, 0] });
        assert.deepEqual(await toldOf(place), [
          `${flawed} (It is flawed) is installed, and was not seen running, on web-001, in 1 program.`,
          `${flawed} is installed no more on web-001.`,
        ]);
      }));

    it('is read where a later version wrote it in words that are not known here, and keeps them', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        await add('a', 'flawed');
        await run(1, 'a', { processes: [], installed: [job('a')] });
        Object.assign(state, { reading: 'one', crates: ['flawed'] });
        await duty.turn();
        await place.tamper("update exposures set way = 'quantum'");
        const [open] = await store.exposures.list({ limit: 10 });
        assert.equal(knownWord(exposureWays, open?.way ?? ''), 'unknown');
        // What ends it here says so, and leaves how it was found.
        state.now += 1000;
        await run(1, 'a', { processes: [], installed: [] });
        await duty.turn();
        assert.deepEqual(
          (await place.tamper('select way, ended_by from exposures')).map((row) => [row.way, row.ended_by]),
          [['quantum', 'gone']],
        );
        await place.tamper("update exposures set ended_by = 'melted'");
        const [over] = await store.exposures.list({ limit: 10 });
        assert.equal(knownWord(exposureEnds, over?.endedBy ?? ''), 'unknown');
      }));

    it('is found whichever comes last, and ends with its host', () =>
      withStore(database, async (store) => {
        const { state, duty, run, add } = stand(store);
        const open = async () => {
          state.now += 1000;
          await duty.turn();
          return (await store.exposures.list({ isOpen: true, limit: 10 })).map(({ host, way }) => [
            host,
            way,
          ]);
        };
        Object.assign(state, { reading: 'one', crates: ['flawed'] });
        await run(1, 'a', { processes: [], installed: [job('a')] });
        assert.deepEqual(await open(), []);
        await add('a', 'flawed');
        assert.deepEqual(await open(), [['web-001', 'installed']]);
        // By its build alone, of other bytes.
        await addArtefact(
          store.inventory,
          { ...binary('c', [crate('flawed', '1.0.0')]), file: { sha256: 'c'.repeat(64), buildId: 'abcd' } },
          { by: 'ci', now: state.now },
        );
        await run(2, 'a', { processes: [], installed: [job('d', { buildId: 'abcd' })] });
        assert.deepEqual(await open(), [
          ['web-002', 'installed'],
          ['web-001', 'installed'],
        ]);
        await store.write((tx) => tx.retireHost('web-001', { at: state.now, by: 'admin' }));
        assert.deepEqual(await open(), [['web-002', 'installed']]);
      }));

    it('leaves a process to be started again only where what is on disk is not struck', () =>
      withStore(database, async (store) => {
        const { state, duty, run, add } = stand(store);
        const restart = async (digit: string) => {
          const old = { ...program(1, 'a'), state: 'replaced' as const };
          await run(1, 'a', { processes: [old], installed: [job(digit)] });
          state.now += 1000;
          await duty.turn();
          return (await store.exposures.list({ isOpen: true, limit: 10 })).map((one) => [
            one.way,
            one.restart,
          ]);
        };
        for (const digit of ['a', 'b']) await add(digit, 'flawed');
        await add('c', 'other');
        Object.assign(state, { reading: 'one', crates: ['flawed'] });
        assert.deepEqual(await restart('b'), [['artefact', false]]);
        assert.deepEqual(await restart('c'), [['artefact', true]]);
      }));

    it('is told of where it was tampered with, running or not, until it is gone', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run } = stand(store);
        const file = { sha256: 'a'.repeat(64), buildId: 'abcd', segments: '1'.repeat(64) };
        await addArtefact(
          store.inventory,
          { ...binary('a', [crate('fine', '1.0.0')]), file },
          { by: 'ci', now: state.now, signed: { by: ['key'], session: null } },
        );
        const changed = { buildId: 'abcd', segments: '2'.repeat(64) };
        const turn = async (processes: readonly object[], installed: readonly object[]) => {
          await run(1, 'a', { processes, installed });
          state.now += 1000;
          await duty.turn();
          const list = await store.sightings.installed({ standing: 'tampered', limit: 10 });
          return [await store.exposures.countTampered(), list.map(({ path }) => path)];
        };
        const stripped = job('c', { path: '/stripped', buildId: 'abcd', segments: file.segments });
        assert.deepEqual(await turn([], [job('a'), stripped]), [0, []]);
        // Twice on disk it is one, and so it is when it runs as well.
        const two = [job('b', changed), job('b', { ...changed, path: '/copy' })];
        assert.deepEqual(await turn([], [...two, stripped]), [1, ['/app-1', '/copy']]);
        assert.deepEqual(await turn([{ ...program(1, 'b'), ...changed }], two), [1, []]);
        assert.deepEqual(await turn([], two), [1, ['/app-1', '/copy']]);
        assert.deepEqual(await turn([], [job('a')]), [0, []]);
        const told = await toldOf(place);
        assert.equal(told.length, 2);
        assert.match(
          told[0] ?? '',
          /^\/app-1 on web-001 says that it is the signed build of .* has other code or data/,
        );
        assert.match(told[1] ?? '', /^The changed \/app-1, .* is not seen any more on web-001\.$/);
      }));
  });
