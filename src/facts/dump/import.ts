import { createGunzip, type Gunzip } from 'node:zlib';
import { type CsvRow, csvRows } from './csv.ts';
import { DumpError } from './error.ts';
import type { DumpLoad, DumpLoader, DumpReader } from './port.ts';
import type { DumpState, DumpTable } from './records.ts';
import { type FileReading, keptFiles } from './tables.ts';
import { Tally } from './tally.ts';
import { type StreamedFile, tarFiles } from './tar-stream.ts';

/** The tables that a dump must have. (`dependencies` is read where it is there.) */
export const neededTables: readonly string[] = [
  ...['crates', 'versions', 'crate_owners', 'users', 'teams', 'crate_downloads'],
  ...['version_downloads', 'default_versions', 'deleted_crates', 'reserved_crate_names'],
];

/** Rows that are handed on at once. */
const batch = 2_000;

/** A dump with fewer crates than this part of the last one is refused: something went wrong on its way. */
const leastShare = 0.8;

export interface ImportInput {
  readonly registry: string;
  /** The bytes of a `db-dump.tar.gz`. */
  readonly stream: AsyncIterable<Uint8Array>;
  readonly store: DumpLoader & Pick<DumpReader, 'state'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Imports a registry's daily database dump from its stream. The dump that was in force stays so, and is what readers
 * see, until the new one is whole; any failure leaves it as it was. Throws `DumpError`.
 */
export async function importDump({ registry, stream, store, now }: ImportInput): Promise<DumpState> {
  const load = await store.begin(registry, now());
  try {
    const read = await readDump(stream, load);
    const state = { ...read, importedAt: now() };
    refuseStepBack(state, await store.state(registry));
    await load.commit(state);
    return { registry, ...state };
  } catch (error) {
    await load.abandon().catch(() => undefined);
    throw error;
  }
}

interface ReadDump {
  readonly takenAt: number;
  readonly crates: number;
  readonly versions: number;
}

async function readDump(stream: AsyncIterable<Uint8Array>, load: DumpLoad): Promise<ReadDump> {
  const tally = new Tally();
  const seen = new Set<string>();
  const crateIds: number[] = [];
  let takenAt: number | undefined;
  let versions = 0;
  for await (const file of tarFiles(gunzip(stream))) {
    const name = /(?:^|\/)(metadata\.json|data\/[a-z_]+\.csv)$/.exec(file.path)?.[1]?.replace(/^data\//, '');
    if (name === undefined) continue;
    if (name === 'metadata.json') takenAt = await readTimestamp(file);
    const kept = keptFiles.get(name);
    const counted = tally.files.get(name);
    if (kept !== undefined) {
      versions += await keepRows(name, file, kept, load, (table, row) => {
        if (table === 'crates') crateIds.push(row.id);
        if (table === 'versions') tally.addVersion(row.id, row.crateId);
      });
    } else if (counted !== undefined) {
      for await (const rows of csvRows(name, file.body, counted)) for (const row of rows) counted.count(row);
    }
    seen.add(name.replace(/\.csv$/, ''));
  }
  const missing = neededTables.filter((table) => !seen.has(table));
  if (missing.length > 0)
    throw new DumpError(
      'dump/missing-table',
      `The dump has no table ${missing.join(', ')}: it is not taken.`,
    );
  if (takenAt === undefined)
    throw new DumpError(
      'dump/malformed',
      'The dump does not say when it was taken: it has no metadata.json.',
    );
  await putAll(load, 'uses', tally.uses(crateIds));
  return { takenAt, crates: crateIds.length, versions };
}

type Told = (table: DumpTable, row: { readonly id: number; readonly crateId: number }) => void;

/** Hands the rows of a file on; returns how many versions were among them. */
async function keepRows(
  name: string,
  file: StreamedFile,
  { table, read, ...columns }: FileReading<DumpTable>,
  load: DumpLoad,
  tell: Told,
): Promise<number> {
  let count = 0;
  let waiting: ReturnType<typeof read>[] = [];
  for await (const rows of csvRows(name, file.body, columns)) {
    for (const row of rows as readonly CsvRow[]) {
      const record = read(row);
      // Sound: only tables that have these fields look at them.
      tell(table, record as unknown as { id: number; crateId: number });
      waiting.push(record);
      count++;
    }
    if (waiting.length >= batch) {
      await load.put(table, waiting);
      waiting = [];
    }
  }
  await load.put(table, waiting);
  return table === 'versions' ? count : 0;
}

async function putAll(
  load: DumpLoad,
  table: 'uses',
  rows: Iterable<Parameters<typeof load.put<'uses'>>[1][0]>,
) {
  let waiting = [];
  for (const row of rows) {
    waiting.push(row);
    if (waiting.length < batch) continue;
    await load.put(table, waiting);
    waiting = [];
  }
  await load.put(table, waiting);
}

async function readTimestamp(file: StreamedFile): Promise<number> {
  if (file.size > 64 * 1024) throw new DumpError('dump/malformed', "The dump's metadata.json is too large.");
  const parts: Uint8Array[] = [];
  for await (const piece of file.body) parts.push(piece);
  const time = Date.parse(timestampIn(Buffer.concat(parts).toString('utf8')));
  if (Number.isNaN(time))
    throw new DumpError('dump/malformed', "The dump's metadata.json has no readable timestamp.");
  return time;
}

function timestampIn(json: string): string {
  try {
    return String((JSON.parse(json) as { timestamp?: unknown }).timestamp);
  } catch {
    return '';
  }
}

function refuseStepBack(next: Omit<DumpState, 'registry'>, last: DumpState | undefined): void {
  if (last === undefined) return;
  if (next.takenAt < last.takenAt)
    throw new DumpError('dump/older', 'The dump is older than the one in force: it is not taken.');
  if (next.crates < last.crates * leastShare || next.versions < last.versions * leastShare) {
    throw new DumpError(
      'dump/shrunk',
      `The dump has ${next.crates} crates and ${next.versions} releases, the last one had ${last.crates} and ` +
        `${last.versions}: it is not taken. Look into why; to take it all the same, forget the old one first ([dump] from = "none").`,
    );
  }
}

/** The unpacked bytes; errors of the archive and of the way to it become `DumpError`s. */
async function* gunzip(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  // Piped by hand: an error of the source must reach the reader as itself.
  (async () => {
    for await (const piece of stream) {
      if (unzip.destroyed) return;
      if (!unzip.write(piece)) await roomIn(unzip);
    }
    unzip.end();
  })().catch((error: unknown) => {
    unzip.destroy(
      error instanceof DumpError
        ? error
        : new DumpError('dump/unreachable', `The dump broke off: ${(error as Error).message}`, error),
    );
  });
  try {
    yield* unzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'Z_BUF_ERROR')
      throw new DumpError('dump/truncated', 'The dump ends before its end: it is cut short.', error);
    if (typeof code === 'string' && code.startsWith('Z_'))
      throw new DumpError('dump/malformed', 'The dump is no sound gzip file.', error);
    throw error;
  } finally {
    unzip.destroy();
  }
}

/** Resolves when more can be written, or when there is nobody to write to any more. */
function roomIn(stream: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
