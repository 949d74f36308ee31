/**
 * The web API before a judge of its description: schemathesis asks it what the description says, and what it rules out,
 * as each role.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type Role, roles } from '../../src/store/records.ts';
import { PeerMissing, pythonPackage } from '../support/peers.ts';
import { stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const run = promisify(execFile);

/** What is asked of every answer: it fails in no other way, and looks in no other way, than the description says. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
];

/** What refuses a request that says not what it must; one that is too long, or one too many, is refused before it is read. */
const refusing = JSON.stringify([400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429, 431]);

/**
 * What it may not think of: it reads the names of tokens, and would end the one that it asks with; it would follow a
 * stream for minutes.
 */
const given = `
[[operations]]
include-operation-id = "deleteTokensName"
parameters = { "path.name" = "somebody" }
[[operations]]
include-operation-id = "getEvents"
parameters = { "query.follow" = "no" }
`;

/** An admin is let in everywhere, and asked the most; the others are turned away from most routes. */
const thorough: readonly Role[] = ['admin'];

describe('the web API, as it describes itself', { timeout: 30 * 60_000 }, () => {
  for (const role of [...roles, undefined])
    it(`answers ${role ?? 'nobody'} as it says`, async (t) => {
      try {
        await judge(t as TestContext, role);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        t.skip(error.message);
      }
    });
});

async function judge(t: TestContext, role: Role | undefined): Promise<void> {
  const program = join(
    await pythonPackage('schemathesis', '4.32.5', 'schemathesis'),
    '../../../../bin/schemathesis',
  );
  const s = await stage(t, { policy: '[cooldown]\nbreak-glass = true\n' });
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  const token = role === undefined ? undefined : await s.tokenFor(`one-${role}`, role);
  const isThorough = role !== undefined && thorough.includes(role);
  const options = [
    ...['run', `${s.mirror.url}/api/v1/openapi.json`, '--checks', checks.join(',')],
    ...['--phases', isThorough ? 'coverage,fuzzing' : 'fuzzing', '--max-examples', isThorough ? '12' : '4'],
    // Reports have shapes within shapes, which take it long to think of.
    ...['--suppress-health-check', 'too_slow'],
    ...['--seed', '1', '--generation-database', 'none', '--no-color', '--request-timeout', '20'],
    ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
  ];
  const cwd = tempDir(t);
  await s.tokenFor('somebody');
  writeFileSync(
    join(cwd, 'schemathesis.toml'),
    `[checks.negative_data_rejection]\nexpected-statuses = ${refusing}\n${given}`,
  );
  const said = await run(program, options, { cwd, maxBuffer: 1 << 26 }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  assert.ok(!('code' in said), `${said.stdout}\n${said.stderr}`);
  if (token !== undefined)
    assert.notEqual(
      (await s.mirror.call('/api/v1/tokens', { token })).status,
      401,
      'it was let in to the end',
    );
}
