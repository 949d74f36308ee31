/** An upstream whose `config.json` is wrong: its index is served, its downloads fail in words, and it can heal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startScene, usableVersions } from '../support/scene.ts';
import { isDownload } from '../support/upstream.ts';

const configs: readonly [what: string, config: unknown, reason: RegExp][] = [
  ['is no JSON', '{"dl":', /config\.json is not JSON/],
  ['is a page of HTML', '<!DOCTYPE html><html></html>', /config\.json is not JSON/],
  ['is empty', '', /config\.json is not JSON/],
  ['is an array', [], /names no "dl"/],
  ['is null', 'null', /names no "dl"/],
  ['has no dl', { api: 'http://127.0.0.1:1' }, /names no "dl"/],
  ['has an empty dl', { dl: '' }, /names no "dl"/],
  ['has a number for dl', { dl: 1 }, /names no "dl"/],
  ['has a file URL for dl', { dl: 'file:///etc' }, /no http\(s\) address/],
  ['has a path for dl', { dl: '/crates' }, /no http\(s\) address/],
  ['has another scheme for dl', { dl: 'gopher://127.0.0.1/{crate}' }, /no http\(s\) address/],
  ['has a dl that is no URL', { dl: 'http://[::1' }, /cannot be reached|no http/],
  ['has a line end in dl', { dl: 'http://127.0.0.1:1/a\r\nX: y' }, /cannot be reached|no http/],
  ['is larger than any', { dl: 'http://127.0.0.1:1', more: 'x'.repeat(100_000) }, /more than \d+ bytes/],
];

for (const [what, config, reason] of configs) {
  test(`a config.json that ${what}`, async (t) => {
    const scene = await startScene(t, { upstream: { configJson: config } });
    const crate = scene.publish({ name: 'word', version: '1.0.0' });
    assert.deepEqual(usableVersions(await scene.index('word')), ['1.0.0']);
    const failed = await scene.download('word', '1.0.0');
    assert.ok(failed.status === 502 || failed.status === 503, failed.text);
    assert.match(failed.text, reason);
    assert.doesNotMatch(failed.text, /\n\s+at /);
    assert.equal(scene.upstream.requests.count(isDownload()), 0);
    scene.upstream.setConfigJson(undefined);
    assert.deepEqual((await scene.download('word', '1.0.0')).body, crate.bytes);
  });
}

test('a redirect to a file, to nowhere or round in circles is an upstream that fails', async (t) => {
  const scene = await startScene(t);
  const crate = scene.publish({ name: 'word', version: '1.0.0' });
  const here = `${scene.upstream.url}/dl/word/1.0.0/download`;
  for (const location of [
    'file:///etc/passwd',
    'http://127.0.0.1:1/x',
    here,
    '',
    'http://[',
    'data:,x',
    '//',
  ]) {
    const fault = scene.upstream.failWith(302, isDownload(), Number.POSITIVE_INFINITY, { location });
    const failed = await scene.download('word', '1.0.0');
    assert.ok([502, 503].includes(failed.status), `${location}: ${failed.status} ${failed.text}`);
    assert.doesNotMatch(failed.text, /root:|\n\s+at /);
    fault.stop();
  }
  assert.deepEqual((await scene.download('word', '1.0.0')).body, crate.bytes);
});

test('statuses that are no answer: the client is told to come back, or that the upstream refuses', async (t) => {
  const scene = await startScene(t);
  scene.publish({ name: 'word', version: '1.0.0' });
  for (const [status, expected] of [
    [500, 503],
    [502, 503],
    [503, 503],
    [429, 503],
    [401, 502],
    [403, 502],
    [418, 502],
    [204, 502],
    [206, 502],
    [300, 502],
  ] as const) {
    const fault = scene.upstream.failWith(status);
    const failed = await scene.index('word');
    assert.equal(failed.status, expected, `${status}: ${failed.text}`);
    assert.equal(failed.headers['retry-after'] !== undefined, expected === 503);
    fault.stop();
  }
  assert.equal((await scene.index('word')).status, 200);
});
