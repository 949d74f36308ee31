import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTokenSchema, tokensSchema } from '../../src/server/contract.ts';
import { fakeServer, folder, safeguard } from './support.ts';

const env = { SAFEGUARD_TOKEN: 'key' };

test('create shows the token alone on stdout', async (t) => {
  const body = newTokenSchema.parse({ name: 'alice', token: 'sg_1' });
  const { url, seen } = await fakeServer(t, () => ({ status: 201, body }));
  const { code, stdout } = await safeguard(['token', 'create', 'alice', '--server', url], {
    cwd: folder(t),
    env,
  });
  assert.deepEqual([code, stdout], [0, 'sg_1\n']);
  assert.deepEqual(
    [seen[0]?.method, seen[0]?.path, seen[0]?.body],
    ['POST', '/api/v1/tokens', '{"name":"alice","role":"reviewer"}'],
  );
  assert.equal(seen[0]?.headers.authorization, 'Bearer key');
});

test('create asks for a role and an end', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ status: 201, body: { name: 'ci', token: 'sg_1' } }));
  const run = (...args: string[]) =>
    safeguard(['token', 'create', 'ci', ...args, '--server', url], { cwd: folder(t), env });
  assert.equal((await run('--role', 'ci', '--until', '2027-03-01')).code, 0);
  assert.equal(seen[0]?.body, '{"name":"ci","role":"ci","until":"2027-03-01"}');
  const unknown = await run('--role', 'root');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /reader, ci, build, agent, reviewer, auditor, admin/);
});

test('list names them: for what, since when, and whether they open anything', async (t) => {
  const at = '2026-08-20T07:11:00.000Z';
  const stands = { created: at, ends: null, used: null, revoked: null };
  const body = tokensSchema.parse({
    tokens: [
      { ...stands, name: 'alice', owner: 'alice', role: 'admin', used: at },
      { ...stands, name: 'bob', owner: 'alice', role: 'ci', revoked: at },
      { ...stands, name: 'cora', owner: 'cora', role: 'agent', ends: at },
      { ...stands, name: 'dan', owner: 'dan', role: 'reader', ends: '2999-01-01T00:00:00.000Z' },
    ],
  });
  const { url } = await fakeServer(t, () => ({ body }));
  const { stdout } = await safeguard(['token', 'list', '--server', url], { cwd: folder(t), env });
  const lines = [
    /^NAME +OWNER +ROLE +CREATED +LAST USED +STATE$/m,
    /^alice +admin +2026-08-20 07:11 UTC .* +2026-08-20 07:11 UTC .* +in force$/m,
    /^bob +alice +ci .* never +revoked 2026-08-20 /m,
    /^cora +agent .* ended 2026-08-20 /m,
    /^dan +reader .* until 2999-01-01 /m,
  ];
  for (const line of lines) assert.match(stdout, line);
});

test('revoke ends one by its name', async (t) => {
  const { url, seen } = await fakeServer(t, () => ({ body: { name: 'a@b' } }));
  const { code, stdout } = await safeguard(['token', 'revoke', 'a@b', '--server', url], {
    cwd: folder(t),
    env,
  });
  assert.deepEqual([code, stdout], [0, 'The token of a@b is revoked.\n']);
  assert.deepEqual([seen[0]?.method, seen[0]?.path], ['DELETE', '/api/v1/tokens/a%40b']);
});
