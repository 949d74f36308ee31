import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { ReleaseEvent } from '../../../src/registry/events/delivery.ts';
import { kellnr } from '../../../src/registry/events/kellnr.ts';
import {
  hour,
  ids,
  json,
  kellnrHeaders,
  malformed,
  minute,
  now,
  otherWhsec,
  settings,
  told,
  whsec,
} from './support.ts';

const signed = settings({ secret: whsec });

function body(type = 'crate_add', data: object = {}): Buffer {
  return json({
    type,
    timestamp: '2026-08-20T07:29:58.123456789Z',
    data: { crate_name: 'serde_json', crate_version: '1.0.140', ...data },
  });
}

function receive(bytes: Buffer): number | readonly string[] {
  return told(kellnr.receive(kellnrHeaders(bytes), bytes, signed, now));
}

test('what each event says', () => {
  const table: readonly (readonly [Buffer, readonly string[]])[] = [
    [body('crate_add'), ['serde_json 1.0.140 published']],
    [body('crate_update'), ['serde_json 1.0.140 published']],
    [body('crate_yank'), ['serde_json 1.0.140 yanked']],
    [body('crate_unyank'), ['serde_json 1.0.140 unyanked']],
    [body('crate_renamed'), ['serde_json 1.0.140 other']],
    [body('constructor'), ['serde_json 1.0.140 other']],
    [
      body('crate_add', { crate_name: 'inflector', original_name: 'Inflector' }),
      ['Inflector 1.0.140 published'],
    ],
    [body('crate_add', { original_name: null }), ['serde_json 1.0.140 published']],
    [body('crate_add', { crate_version: '1.0.0-rc.1+build-7' }), ['serde_json 1.0.0-rc.1+build-7 published']],
    [body('crate_add', { crate_version: null }), ['serde_json * published']],
    [body('crate_add', { new_field: { of: ['a', 'later', 'version'] } }), ['serde_json 1.0.140 published']],
    [json('Test Payload'), []],
  ];
  for (const [bytes, expected] of table) assert.deepEqual(receive(bytes), expected, bytes.toString());
});

test('malformed bodies are refused, signed as they are', () => {
  for (const [name, bytes, status] of malformed) assert.equal(receive(bytes), status, name);
  const names = [
    '',
    'sérde',
    'ｓerde',
    'serde\u0000',
    '../serde',
    'a/b',
    '-p',
    '1a',
    'a'.repeat(65),
    'serde\n',
    7,
    null,
  ];
  for (const crate_name of names)
    assert.equal(receive(body('crate_add', { crate_name })), 400, String(crate_name));
  const versions = [
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '1.2.3-',
    '1.2.3 ',
    '1.2.3/..',
    '１.2.3',
    '1.2.3+é',
    `1.2.3-${'a'.repeat(128)}`,
    1,
  ];
  for (const crate_version of versions)
    assert.equal(receive(body('crate_add', { crate_version })), 400, String(crate_version));
  assert.equal(receive(body('crate_add', { original_name: 'é' })), 400);
});

test('the reason is one sentence that names the place', () => {
  const bytes = body('crate_add', { crate_name: 'é' });
  const received = kellnr.receive(kellnrHeaders(bytes), bytes, signed, now);
  assert.equal(received.kind, 'refused');
  assert.match(
    received.kind === 'refused' ? received.reason : '',
    /^The body is not a Kellnr event: data\.crate_name: expected a crate name/,
  );
});

test('signatures', () => {
  const bytes = body();
  const good = kellnrHeaders(bytes);
  const signature = String(good['webhook-signature']);
  const stranger = String(kellnrHeaders(bytes, otherWhsec)['webhook-signature']);
  const at = (milliseconds: number) => kellnrHeaders(bytes, whsec, now + milliseconds);
  const table: readonly (readonly [string, object, number | 'ok'])[] = [
    ['valid', good, 'ok'],
    ['a second one valid', { ...good, 'webhook-signature': `${stranger} ${signature}` }, 'ok'],
    ['another kind beside it', { ...good, 'webhook-signature': `v1a,AAAA ${signature}` }, 'ok'],
    ['not signed', {}, 401],
    ['no id', { ...good, 'webhook-id': undefined }, 401],
    ['no time', { ...good, 'webhook-timestamp': undefined }, 401],
    ['no signature', { ...good, 'webhook-signature': '' }, 401],
    ['another secret', kellnrHeaders(bytes, otherWhsec), 401],
    ['another id', { ...good, 'webhook-id': 'msg_2' }, 401],
    ['another time', { ...good, 'webhook-timestamp': String(now / 1000 + 1) }, 401],
    ['time with a tail', { ...good, 'webhook-timestamp': `${now / 1000}x` }, 401],
    ['time without end', { ...good, 'webhook-timestamp': '9'.repeat(400) }, 401],
    ['without v1', { ...good, 'webhook-signature': signature.slice(3) }, 401],
    ['of another version', { ...good, 'webhook-signature': signature.replace('v1,', 'v2,') }, 401],
    ['cut', { ...good, 'webhook-signature': signature.slice(0, -4) }, 401],
    ['with a tail', { ...good, 'webhook-signature': `${signature}A` }, 401],
    ['empty v1', { ...good, 'webhook-signature': 'v1,' }, 401],
    ['only commas and spaces', { ...good, 'webhook-signature': ', , v1, ,' }, 401],
    ['signed 5 minutes ago', at(-5 * minute), 'ok'],
    ['signed 5 minutes and a second ago', at(-5 * minute - 1000), 401],
    ['signed in 5 minutes', at(5 * minute), 'ok'],
    ['signed in 5 minutes and a second', at(5 * minute + 1000), 401],
  ];
  for (const [name, headers, expected] of table) {
    const received = told(kellnr.receive({ ...headers }, bytes, signed, now));
    assert.deepEqual(received, expected === 'ok' ? ['serde_json 1.0.140 published'] : expected, name);
  }
});

test('what the Standard Webhooks library signs is valid', () => {
  const bytes = json({ type: 'crate_add', data: { crate_name: 'rand' }, who: 'Žofie 🦀' });
  const headers = {
    'webhook-id': 'msg_e',
    'webhook-timestamp': String(now / 1000),
    'webhook-signature': new Webhook(whsec).sign('msg_e', new Date(now), bytes),
  };
  assert.deepEqual(told(kellnr.receive(headers, bytes, signed, now)), ['rand * published']);
});

test('a tampered body is refused, wherever the byte', () => {
  const bytes = body();
  const headers = kellnrHeaders(bytes);
  for (let at = 0; at < bytes.length; at++) {
    const tampered = Buffer.from(bytes);
    tampered[at] = (tampered[at] ?? 0) ^ 1;
    assert.equal(told(kellnr.receive(headers, tampered, signed, now)), 401);
  }
});

test('a retry 24 hours later has a new time and the same id', () => {
  const bytes = body();
  const later = now + 24 * hour;
  const first = kellnr.receive(kellnrHeaders(bytes, whsec, now, 'msg_7'), bytes, signed, now);
  const retry = kellnr.receive(kellnrHeaders(bytes, whsec, later, 'msg_7'), bytes, signed, later);
  assert.deepEqual(ids(first), ['msg_7']);
  assert.deepEqual(ids(retry), ['msg_7']);
  const replay = kellnr.receive(kellnrHeaders(bytes, whsec, now, 'msg_7'), bytes, signed, later);
  assert.equal(told(replay), 401);
});

test('without a secret unsigned deliveries are believed, and known by their bytes', () => {
  const id = (bytes: Buffer): ReleaseEvent['id'] | undefined =>
    ids(kellnr.receive({}, bytes, settings(), now))[0];
  assert.match(id(body()) ?? '', /^sha256:[0-9a-f]{64}$/);
  assert.equal(id(body()), id(body()));
  assert.notEqual(id(body()), id(body('crate_yank')));
  assert.equal(told(kellnr.receive({}, json({}), settings(), now)), 400);
});

test('every webhook of Kellnr may have its own secret', () => {
  const bytes = body();
  const both = settings({ secret: `${whsec} ${otherWhsec}` });
  for (const secret of [whsec, otherWhsec]) {
    const received = kellnr.receive(kellnrHeaders(bytes, secret), bytes, both, now);
    assert.deepEqual(told(received), ['serde_json 1.0.140 published']);
  }
  const third = `whsec_${Buffer.from('third').toString('base64')}`;
  assert.equal(told(kellnr.receive(kellnrHeaders(bytes, third), bytes, both, now)), 401);
});

test('a secret that is none opens nothing', () => {
  const bytes = body();
  for (const secret of ['', 'whsec_', 'whsec_!', 'plain', 'whsec_A', `${whsec} x`]) {
    const received = kellnr.receive(kellnrHeaders(bytes), bytes, settings({ secret }), now);
    assert.equal(told(received), 401, secret);
  }
});

test('the secret of a register request is taken in both forms', () => {
  // Kellnr 6.13.0, `signature.rs`: its own test vector's secret, with and without the prefix.
  const bytes = Buffer.from('"ping"');
  for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']) {
    const received = kellnr.receive(kellnrHeaders(bytes, secret), bytes, settings({ secret }), now);
    assert.equal(received.kind, 'accepted');
    assert.equal(kellnr.refuseSecret(secret), undefined);
  }
  for (const secret of ['MfKQ9r8GKYqrTwjU', 'a-password-that-somebody-chose', 'hunter2hunter2hunter2'])
    assert.match(kellnr.refuseSecret(secret) ?? '', /is not base64/);
});
