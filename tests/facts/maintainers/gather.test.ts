import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { importDump } from '../../../src/facts/dump/import.ts';
import type { DumpReader } from '../../../src/facts/dump/port.ts';
import { MaintainersApi } from '../../../src/facts/maintainers/api.ts';
import { httpFetch } from '../../../src/facts/maintainers/fetch.ts';
import { publishersIn } from '../../../src/facts/maintainers/from-api.ts';
import { maintainersFact, readDumped } from '../../../src/facts/maintainers/gather.ts';
import type { Store } from '../../../src/store/store.ts';
import { databases, withStore } from '../../store/databases.ts';
import { dumpArchive, smallDump } from '../../support/dump.ts';
import { apiServer } from '../../support/registry-api.ts';

const now = Date.parse('2026-08-20T12:00:00Z');
const server = await apiServer({
  arrayref: {
    owners: [
      { id: 102, login: 'droundy', kind: 'user' },
      { id: 103, login: 'newcomer', kind: 'user' },
    ],
    versions: [
      { num: '0.3.11', created_at: '2026-08-20T07:00:00Z', published_by: { id: 103, login: 'newcomer' } },
      { num: '0.3.10', created_at: '2026-08-19T06:17:14Z', published_by: { id: 103, login: 'newcomer' } },
      { num: '0.3.9', created_at: '2024-08-01T06:17:14Z', published_by: { id: 102, login: 'droundy' } },
    ],
  },
});
after(() => server.close());

const api = () =>
  new MaintainersApi({
    registry: 'r',
    api: server.url,
    contact: 'x',
    fetch: httpFetch(),
    now: () => now,
    wait: async () => {},
  });

const [sqlite] = databases;
assert.ok(sqlite);

async function withDump(work: (store: Store) => Promise<void>): Promise<void> {
  assert.ok(sqlite);
  await withStore(sqlite, async (store) => {
    async function* stream() {
      yield dumpArchive(smallDump());
    }
    await importDump({ registry: 'r', stream: stream(), store: store.dumps, now: () => now });
    await work(store);
  });
}

interface Sources {
  readonly api?: MaintainersApi;
  readonly dump?: DumpReader;
  readonly isMalicious?: (crate: string) => boolean;
}

/** Asks and reads as the mirror does, one after the other. */
async function gatherMaintainers(
  { registry, crate, version }: { registry: string; crate: string; version: string },
  { api, dump, isMalicious }: Sources,
  at: number,
) {
  const answered = await api?.ask(crate);
  const publishers = answered?.kind === 'answer' ? publishersIn(answered.answer) : [];
  const dumped = dump && (await readDumped(dump, registry, crate, publishers, isMalicious));
  return maintainersFact({ asked: answered, dump: dumped }, version, at);
}

const asked = { registry: 'r', crate: 'arrayref', version: '0.3.10' };

describe('who stands behind a release', () => {
  it('is unknown where there is nobody to ask', async () => {
    const fact = await gatherMaintainers(asked, {}, now);
    assert.ok(fact.kind === 'unknown' && /neither/.test(fact.reason));
  });

  it('is told by the dump alone, dated by the dump', () =>
    withDump(async ({ dumps: dump }) => {
      const isMalicious = (crate: string) => crate === 'Fresh_Crate';
      const fact = await gatherMaintainers(asked, { dump, isMalicious }, now);
      assert.ok(fact.kind === 'known');
      assert.equal(fact.at, '2026-08-20T02:00:16.123Z');
      const { publisher, owners, previousPublisher } = fact.value;
      assert.deepEqual(publisher, {
        id: 103,
        login: 'newcomer',
        registered: undefined,
        earlierReleases: 0,
        otherCrates: 1,
        otherDownloads: 12,
        takedowns: 1,
      });
      assert.deepEqual(previousPublisher, { id: 102, login: 'droundy' });
      assert.equal(owners[1]?.since, Date.parse('2026-08-17T06:17:14.147Z'));
      assert.equal(fact.value.earlierReleases, 2);
    }));

  it('is told by the API, with what only the dump knows', () =>
    withDump(async ({ dumps: dump }) => {
      const fact = await gatherMaintainers({ ...asked, version: '0.3.11' }, { api: api(), dump }, now);
      assert.ok(fact.kind === 'known');
      assert.equal(fact.source, 'API and database dump');
      const { publisher, owners } = fact.value;
      assert.equal(publisher?.earlierReleases, 1);
      assert.equal(publisher?.otherCrates, 1);
      assert.equal(publisher?.takedowns, undefined);
      assert.equal(owners[0]?.since, Date.parse('2015-03-10T06:17:14.147Z'));
    }));

  it('is told by the dump where the API does not know', () =>
    withDump(async ({ dumps: dump }) => {
      const fact = await gatherMaintainers(
        { ...asked, crate: 'serde', version: '1.0.200' },
        { api: api(), dump },
        now,
      );
      assert.ok(fact.kind === 'known');
      assert.equal(fact.source, 'database dump');
      assert.equal(fact.value.publisher, undefined, 'nobody recorded is nobody known');
      assert.equal(fact.value.trustedPublishingOnly, true);
      assert.deepEqual(
        fact.value.owners.map(({ kind, login }) => `${kind} ${login}`),
        ['user dtolnay', 'team github:serde-rs:publish'],
      );
    }));

  it('is unknown, with every reason, where neither has it', () =>
    withDump(async ({ dumps: dump }) => {
      const fact = await gatherMaintainers({ ...asked, crate: 'nothing' }, { api: api(), dump }, now);
      assert.ok(fact.kind === 'unknown');
      assert.equal(fact.reason, 'r has no such crate; the database dump does not have the crate');
      const other = await gatherMaintainers({ ...asked, registry: 'q' }, { dump }, now);
      assert.ok(other.kind === 'unknown' && /no database dump was imported/.test(other.reason));
    }));
});
