/** A whole Safeguard server in the test's own process: real HTTP on loopback, a clock of the test, ticks when told. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Stopwatch } from '../../src/facts/stopwatch.ts';
import { type UpstreamAddress, upstreamAddress } from '../../src/registry/upstream/address.ts';
import type { Credential } from '../../src/registry/upstream/credential.ts';
import type { Tls } from '../../src/server/app.ts';
import { type AssembledServer, assemble } from '../../src/server/assemble.ts';
import { keyOfFolder } from '../../src/server/audit/key.ts';
import { fileOfHeads, headsFile } from '../../src/server/audit/places.ts';
import { loadConfig } from '../../src/server/config.ts';
import { ensureAdminToken } from '../../src/server/identity/admin-token.ts';
import { serverLog } from '../../src/server/log.ts';
import { PolicyFile } from '../../src/server/policy-file.ts';
import type { TestClock } from './clock.ts';
import { type Cleanup, tempDir } from './temp.ts';

// The test runner hands inspector flags down, for which the archive processes would each open a debugger's port.
process.execArgv = process.execArgv.filter((flag) => !flag.startsWith('--inspect'));

export type MirrorOptions = {
  /** URL of the default upstream's sparse index; it is named `upstream` here. */
  readonly upstream: string;
  /** Its token. */
  readonly credential?: Credential;
  /** The host of its downloads, with that one's token. */
  readonly downloads?: UpstreamAddress['downloads'];
  /** More upstreams, by name. */
  readonly others?: Readonly<Record<string, string>>;
  readonly clock: Pick<TestClock, 'now'>;
  /** What its clock is compared with; absent: the clock itself, so that it never leaps. */
  readonly monotonic?: () => number;
  /** By what slow transfers are found out; absent: the machine's. */
  readonly stopwatch?: Stopwatch;
  /** Text of safeguard.toml. */
  readonly policy?: string;
  /** Where that text stands, so that it can be saved. */
  readonly policyFile?: string;
  /** Text of server.toml. */
  readonly config?: string;
  /** URL of a PostgreSQL database; without it, SQLite in the data folder. */
  readonly database?: string;
  /** Whether it does what is due; absent: it does. */
  readonly onlyServes?: boolean;
  /** Data folder; without it, a temporary one. */
  readonly data?: string;
  /** Folders of advisories. */
  readonly advisoryDatabases?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Serves HTTPS. `call` and `get` then do not reach it: its certificate is nobody's. */
  readonly tls?: Tls;
  /** Address to listen on instead of 127.0.0.1. */
  readonly host?: string;
};

export type TestMirror = {
  readonly url: string;
  /** What cargo's `registry` key takes. */
  readonly cargoUrl: string;
  readonly data: string;
  readonly server: AssembledServer;
  /** What was logged, a line each. */
  readonly log: readonly string[];
  /** How often something said that work is due. */
  readonly woken: () => number;
  /** Does what is due at the clock's time. */
  tick(): Promise<void>;
  /** The same, and waits for what it began beside. */
  settle(): Promise<void>;
  /** One turn of each duty, or of one of them, as its loop makes it: what is begun goes on beside. */
  turn(name?: string): Promise<void>;
  /** Resolves when nothing of a duty is under way. */
  idle(name: string): Promise<void>;
  /** Delivers the notifications that are due at the clock's time. */
  notify(): Promise<void>;
  /** `fetch` of a path of this server, with a person's token where one is given. */
  call(
    path: string,
    init?: { method?: string; body?: unknown; token?: string; headers?: Record<string, string> },
  ): Promise<Response>;
  /** The admin's token. */
  token(): string;
  close(): Promise<void>;
};

/** Starts a mirror; it is closed after the test. */
export async function startMirror(options: MirrorOptions, t?: Cleanup): Promise<TestMirror> {
  const data = options.data ?? tempDir(t);
  const log: string[] = [];
  let woken = 0;
  const server = await assemble({
    data,
    database: options.database,
    onlyServes: options.onlyServes,
    upstreams: [
      {
        ...upstreamAddress(options.upstream, 'upstream'),
        credential: options.credential,
        downloads: options.downloads,
      },
      ...Object.entries(options.others ?? {}).map(([name, index]) => upstreamAddress(index, name)),
    ],
    policy: { file: 'safeguard.toml', text: options.policy ?? '' },
    config: loadConfig({ file: 'server.toml', text: options.config ?? '' }),
    env: options.env ?? {},
    policyFile: options.policyFile === undefined ? undefined : new PolicyFile(options.policyFile),
    told: { flags: {}, file: { file: 'server.toml', text: options.config ?? '' } },
    advisories: options.advisoryDatabases && { databases: options.advisoryDatabases, isDefault: false },
    tls: options.tls,
    log: serverLog('text', (line) => log.push(line.trimEnd()), options.clock.now),
    clock: options.clock.now,
    monotonic: options.monotonic ?? options.clock.now,
    stopwatch: options.stopwatch,
    wait: async () => {},
    patience: 200,
    version: '0.0.0',
    auditKey: await keyOfFolder(data),
    anchorPlaces: [fileOfHeads(join(data, headsFile))],
    wake: () => {
      woken++;
    },
  });
  await ensureAdminToken(server.store, data, false, options.clock.now(), server.mirror.context.auditor);
  const host = options.host ?? '127.0.0.1';
  await server.app.listen({ host, port: 0 });
  const scheme = options.tls === undefined ? 'http' : 'https';
  const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${(server.app.server.address() as AddressInfo).port}`;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= server.close());
  t?.after(close);
  return {
    url,
    cargoUrl: `sparse+${url}/index/`,
    data,
    server,
    log,
    woken: () => woken,
    tick: () => server.watch.tick(),
    turn: async (name) => {
      for (const duty of server.watch.duties) if (name === undefined || duty.name === name) await duty.turn();
    },
    idle: async (name) => await server.watch.duties.find((duty) => duty.name === name)?.idle(),
    settle: async () => {
      await server.watch.tick();
      await server.watch.errands.idle();
    },
    notify: () => server.notifier.turn(),
    call: (path, { method = 'GET', body, token, headers = {} } = {}) =>
      fetch(url + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    token: () => readFileSync(join(data, 'admin.token'), 'utf8').trim(),
    close,
  };
}
