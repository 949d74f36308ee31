import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cloudsmith } from '../../../src/registry/events/cloudsmith.ts';
import { hexHmac, hour, ids, json, malformed, minute, now, settings, told } from './support.ts';

const secret = 'a signature key';
const signed = settings({ secret });

function event(kind = 'package.synced', data: object = {}, meta: object = {}): object {
  return {
    data: {
      name: 'serde_json',
      version: '1.0.140',
      format: 'cargo',
      namespace: 'acme',
      repository: 'crates',
      checksum_sha256: 'ab'.repeat(32),
      ...data,
    },
    meta: {
      attempt_at: '2026-08-20T07:29:34.342167+00:00',
      event_at: '2026-08-20T07:29:34.296482+00:00',
      event_id: kind,
      trigger_id: 'c0e2b63e-3d84-4d54-bd62-ae7d0b2764a7',
      webhook_id: 1,
      ...meta,
    },
  };
}

function receive(value: unknown): number | readonly string[] {
  const bytes = Buffer.isBuffer(value) ? value : json(value);
  return told(
    cloudsmith.receive({ 'x-cloudsmith-signature': hexHmac('sha1', secret, bytes) }, bytes, signed, now),
  );
}

test('what each event says', () => {
  const table: readonly (readonly [unknown, readonly string[]])[] = [
    [event(), ['serde_json 1.0.140 published']],
    [event('package.restored'), ['serde_json 1.0.140 published']],
    [event('package.quarantined'), ['serde_json 1.0.140 updated']],
    [event('package.released'), ['serde_json 1.0.140 updated']],
    [event('package.deleted'), ['serde_json 1.0.140 deleted']],
    [event('package.created'), ['serde_json 1.0.140 other']],
    [event('package.tags_updated'), ['serde_json 1.0.140 other']],
    [event('package.synced', { version: null }), ['serde_json * published']],
    [event('package.synced', { format: 'raw', name: 'my file.deb', version: null }), []],
    [{ data: {}, meta: { ...(event() as { meta: object }).meta, event_id: 'ping' } }, []],
    [[], []],
    [
      [event(), event('package.synced', { name: 'rand', version: '0.9.0' })],
      ['serde_json 1.0.140 published', 'rand 0.9.0 published'],
    ],
    [[event(), event()], ['serde_json 1.0.140 published']],
  ];
  for (const [value, expected] of table) assert.deepEqual(receive(value), expected, JSON.stringify(value));
});

test('malformed bodies are refused, signed as they are', () => {
  for (const [name, bytes, status] of malformed) assert.equal(receive(bytes), status, name);
  const wrong: readonly unknown[] = [
    'Test Payload',
    event('package.synced', { name: 'sérde' }),
    event('package.synced', { name: null }),
    event('package.synced', { version: 'latest' }),
    event('package.synced', { format: 7 }),
    event('package.synced', {}, { trigger_id: undefined }),
    event('package.synced', {}, { trigger_id: 'two words' }),
    event('package.synced', {}, { event_at: 'yesterday' }),
    event('package.synced', {}, { event_at: undefined }),
    [event(), event('package.synced', { name: 'a/b' })],
  ];
  for (const value of wrong) assert.equal(receive(value), 400, JSON.stringify(value));
});

test('signatures', () => {
  const bytes = json(event());
  const good = hexHmac('sha1', secret, bytes);
  const table: readonly (readonly [string, string | undefined, number | 'ok'])[] = [
    ['bare', good, 'ok'],
    ['with its algorithm', `sha1=${good}`, 'ok'],
    ['in capitals', good.toUpperCase(), 'ok'],
    ['none', undefined, 401],
    ['empty', '', 401],
    ['of another secret', hexHmac('sha1', 'another', bytes), 401],
    ['of another body', hexHmac('sha1', secret, json(event('package.deleted'))), 401],
    ['of another algorithm', hexHmac('sha256', secret, bytes), 401],
    ['cut', good.slice(0, 38), 401],
    ['with a tail', `${good}00`, 401],
    ['with a stray character', `${good.slice(0, 39)}g`, 401],
    ['prefix alone', 'sha1=', 401],
  ];
  for (const [name, header, expected] of table) {
    const headers = header === undefined ? {} : { 'x-cloudsmith-signature': header };
    const received = told(cloudsmith.receive(headers, bytes, signed, now));
    assert.deepEqual(received, expected === 'ok' ? ['serde_json 1.0.140 published'] : expected, name);
  }
  assert.equal(
    told(
      cloudsmith.receive(
        { 'x-cloudsmith-signature': hexHmac('sha1', '', bytes) },
        bytes,
        settings({ secret: '' }),
        now,
      ),
    ),
    401,
  );
  assert.deepEqual(told(cloudsmith.receive({}, bytes, settings(), now)), ['serde_json 1.0.140 published']);
});

test('time', () => {
  const at = (milliseconds: number) => new Date(now + milliseconds).toISOString();
  const table: readonly (readonly [object, number | 'ok'])[] = [
    [{ attempt_at: at(-24 * hour) }, 'ok'],
    [{ attempt_at: at(-24 * hour - 1) }, 401],
    [{ attempt_at: at(5 * minute) }, 'ok'],
    [{ attempt_at: at(5 * minute + 1) }, 401],
    [{ attempt_at: at(0), event_at: at(-30 * hour) }, 'ok'],
    [{ attempt_at: null, event_at: at(-25 * hour) }, 401],
    [{ attempt_at: undefined, event_at: at(-23 * hour) }, 'ok'],
    [{ attempt_at: '2026-08-20T09:29:00+02:00' }, 'ok'],
  ];
  for (const [meta, expected] of table) {
    const received = receive(event('package.synced', {}, meta));
    assert.deepEqual(
      received,
      expected === 'ok' ? ['serde_json 1.0.140 published'] : expected,
      JSON.stringify(meta),
    );
  }
  assert.equal(receive([event(), event('package.synced', {}, { attempt_at: at(-48 * hour) })]), 401);
});

test('a delivery sent again has the same id; another event of the same kind has not', () => {
  const id = (value: unknown): string | undefined =>
    ids(cloudsmith.receive({}, json(value), settings(), now))[0];
  const first = id(event());
  assert.equal(first, 'c0e2b63e-3d84-4d54-bd62-ae7d0b2764a7/package.synced/serde_json/1.0.140');
  assert.equal(id([event('package.synced', {}, { attempt_at: new Date(now).toISOString() })]), first);
  assert.notEqual(id(event('package.synced', {}, { trigger_id: 'another' })), first);
});
