/** Who may do what: every route that the server has, asked with a token of every role, with none, and with one that ended. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Role, roles } from '../../src/store/records.ts';
import { get } from '../support/http.ts';
import { withRoutes } from '../support/routes.ts';
import { databases, type Stage, stage } from '../support/stage.ts';

const everybody = ['nobody', ...roles] as const;
const readers: readonly Role[] = ['reader', 'ci', 'reviewer', 'auditor', 'admin'];
const deciders: readonly Role[] = ['reviewer', 'admin'];

/** Whom a route is open to. A route that is not here fails the test until somebody says so. */
const open: Readonly<Record<string, readonly (typeof everybody)[number][]>> = {
  'GET /index/config.json': everybody,
  'GET /index/*': everybody,
  'GET /crates/:crate/:version/download': everybody,
  'HEAD /crates/:crate/:version/download': everybody,
  'GET /api/v1/crates': everybody,
  'PUT /api/v1/crates/new': [],
  'DELETE /api/v1/crates/:crate/:version/yank': [],
  'PUT /api/v1/crates/:crate/:version/unyank': [],
  'GET /api/v1/crates/:crate/owners': [],
  'PUT /api/v1/crates/:crate/owners': [],
  'DELETE /api/v1/crates/:crate/owners': [],
  'GET /': everybody,
  'GET /quarantine': everybody,
  'GET /requests': everybody,
  'GET /changes': everybody,
  'GET /changes/:id': everybody,
  'GET /graph': everybody,
  'GET /approvals': everybody,
  'GET /artefacts': everybody,
  'GET /artefacts/:id': everybody,
  'GET /running': everybody,
  'GET /affected': everybody,
  'GET /policy': everybody,
  'GET /audit': everybody,
  'GET /tokens': everybody,
  'GET /settings': everybody,
  'GET /sign-in': everybody,
  'GET /sign-in/oidc': everybody,
  'GET /sign-in/oidc/callback': everybody,
  'GET /releases/:crate/:version': everybody,
  'GET /assets/:name': everybody,
  'GET /api': everybody,
  'GET /api/v1/openapi.json': everybody,
  'GET /healthz': everybody,
  'GET /readyz': everybody,
  'GET /metrics': everybody,
  'GET /api/v1/status': everybody,
  'GET /api/v1/releases/:crate/:version': everybody,
  'GET /api/v1/releases/:crate/:version/code': everybody,
  'GET /api/v1/quarantine': everybody,
  'GET /api/v1/quarantine/decisions': everybody,
  'GET /api/v1/explain/:crate': everybody,
  'GET /api/v1/explain/:crate/:version': everybody,
  'POST /api/v1/facts': everybody,
  'POST /api/v1/changes': everybody,
  'GET /api/v1/changes': readers,
  'GET /api/v1/changes/:id': readers,
  'GET /api/v1/graph': readers,
  'POST /api/v1/graph': readers,
  'POST /api/v1/changes/told': ['reader', 'ci', 'reviewer', 'admin'],
  'POST /events/kellnr': everybody,
  'POST /events/cloudsmith': everybody,
  'POST /events/artifactory': everybody,
  'GET /api/v1/requests': everybody,
  'GET /api/v1/approvals': everybody,
  'GET /api/v1/policy': readers,
  'POST /api/v1/policy': ['admin'],
  'POST /api/v1/policy/simulate': ['reviewer', 'auditor', 'admin'],
  'POST /api/v1/requests': ['reader', 'reviewer', 'admin'],
  'POST /api/v1/quarantine/block': deciders,
  'POST /api/v1/quarantine/unblock': deciders,
  'POST /api/v1/quarantine/break-glass': deciders,
  'POST /api/v1/quarantine/approve': deciders,
  'POST /api/v1/quarantine/reject': deciders,
  'POST /api/v1/quarantine/take-back': deciders,
  'POST /api/v1/notify/test': deciders,
  'POST /api/v1/clock': ['admin'],
  'POST /api/v1/artefacts': ['ci', 'reviewer', 'admin'],
  'POST /api/v1/artefact-uploads': ['ci', 'reviewer', 'admin'],
  'GET /api/v1/artefact-uploads/:id': ['ci', 'reviewer', 'admin'],
  'POST /api/v1/artefact-uploads/:id/parts/:number': ['ci', 'reviewer', 'admin'],
  'POST /api/v1/artefact-uploads/:id/end': ['ci', 'reviewer', 'admin'],
  'DELETE /api/v1/artefact-uploads/:id': ['ci', 'reviewer', 'admin'],
  'GET /api/v1/artefacts': readers,
  'GET /api/v1/artefacts/:id': readers,
  'GET /api/v1/artefacts/:id/diff/:other': readers,
  'GET /api/v1/components': readers,
  'GET /api/v1/affected': readers,
  'POST /api/v1/sightings': ['agent', 'admin'],
  'GET /api/v1/sightings': ['reader', 'reviewer', 'auditor', 'admin'],
  'GET /api/v1/installed': ['reader', 'reviewer', 'auditor', 'admin'],
  'GET /api/v1/exposures': ['reader', 'reviewer', 'auditor', 'admin'],
  'GET /api/v1/hosts': ['reader', 'reviewer', 'auditor', 'admin'],
  'POST /api/v1/hosts/retire': deciders,
  'GET /api/v1/deployments': readers,
  'POST /api/v1/deployments': ['ci', 'reviewer', 'admin'],
  'POST /api/v1/deployments/withdraw': ['ci', 'reviewer', 'admin'],
  'GET /api/v1/vex': readers,
  'GET /api/v1/vex/document': readers,
  'POST /api/v1/vex': deciders,
  'POST /api/v1/vex/withdraw': deciders,
  'GET /api/v1/exploited': ['reader', 'reviewer', 'auditor', 'admin'],
  'GET /api/v1/exploited/dossier': ['reader', 'reviewer', 'auditor', 'admin'],
  'POST /api/v1/exploited': deciders,
  'POST /api/v1/exploited/withdraw': deciders,
  'POST /api/v1/exploited/submitted': deciders,
  'POST /api/v1/exploited/measure': deciders,
  'GET /api/v1/events': everybody,
  'GET /api/v1/audit': ['auditor', 'admin'],
  'GET /api/v1/session': everybody,
  'POST /api/v1/session': everybody,
  'DELETE /api/v1/session': everybody,
  'POST /api/v1/sign-in-links': ['admin'],
  'GET /api/v1/settings': ['auditor', 'admin'],
  'GET /api/v1/tokens': ['auditor', 'admin'],
  'POST /api/v1/tokens': ['admin'],
  'DELETE /api/v1/tokens/:name': ['admin'],
  'POST /api/v1/build-sessions': everybody,
  'GET /api/v1/signatures': everybody,
  'POST /api/v1/signatures': everybody,
  // For whoever has one; a token is none.
  'DELETE /api/v1/build-sessions': [],
};

/** A token of a role; the admin's own is there already. */
async function tokenOf(s: Stage, role: Role, until?: string): Promise<string> {
  const body = { name: `one-${role}`, role, ...(until === undefined ? {} : { until }) };
  const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
  assert.equal(made.status, 201, `${role}: ${await made.clone().text()}`);
  return ((await made.json()) as { token: string }).token;
}

/** A request of a route that does nothing where it is let through: it names what is not there, and says nothing. */
function asked(s: Stage, route: string, token: string | undefined) {
  const [method = '', path = ''] = route.split(' ');
  const filled = path.replace('*', '3/n/nil').replace(/:[a-z]+/g, 'nil');
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
  };
  return get(s.mirror.url + filled, { method, headers, ...(method === 'POST' ? { body: '[]' } : {}) });
}

for (const { name: database, skip } of databases) {
  describe(`roles on ${database}`, { skip }, () => {
    test('each route opens to its roles alone, and to no token that ended or was revoked', async (t) => {
      const { made: s, routes } = await withRoutes(() => stage(t, { database }));
      const derived = (route: string) => route.startsWith('HEAD ') && !(route in open);
      assert.deepEqual(
        routes.filter((route) => !derived(route)),
        Object.keys(open).sort(),
      );
      const tokens: Record<string, string | undefined> = { nobody: undefined };
      for (const role of roles) tokens[role] = await tokenOf(s, role);
      for (const route of routes) {
        const to = open[route] ?? open[route.replace('HEAD', 'GET')] ?? [];
        for (const who of everybody) {
          const { status, text } = await asked(s, route, tokens[who]);
          const isKeptOut = status === 401 || status === 403;
          assert.equal(isKeptOut, !to.includes(who), `${route} by ${who}: ${status} ${text}`);
          if (isKeptOut && to.length > 0)
            assert.equal(status, who === 'nobody' ? 401 : 403, `${route} by ${who}`);
        }
      }

      // The last act: each token ends, one by its time, one by an admin.
      await s.mirror.call('/api/v1/tokens/one-reader', { method: 'DELETE', token: s.mirror.token() });
      await s.mirror.call('/api/v1/tokens/one-admin', { method: 'DELETE', token: s.mirror.token() });
      const replicas = database === 'PostgreSQL' ? [await s.replica()] : [];
      const short = await tokenOf(s, 'admin', '2026-08-01T01:00:00Z');
      for (const { url } of [s.mirror, ...replicas]) {
        const list = (token: string | undefined) =>
          get(`${url}/api/v1/tokens`, { headers: { authorization: `Bearer ${token}` } });
        assert.equal((await list(short)).status, 200);
        assert.equal((await list(tokens.admin)).status, 401);
        assert.equal((await asked(s, 'GET /api/v1/artefacts', tokens.reader)).status, 401);
      }
      s.clock.advance('1h');
      for (const route of routes) {
        const to = open[route] ?? open[route.replace('HEAD', 'GET')] ?? [];
        if (to.length === 0 || to === everybody) continue;
        const { status, text } = await asked(s, route, short);
        assert.equal(status, 401, route);
        if (!route.startsWith('HEAD')) assert.match(text, /ended at 2026-08-01T01:00:00/);
      }
    });

    test('a token says what it is for, when it was last used and when it ends', async (t) => {
      const s = await stage(t, { database });
      const token = await tokenOf(s, 'reader', '2026-08-02');
      const own = async () => {
        const answer = await s.mirror.call('/api/v1/tokens', { token: s.mirror.token() });
        const { tokens } = (await answer.json()) as { tokens: { name: string; used: string | null }[] };
        return tokens.find(({ name }) => name === 'one-reader');
      };
      const said = {
        name: 'one-reader',
        owner: 'one-reader',
        role: 'reader',
        created: '2026-08-01T00:00:00.000Z',
      };
      const ends = { ends: '2026-08-02T00:00:00.000Z', revoked: null };
      assert.deepEqual(await own(), { ...said, ...ends, used: null });
      s.clock.advance('3h');
      await asked(s, 'GET /api/v1/artefacts', token);
      assert.deepEqual(await own(), { ...said, ...ends, used: '2026-08-01T03:00:00.000Z' });
      s.clock.advance('10s');
      await asked(s, 'GET /api/v1/artefacts', token);
      assert.equal(
        (await own())?.used,
        '2026-08-01T03:00:00.000Z',
        'to the minute: no write for each request',
      );
      s.clock.advance('1m');
      await asked(s, 'POST /api/v1/tokens', token);
      assert.equal((await own())?.used, '2026-08-01T03:00:00.000Z', 'what is refused is no use');
    });
  });
}

test('a request for another person dies when the token ends that it was made with', async (t) => {
  const s = await stage(t, { policy: '[cooldown]\nbreak-glass = true\n' });
  const release = { crate: 'word', version: '1.1.0' };
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  const anna = await tokenOf(s, 'reviewer', '2026-08-01T02:00:00Z');
  await s.act('break-glass', release, anna);
  await s.pass('3h');
  const second = await s.act('break-glass', release, await s.tokenFor('ben'));
  assert.match(second.text, /a second person has to make the same/);
  assert.equal((await s.release('word', '1.1.0')).state, 'held');
});

test('a token that is to end in the past, or has no role that there is, is not made', async (t) => {
  const s = await stage(t);
  const make = async (body: object) => {
    const answer = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
    return `${answer.status} ${await answer.text()}`;
  };
  assert.match(await make({ name: 'anna', role: 'reader', until: '2026-07-31' }), /^400 .*That time is over/);
  assert.match(await make({ name: 'anna', role: 'root' }), /^400 .*a role/);
  assert.match(await make({ name: 'anna' }), /^400 .*a role/);
});
