/** A local server that hands out a registry's database dump as a registry's downloads do: with an ETag, and counted. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DumpServer {
  readonly url: string;
  /** `status user-agent` of each answer, in order. */
  readonly answered: string[];
  /** What it hands out from now on. */
  put(bytes: Buffer): void;
  /** The next answers break off after so many bytes. */
  cutAt(bytes: number | undefined): void;
  /** It answers with this status alone. */
  fail(status: number | undefined): void;
  close(): Promise<void>;
}

export async function dumpServer(first: Buffer): Promise<DumpServer> {
  let bytes = first;
  let cut: number | undefined;
  let failure: number | undefined;
  const answered: string[] = [];
  const server = createServer((request, response) => {
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    const say = (status: number, headers: Record<string, string | number> = {}) => {
      answered.push(`${status} ${request.headers['user-agent']}`);
      response.writeHead(status, headers);
    };
    if (failure !== undefined) {
      say(failure);
      response.end();
    } else if (request.headers['if-none-match'] === etag) {
      say(304, { etag });
      response.end();
    } else {
      say(200, { etag, 'content-length': bytes.length });
      if (cut === undefined) response.end(bytes);
      else response.write(bytes.subarray(0, cut), () => request.socket.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/db-dump.tar.gz`,
    answered,
    put: (next) => {
      bytes = next;
    },
    cutAt: (at) => {
      cut = at;
    },
    fail: (status) => {
      failure = status;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
