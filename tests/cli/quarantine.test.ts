import assert from 'node:assert/strict';
import { test } from 'node:test';
import { states } from '../../src/cli/shared/release-state.ts';
import {
  actedSchema,
  errorsSchema,
  quarantineActSchema,
  quarantineListSchema,
  releaseReportSchema,
  releaseStates,
} from '../../src/server/contract.ts';
import { fakeServer, folder, type Reply, release, report, safeguard } from './support.ts';

test('the states are those of the contract', () => assert.deepEqual([...states], [...releaseStates]));

test('list asks for what was wanted, and prints a table', async (t) => {
  const releases = [
    release(),
    release({
      crate: 'a',
      version: '0.1.0',
      state: 'blocked',
      until: undefined,
      verdict: { decision: 'deny', findings: [] },
    }),
  ];
  const { url, seen } = await fakeServer(t, () => ({
    body: quarantineListSchema.parse({ releases, next: 'W10' }),
  }));
  const cwd = folder(t);
  const args = [
    'quarantine',
    'list',
    '--server',
    url,
    '--state',
    'held,blocked',
    '--crate',
    'x',
    '--registry',
    'kellnr',
    '--limit',
    '2',
  ];
  const { code, stdout, stderr } = await safeguard(args, { cwd });
  assert.equal(code, 0);
  assert.equal(seen[0]?.path, '/api/v1/quarantine?state=held%2Cblocked&crate=x&registry=kellnr&limit=2');
  assert.equal(seen[0]?.headers.authorization, undefined, 'reading sends no token');
  const [head, first, second] = stdout.split('\n');
  assert.match(head ?? '', /^RELEASE +STATE +SINCE +UNTIL +RULES$/);
  assert.match(
    first ?? '',
    /^proc-macro1@1\.0\.107 {2}held {5}2026-08-20 07:11 UTC \(.*\) {2}2026-08-27 07:11 UTC \(.*\) +age$/,
  );
  assert.match(second ?? '', /^a@0\.1\.0 +blocked +.* {2}- +-$/);
  assert.equal(stderr, '2 shown; the next page: --after W10\n');
});

test('show asks the registry that was named', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ body: releaseReportSchema.parse(report()) }));
  const show = ['quarantine', 'show', 'proc-macro1@1.0.107', '--server', url];
  await safeguard(show, { cwd: folder(t) });
  await safeguard([...show, '--registry', 'a&b'], { cwd: folder(t) });
  assert.deepEqual(
    seen.map(({ path }) => path),
    ['/api/v1/releases/proc-macro1/1.0.107', '/api/v1/releases/proc-macro1/1.0.107?registry=a%26b'],
  );
});

test('list with nothing to list says so', async (t) => {
  const { url } = await fakeServer(t, () => ({ body: { releases: [], next: null } }));
  const cwd = folder(t);
  const list = ['quarantine', 'list', '--server', url];
  assert.equal((await safeguard(list, { cwd })).stdout, 'Nothing is held back.\n');
  assert.equal(
    (await safeguard([...list, '--state', 'review'], { cwd })).stdout,
    'No release is in the state review.\n',
  );
  assert.deepEqual(JSON.parse((await safeguard([...list, '--format', 'json'], { cwd })).stdout), {
    releases: [],
    next: null,
  });
});

test('show explains: state, rule, until when, the way out, the log', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ body: releaseReportSchema.parse(report()) }));
  const { code, stdout } = await safeguard(['quarantine', 'show', 'proc-macro1@1.0.107', '--server', url], {
    cwd: folder(t),
  });
  assert.equal(code, 2);
  assert.equal(seen[0]?.path, '/api/v1/releases/proc-macro1/1.0.107');
  for (const line of [
    /^proc-macro1@1\.0\.107 is held\.$/m,
    /^The rule `age` says: A release of a new crate waits 7 days/m,
    /^ {4}because: first-seen$/m,
    /^It ends by itself on 2026-08-27 07:11 UTC \(/m,
    /^What to do: Use an older release until then\.$/m,
    /^ {4}cargo update proc-macro1@1\.0\.107 --precise 1\.0\.106$/m,
    /^published +2026-08-20 07:11 UTC/m,
    /^ {2}2026-08-20 07:11 UTC {2}appeared {2}new → held {2}by poll$/m,
  ])
    assert.match(stdout, line);
});

for (const [state, code] of [
  ['promoted', 0],
  ['held', 2],
  ['review', 2],
  ['blocked', 1],
  ['withdrawn', 1],
] as const)
  test(`show exits with ${code} for what is ${state}, also as JSON`, async (t) => {
    const answer = report({ state });
    const { url } = await fakeServer(t, () => ({ body: answer }));
    const args = ['quarantine', 'show', 'proc-macro1@1.0.107', '--format', 'json', '--server', url];
    const ran = await safeguard(args, { cwd: folder(t) });
    assert.equal(ran.code, code);
    assert.deepEqual(JSON.parse(ran.stdout), JSON.parse(JSON.stringify(answer)));
  });

test('build metadata reaches the server as it is', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ body: report() }));
  await safeguard(['quarantine', 'show', 'wasi@0.11.1+wasi-p1', '--server', url], { cwd: folder(t) });
  assert.equal(decodeURIComponent(seen[0]?.path ?? ''), '/api/v1/releases/wasi/0.11.1+wasi-p1');
});

test('a hostile text moves no cursor and forges no line', async (t) => {
  const answer = report();
  const hostile = 'fine\u001b[2K\r\nforged line\u0007\u202e';
  const finding = answer.release.verdict.findings[0];
  assert.ok(finding);
  finding.message = hostile;
  const { url } = await fakeServer(t, () => ({ body: answer }));
  const { stdout } = await safeguard(['quarantine', 'show', 'a@1.0.0', '--server', url], { cwd: folder(t) });
  assert.match(stdout, /^The rule `age` says: fine forged line��$/m);
  assert.ok(!stdout.includes('\u001b'));
});

for (const { kind, subject, body } of [
  { kind: 'block', subject: 'serde', body: { crate: 'serde', reason: 'because' } },
  { kind: 'block', subject: 'serde@1.0.0', body: { crate: 'serde', version: '1.0.0', reason: 'because' } },
  { kind: 'unblock', subject: 'serde', body: { crate: 'serde', reason: 'because' } },
  {
    kind: 'break-glass',
    subject: 'serde@1.0.0',
    body: { crate: 'serde', version: '1.0.0', reason: 'because' },
  },
])
  test(`${kind} ${subject} acts with the token`, async (t) => {
    const { url, seen } = await fakeServer(t, () => ({
      body: actedSchema.parse({ message: 'Done.', releases: [release()] }),
    }));
    const args = ['quarantine', kind, subject, '--reason', ' because ', '--server', url];
    const { code, stdout } = await safeguard(args, { cwd: folder(t), env: { SAFEGUARD_TOKEN: 'key' } });
    assert.equal(code, 0);
    assert.deepEqual([seen[0]?.method, seen[0]?.path], ['POST', `/api/v1/quarantine/${kind}`]);
    assert.equal(seen[0]?.headers.authorization, 'Bearer key');
    assert.deepEqual(quarantineActSchema.parse(JSON.parse(seen[0]?.body ?? '')), body);
    assert.match(stdout, /^Done\.\n {2}proc-macro1@1\.0\.107 {2}held {2}until 2026-08-27/);
  });

test('break-glass needs a version', async (t) => {
  const { code } = await safeguard(['quarantine', 'break-glass', 'serde', '--reason', 'x'], {
    cwd: folder(t),
  });
  assert.equal(code, 64);
});

for (const { name, reply, code, says } of [
  {
    name: 'a refusal in its own words',
    reply: { status: 404, body: errorsSchema.parse({ errors: [{ detail: 'crates.io has no a 1.0.0.' }] }) },
    code: 1,
    says: /^safeguard: crates\.io has no a 1\.0\.0\.\n$/,
  },
  {
    name: 'a fault of the server',
    reply: { status: 500, body: { errors: [{ detail: 'broken' }] } },
    code: 70,
    says: /broken/,
  },
  {
    name: 'another server',
    reply: { status: 404, body: '<html>' },
    code: 70,
    says: /status 404\n {2}Is a Safeguard server there/,
  },
  { name: 'a page', reply: { body: '<html>' }, code: 70, says: /does not understand/ },
  {
    name: 'another contract',
    reply: { body: { release: {} } },
    code: 70,
    says: /does not understand \(at `release\.registry`\)/,
  },
  {
    name: 'a redirection',
    reply: { status: 301, headers: { location: 'https://there.example/' }, body: '' },
    code: 70,
    says: /--server: https:\/\/there\.example\//,
  },
] as readonly { name: string; reply: Reply; code: number; says: RegExp }[])
  test(`an answer that is ${name} is said, without a stack`, async (t) => {
    const { url } = await fakeServer(t, () => reply);
    const ran = await safeguard(['quarantine', 'show', 'a@1.0.0', '--server', url], { cwd: folder(t) });
    assert.equal(ran.code, code);
    assert.match(ran.stderr, says);
    assert.doesNotMatch(ran.stderr, /\n {4}at /);
  });

test('a server that is not there ends with 70 and says where it was looked for', async (t) => {
  const cwd = folder(t, { 'safeguard-data/server.json': '{"url":"http://127.0.0.1:1"}' });
  const { code, stderr } = await safeguard(['quarantine', 'list'], { cwd });
  assert.equal(code, 70);
  assert.match(
    stderr,
    /no answer from http:\/\/127\.0\.0\.1:1: nothing listens there\n.*safeguard-data\/server\.json/,
  );
});

test('a connection that is cut is said', async (t) => {
  const { url } = await fakeServer(t, (_seen, response) => {
    response.destroy();
    return undefined;
  });
  const { code, stderr } = await safeguard(['quarantine', 'list', '--server', url], { cwd: folder(t) });
  assert.equal(code, 70);
  assert.match(stderr, /the connection was cut/);
});
