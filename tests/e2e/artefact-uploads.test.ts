/** Artefacts that are sent in parts: in whatever order, twice, broken off, to a server that is killed in between. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { testClock } from '../support/clock.ts';
import { startScene } from '../support/scene.ts';
import { databaseFor, databases } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';
import { startUpstream } from '../support/upstream.ts';
import { startVictim } from '../support/victim.ts';

const size = 20_000;
const inPart = 2500;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A chain of fifty, from whose end all others hang; as the bodies of parts. */
function partsOf(count = size): readonly string[] {
  const component = (i: number) => ({
    ...{ purl: `pkg:cargo/part-${i}@1.0.0`, name: `part-${i}`, version: '1.0.0' },
    ...{ scope: 'linked', method: 'document', confidence: 'stated' },
  });
  const parts: object[] = [];
  for (let from = 0; from < count; from += inPart)
    parts.push({
      components: Array.from({ length: Math.min(inPart, count - from) }, (_, i) => component(from + i)),
    });
  const uses: [number, number[]][] = Array.from({ length: 49 }, (_, i) => [i, [i + 1]]);
  for (let i = 50; i < count; i++) uses.push([49, [i]]);
  for (let from = 0; from < uses.length; from += inPart)
    parts.push({ uses: uses.slice(from, from + inPart) });
  return [...parts, { roots: [0] }].map((part) => JSON.stringify(part));
}

const artefact = { name: 'vast', version: '1.0.0', knownBy: 'list', completeness: 'complete' };

/** A client of uploads. */
function clientOf(at: () => { readonly url: string; readonly token: string }) {
  const call = async (method: string, path: string, body?: string, token?: string) => {
    const { url, token: own } = at();
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token ?? own}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };
  return {
    call,
    begin: async () => String((await call('POST', 'artefact-uploads')).body.upload),
    part: (id: string, number: number, body: string, token?: string) =>
      call('POST', `artefact-uploads/${id}/parts/${number}`, body, token),
    end: (id: string, parts: readonly string[], more: object = {}) =>
      call(
        'POST',
        `artefact-uploads/${id}/end`,
        JSON.stringify({ artefact: { ...artefact, ...more }, parts: parts.map(sha256) }),
      ),
    count: async () => (await call('GET', 'artefacts')).body.count,
  };
}

for (const { name, skip } of databases)
  describe(`an artefact in parts, on ${name}`, { skip }, () => {
    it('is the same whatever comes first and how often, and is there when it has ended', async (t) => {
      const { mirror } = await startScene(t, { mirror: await databaseFor(name, t) });
      const s = clientOf(() => ({ url: mirror.url, token: mirror.token() }));
      const parts = partsOf();
      const id = await s.begin();
      for (const i of parts.keys().toArray().toReversed()) {
        const taken = await s.part(id, i + 1, parts[i] ?? '');
        assert.deepEqual([taken.status, taken.body.sha256], [201, sha256(parts[i] ?? '')]);
      }
      const again = await s.part(id, 3, parts[2] ?? '');
      assert.deepEqual([again.status, again.body.outcome], [200, 'known']);
      const other = await s.part(id, 3, parts[1] ?? '');
      assert.deepEqual([other.status, other.body.code], [409, 'inventory/part']);
      assert.match(other.body.detail, /Part 3 came before, with other bytes/);
      assert.equal(await s.count(), 0);
      assert.deepEqual((await s.call('GET', 'components?text=part-7')).body.components, []);

      const ended = await s.end(id, parts);
      assert.deepEqual([ended.status, ended.body.outcome, ended.body.components], [201, 'added', size]);
      // Whoever did not hear the answer asks again.
      assert.deepEqual(await s.end(id, parts), ended);
      assert.equal((await s.end(id, parts, { name: 'other' })).status, 409);
      assert.equal((await s.part(id, 1, parts[0] ?? '')).status, 409);

      const second = await s.begin();
      for (const [i, part] of parts.entries()) await s.part(second, i + 1, part);
      const known = await s.end(second, parts);
      assert.deepEqual([known.status, known.body.outcome], [200, 'known']);
      assert.equal(known.body.artefact.id, ended.body.artefact.id);
      assert.equal(await s.count(), 1);
      const found = (await s.call('GET', 'affected?of=part-19999')).body.artefacts[0].findings;
      assert.deepEqual(
        found.map(({ path }: { path: string[] }) => [path.length, path[0], path[49], path[50]]),
        [[51, 'part-0', 'part-49', 'part-19999']],
      );
      const page = (await s.call('GET', `artefacts/${ended.body.artefact.id}?limit=1000&after=19500`)).body;
      assert.deepEqual([page.components.length, page.count, page.next], [500, size, null]);
    });

    it('is one for its own token alone, with all of its parts, and what it may have', async (t) => {
      const config = '[artefacts]\ncomponents = 100\n';
      const { mirror } = await startScene(t, { mirror: { ...(await databaseFor(name, t)), config } });
      const s = clientOf(() => ({ url: mirror.url, token: mirror.token() }));
      const parts = partsOf(100);
      const id = await s.begin();
      const made = await s.call('POST', 'tokens', JSON.stringify({ name: 'other', role: 'ci' }));
      const { token } = made.body;
      for (const answer of [
        await s.part(id, 1, parts[0] ?? '', token),
        await s.call('GET', `artefact-uploads/${id}`, undefined, token),
        await s.call('DELETE', `artefact-uploads/${id}`, undefined, token),
        await s.part('f'.repeat(32), 1, parts[0] ?? ''),
      ])
        assert.deepEqual([answer.status, answer.body.code], [404, 'inventory/no-upload']);

      await s.part(id, 1, parts[0] ?? '');
      await s.part(id, 3, parts[2] ?? '');
      const missing = await s.end(id, parts);
      assert.deepEqual([missing.status, missing.body.code], [409, 'inventory/part']);
      assert.match(missing.body.detail, /^Parts are not there, or with other bytes: 2\./);
      const there = (await s.call('GET', `artefact-uploads/${id}`)).body;
      assert.deepEqual(
        [there.parts.map(({ number }: { number: number }) => number), there.components, there.ended],
        [[1, 3], 100, false],
      );
      const tooMany = await s.part(id, 4, JSON.stringify(JSON.parse(parts[0] ?? '')).replace('part-0', 'x'));
      assert.deepEqual([tooMany.status, tooMany.body.code], [422, 'inventory/too-many']);
      assert.match(tooMany.body.detail, /200 components and 1 edges so far; 100 and 500 are taken/);
      for (const body of ['{}', '{"components":[],"roots":[]}', '{"uses":[[0]]}', '{"uses":[[0,[-1]]]}'])
        assert.equal((await s.part(id, 4, body)).status, 400, body);
      // An edge that leads nowhere is seen when all is there.
      const odd = [parts[0] ?? '', '{"uses":[[0,[100]]]}'];
      const nowhere = await s.begin();
      for (const [i, part] of odd.entries()) await s.part(nowhere, i + 1, part);
      assert.equal((await s.end(nowhere, odd)).body.code, 'inventory/statement');
      assert.equal(await s.count(), 0);
    });

    it('that breaks off is forgotten after an hour, and one that is abandoned at once', async (t) => {
      const { mirror, clock } = await startScene(t, { mirror: await databaseFor(name, t) });
      const s = clientOf(() => ({ url: mirror.url, token: mirror.token() }));
      const parts = partsOf(100);
      const [old, gone] = [await s.begin(), await s.begin()];
      await s.part(old, 1, parts[0] ?? '');
      await s.part(gone, 1, parts[0] ?? '');
      assert.equal((await s.call('DELETE', `artefact-uploads/${gone}`)).status, 200);
      assert.equal((await s.call('GET', `artefact-uploads/${gone}`)).status, 404);
      clock.advance('59m');
      await mirror.turn('uploads');
      assert.equal((await s.part(old, 2, parts[1] ?? '')).status, 201);
      clock.advance('59m');
      await mirror.turn('uploads');
      assert.equal((await s.call('GET', `artefact-uploads/${old}`)).status, 200);
      clock.advance('2m');
      await mirror.turn('uploads');
      assert.equal((await s.end(old, parts)).status, 404);
      const open = [];
      for (let i = 0; i < 17; i++) open.push((await s.call('POST', 'artefact-uploads')).status);
      assert.deepEqual([open.filter((status) => status === 201).length, open[16]], [16, 409]);
    });

    it('outlives a server that is killed: what was answered is there, and nothing is twice', async (t) => {
      const upstream = await startUpstream();
      t.after(() => upstream.close());
      const options = { upstream: upstream.indexUrl, data: tempDir(t), ...(await databaseFor(name, t)) };
      const now = testClock('2026-09-01T12:00:00Z').now();
      let victim = await startVictim({ ...options, now }, t);
      const s = clientOf(() => victim);
      const parts = partsOf(24_000);
      const id = await s.begin();
      const answered: number[] = [];
      for (const i of [0, 1, 2, 3, 4])
        if ((await s.part(id, i + 1, parts[i] ?? '')).status === 201) answered.push(i + 1);
      const cut = s.part(id, 6, parts[5] ?? '').catch(() => undefined);
      await victim.kill();
      await cut;
      victim = await startVictim({ ...options, now }, t);
      const there: { number: number; sha256: string }[] = (await s.call('GET', `artefact-uploads/${id}`)).body
        .parts;
      const numbers = there.map(({ number }) => number);
      assert.deepEqual(
        answered.filter((number) => !numbers.includes(number)),
        [],
      );
      for (const [i, part] of parts.entries()) await s.part(id, i + 1, part);
      // It dies while it puts them together, and is asked again.
      const dying = s.end(id, parts).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      await victim.kill();
      const first = await dying;
      victim = await startVictim({ ...options, now }, t);
      const ended = await s.end(id, parts);
      assert.ok(first === undefined || ended.status === 200 || ended.status === 201);
      assert.equal(ended.body.components, 24_000);
      assert.equal(await s.count(), 1);
      const found = (await s.call('GET', 'affected?of=part-23999')).body;
      assert.deepEqual([found.count, found.artefacts[0].findings[0].path.length], [1, 51]);
    });
  });
