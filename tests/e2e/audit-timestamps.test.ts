/**
 * Timestamps of the audit log's heads: a service of others says when entries were there, and `audit verify` holds it to
 * that, offline.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAuthorities } from '../../src/attest/timestamp/verify.ts';
import { anchors } from '../../src/registry/duties/anchors.ts';
import { publicFile } from '../../src/server/audit/key.ts';
import { timestampsFile, timestampsOfHeads } from '../../src/server/audit/timestamps.ts';
import { folder } from '../cli/support.ts';
import { auditVerified } from '../support/audit-verify.ts';
import { type Stage, stage } from '../support/stage.ts';
import { testAuthority } from '../support/timestamps.ts';

/** A server whose heads are stamped by a service that starts well. */
async function stamped(t: Parameters<typeof stage>[0]) {
  const s = await stage(t);
  const [authority, other] = [await testAuthority(t), await testAuthority(t)];
  const file = join(s.mirror.data, timestampsFile);
  const place = timestampsOfHeads(new URL(authority.url), file, readAuthorities(authority.pem));
  const { store, journal } = s.mirror.server.mirror.context;
  const context = { store, journal, now: s.clock.now };
  const duty = anchors(context, [place], new AbortController().signal);
  return { s, authority, other, file, duty };
}

interface Stamped {
  readonly timestamps: {
    readonly furthest: { readonly count: number; readonly authority: string } | null;
    readonly faults: readonly string[];
    readonly unchecked: number;
  };
}

const verified = (t: Parameters<typeof stage>[0], s: Stage, ...args: readonly string[]) =>
  auditVerified<Stamped>(s, folder(t), ...args);

test('entries were there when the service says, and those since then are told apart', async (t) => {
  const { s, authority, other, duty } = await stamped(t);
  await duty.turn();
  await s.tokenFor('anna');
  const ca = ['--timestamp-ca', authority.file];
  const first = await verified(t, s, ...ca);
  assert.equal(first.code, 0, first.text);
  const { entries, anchored, timestamps } = first.json;
  assert.deepEqual(
    [entries - anchored, timestamps],
    [
      1,
      {
        furthest: { ...timestamps.furthest, count: anchored, authority: 'Test Timestamps' },
        faults: [],
        unchecked: 0,
      },
    ],
  );
  assert.match(
    first.text,
    /\d+ of them were there at 20\d\d-\S+Z, says Test Timestamps\.\n1 since then follows/,
  );
  await duty.turn();
  assert.equal((await verified(t, s, ...ca)).json.timestamps.furthest?.count, entries);

  const nobody = await verified(t, s);
  assert.equal(nobody.code, 0);
  assert.match(nobody.text, /! 2 timestamps were held against nobody: .*--timestamp-ca/);
  const stranger = await verified(t, s, '--timestamp-ca', other.file);
  assert.deepEqual([stranger.code, stranger.json.verified], [1, false]);
  assert.match(stranger.text, /no authority that was given vouches for Test Timestamps/);
});

test('a timestamp of one head proves nothing of another, and none of a log that was written anew', async (t) => {
  const { s, authority, file, duty } = await stamped(t);
  await duty.turn();
  await s.tokenFor('anna');
  await duty.turn();
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  writeFileSync(file, `${JSON.stringify({ ...lines[1], timestamp: lines[0].timestamp })}\n`);
  const moved = await verified(t, s, '--timestamp-ca', authority.file);
  assert.equal(moved.code, 1);
  assert.match(moved.json.timestamps.faults[0] ?? '', /of the head after entry \d+: .*other bytes/);

  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  const again = await stage(t);
  const key = ['--key', join(s.mirror.data, publicFile), '--key', join(again.mirror.data, publicFile)];
  const anew = await verified(t, again, ...key, '--anchors', file, '--timestamp-ca', authority.file);
  assert.equal(anew.code, 1);
  assert.match(anew.text, /the log was written anew|entries at the end are not there/);
});

test('a service that is away, refuses, or answers something else is said once, and holds nothing up', async (t) => {
  const { s, authority, file, duty } = await stamped(t);
  const alarms = () =>
    s.mirror.log.filter((line) => line.includes('the head of the audit log is not kept')).length;
  authority.isDown = true;
  await duty.turn();
  await duty.turn();
  assert.equal(alarms(), 1);
  authority.isDown = false;
  authority.changes = (answer) => answer.subarray(0, answer.length - 1);
  s.clock.advance('2m');
  await duty.turn();
  assert.throws(() => readFileSync(file), { code: 'ENOENT' });
  authority.changes = (answer) => answer;
  s.clock.advance('2m');
  await duty.turn();
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1);
});
