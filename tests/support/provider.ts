/** A provider in miniature (OpenID Connect Core 1.0): it knows one person at a time, keeps to PKCE, and lies when it is told to. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import type { Cleanup } from './temp.ts';

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next. */
  claims: Readonly<Record<string, unknown>>;
  /** What of its answers is not as it should be. */
  lies: {
    readonly nonce?: string;
    readonly state?: string;
    /** In the ID token. */
    readonly issuer?: string;
    /** Beside the code (RFC 9207). */
    readonly from?: string;
    readonly audience?: string;
    /** Another key than the one that it shows. */
    readonly key?: 'other';
    /** Groups come from the userinfo endpoint alone. */
    readonly userinfo?: Readonly<Record<string, unknown>>;
    readonly refuses?: string;
  };
  /** How a client says who it is; absent: it does not say which it knows, and takes what every provider takes. */
  method?: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** Nothing is answered but errors. */
  isDown: boolean;
  /** How often it was asked for its configuration. */
  readonly asked: () => number;
}

interface Begun {
  readonly nonce: string;
  readonly challenge: string;
  readonly redirect: string;
}

/** Starts one for a client and its secret. It ends with the test. */
export async function testProvider(t: Cleanup, id: string, secret: string): Promise<TestProvider> {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [shown, other] = [pair(), pair()];
  const jwks = { keys: [{ ...(await exportJWK(shown.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
  const begun = new Map<string, Begun>();
  let asked = 0;
  const json = (response: ServerResponse, status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', provider.issuer);
    if (provider.isDown) return void response.writeHead(503).end('away');
    const answer = async () => {
      switch (url.pathname) {
        case '/.well-known/openid-configuration':
          asked++;
          return json(response, 200, {
            issuer: provider.issuer,
            authorization_endpoint: `${provider.issuer}/authorize`,
            token_endpoint: `${provider.issuer}/token`,
            userinfo_endpoint: `${provider.issuer}/userinfo`,
            jwks_uri: `${provider.issuer}/jwks`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
            code_challenge_methods_supported: ['S256'],
            authorization_response_iss_parameter_supported: true,
            ...(provider.method === undefined
              ? {}
              : { token_endpoint_auth_methods_supported: [provider.method] }),
          });
        case '/jwks':
          return json(response, 200, jwks);
        case '/authorize': {
          const of = (name: string) => url.searchParams.get(name) ?? '';
          const back = new URL(of('redirect_uri'));
          back.searchParams.set('state', provider.lies.state ?? of('state'));
          back.searchParams.set('iss', provider.lies.from ?? provider.issuer);
          if (provider.lies.refuses !== undefined) back.searchParams.set('error', provider.lies.refuses);
          else {
            const code = `code-${begun.size}`;
            begun.set(code, {
              nonce: of('nonce'),
              challenge: of('code_challenge_method') === 'S256' ? of('code_challenge') : 'none',
              redirect: of('redirect_uri'),
            });
            back.searchParams.set('code', code);
          }
          return response.writeHead(302, { location: back.href }).end();
        }
        case '/token': {
          let text = '';
          for await (const part of request) text += String(part);
          const sent = new URLSearchParams(text);
          const code = sent.get('code') ?? '';
          const one = begun.get(code);
          begun.delete(code);
          const verifier = createHash('sha256')
            .update(sent.get('code_verifier') ?? '')
            .digest('base64url');
          const isClient = {
            client_secret_basic:
              request.headers.authorization === `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
            client_secret_post: sent.get('client_id') === id && sent.get('client_secret') === secret,
            none: sent.get('client_id') === id,
          }[provider.method ?? 'client_secret_basic'];
          if (!isClient) return json(response, 401, { error: 'invalid_client' });
          if (one === undefined || one.challenge !== verifier || one.redirect !== sent.get('redirect_uri'))
            return json(response, 400, { error: 'invalid_grant' });
          const { lies } = provider;
          const token = await new SignJWT({ sub: 'u1', nonce: lies.nonce ?? one.nonce, ...provider.claims })
            .setProtectedHeader({ alg: 'RS256', kid: 'one' })
            .setIssuer(lies.issuer ?? provider.issuer)
            .setAudience(lies.audience ?? id)
            .setIssuedAt()
            .setExpirationTime('5m')
            .sign(lies.key === 'other' ? other.privateKey : shown.privateKey);
          return json(response, 200, { access_token: 'a', token_type: 'Bearer', id_token: token });
        }
        case '/userinfo':
          return json(response, 200, { sub: 'u1', ...provider.lies.userinfo });
        default:
          return response.writeHead(404).end();
      }
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    lies: {},
    isDown: false,
    asked: () => asked,
  };
  return provider;
}
