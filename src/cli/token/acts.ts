import { z } from 'zod';
import { newTokenSchema, tokensSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { table } from '../shared/table.ts';
import { note, print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface TokenOptions extends ServerOptions {
  readonly format: 'text' | 'json';
}

export async function createToken(
  name: string,
  options: TokenOptions & { readonly only?: 'sightings' },
): Promise<void> {
  const server = await findServer(options);
  const body = { name, ...(options.only === undefined ? {} : { scope: options.only }) };
  const request = { method: 'POST', path: '/api/v1/tokens', body, acts: true } as const;
  const { value, json } = await ask(server, request, newTokenSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  note(`The token of ${printable(value.name)}, shown this once; it goes into SAFEGUARD_TOKEN:`);
  print(printable(value.token));
}

export async function listTokens(options: TokenOptions): Promise<void> {
  const server = await findServer(options);
  const { value, json } = await ask(server, { path: '/api/v1/tokens', acts: true }, tokensSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.tokens.length === 0) return print('No tokens.');
  const now = Date.now();
  const rows = value.tokens.map(({ name, created, revoked, scope }) => [
    printable(name),
    sayWhen(created, now),
    revoked === null ? '-' : sayWhen(revoked, now),
    scope,
  ]);
  for (const line of table(['NAME', 'CREATED', 'REVOKED', 'OPENS'], rows)) print(line);
}

export async function revokeToken(name: string, options: ServerOptions): Promise<void> {
  const server = await findServer(options);
  const path = `/api/v1/tokens/${encodeURIComponent(name)}`;
  // The contract says nothing of this answer's body: any success will do.
  await ask(server, { method: 'DELETE', path, acts: true }, z.unknown());
  print(`The token of ${printable(name)} is revoked.`);
}
