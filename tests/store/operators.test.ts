import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, withStore } from './databases.ts';
import { registry, request } from './samples.ts';

for (const database of databases) {
  describe(`what operators tell the store on ${database.name}`, { skip: database.skip }, () => {
    it('keeps blocks, lifts exactly the ones named, and keeps lifted ones for the record', () =>
      withStore(database, async (store, place) => {
        const block = { registry, key: 'serde', version: null, reason: 'taken over', by: 'ana', at: 1 };
        const one = { ...block, version: '1.0.0', by: 'bo' };
        const lifted = { liftedBy: null, liftedAt: null, liftReason: null };
        await store.write(async (tx) => {
          await tx.putBlock(block);
          await tx.putBlock(one);
          await tx.putBlock({ ...block, key: 'other' });
        });
        const active = () => store.activeBlocks(registry, 'serde');
        assert.deepEqual(await active(), [
          { id: 1, ...block, ...lifted },
          { id: 2, ...one, ...lifted },
        ]);
        const lift = (version: string | null) =>
          store.write((tx) => tx.liftBlocks({ ...block, version }, { by: 'cy', at: 2, reason: 'clean' }));
        assert.equal(await lift('9.9.9'), 0);
        assert.equal(await lift(null), 1);
        assert.deepEqual(await active(), [{ id: 2, ...one, ...lifted }]);
        assert.equal(await lift(null), 0);
        assert.equal(await lift('1.0.0'), 1);
        assert.deepEqual(await active(), []);
        const rows = await place.tamper(
          'select id, lifted_by, lifted_at, lift_reason from blocks order by id',
        );
        assert.deepEqual(
          rows.map((row) => [Number(row.id), row.lifted_by, row.lift_reason]),
          [
            [1, 'cy', 'clean'],
            [2, 'cy', 'clean'],
            [3, null, null],
          ],
        );
      }));

    it('keeps one break-glass request per person and release', () =>
      withStore(database, async (store) => {
        const requests = [
          request({ at: 3 }),
          request({ by: 'bo', at: 2 }),
          request({ version: '2.0.0', at: 2 }),
        ];
        await store.write(async (tx) => {
          await tx.putBreakGlass(request({ reason: 'first' }));
          for (const one of requests) await tx.putBreakGlass(one);
          await tx.putBreakGlass(request({ key: 'other' }));
        });
        assert.deepEqual(await store.breakGlass(registry, 'serde'), [requests[1], requests[2], requests[0]]);
      }));

    it('has the policy in force that was put last, also when it was in force before or the clock stepped back', () =>
      withStore(database, async (store) => {
        const a = { digest: 'a', text: '# a\n', at: 10 };
        const b = { digest: 'b', text: '', at: 20 };
        for (const policy of [a, b, { ...a, at: 30 }, { ...b, at: 5 }]) {
          await store.write((tx) => tx.putPolicy(policy));
          assert.deepEqual(await store.policyInForce(), policy);
        }
      }));

    it('keeps tokens by name, replaces and revokes them', () =>
      withStore(database, async (store) => {
        const ci = {
          name: 'ci',
          owner: null,
          hash: '1'.repeat(64),
          at: 1,
          role: 'ci',
          endsAt: null,
        } as const;
        const ana = {
          name: 'ana',
          owner: 'anna',
          hash: '2'.repeat(64),
          at: 2,
          role: 'admin',
          endsAt: 9,
        } as const;
        const revoke = (name: string, at: number) => store.write((tx) => tx.revokeToken(name, at));
        await store.write(async (tx) => {
          await tx.putToken(ci);
          await tx.putToken(ana);
        });
        assert.equal(await revoke('ci', 5), true);
        assert.equal(await revoke('ci', 6), false);
        assert.equal(await revoke('nobody', 6), false);
        assert.deepEqual(await store.tokens(), [
          { ...ana, usedAt: null, revokedAt: null },
          { ...ci, usedAt: null, revokedAt: 5 },
        ]);
        const renewed = { ...ci, hash: '3'.repeat(64), at: 7 };
        await store.write((tx) => tx.putToken(renewed));
        assert.deepEqual((await store.tokens())[1], { ...renewed, usedAt: null, revokedAt: null });
        assert.equal(await store.tokenOf(ci.hash), undefined, 'the old value opens nothing any more');
        for (const at of [12, 11]) await store.write((tx) => tx.noteTokenUses(new Map([['ci', at]])));
        assert.deepEqual(await store.tokenOf(renewed.hash), { ...renewed, usedAt: 12, revokedAt: null });
      }));

    it('knows a browser by its session until that ends, or its token is another', () =>
      withStore(database, async (store) => {
        const ana = {
          name: 'ana',
          owner: null,
          hash: '2'.repeat(64),
          at: 2,
          role: 'admin',
          endsAt: null,
        } as const;
        const person = { name: null, role: null };
        const session = { digest: 'a'.repeat(64), token: ana.hash, at: 3, endsAt: 10, ...person };
        const nameAt = async (now: number) => (await store.tokenOfSession(session.digest, now))?.name;
        await store.write(async (tx) => {
          await tx.putToken(ana);
          await tx.putWebSession(session);
        });
        assert.deepEqual([await nameAt(9), await nameAt(10)], ['ana', undefined]);
        await store.write((tx) => tx.putToken({ ...ana, hash: '3'.repeat(64), at: 4 }));
        assert.equal(await nameAt(5), undefined, 'the token that it stood for is no more');
        await store.write((tx) => tx.putWebSession({ ...session, token: '3'.repeat(64) }));
        assert.equal(await nameAt(5), 'ana');
        await store.write((tx) => tx.revokeToken('ana', 6));
        assert.equal((await store.tokenOfSession(session.digest, 7))?.revokedAt, 6);
        await store.write((tx) => tx.endWebSession(session.digest));
        assert.equal(await nameAt(7), undefined);
      }));

    it('takes an event once, until it is forgotten', () =>
      withStore(database, async (store) => {
        const take = (source: string, id: string, at: number, forgetBefore: number) =>
          store.write((tx) => tx.takeEvent(source, id, at, forgetBefore));
        assert.equal(await take('kellnr', '1', 10, 0), true);
        assert.equal(await take('kellnr', '1', 11, 0), false);
        assert.equal(await take('kellnr', '2', 12, 0), true);
        assert.equal(await take('gitea', '1', 12, 0), true);
        assert.equal(await take('kellnr', '1', 13, 10), false);
        assert.equal(await take('kellnr', '1', 14, 11), true);
        assert.equal(await take('kellnr', '2', 15, 11), false);
      }));
  });
}
