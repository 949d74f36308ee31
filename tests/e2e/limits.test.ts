/** Who asks too much has to wait: addresses that try tokens, and people who ask again and again for what costs much work. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProblemJson } from '../../src/server/contract.ts';
import { get } from '../support/http.ts';
import { type Stage, stage } from '../support/stage.ts';

/** Asks as whoever brings that token, from that address behind a trusted proxy. */
function ask(
  s: Stage,
  path: string,
  { token, from = '203.0.113.9', ...more }: { token?: string; from?: string; method?: string; body?: string },
) {
  return get(s.mirror.url + path, {
    ...more,
    headers: {
      'x-forwarded-for': from,
      ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
}

/** A token of somebody of that role, made as people make them. */
async function made(s: Stage, role: string, until?: string): Promise<string> {
  const body = { name: `some-${role}`, role, ...(until === undefined ? {} : { until }) };
  const answer = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
  return ((await answer.json()) as { token: string }).token;
}

const behindProxy = 'trusted-proxies = ["127.0.0.0/8"]\n';

describe('who tries tokens', () => {
  test('waits on every route that takes one, while those who share the address go on', async (t) => {
    const s = await stage(t, { config: behindProxy });
    const known = s.mirror.token();
    const other = await made(s, 'auditor');
    assert.equal((await ask(s, '/api/v1/tokens', { token: known })).status, 200);
    const ways = ['/api/v1/tokens', '/api/v1/session', '/api/v1/audit', '/api/v1/hosts'];
    for (let n = 0; n < 10; n++) {
      const path = ways[n % ways.length] ?? '';
      const { status } = await ask(s, path, { token: `sg_${n}` });
      assert.equal(status, path === '/api/v1/session' ? 200 : 401, path);
    }
    for (const path of [...ways, '/api/v1/quarantine']) {
      const refused = await ask(s, path, { token: other });
      assert.equal(refused.status, 429, path);
      assert.equal(refused.headers['retry-after'], '300');
      assert.match(refused.headers['content-type'] ?? '', /^application\/problem\+json/);
      assert.equal(refused.json<ProblemJson>().code, 'server/too-many-attempts');
    }
    assert.equal((await ask(s, '/api/v1/tokens', { token: known })).status, 200, 'it was good before');
    assert.equal((await ask(s, '/api/v1/tokens', {})).status, 401, 'who brings none tries none');
    assert.equal((await ask(s, '/api/v1/hosts', { token: other, from: '198.51.100.7' })).status, 200);
    s.clock.advance('5m');
    assert.equal((await ask(s, '/api/v1/hosts', { token: 'sg_more' })).status, 401);
  });

  test('waits for crates, too, where those are for people with a token', async (t) => {
    const s = await stage(t, { config: `auth-required = true\n${behindProxy}` });
    for (let n = 0; n < 10; n++)
      assert.equal(
        (await ask(s, '/index/config.json', { token: `${n % 2 === 0 ? 'sg' : 'sgb'}_${n}` })).status,
        401,
      );
    const refused = await ask(s, '/index/config.json', { token: s.mirror.token() });
    assert.equal(refused.status, 429);
    assert.match(refused.text, /^Too many tokens were tried from this address/);
  });

  test('does not wait for tokens that were somebody’s and ended', async (t) => {
    const s = await stage(t, { config: behindProxy });
    const token = await made(s, 'auditor', '2026-08-01T01:00:00Z');
    s.clock.advance('2h');
    for (let n = 0; n < 11; n++) {
      const refused = await ask(s, '/api/v1/hosts', { token });
      assert.equal(refused.status, 401);
      assert.match(refused.text, /The token of some-auditor ended/);
    }
  });
});

describe('who asks again and again for what costs much work', () => {
  const costly: readonly [path: string, most: number, token: 'reviewer' | undefined][] = [
    ['/api/v1/changes', 600, undefined],
    ['/api/v1/changes/told', 600, 'reviewer'],
    ['/api/v1/graph', 600, 'reviewer'],
    ['/api/v1/artefacts', 3000, 'reviewer'],
  ];
  for (const [path, most, role] of costly)
    test(`waits: ${path}, ${most} times in five minutes`, async (t) => {
      const s = await stage(t, { config: behindProxy });
      const [token, other] = role === undefined ? [] : [await made(s, role), s.mirror.token()];
      const once = (more: { token?: string | undefined; from?: string }) =>
        ask(s, path, { method: 'POST', body: '[]', ...more } as Parameters<typeof ask>[2]);
      for (let n = 0; n < most; n += 50) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => once({ token })));
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [400]);
      }
      const refused = await once({ token });
      assert.equal(refused.status, 429);
      assert.equal(refused.headers['retry-after'], '300');
      assert.match(refused.headers['content-type'] ?? '', /^application\/problem\+json/);
      assert.equal(refused.json<ProblemJson>().code, 'server/too-many');
      assert.equal((await once({ token: other, from: '198.51.100.7' })).status, 400, 'others do not wait');
      s.clock.advance('5m');
      assert.equal((await once({ token })).status, 400);
    });
});
