import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { addArtefact } from '../../src/inventory/add.ts';
import { identify, identifyPackage } from '../../src/inventory/component.ts';
import { takeReport } from '../../src/inventory/sightings.ts';
import type { Dialect } from '../../src/store/dialect/dialect.ts';
import type { Member } from '../../src/store/inventory/records.ts';
import { setsInBlock } from '../../src/store/inventory/set-counts.ts';
import { artefacts, postings, setCounts, sets, state } from '../../src/store/inventory/tables.ts';
import { LoadedWriter } from '../../src/store/sightings/loaded.ts';
import { hosts, installed, loading, processes, running } from '../../src/store/sightings/tables.ts';
import { tieHosts } from '../../src/store/sightings/tied.ts';
import type { Store } from '../../src/store/store.ts';
import { encodeRow, type Table } from '../../src/store/table.ts';
import type { Tables } from '../../src/store/tables.ts';
import {
  buildIdOf,
  digestOf,
  librariesOf,
  now,
  releaseOf,
  releases,
  releasesOf,
  reportOf,
  type Size,
  statementOf,
  usesAt,
} from './made.ts';

// Rows as the store would write them, many at a time: one by one they would take an hour. `verify` holds some of them against it.

/** Takes all releases and packages in; the ids of the first are their numbers and one. */
export async function loadComponents(store: Store): Promise<void> {
  const stated = { scope: 'linked', method: 'list', confidence: 'stated' } as const;
  const crates = Array.from({ length: releases }, (_, number) => {
    const { name, version } = releaseOf(number);
    return identify({ purl: `pkg:cargo/${name}@${version}`, name, version, ...stated });
  });
  const packages = Array.from({ length: 200 }, (_, image) => librariesOf(image)).flat();
  const found = packages.flatMap((one) => identifyPackage(one.package ?? '') ?? []);
  await store.inventory.write(async (tx) => {
    assert.equal((await tx.putComponents(crates)).at(-1), releases);
    await tx.putComponents(found);
  });
}

/** Artefacts with their sets, in blocks that the set index packs. */
/** Of what nobody stands for. */
const unvouched = {
  ...{ verdict: null, verdictPolicy: null, verdictAt: null, builder: null, lockfile: null },
  ...{ signedBy: null, session: null, attempts: null },
};

export async function loadArtefacts(dialect: Dialect, size: Size): Promise<void> {
  const count = Math.ceil(size.artefacts / size.same);
  for (let first = 0; first < count; first += setsInBlock)
    await within(dialect, async (tx) => {
      const last = Math.min(first + setsInBlock, count);
      const lists = new Map<number, number[]>();
      const rows = [];
      const counts: number[] = [];
      for (let set = first; set < last; set++) {
        const ids = releasesOf(set, size.components).map((number) => number + 1);
        const members = ids.map((component, i): Member => {
          const uses = usesAt(i, ids.length);
          return { component, scope: 'linked', confidence: 'stated', method: 'list', uses };
        });
        const kept = { members, roots: [0] };
        const digest = createHash('sha256').update(JSON.stringify(kept)).digest('hex');
        // Ids of sets begin with 1; the block of that one has room for none.
        rows.push({ id: set + 1, digest, ...kept, size: null });
        counts.push(Math.min(size.same, size.artefacts - set * size.same), 0);
        for (const id of ids) {
          const list = lists.get(id);
          if (list === undefined) lists.set(id, [set + 1]);
          else list.push(set + 1);
        }
      }
      await load(dialect, tx, sets, rows);
      const posted = [...lists].map(([componentId, list]) => ({
        componentId,
        firstSet: list[0] ?? 0,
        sets: list,
      }));
      await load(dialect, tx, postings, posted);
      const made = [];
      for (let i = first * size.same; i < Math.min(last * size.same, size.artefacts); i++)
        made.push({
          ...{ id: i + 1, identity: digestOf(i), name: `app-${i % 50}`, version: null, digest: digestOf(i) },
          ...{
            size: 5_000_000,
            buildId: buildIdOf(i),
            segments: null,
            format: null,
            target: 'x86_64-unknown-linux-gnu',
          },
          ...{
            project: null,
            commit: null,
            builtAt: null,
            trust: 'unsigned' as const,
            ...unvouched,
            completeness: 'complete' as const,
          },
          ...{ setId: Math.floor(i / size.same) + 1, firstSeen: now, lastSeen: now, by: 'bench' },
        } as const);
      await load(dialect, tx, artefacts, made);
    });
  await within(dialect, async (tx) => {
    const used = Array.from({ length: count }, (_, set) =>
      Math.min(size.same, size.artefacts - set * size.same),
    );
    const numbers = [0, ...used].flatMap((n) => [n, 0]);
    const blocks = [];
    for (let at = 0; at < numbers.length; at += 2 * setsInBlock)
      blocks.push({ block: at / 2 / setsInBlock, counts: numbers.slice(at, at + 2 * setsInBlock) });
    await load(dialect, tx, setCounts, blocks);
    const of = {
      lastSet: count,
      artefacts: size.artefacts,
      partly: 0,
      signed: 0,
      recovered: 0,
      tailSets: 0,
      tailMembers: 0,
    };
    await load(dialect, tx, state, [{ id: 1, ...of }]);
  });
}

/** What each host last reported. */
export async function loadHosts(dialect: Dialect, store: Store, size: Size): Promise<void> {
  const setOf = await loadImages(dialect, store);
  const [none = 0] = await within(dialect, (tx) => new LoadedWriter(dialect, tx).putSets([], [[]]));
  for (let first = 0; first < size.hosts; first += 200)
    await within(dialect, async (tx) => {
      const reports = Array.from({ length: Math.min(200, size.hosts - first) }, (_, i) => ({
        hostId: first + i + 1,
        report: reportOf(first + i, size),
      }));
      const of = {
        team: null,
        service: null,
        session: null,
        sequence: 0,
        version: 1,
        unread: 0,
        seenAt: now,
        by: 'bench',
      };
      await load(
        dialect,
        tx,
        hosts,
        reports.map(({ hostId, report: { host: name, bootId, environment } }) => ({
          ...{ id: hostId, name, bootId, environment: environment ?? null },
          ...of,
        })),
      );
      const seen = reports.flatMap(({ hostId, report }) =>
        report.processes.map(({ pid, path, sha256 = null, buildId = null }) => ({
          ...{ hostId, bootId: 'b', pid, started: 1, path, digest: sha256, buildId, segments: null },
          stale: '{"stale":[]}',
          ...({ state: 'present', restart: false, firstSeen: now, endedAt: null } as const),
          loaded: setOf(Number(path.slice('/opt/app-'.length)) % 200),
        })),
      );
      await load(dialect, tx, processes, seen);
      const programs = [...Map.groupBy(seen, ({ hostId, digest }) => `${hostId} ${digest}`).values()];
      const each = programs.flatMap(([one, ...more]) => {
        if (one === undefined) return [];
        const { hostId, path, buildId, loaded } = one;
        const count = { processes: more.length + 1, restart: 0, since: now };
        return [{ digest: one.digest ?? '', hostId, buildId, segments: null, path, setId: loaded, ...count }];
      });
      await load(dialect, tx, running, each);
      await load(dialect, tx, loading, each);
      const named = reports.flatMap(({ hostId, report: { installed: programs = [] } }) =>
        programs.map(({ path, sha256 = null, buildId = null, named, by }) => ({
          ...{ hostId, path, named, by, digest: sha256, buildId, segments: null },
          ...{ loaded: none, since: now },
        })),
      );
      await load(dialect, tx, installed, named);
      await tieHosts(
        dialect,
        tx,
        reports.map(({ hostId }) => hostId),
      );
    });
}

/** Sets of what is loaded, by image. */
async function loadImages(dialect: Dialect, store: Store): Promise<(image: number) => number> {
  const lists = Array.from({ length: 200 }, (_, image) => librariesOf(image));
  const ids = new Map<string, number>();
  for (const i of lists[0]?.keys() ?? [])
    for (const one of await store.inventory.packagesNamed(['deb'], `source${i}`))
      ids.set(one.identity, one.id);
  const sets = await within(dialect, (tx) =>
    new LoadedWriter(dialect, tx).putSets(
      lists.flat().map(({ path, state, class: of, package: purl = '' }) => {
        const componentId = ids.get(identifyPackage(purl)?.identity ?? '') ?? null;
        const known = { componentId, knownBy: 'database', why: null } as const;
        return { path, digest: null, buildId: null, state, class: of, ...known };
      }),
      lists.map((list, image) => list.map((_, i) => [image * list.length + i, 'loaded'] as const)),
    ),
  );
  return (image) => sets[image] ?? 0;
}

/** Fails where the store would have written something else. */
export async function verify(store: Store, size: Size): Promise<void> {
  for (const i of [0, 1, Math.floor(size.artefacts / 2), size.artefacts - 1]) {
    const added = await addArtefact(store.inventory, statementOf(i, size), { by: 'bench', now });
    assert.equal(added.outcome, 'known');
  }
  for (const host of [0, size.hosts - 1])
    assert.deepEqual(await takeReport(store, reportOf(host, size), { by: 'bench', now }), {
      begun: 0,
      ended: 0,
    });
}

async function within<T>(dialect: Dialect, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return await dialect.writer.transaction().execute(work);
}

async function load<R>(dialect: Dialect, tx: Transaction<Tables>, to: Table<R>, records: readonly R[]) {
  const rows = records.map((record) => encodeRow(to, record));
  await dialect.load(tx, to, rows, { replace: true });
}
