/**
 * What a client of the web API counts on beside the answers: asking again costs nothing and does nothing again, and
 * events come by themselves.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { databases, type Stage, stage } from '../support/stage.ts';

const release = { crate: 'word', version: '1.1.0' };

async function served(t: Parameters<typeof stage>[0], database?: 'SQLite' | 'PostgreSQL'): Promise<Stage> {
  const s = await stage(t, database === undefined ? {} : { database });
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  return s;
}

/** Answers in the order of what was asked, as `status text`. */
async function send(
  s: Stage,
  key: string,
  {
    path = '/api/v1/quarantine/block',
    body = { ...release, reason: 'odd' } as object,
    token = s.mirror.token(),
  } = {},
) {
  const answer = await s.mirror.call(path, {
    method: 'POST',
    body,
    token,
    headers: { 'idempotency-key': key },
  });
  const text = await answer.text();
  return { status: answer.status, text, isReplayed: answer.headers.get('idempotency-replayed') === 'true' };
}

for (const { name: database, skip } of databases) {
  describe(`a request that is sent again, on ${database}`, { skip }, () => {
    test('is carried out once, and answered as before', async (t) => {
      const s = await served(t, database);
      const audited = async () => {
        const answer = await s.mirror.call('/api/v1/audit', { token: s.mirror.token() });
        return ((await answer.json()) as { entries: { action: string }[] }).entries.length;
      };
      const first = await send(s, 'one');
      const before = await audited();
      assert.equal(first.status, 200, first.text);
      s.clock.advance('23h');
      const again = database === 'PostgreSQL' ? await elsewhere(s, 'one') : await send(s, 'one');
      assert.deepEqual(again, { ...first, isReplayed: true });
      assert.equal(await audited(), before, 'nothing was done again');

      // A person's keys are their own, and a refusal is an answer as well.
      const ben = await s.tokenFor('ben');
      assert.equal((await send(s, 'one', { token: ben })).isReplayed, false);
      const refused = await send(s, 'two', { body: { crate: '../x', reason: 'odd' } });
      assert.equal(refused.status, 400);
      assert.deepEqual(await send(s, 'two', { body: { crate: '../x', reason: 'odd' } }), {
        ...refused,
        isReplayed: true,
      });

      s.clock.advance('2h');
      assert.equal((await send(s, 'one')).isReplayed, false, 'after a day it is another request');
    });
  });
}

/** The same request at another replica. */
async function elsewhere(s: Stage, key: string) {
  const other = await s.replica();
  return await send({ ...s, mirror: other } as Stage, key, { token: s.mirror.token() });
}

test('a key stands for one request', async (t) => {
  const s = await served(t);
  await send(s, 'one');
  const other = await send(s, 'one', { body: { ...release, reason: 'another' } });
  assert.match(`${other.status} ${other.text}`, /^422 .*server\/key-reused/);
  const elsewhere = await send(s, 'one', { path: '/api/v1/quarantine/unblock' });
  assert.equal(elsewhere.status, 422);
  for (const key of [' ', 'a b', 'x'.repeat(201)])
    assert.equal((await send(s, key)).status, 400, JSON.stringify(key));
});

test('an answer to one role is none to another of the same person', async (t) => {
  const s = await served(t);
  const of = async (name: string, role: string) => {
    const body = { name, owner: 'ben', role };
    const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
    return ((await made.json()) as { token: string }).token;
  };
  const [reviewer, admin, reader] = [
    await of('ben', 'reviewer'),
    await of('ben-2', 'admin'),
    await of('ben-3', 'reader'),
  ];
  assert.equal((await send(s, 'one', { token: admin })).status, 200);
  assert.equal((await send(s, 'one', { token: reviewer })).status, 422);
  assert.equal((await send(s, 'one', { token: reader })).status, 403);
});

test('two of the same at once: one is carried out', async (t) => {
  const s = await served(t);
  const both = await Promise.all([send(s, 'one'), send(s, 'one')]);
  const statuses = both.map(({ status, isReplayed }) => (isReplayed ? 'replayed' : status)).sort();
  assert.equal(statuses.filter((one) => one === 200).length, 1, JSON.stringify(statuses));
  assert.ok(statuses.includes('replayed') || statuses.includes(409), JSON.stringify(statuses));
});

test('a token that was made is not kept for whoever asks again', async (t) => {
  const s = await served(t);
  const ask = { path: '/api/v1/tokens', body: { name: 'anna', role: 'reader' } };
  const made = await send(s, 'one', ask);
  assert.equal(made.status, 201);
  const again = await send(s, 'one', ask);
  assert.match(`${again.status} ${again.text}`, /^409 .*server\/already-done/);
  assert.doesNotMatch(again.text, /sg_/);
});

test('what is read has an ETag, and is not sent to whoever has it still', async (t) => {
  const s = await served(t);
  const ask = (path: string, etag?: string) =>
    s.mirror.call(path, {
      token: s.mirror.token(),
      ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
    });
  for (const path of [
    '/api/v1/quarantine',
    '/api/v1/releases/word/1.1.0',
    '/api/v1/artefacts',
    '/api/v1/policy',
  ]) {
    const first = await ask(path);
    const etag = first.headers.get('etag') ?? '';
    assert.match(etag, /^"[\w-]{43}"$/, path);
    const again = await ask(path, `"other", W/${etag}`);
    assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', etag], path);
    assert.equal((await ask(path, '"other"')).status, 200);
  }
  const etag = (await ask('/api/v1/quarantine')).headers.get('etag') ?? '';
  await s.act('block', release);
  const changed = await ask('/api/v1/quarantine', etag);
  assert.equal(changed.status, 200);
  assert.notEqual(changed.headers.get('etag'), etag);
  assert.equal((await ask('/api/v1/releases/none/1.0.0')).headers.get('etag'), null, 'a refusal has none');
});

/** The events of a text: what a browser's EventSource would make of it. */
function eventsIn(text: string) {
  return text
    .split('\n\n')
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2))))
    .filter((event) => event.data !== undefined)
    .map(({ id, event, data }) => ({ id, event, said: JSON.parse(data) as { crate: string; to: string } }));
}

test('events tell what happens to releases, from where a client left off', async (t) => {
  const s = await served(t);
  const all = await (await s.mirror.call('/api/v1/events?after=0')).text();
  const events = eventsIn(all);
  assert.ok(
    events.some(({ event, said }) => event === 'appeared' && said.crate === 'word' && said.to === 'held'),
  );
  const last = events.at(-1)?.id ?? '';
  assert.deepEqual(eventsIn(await (await s.mirror.call('/api/v1/events')).text()), [], 'from now on');
  const open = await s.mirror.call('/api/v1/events?follow=yes', { headers: { 'last-event-id': last } });
  assert.match(open.headers.get('content-type') ?? '', /^text\/event-stream/);
  await s.act('block', release);
  let text = '';
  for await (const piece of open.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (eventsIn(text).some(({ said }) => said.crate === 'word' && said.to === 'blocked')) break;
  }
  assert.ok(eventsIn(text).every(({ id }) => Number(id) > Number(last)));
});

test('a server that ends does not wait for those who follow', async (t) => {
  const s = await served(t);
  const open = await s.mirror.call('/api/v1/events?follow=yes');
  const read = open.text();
  await s.mirror.close();
  assert.match(await read, /^retry: 1000\n\n$/);
});

test('a stream ends with the token that it was asked for with', async (t) => {
  const s = await stage(t, { config: 'auth-required = true\n' });
  const follow = async (token: string) => {
    const answer = await s.mirror.call('/api/v1/events?follow=yes', { token });
    assert.equal(answer.status, 200);
    return { text: answer.text() };
  };
  const ben = await follow(await s.tokenFor('ben', 'reader'));
  const ended = await s.mirror.call('/api/v1/tokens/ben', { method: 'DELETE', token: s.mirror.token() });
  assert.equal(ended.status, 200);
  assert.match(await ben.text, /^retry: 1000/);
  const body = { name: 'ann', role: 'reader', until: '2026-08-02' };
  const made = await s.mirror.call('/api/v1/tokens', { method: 'POST', body, token: s.mirror.token() });
  const ann = await follow(((await made.json()) as { token: string }).token);
  s.clock.advance('2d');
  assert.match(await ann.text, /^retry: 1000/);
});
