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
    ['POST', '/api/v1/tokens', '{"name":"alice"}'],
  );
  assert.equal(seen[0]?.headers.authorization, 'Bearer key');
});

test('list names them, and when they were made and ended', async (t) => {
  const at = '2026-08-20T07:11:00.000Z';
  const body = tokensSchema.parse({
    tokens: [
      { name: 'alice', created: at, revoked: null },
      { name: 'bob', created: at, revoked: at },
    ],
  });
  const { url } = await fakeServer(t, () => ({ body }));
  const { stdout } = await safeguard(['token', 'list', '--server', url], { cwd: folder(t), env });
  assert.match(
    stdout,
    /^NAME +CREATED +REVOKED +OPENS\nalice +2026-08-20 07:11 UTC .* - +all\nbob +2026-08-20.* 2026-08-20 .* all\n/,
  );
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
