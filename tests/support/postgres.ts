import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import pg from 'pg';

// A PostgreSQL of our own for the tests: from the machine's binaries, in a temporary folder, on a unix socket,
// started once per test process and stopped by the process id that it was started with.

/** A database that exists for one suite. */
export interface TestDatabase {
  readonly url: string;
  /** Runs SQL behind the store's back. */
  query(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/**
 * Why there can be no PostgreSQL here, or `undefined`; for the `skip` option of a suite. With
 * `SAFEGUARD_REQUIRE_ALL=1` nothing is skipped: the suite then fails at its first database.
 */
export function postgresAvailable(): string | undefined {
  if (process.env.SAFEGUARD_REQUIRE_ALL === '1') return undefined;
  return findBinaries() === undefined
    ? 'no PostgreSQL server binaries (initdb, postgres) on this machine'
    : undefined;
}

/** A fresh, empty database. */
export async function freshDatabase(): Promise<TestDatabase> {
  running ??= startServer();
  const server = await running;
  server.databases += 1;
  const name = `suite_${server.databases}`;
  await server.admin.query(`create database ${name} template template0 ${server.locale}`);
  const url = `postgres://safeguard@/${name}?host=${encodeURIComponent(server.socket)}`;
  const client = new pg.Client({ connectionString: url });
  // A suite that failed may have left it open when the server stops.
  client.on('error', () => {});
  await client.connect();
  return {
    url,
    query: async (text, values) => (await client.query(text, values && [...values])).rows,
    drop: async () => {
      await client.end();
      await server.admin.query(`drop database ${name} with (force)`);
    },
  };
}

interface Server {
  readonly socket: string;
  readonly locale: string;
  readonly admin: pg.Client;
  readonly stop: () => Promise<void>;
  databases: number;
}

let running: Promise<Server> | undefined;

// Here, not where the server starts: that may be inside of a suite, which would take it along when it ends.
after(async () => (await running)?.stop());

/** A PostgreSQL for a benchmark, with settings of its own; whoever starts it stops it. */
export async function startPostgres(
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const { socket, stop } = await startServer(settings);
  return { url: `postgres://safeguard@/postgres?host=${encodeURIComponent(socket)}`, stop };
}

async function startServer(more: Readonly<Record<string, string>> = {}): Promise<Server> {
  const binaries = findBinaries();
  if (binaries === undefined)
    throw new Error('no PostgreSQL server binaries (initdb, postgres) on this machine');
  const user = serverUser();
  const home = mkdtempSync(join(tmpdir(), 'safeguard-pg-'));
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) for (const folder of [home, data]) chownSync(folder, user.uid, user.gid);
  const as = { ...user, cwd: home };
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'safeguard', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const settings = {
    listen_addresses: '',
    unix_socket_directories: home,
    fsync: 'off',
    max_connections: '60',
    ...more,
  };
  const server = spawn(
    join(binaries, 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stop = stopper(server, home);
  await readyLine(server);
  const admin = new pg.Client({ user: 'safeguard', database: 'postgres', host: home });
  await admin.connect();
  return {
    socket: home,
    locale: await wordOrder(admin),
    admin,
    databases: 0,
    stop: async () => {
      await admin.end();
      await stop();
    },
  };
}

/** A language's order of words where there is one, unlike SQLite's: whoever relies on the default is found out. */
async function wordOrder(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query("select from pg_collation where collprovider = 'i' limit 1");
  return rows.length > 0 ? "locale_provider icu icu_locale 'en-US'" : '';
}

function stopper(server: ChildProcess, home: string): () => Promise<void> {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  // If the test process ends without its hooks: an immediate shutdown, good enough for a database of tests.
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  return async () => {
    server.kill('SIGINT'); // "fast": it ends the sessions and stops.
    await exited;
    process.removeListener('exit', kill);
    rmSync(home, { recursive: true, force: true });
  };
}

async function readyLine(server: ChildProcess): Promise<void> {
  if (server.stderr === null) throw new Error('the server has no output');
  const said: string[] = [];
  const lines = createInterface(server.stderr);
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said.join('\n')}`)));
  });
}

export function findBinaries(): string | undefined {
  return candidates().find((folder) => {
    try {
      const names = readdirSync(folder);
      return names.includes('initdb') && names.includes('postgres');
    } catch {
      return false;
    }
  });
}

function candidates(): readonly string[] {
  // Debian keeps the server's programs off PATH, one folder per version.
  const debian = '/usr/lib/postgresql';
  const versions = () => readdirSync(debian).sort((a, b) => Number(b) - Number(a));
  return [
    ...attempt(() => [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()]),
    ...attempt(() => versions().map((version) => join(debian, version, 'bin'))),
    ...(process.env.PATH ?? '').split(':'),
  ];
}

/** PostgreSQL refuses to run as root: then it runs as somebody with fewer rights. */
export function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  const users = ['postgres', 'nobody'].flatMap((name) =>
    attempt(() => [{ uid: id('-u', name), gid: id('-g', name) }]),
  );
  if (users[0] === undefined)
    throw new Error('run the tests as a user other than root: PostgreSQL refuses root');
  return users[0];
}

function attempt<T>(list: () => readonly T[]): readonly T[] {
  try {
    return list();
  } catch {
    return [];
  }
}
