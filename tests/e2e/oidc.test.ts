/** Signing in at a provider: who comes in, with which role, and that nothing that does not belong together counts. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { SessionJson } from '../../src/server/contract.ts';
import { get } from '../support/http.ts';
import { type TestProvider, testProvider } from '../support/provider.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';

const anna = { email: 'anna@example.org', email_verified: true, groups: ['security', 'staff'] };

async function scene(
  t: TestContext,
  database: DatabaseName = 'SQLite',
  isPublic = false,
): Promise<{ s: Stage; provider: TestProvider }> {
  const provider = await testProvider(t, 'safeguard', 'hush');
  provider.claims = anna;
  const config = `[oidc]
issuer = "${provider.issuer}"
client-id = "safeguard"
${isPublic ? '' : 'client-secret-env = "OIDC_SECRET"'}
[oidc.roles]
admin = ["root"]
reviewer = ["security"]
reader = ["staff"]
`;
  const s = await stage(t, { database, config, env: { OIDC_SECRET: 'hush' } });
  return { s, provider };
}

const cookiesOf = (headers: Readonly<Record<string, unknown>>) =>
  [headers['set-cookie'] ?? []].flat().map((one) => String(one));

/** The way of a browser to the provider and back; `meanwhile` happens on it. */
async function signIn(
  s: Stage,
  options: { readonly back?: string; readonly keeps?: boolean; readonly meanwhile?: () => void } = {},
): Promise<{ readonly location: string; readonly cookies: readonly string[] }> {
  const { url } = s.mirror;
  const query = options.back === undefined ? '' : `?back=${encodeURIComponent(options.back)}`;
  const begun = await get(`${url}/sign-in/oidc${query}`);
  assert.equal(begun.status, 302, begun.text);
  const location = String(begun.headers.location);
  if (location.startsWith('/')) return { location, cookies: cookiesOf(begun.headers) };
  const [kept = ''] = cookiesOf(begun.headers);
  assert.match(kept, /^__Host-safeguard-going=\S+; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=600$/);
  const there = await get(location);
  options.meanwhile?.();
  const headers = options.keeps === false ? {} : { cookie: kept.split(';')[0] ?? '' };
  const came = await get(String(there.headers.location), { headers });
  assert.equal(came.status, 302, came.text);
  return { location: String(came.headers.location), cookies: cookiesOf(came.headers) };
}

const sessionIn = (cookies: readonly string[]) =>
  cookies.find((one) => one.startsWith('__Host-safeguard='))?.split(';')[0];

async function who(s: Stage, cookie: string | undefined, url = s.mirror.url): Promise<SessionJson> {
  const answer = await get(`${url}/api/v1/session`, cookie === undefined ? {} : { headers: { cookie } });
  return answer.json<SessionJson>();
}

for (const { name: database, skip } of databases) {
  describe(`a provider before ${database}`, { skip }, () => {
    test('lets people in with the role of their groups, on every replica, until their time is over', async (t) => {
      const { s } = await scene(t, database);
      const { location, cookies } = await signIn(s, { back: '/quarantine?state=review' });
      assert.equal(location, '/quarantine?state=review');
      assert.match(cookies.join('\n'), /^__Host-safeguard-going=; .*Max-Age=0$/m);
      assert.match(
        cookies.join('\n'),
        /^__Host-safeguard=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/m,
      );
      const cookie = sessionIn(cookies);
      for (const url of [s.mirror.url, ...(database === 'PostgreSQL' ? [(await s.replica()).url] : [])]) {
        const session = await who(s, cookie, url);
        assert.deepEqual([session.who?.name, session.who?.role], ['anna@example.org', 'reviewer']);
        assert.ok(session.may.includes('releases:decide') && !session.may.includes('tokens:manage'));
      }
      const log = await (await s.mirror.call('/api/v1/audit', { token: s.mirror.token() })).text();
      assert.match(log, /"actor":"anna@example\.org","role":"reviewer",[^}]*"action":"person\.signed-in"/);
      s.clock.advance('8h');
      assert.equal((await who(s, cookie)).who, null);
    });

    test('takes the strongest role, and none from whoever left their groups: then at once', async (t) => {
      const { s, provider } = await scene(t, database);
      provider.claims = { ...anna, groups: ['staff', 'root', 'security'] };
      const cookie = sessionIn((await signIn(s)).cookies);
      assert.equal((await who(s, cookie)).who?.role, 'admin');
      provider.claims = { ...anna, email: 'Anna@Example.org', groups: ['guests'] };
      const { location, cookies } = await signIn(s);
      assert.deepEqual([location, sessionIn(cookies)], ['/sign-in?refused=no-role', undefined]);
      assert.equal((await who(s, cookie)).who, null, 'what was begun before is over as well');
    });

    test('an admin signs people out, wherever they are signed in', async (t) => {
      const { s } = await scene(t, database);
      const cookie = sessionIn((await signIn(s)).cookies);
      const ended = await s.mirror.call('/api/v1/tokens/anna@example.org', {
        method: 'DELETE',
        token: s.mirror.token(),
      });
      assert.equal(ended.status, 200);
      assert.equal((await who(s, cookie)).who, null);
    });

    test('a link lets the first admin in once, within its time', async (t) => {
      const { s } = await scene(t, database);
      const link = async () => {
        const body = { name: 'olga' };
        const token = s.mirror.token();
        const made = await s.mirror.call('/api/v1/sign-in-links', { method: 'POST', body, token });
        const { link } = (await made.json()) as { link: string };
        assert.match(link, /\/sign-in#once=[\w-]{43}$/);
        return link.split('=').at(-1) ?? '';
      };
      const open = (once: string) =>
        get(`${s.mirror.url}/api/v1/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: s.mirror.url },
          body: JSON.stringify({ link: once }),
        });
      const first = await link();
      const opened = await open(first);
      assert.equal(opened.status, 200, opened.text);
      const cookie = sessionIn(cookiesOf(opened.headers));
      assert.deepEqual(
        [(await who(s, cookie)).who?.name, (await who(s, cookie)).who?.role],
        ['olga', 'admin'],
      );
      assert.equal((await open(first)).status, 401, 'once');
      const second = await link();
      s.clock.advance('15m');
      assert.equal((await open(second)).status, 401, 'in its time');
      assert.equal((await open('x')).status, 401);
    });
  });
}

describe('what does not belong together', () => {
  const cases: Readonly<Record<string, (provider: TestProvider) => TestProvider['lies']>> = {
    'another nonce': () => ({ nonce: 'other' }),
    'another state': () => ({ state: 'other' }),
    'an ID token of another issuer': () => ({ issuer: 'https://elsewhere.invalid' }),
    'a code of another issuer': () => ({ from: 'https://elsewhere.invalid' }),
    'an ID token for another client': () => ({ audience: 'other' }),
    'an ID token that another key signed': () => ({ key: 'other' }),
    'a refusal of the provider’s': () => ({ refuses: 'access_denied' }),
  };
  for (const [what, lie] of Object.entries(cases))
    test(what, async (t) => {
      const { s, provider } = await scene(t);
      provider.lies = lie(provider);
      const { location, cookies } = await signIn(s);
      assert.deepEqual([location, sessionIn(cookies)], ['/sign-in?refused=refused', undefined]);
      assert.match(cookies.join(), /__Host-safeguard-going=; .*Max-Age=0/, 'and it is not tried again');
    });

  test('a way back that was begun in another browser', async (t) => {
    const { s } = await scene(t);
    const { location } = await signIn(s, { keeps: false });
    assert.equal(location, '/sign-in?refused=stale');
  });

  test('an address that nobody verified, a name that is none, and the server’s own', async (t) => {
    const { s, provider } = await scene(t);
    for (const claims of [
      { ...anna, email_verified: false },
      { groups: anna.groups },
      { ...anna, email: 'admin' },
      { ...anna, email: 'an\nna' },
      { ...anna, email: ['anna@example.org'] },
    ]) {
      provider.claims = claims;
      assert.equal((await signIn(s)).location, '/sign-in?refused=refused', JSON.stringify(claims));
    }
  });

  test('a page of another place is no way back', async (t) => {
    const { s } = await scene(t);
    for (const back of ['https://elsewhere.invalid/', '//elsewhere.invalid', '/\\elsewhere.invalid'])
      assert.equal((await signIn(s, { back })).location, '/');
  });
});

describe('a provider', () => {
  test('that is away is told of, and asked again with the next person', async (t) => {
    const { s, provider } = await scene(t);
    provider.isDown = true;
    assert.equal((await signIn(s)).location, '/sign-in?refused=provider-down');
    provider.isDown = false;
    assert.equal((await signIn(s)).location, '/');
    await signIn(s);
    assert.equal(provider.asked(), 1, 'its configuration is kept');
    const leave = () => {
      provider.isDown = true;
    };
    const away = await signIn(s, { meanwhile: leave });
    assert.match(away.location, /refused=(?:provider-down|refused)/);
  });

  for (const method of ['client_secret_basic', 'client_secret_post', 'none'] as const)
    test(`may know this server by ${method}`, async (t) => {
      const { s, provider } = await scene(t, 'SQLite', method === 'none');
      provider.method = method;
      assert.equal((await signIn(s)).location, '/');
    });

  test('may say groups where it is asked for more', async (t) => {
    const { s, provider } = await scene(t);
    provider.claims = { email: 'anna@example.org' };
    provider.lies = { userinfo: { groups: ['staff'] } };
    const cookie = sessionIn((await signIn(s)).cookies);
    assert.equal((await who(s, cookie)).who?.role, 'reader');
  });

  test('that nobody named is not offered', async (t) => {
    const s = await stage(t);
    assert.equal((await who(s, undefined)).provider, null);
    const answer = await get(`${s.mirror.url}/sign-in/oidc`);
    assert.equal(answer.status, 404);
    assert.match(answer.text, /sign in with a token/);
  });

  test('wants a secret that is there, and https', async (t) => {
    const config = (issuer: string, more = '') =>
      `[oidc]\nissuer = "${issuer}"\nclient-id = "s"\n${more}\n[oidc.roles]\nadmin = ["a"]\n`;
    await assert.rejects(
      stage(t, { config: config('https://id.example', 'client-secret-env = "NONE"') }),
      /NONE, which is not set/,
    );
    await assert.rejects(stage(t, { config: config('http://id.example') }), /expected an https address/);
  });
});
