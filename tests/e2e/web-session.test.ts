/** Browsers: who signs in with a token is known by a cookie, which another place's page cannot use. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SessionJson } from '../../src/server/contract.ts';
import { get } from '../support/http.ts';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { databases, type Stage, stage } from '../support/stage.ts';

type Sent = { cookie?: string; origin?: string; method?: string; body?: unknown };

/** As a browser sends it. */
function ask(base: string, path: string, { cookie, origin, method = 'GET', body }: Sent = {}) {
  return get(base + path, {
    method,
    headers: {
      ...(cookie === undefined ? {} : { cookie }),
      ...(origin === undefined ? {} : { origin }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function signIn(base: string, token: string): Promise<{ cookie: string; attributes: string }> {
  const answer = await ask(base, '/api/v1/session', { method: 'POST', origin: base, body: { token } });
  assert.equal(answer.status, 200, answer.text);
  const [set = ''] = answer.headers['set-cookie'] ?? [];
  const [cookie = '', ...attributes] = set.split('; ');
  return { cookie, attributes: attributes.sort().join(' ') };
}

const who = async (base: string, cookie?: string) =>
  (await ask(base, '/api/v1/session', cookie === undefined ? {} : { cookie })).json<SessionJson>();

const block = (s: Stage, sent: Sent) =>
  ask(s.mirror.url, '/api/v1/quarantine/block', {
    method: 'POST',
    body: { crate: 'word', reason: 'odd' },
    ...sent,
  });

for (const { name: database, skip } of databases) {
  describe(`a browser's session on ${database}`, { skip }, () => {
    test('stands for the token that was shown once, on every replica, until one of them ends it', async (t) => {
      const s = await stage(t, { database });
      s.publish('word', '1.0.0');
      await s.index('word');
      const { url } = s.mirror;
      assert.equal((await who(url)).who, null);
      const { cookie, attributes } = await signIn(url, s.mirror.token());
      assert.equal(attributes, 'HttpOnly Max-Age=43200 Path=/ SameSite=Strict Secure');
      assert.match(cookie, /^__Host-safeguard=[\w-]{43}$/);
      const bases = [url, ...(database === 'PostgreSQL' ? [(await s.replica()).url] : [])];
      for (const base of bases) {
        const { who: known, may } = await who(base, cookie);
        assert.deepEqual(known, { name: 'admin', role: 'admin', ends: null });
        assert.ok(may.includes('releases:decide') && may.includes('tokens:manage'));
        assert.equal((await ask(base, '/api/v1/tokens', { cookie })).status, 200);
      }
      await ask(url, '/api/v1/session', { method: 'DELETE', origin: url, cookie });
      for (const base of bases) {
        assert.equal((await who(base, cookie)).who, null);
        assert.equal((await ask(base, '/api/v1/tokens', { cookie })).status, 401);
      }
    });

    test('ends with its token, with the day, and with a newer token of the same name', async (t) => {
      const s = await stage(t, { database });
      const { url } = s.mirror;
      const token = await s.tokenFor('ana');
      const first = await signIn(url, token);
      assert.equal((await who(url, first.cookie)).who?.name, 'ana');
      await s.mirror.call('/api/v1/tokens/ana', { method: 'DELETE', token: s.mirror.token() });
      assert.equal((await who(url, first.cookie)).who, null);
      await signIn(url, await s.tokenFor('ana'));
      assert.equal((await who(url, first.cookie)).who, null, 'an old session is not the new token’s');
      const { cookie } = await signIn(url, s.mirror.token());
      s.clock.advance('11h');
      assert.equal((await who(url, cookie)).who?.name, 'admin');
      s.clock.advance('1h');
      assert.equal((await who(url, cookie)).who, null);
      assert.equal((await ask(url, '/api/v1/tokens', { cookie })).status, 401);
    });
  });
}

describe('the pages of other places', () => {
  test('cannot act, sign in or sign out with a browser that is signed in', async (t) => {
    const s = await stage(t, {});
    s.publish('word', '1.0.0');
    await s.index('word');
    const { url } = s.mirror;
    const { cookie } = await signIn(url, s.mirror.token());
    const port = new URL(url).port;
    const lockfile = lockfileText(lockedApp('word'), { name: 'word', version: '1.0.0' });
    const foreign = [undefined, 'null', 'https://elsewhere.invalid', `http://localhost.invalid:${port}`, ''];
    for (const origin of foreign) {
      const sent = { cookie, ...(origin === undefined ? {} : { origin }) };
      const answer = await block(s, sent);
      assert.equal(answer.status, 403, `${origin}: ${answer.text}`);
      assert.match(answer.text, /server\/foreign/);
      assert.equal((await ask(url, '/api/v1/session', { ...sent, method: 'DELETE' })).status, 403);
      // It wants no token here, and keeps something for whoever has one.
      const judged = await ask(url, '/api/v1/changes', { ...sent, method: 'POST', body: { lockfile } });
      assert.deepEqual([judged.status, judged.headers.location], [200, undefined], String(origin));
      const other = await ask(url, '/api/v1/session', {
        ...sent,
        method: 'POST',
        body: { token: s.mirror.token() },
      });
      assert.equal(other.status, 403);
      assert.equal(other.headers['set-cookie'], undefined);
    }
    assert.equal((await s.release('word', '1.0.0')).state, 'promoted');
    const own = await ask(url, '/api/v1/changes', {
      cookie,
      origin: url,
      method: 'POST',
      body: { lockfile },
    });
    assert.match(String(own.headers.location), /^\/changes\//);
    assert.equal((await block(s, { cookie, origin: url })).status, 200);
    assert.equal((await s.release('word', '1.0.0')).state, 'blocked');
    assert.equal((await block(s, { origin: url })).status, 401, 'without a session it is nobody');
  });

  test('are told apart by the address that clients use, behind a proxy too', async (t) => {
    const s = await stage(t, { config: 'public-url = "https://mirror.example"\n' });
    s.publish('word', '1.0.0');
    await s.index('word');
    const { url } = s.mirror;
    const body = { token: s.mirror.token() };
    const sent = { method: 'POST', body };
    assert.equal((await ask(url, '/api/v1/session', { ...sent, origin: url })).status, 403);
    const answer = await ask(url, '/api/v1/session', { ...sent, origin: 'https://mirror.example' });
    assert.equal(answer.status, 200, answer.text);
  });
});

describe('whoever comes through a proxy', () => {
  const attempt = (s: Stage, token: string, from: string, host = '') =>
    get(`${s.mirror.url}/api/v1/session`, {
      method: 'POST',
      headers: {
        origin: s.mirror.url,
        'content-type': 'application/json',
        'x-forwarded-for': from,
        ...(host === '' ? {} : { 'x-forwarded-host': host }),
      },
      body: JSON.stringify({ token }),
    });

  test('has an address of their own where the proxy is trusted: for the log, and for who has to wait', async (t) => {
    const s = await stage(t, { config: 'trusted-proxies = ["127.0.0.0/8", "10.0.0.0/8"]\n' });
    const bad = '198.51.100.7, 203.0.113.9, 10.0.0.2';
    for (let n = 0; n < 10; n++) assert.equal((await attempt(s, `sg_${n}`, bad)).status, 401);
    const token = s.mirror.token();
    assert.equal((await attempt(s, token, '203.0.113.9')).status, 429);
    assert.equal((await attempt(s, token, '198.51.100.7')).status, 200, 'others do not wait');
    assert.equal((await attempt(s, token, '198.51.100.7', 'elsewhere.invalid')).status, 200);
    const made = await get(`${s.mirror.url}/api/v1/tokens`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-forwarded-for': '192.0.2.1, 203.0.113.20',
      },
      body: JSON.stringify({ name: 'ana', role: 'reader' }),
    });
    assert.equal(made.status, 201, made.text);
    const log = await (await s.mirror.call('/api/v1/audit', { token })).text();
    assert.match(log, /"address":"203\.0\.113\.20"[^}]*"action":"token\.created"/);
  });

  test('has the proxy’s address where none is trusted, whatever they say of themselves', async (t) => {
    const s = await stage(t, {});
    for (let n = 0; n < 10; n++) await attempt(s, `sg_${n}`, `203.0.113.${n}`);
    assert.equal((await attempt(s, s.mirror.token(), '198.51.100.7')).status, 429);
    await assert.rejects(stage(t, { config: 'trusted-proxies = ["proxy.internal"]\n' }), /expected an IP/);
    await assert.rejects(stage(t, { config: 'trusted-proxies = ["10.0.0.0/33"]\n' }), /expected an IP/);
  });
});

test('whoever tries one token after another has to wait', async (t) => {
  const s = await stage(t, {});
  const { url } = s.mirror;
  const attempt = (token: string) =>
    ask(url, '/api/v1/session', { method: 'POST', origin: url, body: { token } });
  for (let n = 0; n < 10; n++) assert.equal((await attempt(`sg_${n}`)).status, 401);
  const refused = await attempt(s.mirror.token());
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '300');
  s.clock.advance('5m');
  assert.equal((await attempt(s.mirror.token())).status, 200);
});
