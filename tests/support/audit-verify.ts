/** `audit verify` as people and programs read it. */
import assert from 'node:assert/strict';
import { safeguard } from '../cli/support.ts';
import type { Stage } from './stage.ts';

/** What it says of the whole log, as JSON. */
export interface Verified {
  readonly verified: boolean;
  readonly anchored: number;
  readonly entries: number;
}

/** Goes through the log of a stage; `T` is what is asked for beside. */
export async function auditVerified<T>(
  { mirror }: Stage,
  cwd: string,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly json: Verified & T; readonly text: string }> {
  const run = (...more: readonly string[]) =>
    safeguard(['audit', 'verify', '--data', mirror.data, '--server', mirror.url, ...args, ...more], {
      cwd,
      env: { SAFEGUARD_TOKEN: mirror.token() },
    });
  const { code, stdout, stderr } = await run('--format', 'json');
  assert.equal(stderr, '');
  return { code, json: JSON.parse(stdout) as Verified & T, text: (await run()).stdout };
}
