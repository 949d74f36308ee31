import { z } from 'zod';
import { newTokenSchema, type TokensJson, tokensSchema } from '../../server/contract.ts';
import type { Role } from '../../store/records.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface TokenOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

export interface NewTokenOptions extends TokenOptions {
  readonly role: Role;
  /** A day, or an RFC 3339 time. */
  readonly until?: string;
  /** The person whose it is, where that is not its name. */
  readonly owner?: string;
}

export async function createToken(name: string, options: NewTokenOptions): Promise<void> {
  const server = await findServer(options);
  const { role, until, owner } = options;
  const body = {
    name,
    role,
    ...(owner === undefined ? {} : { owner }),
    ...(until === undefined ? {} : { until }),
  };
  const request = { method: 'POST', path: '/api/v1/tokens', body, acts: true } as const;
  const { value, json } = await ask(server, request, newTokenSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  note(`The token of ${printable(value.name)} (${role}), shown this once; it goes into SAFEGUARD_TOKEN:`);
  print(printable(value.token));
}

export async function listTokens(options: TokenOptions): Promise<void> {
  const server = await findServer(options);
  const { value, json } = await ask(server, { path: '/api/v1/tokens', acts: true }, tokensSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.tokens.length === 0) return print('No tokens.');
  const now = Date.now();
  const rows = value.tokens.map((token) => [
    printable(token.name),
    token.owner === token.name ? '' : printable(token.owner),
    token.role,
    sayWhen(token.created, now),
    token.used === null ? 'never' : sayWhen(token.used, now),
    standing(token, now),
  ]);
  for (const line of table(['NAME', 'OWNER', 'ROLE', 'CREATED', 'LAST USED', 'STATE'], rows)) print(line);
}

/** Whether a token opens anything, and until when or since when not. */
function standing({ revoked, ends }: TokensJson['tokens'][number], now: number): string {
  if (revoked !== null) return `revoked ${sayWhen(revoked, now)}`;
  if (ends === null) return 'in force';
  return Date.parse(ends) > now ? `until ${sayWhen(ends, now)}` : `ended ${sayWhen(ends, now)}`;
}

export async function revokeToken(name: string, options: ServerOptions): Promise<void> {
  const server = await findServer(options);
  const path = `/api/v1/tokens/${encodeURIComponent(name)}`;
  // The contract says nothing of this answer's body: any success will do.
  await ask(server, { method: 'DELETE', path, acts: true }, z.unknown());
  print(`The token of ${printable(name)} is revoked.`);
}
