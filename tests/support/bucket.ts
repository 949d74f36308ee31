/** A bucket in miniature: it checks signatures (AWS Signature Version 4) and digests as S3 does, and fails when it is told to. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BucketAddress } from '../../src/store/s3/bucket.ts';
import type { Cleanup } from './temp.ts';

export interface TestBucket {
  readonly address: BucketAddress;
  /** By name, as it was sent: unescaped. */
  readonly objects: Map<string, Buffer>;
  /** Every request, as `PUT name`, whatever came of it. */
  readonly asked: string[];
  /**
   * What is answered to the next requests, one each, in the place of what is asked for; `cut` breaks the connection
   * off; else it answers by itself.
   */
  readonly failures: (
    | { readonly status: number; readonly code: string; readonly after?: number }
    | 'cut'
    | ((response: ServerResponse) => void)
  )[];
  /** Whether it takes `If-None-Match: *` for what it is. */
  isConditional: boolean;
}

const keys = { accessKey: 'AKTEST', secretKey: 'secret/+key', region: 'eu-test-1' };

/** Starts one, with a prefix for all names. It ends with the test. */
export async function testBucket(t: Cleanup, prefix = ''): Promise<TestBucket> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const [, bucket, ...rest] = (request.url ?? '').split('/');
    const name = decodeURIComponent(rest.join('/'));
    made.asked.push(`${request.method} ${name}`);
    const refuse = (status: number, code: string, headers = {}) =>
      response.writeHead(status, headers).end(`<Error><Code>${code}</Code></Error>`);
    const failure = made.failures.shift();
    if (failure === 'cut') return void request.socket.destroy();
    if (typeof failure === 'function') return failure(response);
    if (failure !== undefined)
      return void refuse(
        failure.status,
        failure.code,
        failure.after === undefined ? {} : { 'retry-after': String(failure.after) },
      );
    if (bucket !== 'crates') return void refuse(404, 'NoSuchBucket');
    if (!isSigned(request)) return void refuse(403, 'SignatureDoesNotMatch');
    if (request.headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex'))
      return void refuse(400, 'XAmzContentSHA256Mismatch');
    const there = objects.get(name);
    if (request.method === 'DELETE') objects.delete(name);
    if (request.method === 'PUT') {
      if (made.isConditional && request.headers['if-none-match'] === '*' && there !== undefined)
        return void refuse(412, 'PreconditionFailed');
      objects.set(name, body);
    }
    if (request.method !== 'GET')
      return void response.writeHead(request.method === 'DELETE' ? 204 : 200).end();
    if (there === undefined) return void refuse(404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': there.length }).end(there);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/crates`;
  const made: TestBucket = {
    address: { url, prefix, ...keys },
    objects,
    asked: [],
    failures: [],
    isConditional: true,
  };
  return made;
}

/** Whether the signature is the one that the key makes of the request (AWS: Authenticating Requests, Signature Version 4). */
function isSigned({ method, url = '', headers }: IncomingMessage): boolean {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  const [, credential = '', signed = '', signature = ''] = said ?? [];
  const [key, ...scope] = credential.split('/');
  const names = signed.split(';');
  if (key !== keys.accessKey || !names.includes('host') || !names.includes('x-amz-content-sha256'))
    return false;
  const lines = names.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, url, '', lines, signed, headers['x-amz-content-sha256']].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), hash].join('\n');
  const mac = (by: string | Buffer, what: string) => createHmac('sha256', by).update(what).digest();
  const derived = scope.reduce<string | Buffer>((by, part) => mac(by, part), `AWS4${keys.secretKey}`);
  return timingSafeEqual(mac(derived, text), Buffer.from(signature, 'hex'));
}
