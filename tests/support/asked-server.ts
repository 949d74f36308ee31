import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A server on loopback that answers `data` to whatever it is asked, and what that was: `GET /v1/data`. */
export async function askedServer(
  t: TestContext,
): Promise<{ readonly port: number; readonly seen: readonly string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end('data');
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((ready) => server.once('listening', ready));
  return { port: (server.address() as AddressInfo).port, seen };
}
