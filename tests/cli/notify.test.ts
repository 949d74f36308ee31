import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notifyTestedSchema, statusSchema } from '../../src/server/contract.ts';
import { fakeServer, folder, safeguard, status } from './support.ts';

const tested = (error: string | null) =>
  notifyTestedSchema.parse({
    tests: [
      { target: 'ops', kind: 'webhook', where: 'hooks.example.com', error: null },
      { target: 'team', kind: 'email', where: 'team@example.com by mail.example.com', error },
    ],
  });

test('notify test says who was reached, and fails where one was not', async (t) => {
  let error: string | null = 'nothing listens there';
  const { url, seen } = await fakeServer(t, () => ({ body: tested(error) }));
  const run = (...more: string[]) =>
    safeguard(['notify', 'test', '--server', url, ...more], {
      cwd: folder(t),
      env: { SAFEGUARD_TOKEN: 'x' },
    });
  const failed = await run();
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stdout, /^ops +webhook +delivered +hooks\.example\.com$/m);
  assert.match(
    failed.stdout,
    /^team +email +failed +team@example\.com by mail\.example\.com: nothing listens there$/m,
  );
  error = null;
  const fine = await run('--target', 'ops', '--format', 'json');
  assert.equal(fine.code, 0);
  assert.deepEqual(JSON.parse(fine.stdout), tested(null));
  assert.deepEqual(
    seen.map(({ method, path, body }) => [method, path, body]),
    [
      ['POST', '/api/v1/notify/test', '{}'],
      ['POST', '/api/v1/notify/test', '{"target":"ops"}'],
    ],
  );
});

test('status says who is told, and what could not be', async (t) => {
  const notify = [
    {
      name: 'ops',
      kind: 'webhook' as const,
      where: 'hooks.example.com',
      waiting: 2,
      delivered: 3,
      givenUp: 1,
      lastDelivered: '2026-08-20T07:11:00.000Z',
      error: 'it answered with status 500',
    },
  ];
  const { url } = await fakeServer(t, () => ({ body: statusSchema.parse(status({ notify })) }));
  const { stdout } = await safeguard(['mirror', 'status', '--server', url], { cwd: folder(t) });
  assert.match(stdout, /^TOLD +KIND +WAITING +GIVEN UP/m);
  assert.match(
    stdout,
    /^ops +webhook +2 +1 +2026-08-20 07:11 UTC.*hooks\.example\.com: it answered with status 500$/m,
  );
});
