/**
 * A service of timestamps (RFC 3161) on loopback, as OpenSSL gives them: certificates, answers and their signatures are
 * its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Cleanup, tempDir } from './temp.ts';

export interface TestAuthority {
  readonly url: string;
  /** The certificate of the authority, PEM, and its file. */
  readonly pem: string;
  readonly file: string;
  /** The certificates of who signs and of the authority, DER as base64. */
  readonly chain: readonly string[];
  /** What is answered to a request. */
  reply(query: Buffer): Buffer;
  /** Signs a TSTInfo as it stands, also where its certificate is none for that. */
  sign(info: Buffer): Buffer;
  /** What it does with what OpenSSL answered, before it is sent. */
  changes: (answer: Buffer) => Buffer;
  isDown: boolean;
}

export interface AuthorityOptions {
  /** As `openssl req -newkey` and `-pkeyopt` have it. */
  readonly key?: readonly string[];
  /** Of the certificate of who signs, as `extendedKeyUsage` has it, and lines of its section. */
  readonly purpose?: string;
  /** Lines of the authority's own. */
  readonly authority?: string;
  /** How long the certificate of who signs is good for. */
  readonly days?: number;
  readonly digest?: string;
  /** Whether certificates are named by SHA-1, as services of long ago do. */
  readonly old?: boolean;
  /** Whether the certificate of who signs goes along without the authority's: OpenSSL does not sort several as DER has them. */
  readonly alone?: boolean;
}

const config = (
  {
    purpose = 'critical,timeStamping',
    authority = '',
    digest = 'sha256',
    old = false,
    alone = false,
  }: AuthorityOptions,
  folder: string,
) => `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = none
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
${authority}
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = ${purpose}
[tsa]
default_tsa = one
[one]
serial = ${join(folder, 'serial')}
signer_cert = ${join(folder, 'signer.pem')}
${alone ? '' : `certs = ${join(folder, 'ca.pem')}`}
signer_key = ${join(folder, 'signer.key')}
signer_digest = ${digest}
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = ${old ? 'sha1' : 'sha256'}
`;

/** Makes an authority and who signs for it, and starts the service. It ends with the test. */
export async function testAuthority(t: Cleanup, options: AuthorityOptions = {}): Promise<TestAuthority> {
  const folder = tempDir(t);
  const at = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  writeFileSync(at('openssl.cnf'), config(options, folder));
  writeFileSync(at('serial'), '01\n');
  const { key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] } = options;
  const made = ['-nodes', '-days', '3650', '-config', 'openssl.cnf'];
  openssl(
    'req',
    '-x509',
    '-newkey',
    ...key,
    ...made,
    '-subj',
    '/CN=Test Authority',
    '-extensions',
    'ca',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  openssl(
    'req',
    '-newkey',
    ...key,
    ...made.slice(0, 1),
    '-config',
    'openssl.cnf',
    '-subj',
    '/CN=Test Timestamps',
    '-keyout',
    'signer.key',
    '-out',
    'signer.csr',
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'signer.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    String(options.days ?? 3650),
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'signer',
    '-out',
    'signer.pem',
  );
  const authority: TestAuthority = {
    url: '',
    pem: readFileSync(at('ca.pem'), 'utf8'),
    file: at('ca.pem'),
    chain: ['signer.pem', 'ca.pem'].map((name) =>
      readFileSync(at(name), 'utf8').replace(/-----[A-Z ]+-----|\s/g, ''),
    ),
    changes: (answer) => answer,
    isDown: false,
    reply(query) {
      writeFileSync(at('query.tsq'), query);
      openssl(
        'ts',
        '-reply',
        '-config',
        'openssl.cnf',
        '-section',
        'one',
        '-queryfile',
        'query.tsq',
        '-out',
        'answer.tsr',
      );
      return readFileSync(at('answer.tsr'));
    },
    sign(info) {
      writeFileSync(at('info.der'), info);
      const made = ['-outform', 'DER', '-out', 'token.der', '-md', 'sha256'];
      const by = ['-signer', 'signer.pem', '-inkey', 'signer.key', '-certfile', 'ca.pem'];
      const kind = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-cades', '-nodetach', '-binary'];
      openssl('cms', '-sign', '-in', 'info.der', ...kind, ...by, ...made);
      return readFileSync(at('token.der'));
    },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (authority.isDown || request.headers['content-type'] !== 'application/timestamp-query')
      return void response.writeHead(503).end();
    const answer = authority.changes(authority.reply(Buffer.concat(chunks)));
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(authority, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}
