import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifactory, releaseOfPath } from '../../../src/registry/events/artifactory.ts';
import { hexHmac, ids, json, malformed, now, settings, told } from './support.ts';

const secret = 'tell no one';
const path = 'crates/serde_json/serde_json-1.0.140.crate';

function event(event_type = 'deployed', data: object = {}, domain = 'artifact'): Buffer {
  return json({
    domain,
    event_type,
    data: {
      repo_key: 'cargo-local',
      path,
      name: 'serde_json-1.0.140.crate',
      sha256: 'ab'.repeat(32),
      size: 7,
      ...data,
    },
    subscription_key: 'safeguard',
    source: 'jfrog/artifactory',
  });
}

function receive(bytes: Buffer): number | readonly string[] {
  const headers = { 'x-jfrog-event-auth': hexHmac('sha256', secret, bytes) };
  return told(artifactory.receive(headers, bytes, settings({ secret }), now));
}

test('what each event says', () => {
  const moved = {
    source_repo_path: `cargo-local/${path}`,
    target_repo_path: 'cargo-good/crates/serde_json/serde_json-1.0.141.crate',
  };
  const table: readonly (readonly [Buffer, readonly string[]])[] = [
    [event(), ['serde_json 1.0.140 published']],
    [event('cached'), ['serde_json 1.0.140 published']],
    [event('deleted'), ['serde_json 1.0.140 deleted']],
    [event('deleted', { path: 'crates/serde_json' }), ['serde_json * deleted']],
    [event('moved'), ['serde_json 1.0.140 other']],
    [
      event('moved', { source_repo_path: 'cargo-local', target_repo_path: 'cargo-good' }),
      ['serde_json 1.0.140 other'],
    ],
    [event('moved', moved), ['serde_json 1.0.140 other', 'serde_json 1.0.141 other']],
    [event('copied', moved), ['serde_json 1.0.140 published', 'serde_json 1.0.141 published']],
    [event('toString'), ['serde_json 1.0.140 other']],
    [
      event('added', { property_key: 'any', property_values: ['x'] }, 'artifact_property'),
      ['serde_json 1.0.140 updated'],
    ],
    [event('deployed', { path: 'sample_dir/sample.txt' }), []],
    [json({ domain: 'docker', event_type: 'pushed', data: { image_name: 'a' } }), []],
    [json({ domain: 'build', event_type: 'uploaded' }), []],
  ];
  for (const [bytes, expected] of table) assert.deepEqual(receive(bytes), expected, bytes.toString());
});

test('the release that a path stores', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['crates/rand/rand-0.9.0.crate', 'rand 0.9.0'],
    ['/crates/rand/rand-0.9.0.crate', 'rand 0.9.0'],
    ['crates/proc-macro2/proc-macro2-1.0.106.crate', 'proc-macro2 1.0.106'],
    ['crates/wasm-bindgen/wasm-bindgen-0.2.0-alpha-1.2.crate', 'wasm-bindgen 0.2.0-alpha-1.2'],
    ['crates/a-1/a-1-2.0.0.crate', 'a-1 2.0.0'],
    ['crates/zstd-sys/zstd-sys-2.0.15+zstd.1.5.7.crate', 'zstd-sys 2.0.15+zstd.1.5.7'],
    ['crates/zstd-sys/zstd-sys-2.0.15%2Bzstd.1.5.7.crate', 'zstd-sys 2.0.15+zstd.1.5.7'],
    ['crates/inflector/Inflector-0.11.4.crate', 'Inflector 0.11.4'],
    ['crates/Inflector/Inflector-0.11.4.crate', 'Inflector 0.11.4'],
    ['crates/rand', 'rand *'],
    ['crates/rand/', 'rand *'],
    ['crates', undefined],
    ['', undefined],
    ['/', undefined],
    ['crates//', undefined],
    ['crates/rand/rand-core-0.9.0.crate', undefined],
    ['crates/rand/rand-0.9.crate', undefined],
    ['crates/rand/rand-0.9.0.crate.sha256', undefined],
    ['crates/rand/0.9.0/rand-0.9.0.crate', undefined],
    ['crates/rand/../rand-0.9.0.crate', undefined],
    ['crates/../rand-0.9.0.crate', undefined],
    ['elsewhere/crates/rand/rand-0.9.0.crate', undefined],
    ['crates/ränd/ränd-0.9.0.crate', undefined],
    ['crates/rand/rand-0.9.0é.crate', undefined],
    ['.cargo/ra/nd/rand.json', undefined],
  ];
  for (const [given, expected] of table) {
    const release = releaseOfPath(given);
    assert.equal(release && `${release.crate} ${release.version ?? '*'}`, expected, given);
  }
});

test('malformed bodies are refused, signed as they are', () => {
  for (const [name, bytes, status] of malformed) assert.equal(receive(bytes), status, name);
  for (const bytes of [
    json('Test'),
    event('deployed', { path: 7 }),
    event('moved', { source_repo_path: [] }),
  ]) {
    assert.equal(receive(bytes), 400);
  }
});

test('authentication', () => {
  const bytes = event();
  const good = hexHmac('sha256', secret, bytes);
  const umlaut = 'schlüssel';
  const wire = Buffer.from(umlaut).toString('latin1');
  const table: readonly (readonly [
    string,
    'secret' | 'hmac' | undefined,
    string,
    string | undefined,
    number | 'ok',
  ])[] = [
    ['signature', 'hmac', secret, good, 'ok'],
    ['signature, mode by default', undefined, secret, good, 'ok'],
    ['signature with its algorithm', 'hmac', secret, `sha256=${good}`, 'ok'],
    ['none', 'hmac', secret, undefined, 401],
    ['of another body', 'hmac', secret, hexHmac('sha256', secret, event('deleted')), 401],
    ['of another secret', 'hmac', secret, hexHmac('sha256', 'another', bytes), 401],
    ['cut', 'hmac', secret, good.slice(0, 62), 401],
    ['with a tail', 'hmac', secret, `${good} `, 401],
    ['the secret where a signature is due', 'hmac', secret, secret, 401],
    ['the secret', 'secret', secret, secret, 'ok'],
    ['the secret with an umlaut', 'secret', umlaut, wire, 'ok'],
    ['none, where the secret is due', 'secret', secret, undefined, 401],
    ['another secret', 'secret', secret, 'tell no onf', 401],
    ['a longer secret', 'secret', secret, `${secret}!`, 401],
    ['a signature where the secret is due', 'secret', secret, good, 401],
    ['empty secret, empty key', 'hmac', '', hexHmac('sha256', '', bytes), 401],
    ['empty secret', 'secret', '', '', 401],
  ];
  for (const [name, mode, key, header, expected] of table) {
    const headers = header === undefined ? {} : { 'x-jfrog-event-auth': header };
    const received = artifactory.receive(
      headers,
      bytes,
      settings({ secret: key, ...(mode && { mode }) }),
      now,
    );
    assert.deepEqual(told(received), expected === 'ok' ? ['serde_json 1.0.140 published'] : expected, name);
  }
  assert.deepEqual(told(artifactory.receive({}, bytes, settings(), now)), ['serde_json 1.0.140 published']);
});

test('a webhook whose signing is switched off is told so, without the secret', () => {
  const received = artifactory.receive({ 'x-jfrog-event-auth': secret }, event(), settings({ secret }), now);
  assert.equal(received.kind, 'refused');
  const reason = received.kind === 'refused' ? received.reason : '';
  assert.match(reason, /Use secret for payload signing/);
  assert.ok(!reason.includes(secret));
});

test('a delivery sent again has the same id', () => {
  const id = (bytes: Buffer) => ids(artifactory.receive({}, bytes, settings(), now))[0];
  assert.equal(id(event()), id(event()));
  assert.notEqual(id(event()), id(event('deleted')));
  const two = event('moved', { target_repo_path: 'good/crates/rand/rand-0.9.0.crate' });
  assert.equal(new Set(ids(artifactory.receive({}, two, settings(), now))).size, 2);
});
