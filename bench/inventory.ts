/**
 * How fast the inventory takes artefacts in and answers: `node bench/inventory.ts [--artefacts N] [--components N]
 * [--same N] [--hosts N] [--database sqlite|postgresql] [--url postgres://…] [--peer]`. `--same`: artefacts that are
 * made of the same, such as rebuilds. One crate is in a fifth of the artefacts; each host runs 50 programs in 100
 * processes, each with 12 libraries of its base image, and five programs run on every host. `--peer`: another product's
 * shape and question on the same rows in the same PostgreSQL. Without `--url` a PostgreSQL that waits for its disk is
 * started.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addArtefact } from '../src/inventory/add.ts';
import { affected } from '../src/inventory/affected/affected.ts';
import { takeReport } from '../src/inventory/sightings.ts';
import { postgresDialect } from '../src/store/dialect/postgres.ts';
import { sqliteDialect } from '../src/store/dialect/sqlite.ts';
import { unionOf } from '../src/store/inventory/set-index.ts';
import { openStore, type StoreLocation } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';
import { advisory } from '../tests/inventory/advisories.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { feedOf, timeToTold } from './inventory/advisory.ts';
import { loadArtefacts, loadComponents, loadHosts, verify } from './inventory/load.ts';
import { now, reportOf, type Size, statementOf } from './inventory/made.ts';
import { peerTimes } from './inventory/peer.ts';
import { recordedMany } from './inventory/recorded.ts';

const { values } = parseArgs({
  options: {
    artefacts: { type: 'string', default: '1000' },
    components: { type: 'string', default: '300' },
    same: { type: 'string', default: '1' },
    hosts: { type: 'string', default: '100' },
    database: { type: 'string', default: 'sqlite' },
    url: { type: 'string' },
    peer: { type: 'boolean', default: false },
  },
});
const size: Size = {
  artefacts: Number(values.artefacts),
  components: Number(values.components),
  same: Number(values.same),
  hosts: Number(values.hosts),
};
const runs = 15;

const folder = mkdtempSync(join(tmpdir(), 'safeguard-bench-'));
const server =
  values.database === 'postgresql' && values.url === undefined
    ? await startPostgres({ fsync: 'on', shared_buffers: '1GB', max_wal_size: '4GB' })
    : undefined;
const url = values.url ?? server?.url;
const location: StoreLocation = url === undefined ? { folder } : { url };
const figures: Record<string, unknown> = new Proxy<Record<string, unknown>>(
  { database: url === undefined ? 'sqlite' : 'postgresql', ...size },
  {
    set: (all, name, value) => {
      console.error(`${String(name)}: ${JSON.stringify(value)}`);
      return Reflect.set(all, name, value);
    },
  },
);
try {
  await fill();
  const store = await openStore(location);
  try {
    await verify(store, size);
    await ingest(store);
    await ask(store);
    figures['a new advisory about the crate in a fifth, ms'] = rounded(
      await timeToTold(
        store,
        [advisory('crate-7000', 'RUSTSEC-2026-0001')],
        advisory('hot', 'RUSTSEC-2026-0002'),
      ),
    );
  } finally {
    await store.close();
  }
  if (values.peer && url !== undefined)
    figures['trustify’s shape: count and first page of the same'] = rounded({
      ...(await peerTimes(url, size, runs)),
    });
  console.log(JSON.stringify(figures, null, 2));
} finally {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Everything but what is measured one by one. */
async function fill(): Promise<void> {
  const begin = performance.now();
  const store = await openStore(location);
  const dialect = url === undefined ? sqliteDialect(folder, false) : postgresDialect(url);
  try {
    for (const [what, work] of [
      ['components', () => loadComponents(store)],
      ['artefacts', () => loadArtefacts(dialect, size)],
      ['hosts', () => loadHosts(dialect, store, size)],
    ] as const) {
      await work();
      console.error(`${what} are there after ${Math.round((performance.now() - begin) / 1000)} s`);
    }
  } finally {
    await dialect.close();
    await store.close();
  }
  figures['filled in, s'] = Math.round((performance.now() - begin) / 1000);
}

async function ingest(store: Store): Promise<void> {
  const count = Math.min(1000, size.artefacts);
  // Those that nobody has yet, as other requests at the same time bring them.
  const statements = Array.from({ length: count }, (_, i) =>
    statementOf((size.artefacts + i) * size.same, { ...size, same: size.same }),
  );
  const spent = process.cpuUsage();
  const begin = performance.now();
  let next = 0;
  const one = async () => {
    for (let i = next++; i < statements.length; i = next++) {
      const statement = statements[i];
      if (statement === undefined) return;
      const added = await addArtefact(store.inventory, statement, { by: 'bench', now });
      assert.equal(added.outcome, 'added');
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
  const cpu = process.cpuUsage(spent);
  figures['artefacts a second, each durable, 16 at a time'] = Math.round(
    (count / (performance.now() - begin)) * 1000,
  );
  figures['… processor time of the server for each, ms'] =
    Math.round((cpu.user + cpu.system) / count / 10) / 100;
  const reporting = performance.now();
  const reports = 50;
  for (let i = 0; i < reports; i++)
    await takeReport(store, reportOf(size.hosts + i, size), { by: 'bench', now });
  figures['first reports of 100 processes a second'] = Math.round(
    (reports / (performance.now() - reporting)) * 1000,
  );
}

async function ask(store: Store): Promise<void> {
  const states = [{ feed: feedOf([advisory('hot', 'RUSTSEC-2026-0002')]), alarm: undefined }];
  for (const [of, library] of [
    ['hot', false],
    ['hot@1.2.0', false],
    ['RUSTSEC-2026-0002', false],
    ['crate-1', false],
    ['crate-7000', false],
    ['nothing', false],
    ['source0@<3.5', true],
  ] as const) {
    const times: number[] = [];
    const spent = process.cpuUsage();
    let said = '';
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const found = await affected(store, states, { of, library, limit: 50, now: Date.now() });
      times.push(performance.now() - start);
      const running = library ? found.loaded.running : found.running;
      said = `${found.count} artefacts, ${running.hosts} hosts, ${running.processes} processes`;
    }
    const cpu = process.cpuUsage(spent);
    const [least = 0, median = 0] = [times.toSorted((a, b) => a - b)[0], times.toSorted((a, b) => a - b)[7]];
    figures[`affected ${of}`] = {
      said,
      ...rounded({ median, least, 'processor of the server': (cpu.user + cpu.system) / 1000 / runs }),
    };
  }
  const recorded = recordedMany();
  const fixed = {
    ...advisory('hot', 'RUSTSEC-2026-0002'),
    versions: { affected: [{ fixed: '1.250.0' }], patched: ['>=1.250.0'], unaffected: [] },
  };
  const mended = [{ feed: feedOf([fixed]), alarm: undefined }];
  const searched: number[] = [];
  let commands = 0;
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    const asked = { of: 'RUSTSEC-2026-0002', limit: 50, now: Date.now(), recorded };
    const found = await affected(store, mended, asked);
    searched.push(performance.now() - start);
    commands = found.artefacts.filter(({ upgrade }) => (upgrade?.commands.length ?? 0) > 0).length;
  }
  figures['… with the upgrades of 20 lists, 300 releases recorded of each crate, ms'] = {
    'with an upgrade': commands,
    ...rounded({ median: searched.toSorted((a, b) => a - b)[2] ?? 0 }),
  };
  await parts(store);
  await bytes();
}

/** The same by parts: the count and the first page without where they run, and that alone. */
async function parts(store: Store): Promise<void> {
  const measure = async (work: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await work();
      times.push(performance.now() - start);
    }
    const sorted = times.toSorted((a, b) => a - b);
    return { median: sorted[7] ?? 0, least: sorted[0] ?? 0 };
  };
  const ids = (await store.inventory.componentsNamed('cargo', 'hot')).map(({ id }) => id);
  let sets: readonly number[] = [];
  const first = await measure(async () => {
    const having = await store.inventory.setsWith(ids);
    sets = unionOf(having.values());
    // At once, as `affected` asks for them.
    await Promise.all([store.inventory.usesOf([sets]), store.inventory.artefacts({ sets, limit: 50 })]);
  });
  const running = await measure(() => store.sightings.countRunning({ sets }));
  figures['… where it is installed and does not run, ms'] = rounded(
    await measure(() => store.sightings.countInstalled({ sets })),
  );
  figures['… of the crate in a fifth: count and first page, ms'] = rounded(first);
  figures['… its hosts and processes, ms'] = rounded(running);
}

async function bytes(): Promise<void> {
  const components = size.artefacts * size.components;
  if (url === undefined) {
    figures['bytes of the database a component, with sightings'] =
      Math.round((statSync(join(folder, 'safeguard.db')).size / components) * 10) / 10;
    return;
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`select relname, pg_total_relation_size(oid) as bytes from pg_class
    where relkind = 'r' and relname in ('component_sets', 'set_postings', 'set_tail', 'set_counts', 'components', 'package_names', 'artefacts', 'processes', 'running', 'loading', 'tied')`);
  await client.end();
  const of = new Map(rows.map((row) => [row.relname as string, Number(row.bytes)]));
  const inventory = [
    'component_sets',
    'set_postings',
    'set_tail',
    'set_counts',
    'components',
    'package_names',
  ];
  const sum = inventory.reduce((all, name) => all + (of.get(name) ?? 0), 0);
  figures['bytes a component with every index'] = Math.round((sum / components) * 10) / 10;
  figures['bytes a process with every index'] = Math.round(
    ['processes', 'running', 'loading', 'tied'].reduce((all, name) => all + (of.get(name) ?? 0), 0) /
      (size.hosts * 100),
  );
}

function rounded(of: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, Math.round(value * 10) / 10]));
}
