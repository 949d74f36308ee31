/** What a CI's token, or a key, is exchanged for: once, for one build, for minutes; and who is told where somebody tries more. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { NotificationJson } from '../../src/registry/notify/payload.ts';
import { forged, type TestCi, testCi } from '../support/ci.ts';
import { sha256 } from '../support/crate.ts';
import { get } from '../support/http.ts';
import { httpSink } from '../support/sinks.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const [issuer, audience] = ['https://ci.invalid', 'https://crates.invalid'];
const claims = {
  repository_id: '11',
  repository_owner_id: '22',
  ref: 'refs/heads/main',
  repository: 'org/app',
};

function locked(...names: readonly string[]): string {
  const packages = names.map(
    (name) =>
      `[[package]]\nname = "${name}"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${'a'.repeat(64)}"\n`,
  );
  return `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n\n${packages.join('\n')}`;
}

interface Opened {
  readonly session: string;
  readonly who: string;
  readonly lockfile: string;
  readonly ends: string;
}

async function closed(t: TestContext, database: DatabaseName = 'SQLite', hook?: string) {
  const ci = await testCi(issuer, audience);
  const file = join(tempDir(t), 'jwks.json');
  writeFileSync(file, ci.jwks);
  const config = `auth-required = true
[[ci]]
name = "github"
kind = "github"
issuer = "${issuer}"
audience = "${audience}"
jwks-file = "${file}"
allow = [{ repository_id = "11", repository_owner_id = "22", ref = "refs/heads/main" }]
${hook === undefined ? '' : `[[notify]]\nkind = "webhook"\nname = "hook"\nurl = "${hook}"\nsecret-env = "HOOK"\n`}`;
  const s = await stage(t, {
    database,
    config,
    env: { HOOK: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
  });
  s.publish('word', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
  s.publish('other', '1.0.0', { pubtime: '2020-01-01T00:00:00Z' });
  return { s, ci };
}

async function exchange(
  of: Stage['mirror'],
  body: object,
): Promise<{ status: number; code?: string; detail?: string; opened: Opened }> {
  const answer = await of.call('/api/v1/build-sessions', { method: 'POST', body });
  const json = (await answer.json()) as Opened & { errors?: { code: string; detail: string }[] };
  return { status: answer.status, ...json.errors?.[0], opened: json };
}

const tokenOf = (s: Stage, ci: TestCi, more: object = {}, times: { from?: number; for?: number } = {}) =>
  ci.token({ ...claims, ...more }, { now: s.clock.now(), ...times });

const fetched = async (s: Stage, path: string, authorization: string) =>
  (await get(s.mirror.url + path, { headers: { authorization } })).status;

async function audited(s: Stage): Promise<readonly (readonly [string, string, unknown])[]> {
  const answer = await s.mirror.call('/api/v1/audit?limit=100', { token: s.mirror.token() });
  const { entries } = (await answer.json()) as {
    entries: { action: string; actor: string; after: { reason?: unknown } | null }[];
  };
  return entries
    .filter(({ action }) => action.startsWith('session.'))
    .map(({ action, actor, after }) => [action, actor, after?.reason]);
}

const who = 'github: repository_id 11, repository_owner_id 22, ref refs/heads/main';

for (const { name: database, skip } of databases) {
  describe(`sessions of builds on ${database}`, { skip }, () => {
    test('a token is exchanged once, for the releases of one Cargo.lock; each other try is refused and told', async (t) => {
      const hook = await httpSink(t);
      const { s, ci } = await closed(t, database, hook.url);
      const [lockfile, identity] = [locked('word'), await tokenOf(s, ci)];
      const first = await exchange(s.mirror, { identity, lockfile });
      assert.equal(first.status, 201, first.detail);
      const { session, ...rest } = first.opened;
      assert.deepEqual(rest, { who, lockfile: sha256(lockfile), ends: '2026-08-01T00:15:00.000Z' });
      assert.equal(await fetched(s, '/index/wo/rd/word', session), 200);
      assert.equal(await fetched(s, '/crates/word/1.0.0/download', `Bearer ${session}`), 200);
      assert.equal(await fetched(s, '/api/v1/explain/word', session), 200);
      for (const path of ['/api/v1/artefacts', '/api/v1/tokens', '/api/v1/audit'])
        assert.equal(await fetched(s, path, session), 403, path);

      // What it was not opened for.
      assert.equal(await fetched(s, '/crates/other/1.0.0/download', session), 403);
      const again = await exchange(s.mirror, { identity, lockfile });
      assert.deepEqual([again.status, again.code], [403, 'session/replayed']);
      assert.match(
        again.detail ?? '',
        /was exchanged at 2026-08-01T00:00:00.000Z for the build of the Cargo\.lock/,
      );
      const elsewhere = await exchange(s.mirror, { identity, lockfile: locked('other') });
      assert.equal(elsewhere.code, 'session/replayed');

      // It ends with the fetch, or by itself.
      const end = await s.mirror.call('/api/v1/build-sessions', { method: 'DELETE', token: session });
      assert.equal(end.status, 200);
      assert.equal(await fetched(s, '/index/wo/rd/word', session), 401);
      const second = await exchange(s.mirror, { identity: await tokenOf(s, ci), lockfile });
      assert.equal(second.status, 201);
      const old = await tokenOf(s, ci);
      await s.pass('14m');
      assert.equal(await fetched(s, '/index/wo/rd/word', second.opened.session), 200);
      await s.pass('2m');
      assert.equal(await fetched(s, '/index/wo/rd/word', second.opened.session), 401);
      const late = await exchange(s.mirror, { identity: old, lockfile });
      assert.deepEqual([late.status, late.code], [401, 'session/late']);

      assert.deepEqual(await audited(s), [
        ['session.opened', who, undefined],
        ['session.refused', who, 'session-other-build'],
        ['session.refused', who, 'session-replayed'],
        ['session.refused', who, 'session-replayed'],
        ['session.closed', who, undefined],
        ['session.opened', who, undefined],
        ['session.refused', who, 'session-late'],
        ['session.refused', who, 'session-late'],
      ]);
      await s.mirror.notify();
      await s.pass('1m');
      await s.mirror.notify();
      const told = hook.posted.map(({ body }) => JSON.parse(body) as NotificationJson);
      assert.ok(told.every(({ type }) => type === 'alarms'));
      const alarms = told.flatMap(({ data }) => data.alarms.map(({ alarm }) => alarm));
      assert.deepEqual([...new Set(alarms)].sort(), [
        'session-late',
        'session-other-build',
        'session-replayed',
      ]);
      assert.ok(hook.posted.every(({ body }) => !body.includes(session) && !body.includes(identity)));
    });

    test('a key that an admin makes is exchanged once, and opens nothing by itself', async (t) => {
      const { s } = await closed(t, database);
      const make = async (body: object) => {
        const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
        return ((await made.json()) as { token: string }).token;
      };
      const key = await make({ name: 'nightly', role: 'build' });
      const lockfile = locked('word');
      assert.equal(await fetched(s, '/index/wo/rd/word', key), 403);
      const tries = await Promise.all([1, 2, 3].map(() => exchange(s.mirror, { key, lockfile })));
      assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 403, 403]);
      const opened = tries.find(({ status }) => status === 201)?.opened;
      assert.equal(opened?.who, 'key nightly');
      assert.equal(await fetched(s, '/crates/word/1.0.0/download', opened?.session ?? ''), 200);
      const admin = await exchange(s.mirror, { key: s.mirror.token(), lockfile });
      assert.deepEqual(
        [admin.status, admin.code],
        [401, 'session/refused'],
        'no token that opens more is taken',
      );
      const short = await make({ name: 'short', role: 'build', until: '2026-08-01T01:00:00Z' });
      await s.pass('2h');
      assert.equal((await exchange(s.mirror, { key: short, lockfile })).code, 'session/late');
    });
  });
}

test('of two replicas that are asked at once, one exchanges', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const { s, ci } = await closed(t, 'PostgreSQL');
  const other = await s.replica();
  const [lockfile, identity] = [locked('word'), await tokenOf(s, ci)];
  const places = [s.mirror, other, s.mirror, other];
  const tries = await Promise.all(places.map((of) => exchange(of, { identity, lockfile })));
  assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 403, 403, 403]);
  const { session = '' } = tries.find(({ status }) => status === 201)?.opened ?? {};
  // Either of them knows it, and that it is over.
  assert.equal(
    (await get(`${other.url}/index/wo/rd/word`, { headers: { authorization: session } })).status,
    200,
  );
  await s.mirror.call('/api/v1/build-sessions', { method: 'DELETE', token: session });
  assert.equal(
    (await get(`${other.url}/index/wo/rd/word`, { headers: { authorization: session } })).status,
    401,
  );
});

test('no token is taken that is not this issuer’s, for this server, now, and of a build that is named', async (t) => {
  const { s, ci } = await closed(t);
  const lockfile = locked('word');
  const fine = await tokenOf(s, ci);
  const stranger = await testCi(issuer, audience);
  const elsewhere = await testCi('https://other.invalid', audience);
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['no signature', forged(fine, 'none', ci.jwks), /signed in a way that is not taken/],
    ['the public key as a secret', forged(fine, 'HS256', ci.jwks), /signed in a way that is not taken/],
    ['another key of the same id', await tokenOf(s, stranger), /its signature does not hold/],
    ['another issuer', await tokenOf(s, elsewhere), /no \[\[ci\]\] of this server has its issuer/],
    [
      'another audience',
      await tokenOf(s, ci, { aud: 'https://crates.other.invalid' }),
      /for another audience/,
    ],
    ['the next owner of the name', await tokenOf(s, ci, { repository_owner_id: '23' }), /no `allow`/],
    ['a repository of the same name', await tokenOf(s, ci, { repository_id: '12' }), /no `allow`/],
    ['another branch', await tokenOf(s, ci, { ref: 'refs/heads/main2' }), /no `allow`/],
    ['a list in the place of a claim', await tokenOf(s, ci, { repository_id: ['11'] }), /no `allow`/],
    ['the future', await tokenOf(s, ci, {}, { from: 120 }), /from the future/],
    ['not yet', await tokenOf(s, ci, { nbf: Math.floor(s.clock.now() / 1000) + 120 }), /not good yet/],
    ['good for ever', await tokenOf(s, ci, {}, { for: 30 * 86_400 }), /longer than a day/],
    ['no end', await tokenOf(s, ci, { exp: undefined }), /claim exp does not hold/],
    ['no beginning', await tokenOf(s, ci, { iat: undefined }), /claim iat does not hold/],
    ['no token', 'sg_x', /no \[\[ci\]\]/],
  ];
  for (const [name, identity, says] of table) {
    const answer = await exchange(s.mirror, { identity, lockfile });
    assert.deepEqual([answer.status, answer.code], [401, 'session/refused'], `${name}: ${answer.detail}`);
    assert.match(answer.detail ?? '', says, name);
  }
  assert.deepEqual(await audited(s), [], 'whoever is nobody fills no log');
  // Clocks differ a little.
  assert.equal(
    (await exchange(s.mirror, { identity: await tokenOf(s, ci, {}, { from: 30 }), lockfile })).status,
    201,
  );
  const just = await tokenOf(s, ci, {}, { from: -330 });
  assert.equal((await exchange(s.mirror, { identity: just, lockfile })).status, 201);
  // The same token, its signature written otherwise, or a token without an id.
  const nameless = await tokenOf(s, ci, { jti: undefined });
  assert.equal((await exchange(s.mirror, { identity: nameless, lockfile })).status, 201);
  assert.equal((await exchange(s.mirror, { identity: nameless, lockfile })).code, 'session/replayed');
  for (const body of [
    {},
    { identity: fine },
    { lockfile },
    { identity: fine, key: 'sg_x', lockfile },
    { identity: fine, lockfile: '<<<<<<<' },
  ])
    assert.equal((await exchange(s.mirror, body)).status, 400, JSON.stringify(body));
});

test('keys are read from the CI’s address, and again where a token names a new one', async (t) => {
  const [old, fresh] = [await testCi(issuer, audience), await testCi(issuer, audience, 'two')];
  let [keys, status, asked] = [old.jwks, 200, 0];
  const server = createServer((_request, response) => {
    asked++;
    response.writeHead(status, { 'content-type': 'application/json' }).end(keys);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  let elapsed = 0;
  const s = await stage(t, {
    config: `auth-required = true\n[[ci]]\nname = "ci"\nkind = "other"\nissuer = "${issuer}"\naudience = "${audience}"\njwks = "${url}"\nallow = [{ sub = "app" }]\n`,
    stopwatch: { now: () => elapsed, after: () => () => {} },
  });
  const lockfile = locked('word');
  const of = async (ci: TestCi) =>
    (await exchange(s.mirror, { identity: await ci.token({ sub: 'app' }, { now: s.clock.now() }), lockfile }))
      .status;
  assert.equal(await of(old), 201);
  assert.equal(await of(fresh), 401);
  assert.equal(asked, 1, 'whoever sends what nobody signed makes nobody ask');
  [keys, elapsed] = [fresh.jwks, 31_000];
  assert.equal(await of(fresh), 201);
  assert.equal(await of(old), 401);
  assert.equal(asked, 2);
  [status, elapsed] = [500, 700_000];
  assert.equal(await of(fresh), 503, 'no keys is no answer');
});

test('a server starts with no CI that takes one repository for another', async (t) => {
  const table: readonly (readonly [string, RegExp])[] = [
    [
      'kind = "github"\nallow = [{ repository = "org/app", repository_owner_id = "22" }]',
      /repository_id is missing/,
    ],
    ['kind = "gitlab"\nallow = [{ project_path = "org/app" }]', /project_id is missing/],
    ['kind = "other"\nallow = []', /./],
    ['kind = "other"\nallow = [{ sub = "x" }]\njwks-file = "x"', /jwks or jwks-file, one of them/],
  ];
  for (const [section, says] of table) {
    const config = `[[ci]]\nname = "ci"\nissuer = "${issuer}"\naudience = "x"\njwks = "https://ci.invalid/keys"\n${section}\n`;
    await assert.rejects(stage(t, { config }), says, section);
  }
  // Keys that somebody between could exchange.
  for (const jwks of [
    'http://ci.invalid/keys',
    'http://localhost:x@ci.invalid/keys',
    'http://127.0.0.1:80@ci.invalid/keys',
    'http://localhost.ci.invalid/keys',
  ]) {
    const config = `[[ci]]\nname = "ci"\nkind = "other"\nissuer = "${issuer}"\naudience = "x"\njwks = "${jwks}"\nallow = [{ sub = "x" }]\n`;
    await assert.rejects(stage(t, { config }), /whoever is between/, jwks);
  }
});
