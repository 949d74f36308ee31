import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ReleaseJson, ReleaseReportJson, StatusJson } from '../../src/server/contract.ts';

export const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder that goes away with the test; `files` are written into it by path. */
export function folder(t: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'safeguard-cli-')));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return dir;
}

/** Where compiled code is kept: else a command with a cache of its own would compile a thousand modules anew, two thirds of its time. */
const shared = Object.fromEntries(
  ['NODE_COMPILE_CACHE', 'SAFEGUARD_PACKS'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  }),
);

/** Nothing of the person's own settings; cargo's home is beside the folder, rustup's where it is. */
export function environment(
  cwd: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: join(cwd, 'home'),
    CARGO_HOME: join(cwd, 'cargo-home'),
    RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'),
    CARGO_NET_RETRY: '0',
    // The public one is out of reach of tests.
    SAFEGUARD_ADVISORY_DB: 'none',
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    ...shared,
    ...more,
  };
}

/** Runs the command line as a person does, in a process of its own. */
export function safeguard(args: readonly string[], options: RunOptions): Promise<Ran> {
  return finished(start(process.execPath, [main, ...args], options));
}

/** As `safeguard`, with what comes by its standard input. */
export function safeguardWith(
  input: Uint8Array | string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: environment(cwd, env) });
  // Whoever reads no further closes it.
  child.stdin.on('error', () => {}).end(input);
  return finished(child);
}

export function start(command: string, args: readonly string[], { cwd, env }: RunOptions): ChildProcess {
  return spawn(command, args, { cwd, env: environment(cwd, env), stdio: ['ignore', 'pipe', 'pipe'] });
}

export function run(command: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  return finished(start(command, args, options));
}

export function finished(child: ChildProcess): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => err.push(text));
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout: out.join(''), stderr: err.join('') }));
  });
}

/** One request as the fake server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Reply = {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
};
export type Handler = (
  seen: Seen,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply | undefined>;

/** A server that answers what the test says: JSON for objects, bytes for buffers and texts. */
export async function fakeServer(t: TestContext, handler: Handler): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    seen.push(one);
    const reply = await handler(one, response);
    if (reply === undefined) return;
    const plain = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
    response.writeHead(reply.status ?? 200, {
      'content-type': plain ? 'application/octet-stream' : 'application/json',
      ...reply.headers,
    });
    response.end(plain ? reply.body : JSON.stringify(reply.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const day = (n: number) => new Date(Date.UTC(2026, 7, n, 7, 11)).toISOString();

export function release(more: Partial<ReleaseJson> = {}): ReleaseJson {
  return {
    registry: 'crates.io',
    crate: 'proc-macro1',
    version: '1.0.107',
    checksum: 'ab'.repeat(32),
    state: 'held',
    since: day(20),
    until: day(27),
    yanked: false,
    published: day(20),
    firstSeen: day(20),
    arrival: 'new',
    judged: 'release',
    policy: 'cd'.repeat(32),
    verdict: {
      decision: 'hold',
      until: day(27),
      findings: [
        {
          rule: 'age',
          effect: 'hold',
          subject: 'proc-macro1@1.0.107',
          message: 'A release of a new crate waits 7 days from its first sight here.',
          evidence: { values: { because: 'first-seen' } },
          next: 'Use an older release until then.',
          until: day(27),
        },
      ],
    },
    ...more,
  };
}

export function report(more: Partial<ReleaseJson> = {}): ReleaseReportJson {
  return {
    release: release(more),
    instead: { version: '1.0.106', command: 'cargo update proc-macro1@1.0.107 --precise 1.0.106' },
    log: [
      {
        seq: 1,
        at: day(20),
        event: 'appeared',
        registry: 'crates.io',
        crate: 'proc-macro1',
        version: '1.0.107',
        from: null,
        to: 'held',
        actor: 'poll',
        policy: 'cd'.repeat(32),
        details: null,
      },
    ],
  };
}

export function status(more: Partial<StatusJson> = {}): StatusJson {
  return {
    version: '0.1.0',
    now: new Date().toISOString(),
    policy: { digest: 'cd'.repeat(32), since: day(1) },
    database: 'sqlite',
    bucket: null,
    upstreams: [
      {
        name: 'crates.io',
        index: 'https://i.example/',
        reachable: true,
        lastError: null,
        lastContact: day(20),
      },
    ],
    crates: 3,
    failing: 0,
    releases: { held: 1, promoted: 20, review: 0, blocked: 0, withdrawn: 0 },
    nextPoll: day(21),
    nextJudgement: null,
    notify: [],
    waivers: [],
    alarms: [],
    ...more,
  };
}
