import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, withStore } from '../store/databases.ts';
import { program, stand, start, toldOf } from './exposure-duty.ts';

for (const database of databases)
  describe(`an advisory about what many hosts run, on ${database.name}`, { skip: database.skip }, () => {
    it('is told of once where hosts wait already to be looked at', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        await add('a', 'flawed');
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed'] });
        await duty.turn();
        assert.equal((await toldOf(place)).length, 1);
        assert.equal((await store.exposures.counts(0)).open, 60);
      }));

    it('is told of again for what is known to run by then, and was not when it was told of', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        await add('a', 'flawed');
        await add('c', 'other');
        // The last of them runs what nobody knows, and what another advisory strikes.
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        const two = [program(1, 'b'), program(2, 'c')];
        for (let host = 61; host <= 120; host++) await run(host, 'c', host === 120 ? { processes: two } : {});
        await duty.turn();
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed', 'other'] });
        state.meanwhile = async () => {
          state.now += 1000;
          await add('b', 'flawed');
          // One becomes another program (execve keeps its number and its start).
          await run(119, 'a');
        };
        await duty.turn();
        const told = (await toldOf(place)).filter((text) => text.startsWith('flawed'));
        assert.match(told.join(), /web-001, .* and 55 more/);
        assert.match(told.join(), /web-119/);
        assert.match(told.join(), /web-120/);
      }));

    it('is told of once and at once; what begins later is told of as it begins', () =>
      withStore(database, async (store, place) => {
        const { state, duty, run, add } = stand(store);
        const told = () => toldOf(place);
        await add('a', 'flawed');
        for (let host = 1; host <= 60; host++) await run(host, 'a');
        await duty.turn();
        assert.deepEqual(await told(), []);
        Object.assign(state, { now: start + 1000, reading: 'one', crates: ['flawed'] });
        await duty.turn();
        assert.deepEqual(await told(), [
          'flawed 1.0.0 with RUSTSEC-2026-0001 (It is flawed) runs on web-001, web-002, web-003, web-004, web-005 and 55 more.',
        ]);
        assert.equal(await store.nextDelivery(), state.now + 1);
        assert.equal((await store.exposures.counts(0)).open, 60);
        // One more host, and one that is started again after it was over there.
        state.now += 1000;
        await run(61, 'a');
        await run(1, 'b');
        await duty.turn();
        state.now += 1000;
        await run(1, 'a', { bootId: 'c' });
        await duty.turn();
        const later = (await told()).slice(1);
        assert.equal(later.filter((text) => /runs on web-061, in 1 program/.test(text)).length, 1);
        assert.equal(later.filter((text) => /runs on web-001, in 1 program/.test(text)).length, 1);
        assert.equal((await store.exposures.counts(0)).open, 61);
      }));
  });
