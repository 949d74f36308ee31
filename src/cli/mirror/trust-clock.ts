import { clockTrustedSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { print } from '../shared/terminal.ts';

export interface TrustClockOptions extends ServerOptions {
  readonly reason: string;
}

/** Tells a server that its clock is right. */
export async function trustClock(options: TrustClockOptions): Promise<void> {
  const server = await findServer(options);
  const body = { reason: options.reason };
  const asked = { method: 'POST', path: '/api/v1/clock', body, acts: true } as const;
  const { value } = await ask(server, asked, clockTrustedSchema);
  print(value.message);
}
