import { newLinkSchema } from '../../server/contract.ts';
import type { GroupRole } from '../../server/identity/oidc-config.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { note, print, printable } from '../shared/terminal.ts';

export interface LinkOptions extends ServerOptions {
  readonly role: GroupRole;
  readonly format: 'text' | 'json';
}

/** Has the server make a link that signs somebody in once, and prints it. */
export async function createLink(name: string, options: LinkOptions): Promise<void> {
  const server = await findServer(options);
  const body = { name, role: options.role };
  const request = { method: 'POST', path: '/api/v1/sign-in-links', body, acts: true } as const;
  const { value, json } = await ask(server, request, newLinkSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  note(`${printable(value.name)} opens this once, within 15 minutes, and is signed in as ${value.role}:`);
  print(printable(value.link));
}
