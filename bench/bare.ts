/**
 * Node's own HTTP server, bare, that answers every request with what a URL answers, byte for byte:
 *
 *   node bench/bare.ts http://127.0.0.1:7310/index/an/yh/anyhow
 *
 * Prints its own address. What a server of Node can do at most is this one's rate, on the same machine in the same run.
 */
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const [url = ''] = process.argv.slice(2);
get(url, { headers: { 'accept-encoding': 'gzip' } }, async (answer) => {
  const body = await buffer(answer);
  const names = ['etag', 'cache-control', 'content-type', 'content-encoding', 'vary'];
  const headers = Object.fromEntries(
    names.flatMap((name) => {
      const value = answer.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const server = createServer((_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': body.length });
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
});
