/** A shared cache as RFC 9111 lets it be: it keeps whatever it may, for as long as it may. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { get, type HttpResponse } from './http.ts';
import type { Cleanup } from './temp.ts';

export type SharedCache = {
  readonly url: string;
  /** Answers that came from what it kept, without or with a question to the origin. */
  readonly hits: { fresh: number; revalidated: number };
};

/** Puts one before a server. What carries no freshness it takes for fresh, as the heuristics of some caches do. */
export async function startSharedCache(origin: string, t: Cleanup): Promise<SharedCache> {
  const kept = new Map<string, HttpResponse>();
  const hits = { fresh: 0, revalidated: 0 };
  const answer = async (path: string, accept: string): Promise<HttpResponse> => {
    const key = `${path} ${accept}`;
    const stored = kept.get(key);
    const control = stored?.headers['cache-control'] ?? '';
    if (stored !== undefined && !/no-cache|max-age=0|must-revalidate/.test(control)) {
      hits.fresh += 1;
      return stored;
    }
    const validator = stored?.headers.etag === undefined ? {} : { 'if-none-match': stored.headers.etag };
    const fetched = await get(origin + path, { headers: { 'accept-encoding': accept, ...validator } });
    if (fetched.status === 304 && stored !== undefined) {
      hits.revalidated += 1;
      return stored;
    }
    kept.delete(key);
    if (!/no-store|private/.test(fetched.headers['cache-control'] ?? '')) kept.set(key, fetched);
    return fetched;
  };
  const server = createServer(async (request, response) => {
    const { status, headers, body } = await answer(
      request.url ?? '',
      request.headers['accept-encoding'] ?? '',
    );
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits };
}
