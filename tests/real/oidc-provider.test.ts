/**
 * Signing in at a provider that others wrote (oidc-provider, certified by the OpenID Foundation): what it answers, and
 * what somebody between changes.
 */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { SessionJson } from '../../src/server/contract.ts';
import { get } from '../support/http.ts';
import { npmPeer, PeerMissing } from '../support/peers.ts';
import { type Stage, stage } from '../support/stage.ts';

/** As much of oidc-provider as is used. */
interface Provider {
  callback(): RequestListener;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
}

interface Running {
  readonly issuer: string;
  groups: readonly string[];
  isDown: boolean;
}

/** Starts a provider that lets anna in without asking her anything. */
async function provider(t: TestContext, redirect: () => string): Promise<Running> {
  const { default: Made } = (await npmPeer('oidc-provider', '9.13.3')) as {
    default: new (issuer: string, settings: object) => Provider;
  };
  const running: Running & { issuer: string } = { issuer: '', groups: ['security'], isDown: false };
  let made: Provider | undefined;
  // Its client is told of the server's address, which is known once the server runs: the first request makes it.
  const open = () =>
    (made ??= new Made(running.issuer, {
      clients: [
        {
          client_id: 'safeguard',
          client_secret: 'hush-hush-hush-hush-hush-hush-hush',
          redirect_uris: [redirect()],
        },
      ],
      claims: {
        openid: ['sub', 'groups'],
        email: ['email', 'email_verified'],
        profile: ['name'],
        groups: ['groups'],
      },
      scopes: ['openid', 'email', 'profile', 'groups'],
      cookies: { keys: ['of a test'] },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      findAccount: async (_: unknown, id: string) => ({
        accountId: id,
        claims: async () => ({
          sub: id,
          email: 'anna@example.org',
          email_verified: true,
          groups: running.groups,
        }),
      }),
      loadExistingGrant: async (context: {
        oidc: {
          provider: { Grant: new (of: object) => Grant };
          client: { clientId: string };
          session: { accountId: string };
        };
      }) => {
        const { provider, client, session } = context.oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope('openid email profile groups');
        await grant.save();
        return grant;
      },
    }));
  const server = createServer(async (request, response) => {
    if (running.isDown) return void response.writeHead(503).end();
    if (!request.url?.startsWith('/interaction/')) return open().callback()(request, response);
    await open().interactionFinished(request, response, { login: { accountId: 'anna' } });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  running.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return running;
}

interface Grant {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
}

async function scene(t: TestContext): Promise<{ s: Stage; at: Running }> {
  let server = '';
  const at = await provider(t, () => `${server}/sign-in/oidc/callback`);
  const config = `[oidc]
issuer = "${at.issuer}"
client-id = "safeguard"
client-secret-env = "OIDC_SECRET"
[oidc.roles]
reviewer = ["security"]
`;
  const env = { OIDC_SECRET: 'hush-hush-hush-hush-hush-hush-hush' };
  const s = await stage(t, { config, env, start: new Date().toISOString() });
  server = s.mirror.url;
  return { s, at };
}

/** What somebody between does with an address that the browser is sent to. */
type Change = (url: URL) => void;

const cookiesOf = (headers: Readonly<Record<string, unknown>>) =>
  [headers['set-cookie'] ?? []].flat().map((one) => String(one).split(';')[0] ?? '');

/** The way of a browser to the provider and back. Returns where it ends, and the session. */
async function signIn(
  s: Stage,
  { out = () => {}, back = () => {} }: { readonly out?: Change; readonly back?: Change } = {},
): Promise<{ readonly location: string; readonly role: string | undefined }> {
  const begun = await get(`${s.mirror.url}/sign-in/oidc`);
  let at = new URL(String(begun.headers.location), s.mirror.url);
  if (at.origin === s.mirror.url) return { location: at.pathname + at.search, role: undefined };
  const kept = cookiesOf(begun.headers).join('; ');
  out(at);
  const jar = new Map<string, string>();
  for (let i = 0; at.origin !== s.mirror.url; i++) {
    assert.ok(i < 10, `the provider leads nowhere: ${at}`);
    const answer = await get(at.href, {
      headers: { cookie: [...jar].map((one) => one.join('=')).join('; ') },
    });
    for (const one of cookiesOf(answer.headers)) jar.set(...(one.split(/=(.*)/s, 2) as [string, string]));
    assert.ok(answer.headers.location !== undefined, `${answer.status} ${answer.text.slice(0, 500)}`);
    at = new URL(String(answer.headers.location), at);
  }
  back(at);
  const came = await get(at.href, { headers: { cookie: kept } });
  const cookie = cookiesOf(came.headers).join('; ');
  const session = (await get(`${s.mirror.url}/api/v1/session`, { headers: { cookie } })).json<SessionJson>();
  return { location: String(came.headers.location), role: session.who?.role };
}

const changed: Readonly<Record<string, { readonly out?: Change; readonly back?: Change }>> = {
  'another nonce': { out: ({ searchParams }) => searchParams.set('nonce', 'other') },
  'another state on the way there': { out: ({ searchParams }) => searchParams.set('state', 'other') },
  'another state on the way back': { back: ({ searchParams }) => searchParams.set('state', 'other') },
  'a code of another issuer': {
    back: ({ searchParams }) => searchParams.set('iss', 'https://elsewhere.invalid'),
  },
  'no issuer, of a provider that names it': { back: ({ searchParams }) => searchParams.delete('iss') },
  'another code': { back: ({ searchParams }) => searchParams.set('code', 'x'.repeat(43)) },
  'another PKCE challenge': { out: ({ searchParams }) => searchParams.set('code_challenge', 'x'.repeat(43)) },
};

describe('signing in by oidc-provider', { timeout: 10 * 60_000 }, () => {
  const tried = (what: string, work: (t: TestContext) => Promise<void>) =>
    it(what, async (t) => {
      try {
        await work(t as TestContext);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        t.skip(error.message);
      }
    });

  tried('lets people in by their groups, and out when they leave them', async (t) => {
    const { s, at } = await scene(t);
    assert.deepEqual(await signIn(s), { location: '/', role: 'reviewer' });
    at.groups = ['guests'];
    assert.deepEqual(await signIn(s), { location: '/sign-in?refused=no-role', role: undefined });
  });

  for (const [what, change] of Object.entries(changed))
    tried(`refuses ${what}`, async (t) => {
      const { s } = await scene(t);
      const { location, role } = await signIn(s, change);
      assert.match(location, /^\/sign-in\?refused=(?:refused|stale)$/);
      assert.equal(role, undefined);
      assert.deepEqual(await signIn(s), { location: '/', role: 'reviewer' }, 'and nothing stays of it');
    });

  tried('a provider that is away is said, and asked again', async (t) => {
    const { s, at } = await scene(t);
    at.isDown = true;
    assert.equal((await signIn(s)).location, '/sign-in?refused=provider-down');
    at.isDown = false;
    assert.deepEqual(await signIn(s), { location: '/', role: 'reviewer' });
    const leave = () => {
      at.isDown = true;
    };
    assert.match((await signIn(s, { back: leave })).location, /refused=(?:provider-down|refused)/);
  });
});
