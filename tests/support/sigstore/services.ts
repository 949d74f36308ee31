/**
 * Doubles of the services of Sigstore on loopback: an authority (Fulcio, API 2) that looks at tokens and at the proof
 * of the key, transparency logs (Rekor, APIs 1 and 2), a service of timestamps; with the trusted root that vouches for
 * them, and the signing config that names them.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Cleanup } from '../temp.ts';
import { type TestAuthority, testAuthority } from '../timestamps.ts';
import { certify, type Holder, sha256, spkiOf, type TestCa, testCa } from './certificates.ts';
import { type TestLog, testLog } from './log.ts';

export interface TestServices {
  readonly url: string;
  readonly logs: { readonly first: TestLog; readonly second: TestLog };
  readonly stamps: TestAuthority;
  /** The text of a trusted_root.json of all of them. */
  readonly root: string;
  /** The text of a signing_config.json, with logs of these APIs, and with or without timestamps. */
  config(versions: readonly (1 | 2)[], stamped: boolean): string;
  /** When certificates are good, from when to when: minutes from now. */
  times: () => { from: number; to: number };
  /** What was asked, as `POST /path`. */
  readonly asked: string[];
  /** The key of the CT log that says that it saw certificates; `undefined`: none does. */
  ctKey: KeyObject | undefined;
  /** What becomes of what a certificate says of its holder. */
  holder: (holder: Holder) => Holder;
}

/**
 * `jwks` is that of the one issuer whose tokens the authority takes, for the audience `sigstore`; `good` is how many days
 * the certificates of the authority, and of who signs timestamps, are good for yet.
 */
export async function testServices(
  t: Cleanup,
  issuer: string,
  jwks: string,
  good: { readonly ca?: number; readonly stamps?: number } = {},
): Promise<TestServices> {
  const now = Date.now();
  const day = 86_400_000;
  const ca = testCa({ from: now - 366 * day, to: now + (good.ca ?? 366) * day });
  const ct = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stamps = await testAuthority(t, {
    alone: true,
    ...(good.stamps === undefined ? {} : { days: good.stamps }),
  });
  const logs = { first: testLog(1, '127.0.0.1'), second: testLog(2, '127.0.0.1') };
  const asked: string[] = [];
  const keys = createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet);
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method} ${path}`);
    answerTo(request).then(
      ({ status, json, location }) =>
        response
          .writeHead(status, {
            'content-type': 'application/json',
            ...(location === undefined ? {} : { location }),
          })
          .end(JSON.stringify(json)),
      (error: Error) => response.writeHead(400).end(JSON.stringify({ code: 3, message: error.message })),
    );
  });
  const answerTo = async (
    request: IncomingMessage,
  ): Promise<{ status: number; json: unknown; location?: string }> => {
    const { method = '', url = '' } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const [, name, rest = ''] = /^\/(authority|first|second)(\/.*)$/.exec(url) ?? [];
    if (name === 'first' || name === 'second') return logs[name].answer(method, rest, body);
    if (name !== 'authority' || rest !== '/api/v2/signingCert') return { status: 404, json: {} };
    return { status: 200, json: await certified(body) };
  };
  const certified = async (text: string) => {
    const { credentials, publicKeyRequest: wanted } = JSON.parse(text) as {
      credentials: { oidcIdentityToken: string };
      publicKeyRequest: { publicKey: { algorithm: string; content: string }; proofOfPossession: string };
    };
    const { payload } = await jwtVerify(credentials.oidcIdentityToken, keys, {
      issuer,
      audience: 'sigstore',
    });
    const key = createPublicKey(wanted.publicKey.content);
    const who = (payload.email ?? payload.sub) as string;
    if (!verify('sha256', Buffer.from(who), key, Buffer.from(wanted.proofOfPossession, 'base64')))
      throw new Error('the key is not there');
    const {
      job_workflow_ref: workflow,
      repository_id: repositoryId,
      repository_owner_id: ownerId,
    } = payload as Record<string, string>;
    const holder: Holder = {
      issuer,
      subject: workflow === undefined ? who : `https://github.com/${workflow}`,
      ...(repositoryId === undefined ? {} : { repositoryId }),
      ...(ownerId === undefined ? {} : { ownerId }),
    };
    const leaf = certify(ca, spkiOf(key), services.holder(holder), services.times(), services.ctKey);
    return { signedCertificateEmbeddedSct: { chain: { certificates: [pem(leaf), pem(ca.der)] } } };
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const services: TestServices = {
    url,
    logs,
    stamps,
    root: rootOf(url, ca, logs, ct.publicKey, stamps),
    config: (versions, stamped) => configOf(url, versions, stamped ? stamps.url : undefined),
    times: () => ({ from: Date.now() - 60_000, to: Date.now() + 9 * 60_000 }),
    asked,
    ctKey: ct.privateKey,
    holder: (holder) => holder,
  };
  return services;
}

const since = { start: '2020-01-01T00:00:00Z' };

function rootOf(
  url: string,
  ca: TestCa,
  { first, second }: TestServices['logs'],
  ct: KeyObject,
  stamps: TestAuthority,
): string {
  const named = (commonName: string) => ({ subject: { organization: 'test', commonName }, validFor: since });
  const instance = (baseUrl: string, key: KeyObject, id: Buffer) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: spkiOf(key).toString('base64'),
      keyDetails: key.asymmetricKeyType === 'ed25519' ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256',
      validFor: since,
    },
    logId: { keyId: id.toString('base64') },
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      instance(`${url}/first`, createPublicKey(first.key), first.id),
      instance(`${url}/second`, createPublicKey(second.key), second.id),
    ],
    certificateAuthorities: [
      {
        ...named('ca'),
        uri: `${url}/authority`,
        certChain: { certificates: [{ rawBytes: ca.der.toString('base64') }] },
      },
    ],
    ctlogs: [instance(`${url}/ct`, ct, sha256(spkiOf(ct)))],
    timestampAuthorities: [
      {
        ...named('stamps'),
        uri: stamps.url,
        certChain: { certificates: stamps.chain.map((rawBytes) => ({ rawBytes })) },
      },
    ],
  });
}

function configOf(url: string, versions: readonly (1 | 2)[], stamps: string | undefined): string {
  const service = (address: string, majorApiVersion: number, operator: string) => ({
    url: address,
    majorApiVersion,
    validFor: since,
    operator,
  });
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service(`${url}/authority`, 1, 'test')],
    oidcUrls: [],
    rekorTlogUrls: versions.map((one) =>
      service(`${url}/${one === 1 ? 'first' : 'second'}`, one, `test ${one}`),
    ),
    rekorTlogConfig: { selector: 'ALL' },
    tsaUrls: stamps === undefined ? [] : [service(stamps, 1, 'test')],
    tsaConfig: { selector: 'ANY' },
  });
}

function pem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
}
