import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { hasIdentity, holdIdentity } from '../../build/session/identity.ts';
import { locate } from '../check/locate.ts';
import { findServer, parseAddress } from '../shared/address.ts';
import { CliError } from '../shared/error.ts';
import { exchange } from '../shared/exchange.ts';
import { keepToken, keptToken } from './kept.ts';

// Cargo's credential provider protocol, version 1 (cargo: credential/cargo-credential/src/lib.rs;
// doc/src/reference/credential-provider-protocol.md): a line of JSON each way.

const askedSchema = z.object({
  v: z.literal(1),
  registry: z.object({ 'index-url': z.string(), name: z.string().optional() }),
  kind: z.string(),
  operation: z.string().optional(),
  token: z.string().nullish(),
  // What stands behind the program's name in cargo's configuration.
  args: z.array(z.string()).default([]),
});

type Asked = z.output<typeof askedSchema>;
type Answer = { readonly Ok: object } | { readonly Err: object };

/** Answers cargo until it says no more. */
export async function speak(input: Readable, output: Writable): Promise<void> {
  const say = (value: object) => output.write(`${JSON.stringify(value)}\n`);
  say({ v: [1] });
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    say(await answerTo(line).catch(failed));
  }
}

async function answerTo(line: string): Promise<Answer> {
  const asked = askedSchema.parse(JSON.parse(line));
  const index = asked.registry['index-url'];
  switch (asked.kind) {
    case 'get':
      // A mirror is read, and nothing else.
      if (asked.operation !== 'read') return { Err: { kind: 'operation-not-supported' } };
      return await tokenFor(index, audienceIn(asked.args));
    case 'login':
      keepToken(index, asked.token ?? typed(asked));
      return { Ok: { kind: 'login' } };
    case 'logout':
      if (keptToken(index) === undefined) return { Err: { kind: 'not-found' } };
      keepToken(index, undefined);
      return { Ok: { kind: 'logout' } };
    default:
      return { Err: { kind: 'operation-not-supported' } };
  }
}

async function tokenFor(index: string, audience: string | undefined): Promise<Answer> {
  if (hasIdentity(process.env)) {
    const server = await findServer({ server: serverOf(index), data: '' });
    const { lockfile } = await locate({ manifestPath: 'Cargo.toml' });
    const brought = await holdIdentity(process.env).bring(audience ?? server.url);
    const opened = await exchange(server, brought, readFileSync(lockfile, 'utf8'));
    return given(opened.session);
  }
  const { SAFEGUARD_TOKEN: word } = process.env;
  const token = keptToken(index) ?? word?.trim();
  return token === undefined || token === '' ? { Err: { kind: 'not-found' } } : given(token);
}

function audienceIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((one) => one === '--audience' || one.startsWith('--audience='));
  return args[at]?.split('=')[1] ?? (at === -1 ? undefined : args[at + 1]);
}

/** For this one cargo: a session is had once, and when it is over the server says, by its own clock. */
function given(token: string): Answer {
  return { Ok: { kind: 'get', token, cache: 'session', operation_independent: false } };
}

/** The server of an index: `sparse+https://host/index/`, or one of its other registries'. */
function serverOf(index: string): string {
  return parseAddress(index, 'the registry').replace(/\/registries\/[^/]+$/, '');
}

/** What is typed at the terminal, since cargo speaks over standard input. */
function typed({ registry }: Asked): string {
  const terminal = openSync('/dev/tty', 'r+');
  try {
    writeSync(terminal, `token for ${registry.name ?? registry['index-url']}: `);
    const bytes = Buffer.alloc(4096);
    const length = readSync(terminal, bytes);
    return bytes.toString('utf8', 0, length).trim();
  } finally {
    closeSync(terminal);
  }
}

/** Cargo prints the sentences, one below the other. */
function failed(error: unknown): Answer {
  const { message } = error as Error;
  const next = error instanceof CliError ? error.next : (error as { readonly next?: unknown }).next;
  return {
    Err: { kind: 'other', message, 'caused-by': typeof next === 'string' ? [next] : [] },
  };
}
