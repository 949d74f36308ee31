/**
 * How fast the inventory takes artefacts in and answers: `node bench/inventory.ts [--artefacts N] [--components N] [--same N]
 * [--hosts N] [--database sqlite|postgresql]`. `--same`: artefacts that are made of the same, such as rebuilds. One crate is in a
 * fifth of the artefacts; each host runs 50 of them in 100 processes.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addArtefact } from '../src/inventory/add.ts';
import { affected } from '../src/inventory/affected/affected.ts';
import { takeReport } from '../src/inventory/sightings.ts';
import type { StatedComponent } from '../src/inventory/statement.ts';
import { openStore, type StoreLocation } from '../src/store/open.ts';

const { values } = parseArgs({
  options: {
    artefacts: { type: 'string', default: '1000' },
    components: { type: 'string', default: '300' },
    same: { type: 'string', default: '1' },
    hosts: { type: 'string', default: '100' },
    database: { type: 'string', default: 'sqlite' },
  },
});
const [artefacts, size, same, hosts] = [values.artefacts, values.components, values.same, values.hosts].map(
  Number,
) as [number, number, number, number];
const now = Date.UTC(2026, 10, 29);

/** Numbers that are the same in each run (a linear congruential generator). */
let state = 1;
function below(limit: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((state / 2 ** 31) * limit);
}

/** Few crates are in most artefacts and most are in few: the third power leans to the first names. */
function componentsOf(set: number): StatedComponent[] {
  const names = new Set(set % 5 === 0 ? ['hot'] : []);
  while (names.size < size) names.add(`crate-${Math.floor(4000 * (below(1e6) / 1e6) ** 3)}`);
  return [...names].map((name, i): StatedComponent => {
    const version = `1.${below(4)}.0`;
    const uses = i === 0 ? [1, 2, 3] : i * 2 < names.size ? [i * 2] : [];
    return {
      purl: `pkg:cargo/${name}@${version}`,
      name,
      version,
      scope: 'linked',
      method: 'list',
      confidence: 'stated',
      uses,
    };
  });
}

const digestOf = (i: number) => createHash('sha256').update(String(i)).digest('hex');
const folder = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
const database =
  values.database === 'postgresql'
    ? await (await import('../tests/support/postgres.ts')).freshDatabase()
    : undefined;
const location: StoreLocation = database === undefined ? { folder } : { url: database.url };
const store = await openStore(location);
try {
  let components = componentsOf(0);
  const begin = performance.now();
  for (let i = 0; i < artefacts; i++) {
    if (i % same === 0) components = componentsOf(i / same);
    const file = { sha256: digestOf(i) };
    const statement = { name: `app-${i % 50}`, file, knownBy: 'list', completeness: 'complete' } as const;
    await addArtefact(store.inventory, { ...statement, components, roots: [0] }, { by: 'bench', now });
  }
  const ingested = performance.now() - begin;
  const reporting = performance.now();
  for (let host = 0; host < hosts; host++) {
    const processes = Array.from({ length: 100 }, (_, pid) => ({
      pid: pid + 1,
      started: 1,
      path: '/opt/app',
      sha256: digestOf((host * 50 + Math.floor(pid / 2)) % artefacts),
      state: 'present' as const,
      stale: [],
    }));
    const report = { host: `host-${host}`, bootId: 'b', processes, unread: 0 };
    await takeReport(store, report, { by: 'bench', now });
  }
  const reported = performance.now() - reporting;
  const answers: Record<string, unknown> = {};
  for (const asked of ['hot', 'hot@1.2.0', 'crate-0', 'crate-3999', 'nothing']) {
    const times: number[] = [];
    let count = 0;
    for (let run = 0; run < 15; run++) {
      const start = performance.now();
      count = (await affected(store, [], { of: asked, limit: 50, now: Date.now() })).count;
      times.push(performance.now() - start);
    }
    const median = times.toSorted((a, b) => a - b)[7] ?? 0;
    answers[asked] = { artefacts: count, ms: Math.round(median * 10) / 10 };
  }
  console.log(
    JSON.stringify(
      {
        database: values.database,
        artefacts,
        components: size,
        same,
        'artefacts a second, one durable transaction each': Math.round((artefacts / ingested) * 1000),
        'reports of 100 processes a second': Math.round((hosts / reported) * 1000),
        'affected: first page of 50, counts, running hosts; median of 15, ms': answers,
      },
      null,
      2,
    ),
  );
} finally {
  await store.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
}
