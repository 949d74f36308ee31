/** A local server that answers as the registry's web API does, and counts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ApiCrate {
  readonly trustpub_only?: boolean;
  readonly versions: readonly {
    readonly num: string;
    readonly created_at: string;
    readonly published_by?: {
      readonly id: number;
      readonly login: string;
      readonly created_at?: string;
    } | null;
    readonly trustpub_data?: unknown;
  }[];
  readonly owners: readonly { readonly id: number; readonly login: string; readonly kind: 'user' | 'team' }[];
}

export interface ApiServer {
  readonly url: string;
  /** `METHOD path user-agent`, in order. */
  readonly asked: string[];
  readonly crates: Record<string, ApiCrate>;
  /** The next answers, in the place of the right ones. */
  readonly faults: { readonly status: number; readonly body?: string; readonly retryAfter?: string }[];
  /** Keeps every answer back until what it returns is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function apiServer(crates: Record<string, ApiCrate>): Promise<ApiServer> {
  const asked: string[] = [];
  const faults: { status: number; body?: string; retryAfter?: string }[] = [];
  let held: Promise<void> = Promise.resolve();
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['user-agent']}`);
    await held;
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    const fault = faults.shift();
    if (fault !== undefined) {
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      return answer(fault.status, fault.body ?? '{"errors":[{"detail":"no"}]}', headers);
    }
    const match = /^\/api\/v1\/crates\/([^/?]+)(\/owners)?(?:\?include=versions)?$/.exec(request.url ?? '');
    const name = match?.[1] ?? '';
    const crate = crates[name];
    if (crate === undefined) return answer(404, { errors: [{ detail: `crate \`${name}\` does not exist` }] });
    if (match?.[2] !== undefined) {
      const users = crate.owners.map((owner) => ({
        ...owner,
        url: `https://forge.example/${owner.login}`,
        name: null,
        avatar: null,
      }));
      return answer(200, { users });
    }
    const versions = crate.versions.map((version, i) => ({
      id: i + 1,
      crate: name,
      yanked: false,
      downloads: 1,
      published_by: null,
      trustpub_data: null,
      audit_actions: [],
      ...version,
    }));
    const told = {
      id: name,
      name,
      created_at: '2015-03-10T00:00:00Z',
      downloads: 1,
      badges: [],
      trustpub_only: crate.trustpub_only ?? false,
    };
    return answer(200, { crate: told, versions, keywords: null, categories: null });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    crates,
    faults,
    hold: () => {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return gate.resolve;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
