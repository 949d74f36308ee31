import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultUrl, findServer, findToken, isLoopback, parseAddress } from '../../src/cli/shared/address.ts';
import { noteServer } from '../../src/server/whereabouts.ts';
import { folder } from './support.ts';

for (const [text, url] of [
  ['http://127.0.0.1:8480', 'http://127.0.0.1:8480'],
  ['http://127.0.0.1:8480/', 'http://127.0.0.1:8480'],
  ['127.0.0.1:8480', 'http://127.0.0.1:8480'],
  ['crates.example.org', 'http://crates.example.org'],
  ['HTTPS://Crates.Example.org:443/safeguard/', 'https://crates.example.org/safeguard'],
  ['sparse+https://crates.example.org/index/', 'https://crates.example.org'],
  ['[::1]:8480', 'http://[::1]:8480'],
] as const)
  test(`reads the address ${text}`, () => assert.equal(parseAddress(text, '--server'), url));

for (const text of ['', 'ftp://x', 'http://', 'http://a b', 'http://user:secret@x'])
  test(`refuses the address ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseAddress(text, '--server'), { code: 'cli/usage', exit: 64 });
  });

for (const [url, here] of [
  ['http://127.0.0.1:1', true],
  ['http://127.8.9.1', true],
  ['http://localhost', true],
  ['http://[::1]:2', true],
  ['http://127.0.0.1.example.org', false],
  ['http://10.0.0.1', false],
] as const)
  test(`${url} is ${here ? '' : 'not '}this machine`, () => assert.equal(isLoopback(url), here));

test('the option goes before the variable, before the data folder, before the default', async (t) => {
  const data = folder(t, { 'server.json': '{"url":"http://127.0.0.1:3/","pid":1}' });
  const url = async (options: { server?: string; data: string }, env: Record<string, string>) =>
    (await findServer(options, env)).url;
  const env = { SAFEGUARD_SERVER: 'http://127.0.0.1:2' };
  assert.equal(await url({ server: 'http://127.0.0.1:1', data }, env), 'http://127.0.0.1:1');
  assert.equal(await url({ data }, env), 'http://127.0.0.1:2');
  assert.equal(await url({ data }, {}), 'http://127.0.0.1:3');
  assert.equal(await url({ data: join(data, 'none') }, {}), defaultUrl);
});

for (const text of ['', '{', '[]', 'null', '{"url":3}'])
  test(`a damaged server.json says what to do: ${text}`, async (t) => {
    const data = folder(t, { 'server.json': text });
    await assert.rejects(findServer({ data }, {}), { code: 'cli/file', next: /--server/ });
  });

test('the token of a server on this machine is found from any folder, while it runs', async (t) => {
  const home = folder(t);
  const env = { XDG_CACHE_HOME: home };
  const url = 'http://127.0.0.1:8499';
  const server = (pid: number) =>
    folder(t, { 'server.json': JSON.stringify({ url, pid }), 'admin.token': `of ${pid}\n` });
  const elsewhere = folder(t, { 'admin.token': 'of another\n' });
  const token = async (at: string) => findToken(await findServer({ server: at, data: elsewhere }, env), env);
  assert.equal(await token(url), 'of another');
  const unnote = await noteServer(url, server(process.pid), env);
  assert.equal(await token(url), `of ${process.pid}`);
  assert.equal(await token('localhost:8499'), `of ${process.pid}`);
  assert.equal(await token('http://127.0.0.1:8498'), 'of another');
  await assert.rejects(token('http://crates.example.org:8499'), { code: 'cli/usage' });
  await unnote();
  assert.equal(await token(url), 'of another');
  // One that was killed has left its note.
  const { pid = 0 } = spawnSync('true');
  await noteServer(url, server(pid), env);
  assert.equal(await token(url), 'of another');
});

test("the data folder's token goes to its own server and to this machine, and to nobody else", async (t) => {
  const data = folder(t, { 'server.json': '{"url":"http://crates.example.org"}', 'admin.token': 'secret\n' });
  const token = async (server: string | undefined, env: Record<string, string>) =>
    findToken(await findServer(server === undefined ? { data } : { server, data }, {}), env);
  assert.equal(await token(undefined, {}), 'secret');
  assert.equal(await token('http://crates.example.org/', {}), 'secret');
  assert.equal(await token('http://127.0.0.1:1', {}), 'secret');
  await assert.rejects(token('http://elsewhere.example.org', {}), {
    code: 'cli/usage',
    next: /SAFEGUARD_TOKEN/,
  });
  assert.equal(await token('http://elsewhere.example.org', { SAFEGUARD_TOKEN: 'mine' }), 'mine');
  await assert.rejects(findToken(await findServer({ data: join(data, 'none') }, {}), {}), { next: /--data/ });
});
