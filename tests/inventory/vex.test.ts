/** What is said of advisories in artefacts: of which builds it holds, and until when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addArtefact } from '../../src/inventory/add.ts';
import { evaluateExposures } from '../../src/inventory/exposure/evaluate.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import type { ArtefactStatement, StatedComponent } from '../../src/inventory/statement.ts';
import { saidOf } from '../../src/inventory/vex/holds.ts';
import { type NewStatement, stateVex, withdrawVex } from '../../src/inventory/vex/state.ts';
import { readStatements } from '../../src/inventory/vex/statement-index.ts';
import type { Store } from '../../src/store/store.ts';
import { databases, withStore } from '../store/databases.ts';
import { binary, crate } from './samples.ts';

const now = Date.UTC(2026, 10, 29);
const day = 24 * 60 * 60 * 1000;
const actor = { name: 'anna', role: 'reviewer', address: '127.0.0.1', endsAt: null };
const acting = { actor, now, auditor: undefined };
const shop = { project: 'https://git.example/shop', target: 'x86_64-unknown-linux-gnu' };
const said: NewStatement = {
  advisory: 'RUSTSEC-2026-9001',
  aliases: ['CVE-2026-0301'],
  release: 'pkg:cargo/deep@1.0.0',
  product: { project: shop.project },
  status: 'not_affected',
  justification: 'vulnerable_code_not_in_execute_path',
  until: new Date(now + 30 * day).toISOString(),
};

function built(
  digit: string,
  more: Partial<ArtefactStatement> = {},
  deep: Partial<StatedComponent> = { features: ['std'] },
) {
  return binary(digit, [crate('deep', '1.0.0', deep)], { ...shop, ...more });
}

async function add(store: Store, ...statements: ArtefactStatement[]): Promise<void> {
  for (const statement of statements) await addArtefact(store.inventory, statement, { by: 'ci', now });
}

/** What is said of an artefact by one of the ids of the advisory. */
async function holds(store: Store, digit: string, { at = now, id = 'cve-2026-0301' } = {}) {
  const [artefact] = await store.inventory.artefactsByIdentity(digit.repeat(64));
  const set = await store.inventory.set(artefact?.setId ?? 0);
  const [component] = await store.inventory.componentsNamed('cargo', 'deep');
  assert.ok(artefact !== undefined && component !== undefined);
  const member = set?.members.find((one) => one.component === component.id);
  const about = {
    artefact,
    componentId: component.id,
    ids: new Set([id]),
    features: member?.features ?? null,
  };
  const found = saidOf(await readStatements(store.vex, [component.id]), about, at);
  return found === undefined ? 'nothing' : `${found.holds} ${found.statement.status}`;
}

for (const database of databases)
  describe(`statements on ${database.name}`, { skip: database.skip }, () => {
    it('are one act for all artefacts that are meant, and hold of their next builds with the same release and features', () =>
      withStore(database, async (store) => {
        await add(store, built('1'), built('2', { name: 'worker' }), built('3', { project: 'other' }));
        const [taken] = await stateVex(store, [said], acting);
        assert.ok(taken?.kind === 'taken');
        assert.deepEqual([taken.covers.length, taken.artefacts], [2, 2]);
        // The next builds: the same, with other features, with features that nobody says, for another target.
        await add(
          store,
          built('4', { commit: 'next' }),
          built('5', {}, { features: ['std', 'parser'] }),
          built('6', {}, {}),
          built('7', { target: 'aarch64-unknown-linux-gnu' }),
          built('8', { name: 'fourth' }),
        );
        const expected = {
          1: 'yes not_affected',
          2: 'yes not_affected',
          3: 'nothing',
          4: 'yes not_affected',
          5: 'features not_affected',
          6: 'features not_affected',
          7: 'nothing',
          8: 'nothing',
        };
        for (const [digit, answer] of Object.entries(expected))
          assert.equal(await holds(store, digit), answer, `artefact ${digit}`);
        assert.equal(await holds(store, '1', { id: 'cve-2026-9999' }), 'nothing');
        assert.equal(await holds(store, '1', { at: now + 31 * day }), 'expired not_affected');
      }));

    it('are of one artefact alone where its project or target is not known', () =>
      withStore(database, async (store) => {
        await add(store, built('1', { project: undefined }));
        const [taken] = await stateVex(store, [{ ...said, product: {}, all: true }], acting);
        assert.equal(taken?.kind === 'taken' && taken.covers[0]?.artefact, '1'.repeat(64));
        await add(store, built('2', { project: undefined }), built('3'));
        assert.deepEqual(
          [await holds(store, '1'), await holds(store, '2'), await holds(store, '3')],
          ['yes not_affected', 'nothing', 'nothing'],
        );
      }));

    it('are followed by those that come later, and taken back', () =>
      withStore(database, async (store) => {
        await add(store, built('1'));
        const later = { ...acting, now: now + day };
        await stateVex(store, [said], acting);
        const worse = { ...said, status: 'affected', justification: undefined, action: 'Upgrade.' } as const;
        const [second] = await stateVex(store, [worse], later);
        assert.equal(await holds(store, '1'), 'yes affected');
        // An older word that is heard of later does not count for more.
        const old = { ...said, status: 'under_investigation', justification: undefined } as const;
        await stateVex(store, [{ ...old, stated: new Date(now - day).toISOString() }], later);
        assert.equal(await holds(store, '1'), 'yes affected');
        const id = second?.kind === 'taken' ? second.id : 0;
        assert.equal((await withdrawVex(store, id, 'no', later))?.withdrawnBy, 'anna');
        assert.equal(await withdrawVex(store, id, 'no', later), undefined);
        assert.equal(await withdrawVex(store, 99, 'no', later), undefined);
        assert.equal(await holds(store, '1'), 'yes not_affected');
        // The same once more is known; what was withdrawn may be said anew.
        assert.deepEqual(await stateVex(store, [said], later), [{ kind: 'known', id: 1 }]);
        assert.equal((await stateVex(store, [worse], later))[0]?.kind, 'taken');
      }));

    it('are left, and say why, where they are about nothing here, over, or say too little', () =>
      withStore(database, async (store) => {
        await add(store, built('1'));
        const cases: readonly (readonly [Partial<NewStatement>, RegExp])[] = [
          [{ product: { project: 'nowhere' } }, /^no artefact here that it is about has deep@1\.0\.0$/],
          [{ product: { sha256: 'f'.repeat(64) } }, /^no artefact here/],
          [{ release: 'pkg:cargo/deep@1.0.1' }, /^no artefact here/],
          [{ release: 'pkg:cargo/deep@1.0.0?repository_url=https://other.example' }, /^no artefact here/],
          [{ product: {} }, /no artefact that can be looked for$/],
          [{ product: { label: 'pkg:oci/web' } }, /^pkg:oci\/web is no artefact/],
          [{ until: new Date(now).toISOString() }, /^it ended on/],
          [{ justification: undefined }, /neither a justification nor a reason/],
        ];
        for (const [more, reason] of cases) {
          const [taken] = await stateVex(store, [{ ...said, ...more }], acting);
          assert.match(taken?.kind === 'left' ? taken.reason : (taken?.kind ?? ''), reason);
        }
        assert.deepEqual(await store.vex.list({ limit: 9, now }), []);
      }));

    it('are listed by what they are about, a page at a time', () =>
      withStore(database, async (store) => {
        await add(store, built('1'), built('2', { name: 'worker' }));
        const both = [said, { ...said, advisory: 'CVE-2026-7', aliases: [], product: { name: 'worker' } }];
        await stateVex(store, both, acting);
        const list = async (query: Partial<Parameters<Store['vex']['list']>[0]>) =>
          (await store.vex.list({ limit: 9, now, ...query })).map(({ id }) => id);
        assert.deepEqual(await list({}), [2, 1]);
        assert.deepEqual(await list({ limit: 1 }), [2]);
        assert.deepEqual(await list({ before: 2 }), [1]);
        assert.deepEqual(await list({ advisory: 'CVE-2026-0301' }), [1]);
        // An id is a whole one.
        assert.deepEqual(await list({ advisory: 'CVE-2026-030' }), []);
        assert.deepEqual(await list({ name: 'app' }), [1]);
        assert.deepEqual(await list({ project: shop.project, name: 'worker' }), [2, 1]);
        assert.deepEqual(await list({ componentIds: [] }), []);
        assert.deepEqual(await list({ state: 'expired' }), []);
        assert.deepEqual(await list({ state: 'expired', now: now + 31 * day }), [2, 1]);
        await withdrawVex(store, 2, 'no', acting);
        assert.deepEqual([await list({ state: 'valid' }), await list({ state: 'withdrawn' })], [[1], [2]]);
      }));

    it('end exposures of all that a program runs only where they are about all of its builds', () =>
      withStore(database, async (store) => {
        await add(store, built('1'), built('2', {}, { features: ['parser'] }));
        const process = (pid: number, digit: string) => ({
          pid,
          started: 1,
          path: '/opt/app',
          sha256: digit.repeat(64),
          state: 'present' as const,
          stale: [],
        });
        const report = {
          host: 'web-1',
          bootId: 'b',
          unread: 0,
          processes: [process(1, '1'), process(2, '2')],
        };
        await takeReport(store, report, { by: 'web-1', now });
        const [component] = await store.inventory.componentsNamed('cargo', 'deep');
        const body = {
          id: said.advisory,
          aliases: said.aliases,
          package: 'deep',
          title: '',
          url: '',
          release: '',
        };
        const look = async (at = now) => {
          await store.write(async (tx) => {
            const hosts = await tx.exposing((writer) => writer.takeDue(9));
            await evaluateExposures(tx, { hosts, deployments: [] }, { targets: [], now: at });
          });
          const all = await store.exposures.list({ limit: 9 });
          return all.map(({ endedBy }) => endedBy ?? 'open').reverse();
        };
        await store.write((tx) =>
          tx.exposing((writer) =>
            writer.putStruck([
              { componentId: component?.id ?? 0, advisory: 'x deep', body: JSON.stringify(body), since: now },
            ]),
          ),
        );
        assert.deepEqual(await look(), ['open']);
        const [web] = await stateVex(store, [{ ...said, product: { sha256: '1'.repeat(64) } }], acting);
        assert.equal(web?.kind, 'taken');
        assert.deepEqual(await look(), ['open']);
        await stateVex(store, [{ ...said, product: { sha256: '2'.repeat(64) } }], acting);
        assert.deepEqual(await look(), ['stated']);
        // Over, and looked at again.
        const later = now + 31 * day;
        assert.equal(await store.vex.isExpired(later), true);
        await store.write(async (tx) => {
          const releases = await tx.stating((writer) => writer.endExpired(later));
          await tx.exposing((writer) => writer.markHostsWith(releases, later));
        });
        assert.equal(await store.vex.isExpired(later), false);
        assert.deepEqual(await look(later), ['stated', 'open']);
      }));
  });
