/** What a server signs for builds: by the token of a CI, once, with whose job it was, and with a key that leaves it never. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { verifyEnvelope } from '../../src/attest/dsse.ts';
import { readVerifier } from '../../src/attest/keys.ts';
import { builderIn, jobIn } from '../../src/attest/provenance.ts';
import { signedStatement } from '../../src/attest/signed-statement.ts';
import { sourceIn } from '../../src/attest/source.ts';
import { predicates, statement } from '../../src/attest/statement.ts';
import type { NotificationJson } from '../../src/registry/notify/payload.ts';
import { type TestCi, testCi } from '../support/ci.ts';
import { httpSink } from '../support/sinks.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const [audience, builder] = ['https://crates.invalid', 'https://crates.invalid/builder'];
const commit = 'b'.repeat(40);
const claims = {
  repository_id: '11',
  repository_owner_id: '22',
  repository: 'org/app',
  ref: 'refs/heads/main',
  sha: commit,
  sub: 'repo:org/app:ref:refs/heads/main',
  actor: 'ana',
};
const who = 'github: repository_id 11, repository_owner_id 22, ref refs/heads/main';

async function signing(t: TestContext, database: DatabaseName = 'SQLite', hook?: string) {
  const ci = await testCi(issuer, audience);
  const folder = tempDir(t);
  const at = (name: string) => join(folder, name);
  writeFileSync(at('jwks.json'), ci.jwks);
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(at('key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const config = `auth-required = true
[signing]
key = "${at('key.pem')}"
builder-id = "${builder}"
[[ci]]
name = "github"
kind = "github"
issuer = "${issuer}"
audience = "${audience}"
jwks-file = "${at('jwks.json')}"
allow = [{ repository_id = "11", repository_owner_id = "22" }, { repository_id = "12", repository_owner_id = "22" }]
sign = [{ repository_id = "11", repository_owner_id = "22", ref = "refs/heads/main" }]
${hook === undefined ? '' : `[[notify]]\nkind = "webhook"\nname = "hook"\nurl = "${hook}"\nsecret-env = "HOOK"\n`}`;
  const env = { HOOK: `whsec_${Buffer.alloc(32, 1).toString('base64')}` };
  return { s: await stage(t, { database, config, env }), ci };
}

/** What a build of these bytes says; `digit` tells builds apart. */
function said(digit = 'a', gitCommit = commit, session?: object): readonly string[] {
  const about = [{ name: 'app', digest: { sha256: digit.repeat(64) } }];
  const provenance = statement(about, predicates.provenance, {
    buildDefinition: {
      buildType: 'urn:safeguard:build:cargo:1',
      externalParameters: {},
      internalParameters: session === undefined ? {} : { session },
      resolvedDependencies: [
        { name: 'source', uri: 'git+https://else.invalid/org/app', digest: { gitCommit } },
      ],
    },
    runDetails: { builder: { id: 'https://forged.invalid' } },
  });
  return [provenance, statement(about, predicates.sbom, { bomFormat: 'CycloneDX' })].map((one) =>
    JSON.stringify(one),
  );
}

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly detail?: string;
  readonly who?: string;
  readonly bundles?: readonly string[];
}

async function sign(of: Stage['mirror'], body: object): Promise<Answer> {
  const answer = await of.call('/api/v1/signatures', { method: 'POST', body });
  const json = (await answer.json()) as Omit<Answer, 'status'> & {
    errors?: { code: string; detail: string }[];
  };
  return { ...json, status: answer.status, ...json.errors?.[0] };
}

const tokenOf = (s: Stage, ci: TestCi, more: object = {}, times: { from?: number; for?: number } = {}) =>
  ci.token({ ...claims, ...more }, { now: s.clock.now(), ...times });

for (const { name: database, skip } of databases) {
  describe(`signatures for builds on ${database}`, { skip }, () => {
    test('a session that provenance names is one that this server opened, for whom and what it says', async (t) => {
      const { s, ci } = await signing(t, database);
      const exchanged = await s.mirror.call('/api/v1/build-sessions', {
        method: 'POST',
        body: { identity: await tokenOf(s, ci), lockfile: 'version = 4\n' },
      });
      const { session, ...opened } = (await exchanged.json()) as Record<string, string>;
      const known = {
        id: createHash('sha256')
          .update(session ?? '')
          .digest('hex'),
        ...opened,
      };
      const identity = await tokenOf(s, ci);
      const asked = async (one: object) =>
        await sign(s.mirror, { identity, statements: said('a', commit, one) });
      for (const [wrong, says] of [
        [{ ...known, id: 'f'.repeat(64) }, /a session that this server did not open/],
        [{ id: 7 }, /a session that this server did not open/],
        [{ ...known, lockfile: 'f'.repeat(64) }, /for another build than it says/],
        [{ ...known, who: 'github: repository_id 12' }, /for another build than it says/],
        [{ ...known, ends: '2030-01-01T00:00:00.000Z' }, /for another build than it says/],
      ] as const) {
        const refused = await asked(wrong);
        assert.deepEqual([refused.status, refused.code], [422, 'signing/statement']);
        assert.match(refused.detail ?? '', says);
      }
      const signed = await asked(known);
      assert.equal(signed.status, 201, signed.detail);
    });

    test('a token has the statements of one build signed, with whose job it was; all else is refused and told', async (t) => {
      const hook = await httpSink(t);
      const { s, ci } = await signing(t, database, hook.url);
      const signer = (await (await s.mirror.call('/api/v1/signatures')).json()) as Record<string, string>;
      assert.equal(signer.builder, builder);
      const verifier = readVerifier(signer.key ?? '');
      const identity = await tokenOf(s, ci);
      const first = await sign(s.mirror, { identity, statements: said() });
      assert.deepEqual([first.status, first.who], [201, who], first.detail);
      const read = (first.bundles ?? []).map((one) =>
        signedStatement(one, (e) => verifyEnvelope(e, verifier)),
      );
      assert.deepEqual(
        read.map(({ predicateType }) => predicateType),
        [predicates.provenance, predicates.sbom],
      );
      const { predicate } = read[0] ?? {};
      assert.equal(builderIn(predicate), builder);
      const { actor: _, ...told } = claims;
      assert.deepEqual(jobIn(predicate), { issuer, claims: told }, 'no person is named');
      assert.deepEqual(sourceIn(predicate), {
        repository: 'https://github.com/org/app',
        commit,
        dirty: false,
      });

      // An answer may be lost: the same again is the same, and nothing else is.
      const again = await sign(s.mirror, { identity, statements: said() });
      assert.deepEqual([again.status, again.bundles], [201, first.bundles]);
      const other = await sign(s.mirror, { identity, statements: said('c') });
      assert.deepEqual([other.status, other.code], [403, 'signing/replayed']);
      assert.match(other.detail ?? '', /had other statements signed at 2026-08-01T00:00:00.000Z/);

      // What is refused for what it says leaves the token as it was.
      const fresh = await tokenOf(s, ci);
      const moved = await sign(s.mirror, { identity: fresh, statements: said('a', 'c'.repeat(40)) });
      assert.deepEqual([moved.status, moved.code], [422, 'signing/statement']);
      assert.match(moved.detail ?? '', /from the commit cccccccccccc, and its job is of bbbbbbbbbbbb/);
      assert.equal((await sign(s.mirror, { identity: fresh, statements: said('d') })).status, 201);

      const old = await tokenOf(s, ci);
      await s.pass('10m');
      const late = await sign(s.mirror, { identity: old, statements: said() });
      assert.deepEqual([late.status, late.code], [401, 'signing/late']);

      const audit = await s.mirror.call('/api/v1/audit?limit=100', { token: s.mirror.token() });
      const { entries } = (await audit.json()) as {
        entries: { action: string; actor: string; after: { reason?: string; files?: unknown } | null }[];
      };
      const acts = entries.filter(({ action }) => action.startsWith('statements.'));
      assert.deepEqual(
        acts.map(({ action, actor, after }) => [action, actor, after?.reason ?? after?.files]),
        [
          ['statements.signed', who, [{ name: 'app', sha256: 'a'.repeat(64) }]],
          ['statements.refused', who, 'signing-replayed'],
          ['statements.signed', who, [{ name: 'app', sha256: 'd'.repeat(64) }]],
          ['statements.refused', who, 'signing-late'],
        ],
      );
      await s.mirror.notify();
      await s.pass('1m');
      await s.mirror.notify();
      const alarms = hook.posted.flatMap(({ body }) =>
        (JSON.parse(body) as NotificationJson).data.alarms.map(({ alarm }) => alarm),
      );
      assert.deepEqual([...new Set(alarms)].sort(), ['signing-late', 'signing-replayed']);
      assert.ok(hook.posted.every(({ body }) => !body.includes(identity)));
    });
  });
}

test('of two replicas that are asked at once with one token, one signs', {
  skip: databases[1]?.skip ?? false,
}, async (t) => {
  const { s, ci } = await signing(t, 'PostgreSQL');
  const other = await s.replica();
  const identity = await tokenOf(s, ci);
  const tries = await Promise.all(
    [s.mirror, other, s.mirror, other].map((of, i) => sign(of, { identity, statements: said(String(i)) })),
  );
  assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 403, 403, 403]);
});

test('nothing is signed for a job that `sign` does not name, nor by anything but a CI’s token', async (t) => {
  const { s, ci } = await signing(t);
  const stranger = await testCi(issuer, audience);
  const statements = said();
  const table: readonly (readonly [string, string, RegExp])[] = [
    [
      'another branch',
      await tokenOf(s, ci, { ref: 'refs/heads/x' }),
      /no `sign` of the \[\[ci\]\] "github" names its build/,
    ],
    ['one that may fetch alone', await tokenOf(s, ci, { repository_id: '12' }), /no `sign`/],
    ['another’s signature', await tokenOf(s, stranger), /its signature does not hold/],
    ['another audience', await tokenOf(s, ci, { aud: 'https://other.invalid' }), /another audience/],
    ['no commit', await tokenOf(s, ci, { sha: undefined }), /does not say of which repository and commit/],
    ['the admin’s token', s.mirror.token(), /no \[\[ci\]\]/],
  ];
  for (const [name, identity, says] of table) {
    const answer = await sign(s.mirror, { identity, statements });
    assert.deepEqual([answer.status, answer.code], [401, 'signing/refused'], name);
    assert.match(answer.detail ?? '', says, name);
  }
  for (const body of [{}, { identity: 'x' }, { identity: 'x', statements: [] }, { key: 'x', statements }])
    assert.equal((await sign(s.mirror, body)).status, 400, JSON.stringify(body));
  // What was signed for one use is no token of another.
  const identity = await tokenOf(s, ci);
  assert.equal((await sign(s.mirror, { identity, statements })).status, 201);
  const lockfile = 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n';
  const opened = await s.mirror.call('/api/v1/build-sessions', {
    method: 'POST',
    body: { identity, lockfile },
  });
  assert.equal(opened.status, 201, 'a CI that gives one token for a job lets it fetch and sign, once each');
});

test('a server without [signing] says so, and none starts with a key that it cannot read', async (t) => {
  const s = await stage(t);
  const asked = await s.mirror.call('/api/v1/signatures');
  assert.equal(asked.status, 404);
  assert.match(await asked.text(), /\[signing\] of its server\.toml/);
  const answer = await sign(s.mirror, { identity: 'x', statements: said() });
  assert.deepEqual([answer.status, answer.code], [404, 'signing/none']);
  const large = await sign(s.mirror, { identity: 'x', statements: ['x'.repeat(2 * 1024 * 1024)] });
  assert.equal(large.status, 413, 'nothing large is read');
  const folder = tempDir(t);
  writeFileSync(join(folder, 'odd.pem'), 'x');
  for (const [file, says] of [
    ['none.pem', /\[signing\] key .*none\.pem/],
    ['odd.pem', /this is no key as PEM/],
  ] as const)
    await assert.rejects(
      stage(t, { config: `[signing]\nkey = "${join(folder, file)}"\nbuilder-id = "${builder}"\n` }),
      says,
    );
  const config = `[[ci]]\nname = "ci"\nkind = "github"\nissuer = "${issuer}"\naudience = "x"\njwks = "https://ci.invalid/keys"\nallow = [{ repository_id = "1", repository_owner_id = "2" }]\nsign = [{ repository = "org/app" }]\n`;
  await assert.rejects(stage(t, { config }), /repository_id is missing/);
});
