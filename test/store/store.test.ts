import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreError } from '../../src/store/error.ts';
import { openStore } from '../../src/store/open.ts';
import type { ReleaseState } from '../../src/store/records.ts';
import { databases, withStore } from './databases.ts';
import { allow, crate, entry, hold, registry, release, request } from './samples.ts';

for (const database of databases) {
  describe(`store on ${database.name}`, { skip: database.skip }, () => {
    it('starts empty', () =>
      withStore(database, async (store) => {
        assert.equal(await store.crate(registry, 'serde'), undefined);
        assert.deepEqual(await store.releases(registry, 'serde'), []);
        assert.deepEqual(await store.log({ limit: 10 }), []);
        assert.equal(await store.lastSeq(), 0);
        assert.equal(await store.policyInForce(), undefined);
        assert.deepEqual(await store.tokens(), []);
        assert.deepEqual(await store.nextDue(), { poll: null, judge: null });
        assert.deepEqual(await store.counts(), {
          crates: 0,
          failing: 0,
          releases: { held: 0, promoted: 0, review: 0, blocked: 0, withdrawn: 0 },
        });
      }));

    it('keeps everything when it is closed and opened again', () =>
      withStore(database, async (store, place) => {
        await store.write(async (tx) => {
          await tx.putCrate(crate());
          await tx.append([entry({ verdict: hold, details: { before: 'é', after: '🦀' } })]);
        });
        await store.close();
        const again = await openStore(place.location);
        assert.deepEqual(await again.crate(registry, 'serde'), crate());
        assert.deepEqual(await again.log({ limit: 5 }), [
          { seq: 1, ...entry({ verdict: hold, details: { before: 'é', after: '🦀' } }) },
        ]);
        await again.close();
      }));

    it('gives back every field of a crate as it was put, and replaces it', () =>
      withStore(database, async (store) => {
        const first = crate();
        const second = crate({
          firstSeen: 0,
          etag: 'W/"x"',
          lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
          digest: '0'.repeat(64),
          checkedAt: Number.MAX_SAFE_INTEGER,
          pollAt: -1,
          failures: 3,
          lastError: `line\nbreak 'quotes' "double" \\ {1,2} ${'x'.repeat(10_000)}`,
          absentSince: 7,
        });
        for (const record of [first, second, first]) {
          await store.write((tx) => tx.putCrate(record));
          assert.deepEqual(await store.crate(registry, 'serde'), record);
        }
      }));

    it('gives back every field of a release as it was put, and replaces it', () =>
      withStore(database, async (store) => {
        const first = release();
        const second = release({
          position: 5,
          line: '{"name":"serde", "vers":"1.0.0"}  ',
          checksum: 'b'.repeat(64),
          lineChecksum: 'c'.repeat(64),
          published: 9,
          arrival: 'back-catalogue',
          dependenciesChangedAt: 10,
          yanked: true,
          yankedAt: 11,
          state: 'review',
          until: 12,
          judged: 'release',
          archive: '{ "size": 1 }',
          verdict: allow,
          policy: '',
          judgeAt: 13,
          stateSince: 14,
        });
        for (const record of [first, second, first]) {
          await store.write((tx) => tx.putReleases([record]));
          assert.deepEqual(await store.releases(registry, 'serde'), [record]);
        }
      }));

    it('takes the last of equal releases in one batch', () =>
      withStore(database, async (store) => {
        const last = release({ state: 'promoted' });
        await store.write((tx) =>
          tx.putReleases([release(), release({ version: '2.0.0', position: 1 }), last]),
        );
        assert.deepEqual(await store.releases(registry, 'serde'), [
          last,
          release({ version: '2.0.0', position: 1 }),
        ]);
      }));

    it('lists releases by position, of one crate of one registry', () =>
      withStore(database, async (store) => {
        const wanted = ['0.1.0', '0.10.0', '0.2.0', '1.0.0+b', '1.0.0+a'].map((version, position) =>
          release({ version, position }),
        );
        await store.write(async (tx) => {
          await tx.putReleases(wanted.toReversed());
          await tx.putReleases([release({ key: 'serde2' }), release({ registry: 'other' })]);
        });
        assert.deepEqual(await store.releases(registry, 'serde'), wanted);
      }));

    it('takes thousands of releases and log entries at once, in order', () =>
      withStore(database, async (store) => {
        const releases = Array.from({ length: 3_000 }, (_, i) =>
          release({ version: `1.0.${i}`, position: i }),
        );
        const entries = releases.map(({ version }) => entry({ version, event: 'appeared', verdict: hold }));
        await store.write(async (tx) => {
          await tx.putReleases(releases);
          await tx.append(entries);
          await tx.append([]);
          await tx.putReleases([]);
        });
        assert.deepEqual(await store.releases(registry, 'serde'), releases);
        const log = await store.log({ limit: 5_000 });
        assert.deepEqual(
          log.map(({ seq, version }) => [seq, version]),
          releases.map(({ version }, i) => [i + 1, version]),
        );
      }));

    it('finds releases by registry, key and state, newest state first, in pages', () =>
      withStore(database, async (store) => {
        const a = release({ key: 'a', state: 'promoted', stateSince: 1 });
        const b = release({ key: 'b', state: 'held', stateSince: 3 });
        const c = release({ key: 'B', state: 'review', stateSince: 2, registry: 'other' });
        const d = release({ key: 'a', version: '2.0.0', position: 1, state: 'review', stateSince: 2 });
        await store.write((tx) => tx.putReleases([a, b, c, d]));
        const limit = 10;
        assert.deepEqual(await store.findReleases({ limit }), [b, d, c, a]);
        assert.deepEqual(await store.findReleases({ limit: 2, offset: 1 }), [d, c]);
        assert.deepEqual(await store.findReleases({ limit: 0 }), []);
        assert.deepEqual(await store.findReleases({ limit, offset: 4 }), []);
        assert.deepEqual(await store.findReleases({ limit, registry }), [b, d, a]);
        assert.deepEqual(await store.findReleases({ limit, key: 'a' }), [d, a]);
        assert.deepEqual(await store.findReleases({ limit, states: ['review', 'held'] }), [b, d, c]);
        assert.deepEqual(await store.findReleases({ limit, states: [] }), []);
        assert.deepEqual(await store.findReleases({ limit, registry, key: 'a', states: ['held'] }), []);
      }));

    it('searches crates by a part of their key, shortest first; the text is no pattern', () =>
      withStore(database, async (store) => {
        await store.write(async (tx) => {
          for (const key of ['serde_json', 'serde', 'serde-yaml', 'aserde', 'x%y', 'x\\y', 'xzy']) {
            await tx.putCrate(crate({ key }));
          }
          await tx.putCrate(crate({ registry: 'other', key: 'serde' }));
        });
        const search = (text: string, limit = 10) => store.searchCrates(registry, text, limit);
        assert.deepEqual(await search('SERDE'), ['serde', 'aserde', 'serde-yaml', 'serde_json']);
        assert.deepEqual(await search('serde', 2), ['serde', 'aserde']);
        assert.deepEqual(await search('_'), ['serde_json']);
        assert.deepEqual(await search('%'), ['x%y']);
        assert.deepEqual(await search('\\'), ['x\\y']);
        assert.deepEqual(await search("'"), []);
        assert.equal((await search('')).length, 7);
      }));

    it('lists crates that were read and are still upstream, last checked first', () =>
      withStore(database, async (store) => {
        const digest = 'd'.repeat(64);
        await store.write(async (tx) => {
          await tx.putCrate(crate({ key: 'unread', checkedAt: 9 }));
          await tx.putCrate(crate({ key: 'gone', checkedAt: 9, digest, absentSince: 9 }));
          await tx.putCrate(crate({ key: 'never', digest }));
          await tx.putCrate(crate({ key: 'old', digest, checkedAt: 1 }));
          await tx.putCrate(crate({ key: 'new-b', digest, checkedAt: 2 }));
          await tx.putCrate(crate({ key: 'new-a', digest, checkedAt: 2 }));
          await tx.putCrate(crate({ registry: 'other', key: 'x', digest, checkedAt: 2 }));
        });
        assert.deepEqual(await store.presentCrates(registry, 10), ['new-a', 'new-b', 'old', 'never']);
        assert.deepEqual(await store.presentCrates(registry, 1), ['new-a']);
      }));

    it('finds the crates that another policy judged', () =>
      withStore(database, async (store) => {
        await store.write((tx) =>
          tx.putReleases([
            release({ key: 'b', policy: 'p0' }),
            release({ key: 'b', policy: 'p9', version: '2.0.0' }),
            release({ key: 'a', policy: 'p9' }),
            release({ key: 'c', policy: 'p1' }),
            release({ key: 'b', policy: 'p0', registry: 'other' }),
          ]),
        );
        const a = { registry, key: 'a' };
        const b = { registry, key: 'b' };
        assert.deepEqual(await store.cratesJudgedOtherwise('p1', 10), [
          a,
          b,
          { registry: 'other', key: 'b' },
        ]);
        assert.deepEqual(await store.cratesJudgedOtherwise('p1', 2), [a, b]);
        assert.deepEqual(await store.cratesJudgedOtherwise('p9', 1), [b]);
        assert.equal((await store.cratesJudgedOtherwise('none', 10)).length, 4);
      }));

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

    it('reads the log after a seq and by crate and version', () =>
      withStore(database, async (store) => {
        await store.write((tx) =>
          tx.append([
            entry({ key: '', version: '', event: 'policy-activated' }),
            entry(),
            entry({ version: '2.0.0' }),
            entry({ registry: 'other' }),
            entry(),
          ]),
        );
        const seqs = async (query: object) =>
          (await store.log({ limit: 10, ...query })).map(({ seq }) => seq);
        assert.deepEqual(await seqs({}), [1, 2, 3, 4, 5]);
        assert.deepEqual(await seqs({ after: 3 }), [4, 5]);
        assert.deepEqual(await seqs({ after: 0, limit: 2 }), [1, 2]);
        assert.deepEqual(await seqs({ key: 'serde' }), [2, 3, 4, 5]);
        assert.deepEqual(await seqs({ registry, key: 'serde' }), [2, 3, 5]);
        assert.deepEqual(await seqs({ registry, key: 'serde', version: '1.0.0', after: 2 }), [5]);
        assert.deepEqual(await seqs({ key: '', version: '' }), [1]);
        assert.equal(await store.lastSeq(), 5);
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
        const ci = { name: 'ci', hash: '1'.repeat(64), at: 1 };
        const ana = { name: 'ana', hash: '2'.repeat(64), at: 2 };
        const revoke = (name: string, at: number) => store.write((tx) => tx.revokeToken(name, at));
        await store.write(async (tx) => {
          await tx.putToken(ci);
          await tx.putToken(ana);
        });
        assert.equal(await revoke('ci', 5), true);
        assert.equal(await revoke('ci', 6), false);
        assert.equal(await revoke('nobody', 6), false);
        assert.deepEqual(await store.tokens(), [
          { ...ana, revokedAt: null },
          { ...ci, revokedAt: 5 },
        ]);
        const renewed = { ...ci, hash: '3'.repeat(64), at: 7 };
        await store.write((tx) => tx.putToken(renewed));
        assert.deepEqual((await store.tokens())[1], { ...renewed, revokedAt: null });
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

    it('claims polls that are due, earliest first, and moves them', () =>
      withStore(database, async (store) => {
        await store.write(async (tx) => {
          for (const [key, pollAt] of Object.entries({ c: 10, b: 10, d: 5, later: 21 })) {
            await tx.putCrate(crate({ key, pollAt }));
          }
        });
        const claim = (now: number, limit: number) =>
          store.write(async (tx) =>
            (await tx.claimPolls(now, 100, limit)).map(({ key, pollAt }) => [key, pollAt]),
          );
        assert.deepEqual(await store.nextDue(), { poll: 5, judge: null });
        assert.deepEqual(await claim(4, 10), []);
        assert.deepEqual(await claim(20, 2), [
          ['d', 100],
          ['b', 100],
        ]);
        assert.equal((await store.crate(registry, 'd'))?.pollAt, 100);
        assert.equal((await store.crate(registry, 'c'))?.pollAt, 10);
        assert.deepEqual(await claim(20, 2), [['c', 100]]);
        assert.deepEqual(await claim(20, 2), []);
        assert.deepEqual(await store.nextDue(), { poll: 21, judge: null });
      }));

    it('claims judgements that are due, earliest first, and moves them', () =>
      withStore(database, async (store) => {
        const due = { 'c@1.0.0': 10, 'b@1.0.0': 10, 'd@1.0.0': 5, 'later@1.0.0': 21, 'never@1.0.0': null };
        await store.write((tx) =>
          tx.putReleases(
            Object.entries(due).map(([id, judgeAt]) => release({ key: id.split('@')[0] ?? '', judgeAt })),
          ),
        );
        const claim = (now: number, limit: number) =>
          store.write(async (tx) =>
            (await tx.claimJudgements(now, 100, limit)).map(({ key, judgeAt }) => [key, judgeAt]),
          );
        assert.deepEqual(await store.nextDue(), { poll: null, judge: 5 });
        assert.deepEqual(await claim(4, 10), []);
        assert.deepEqual(await claim(20, 2), [
          ['d', 100],
          ['b', 100],
        ]);
        assert.deepEqual(await claim(20, 9), [['c', 100]]);
        assert.deepEqual(await claim(20, 9), []);
        assert.equal((await store.releases(registry, 'c'))[0]?.judgeAt, 100);
        assert.deepEqual(await store.nextDue(), { poll: null, judge: 21 });
      }));

    it('counts crates, failing polls and releases by state', () =>
      withStore(database, async (store) => {
        const states: readonly ReleaseState[] = [
          'held',
          'held',
          'promoted',
          'review',
          'blocked',
          'withdrawn',
        ];
        await store.write(async (tx) => {
          await tx.putCrate(crate());
          await tx.putCrate(crate({ key: 'b', failures: 2 }));
          await tx.putReleases(states.map((state, i) => release({ version: `${i}.0.0`, state })));
        });
        assert.deepEqual(await store.counts(), {
          crates: 2,
          failing: 1,
          releases: { held: 2, promoted: 1, review: 1, blocked: 1, withdrawn: 1 },
        });
      }));

    it('refuses to write what it could not read again, and keeps nothing of the batch', () =>
      withStore(database, async (store) => {
        const bad = [
          { line: 'a\0b' },
          { line: '\ud800' },
          { checksum: 'A'.repeat(64) },
          { position: -1 },
          { firstSeen: 1.5 },
          { until: Number.NaN },
          { stateSince: 2 ** 53 },
          { archive: 'not json' },
          { state: 'helt' as ReleaseState },
        ];
        for (const fields of bad) {
          const batch = [release({ version: '0.9.0' }), release(fields)];
          await assert.rejects(
            store.write((tx) => tx.putReleases(batch)),
            (error) => error instanceof StoreError && error.code === 'store/unstorable',
            JSON.stringify(fields),
          );
        }
        assert.deepEqual(await store.releases(registry, 'serde'), []);
      }));
  });
}
