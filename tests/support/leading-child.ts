/**
 * Run by `inNamespace`: mirrors of a registry whose answers lead elsewhere, and an inner service that answers whoever
 * asks it. Prints what the mirror's clients got, case by case.
 */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setDefaultCACertificates } from 'node:tls';
import { OutgoingClient } from '../../src/facts/outgoing/client.ts';
import { makeCrate } from './crate.ts';
import { startMirror } from './mirror.ts';
import { selfSigned } from './tls.ts';

/** What a client got, and how often the inner service was asked meanwhile. */
export interface Led {
  readonly what: string;
  readonly status: number;
  readonly text: string;
  readonly asked: number;
  /** What `/api/v1/status` says without a token, as text. */
  readonly told: string;
}

export const secret = 'inner-service-secret';
const word = makeCrate({ name: 'word', version: '1.0.0' });
const line = `${JSON.stringify(word.indexEntry)}\n`;
const leadPort = 8000;
const innerPort = 7000;

let asked = 0;
/** Answers everything with its secret, in forms that have been taken for answers of a registry. */
const inner: RequestListener = (request, response) => {
  asked++;
  const body = request.url?.includes('raw')
    ? secret
    : `{"name":"${secret}","vers":"${secret}","cksum":"x"}\n`;
  response.end(body);
};

interface Registry {
  readonly dl?: string;
  /** Where an index file, or a download, redirects to. */
  readonly index?: string;
  readonly download?: string;
  /** Where the hop at `/hop` leads. */
  readonly hop?: string;
}
let registry: Registry = {};
let base = '';
const outer: RequestListener = (request, response) => {
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  const path = request.url ?? '';
  if (path === '/config.json') return response.end(JSON.stringify({ dl: registry.dl ?? `${base}/dl` }));
  if (path.startsWith('/hop')) return redirect(registry.hop ?? '');
  if (path.startsWith('/dl'))
    return registry.download === undefined ? response.end(word.bytes) : redirect(registry.download);
  return registry.index === undefined ? response.end(line) : redirect(registry.index);
};

const certificate = selfSigned();
setDefaultCACertificates([certificate.cert]);
const servers = [
  createServer(outer).listen(leadPort, '::'),
  createServer(inner).listen(innerPort, '::'),
  createTlsServer(certificate, outer).listen(8443, '::'),
];
await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));

const at = (host: string) => `http://${host}:${leadPort}`;
const within = (host: string) => `http://${host}:${innerPort}`;
const inside = [
  '127.0.0.1',
  '127.1.2.3',
  'localhost',
  '0.0.0.0',
  '2130706433',
  '0x7f.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:10.1.1.1]',
  '10.1.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '[fd00::1]',
];
const cases: readonly [what: string, upstream: string, registry: Registry][] = [
  ...inside.map((host): [string, string, Registry] => [`dl to ${host}`, at('9.9.9.1'), { dl: within(host) }]),
  ...['localhost', '10.1.1.1', '[::1]'].flatMap((host): [string, string, Registry][] => [
    [`download redirected to ${host}`, at('9.9.9.1'), { download: within(host) }],
    [`index redirected to ${host}`, at('9.9.9.1'), { index: within(host) }],
  ]),
  ['index redirected to raw text', at('9.9.9.1'), { index: `${within('127.0.0.1')}/raw` }],
  ['a chain that ends inside', at('9.9.9.1'), { download: `${at('9.9.9.2')}/hop`, hop: within('127.0.0.1') }],
  ['a redirect to a file', at('9.9.9.1'), { download: 'file:///etc/passwd' }],
  ['a redirect with credentials', at('9.9.9.1'), { download: `http://a:b@9.9.9.2:${leadPort}/dl` }],
  ['a private network leads to this machine', at('10.1.1.1'), { download: within('127.0.0.1') }],
  ['a private network leads to its link', at('10.1.1.1'), { download: within('169.254.169.254') }],
  ['https leads to http by dl', 'https://localhost:8443', { dl: `${at('localhost')}/dl` }],
  [
    'https redirects to http',
    'https://localhost:8443',
    { dl: 'https://localhost:8443/dl', download: `${at('localhost')}/hop` },
  ],
  ['public: dl elsewhere in public', at('9.9.9.1'), { dl: `${at('9.9.9.2')}/dl` }],
  [
    'public: redirected elsewhere in public',
    at('9.9.9.1'),
    { dl: `${at('9.9.9.1')}/hop`, hop: `${at('9.9.9.2')}/dl` },
  ],
  ['public: IPv6', at('[2a00::1]'), { dl: `${at('9.9.9.2')}/dl` }],
  ['private: its own network', at('10.1.1.1'), { dl: `${at('100.64.0.1')}/dl` }],
  ['private: to public', at('10.1.1.1'), { dl: `${at('9.9.9.2')}/dl` }],
  ['loopback: to a private network', at('127.0.0.1'), { dl: `${at('10.1.1.1')}/dl` }],
  ['https: to https', 'https://localhost:8443', { dl: 'https://localhost:8443/dl' }],
];

const led: Led[] = [];
for (const [what, upstream, plan] of cases) {
  registry = plan;
  base = upstream;
  asked = 0;
  const mirror = await startMirror({ upstream: `${upstream}/`, clock: { now: () => Date.now() } });
  const index = await mirror.call('/index/wo/rd/word');
  const answer = index.ok ? await mirror.call('/crates/word/1.0.0/download') : index;
  const text = await answer.text();
  const told = await (await mirror.call('/api/v1/status')).text();
  led.push({ what, status: answer.status, text, asked, told });
  await mirror.close();
}

// Names that resolve otherwise later, or to several addresses of which some are inside.
registry = {};
for (const [what, url, answers] of [
  ['the configured name moves inside', `http://registry.invalid:${innerPort}/`, [['9.9.9.1'], ['127.0.0.1']]],
  ['another name leads inside', `http://other.invalid:${innerPort}/`, [['9.9.9.1'], ['fd00::1', '10.1.1.1']]],
  [
    'public: a name that has an address inside, too',
    `http://other.invalid:${leadPort}/`,
    [['9.9.9.1'], ['127.0.0.1', '9.9.9.2']],
  ],
] as const) {
  let turn = 0;
  const client = new OutgoingClient({
    start: `http://registry.invalid:${leadPort}/`,
    timeout: 5_000,
    lookup: (_name, _options, callback) => {
      const addresses = answers[Math.min(turn++, 1)] ?? [];
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
  });
  asked = 0;
  await (await client.get(`http://registry.invalid:${leadPort}/`, { headers: {} })).body.dump();
  const [status, text] = await client.get(url, { headers: {} }).then(
    async (answer) => [answer.statusCode, await answer.body.text()] as const,
    (error: Error) => [502, error.message] as const,
  );
  led.push({ what, status, text, asked, told: '' });
  await client.close();
}
process.stdout.write(JSON.stringify(led), () => process.exit(0));
