/** A registry's web API in the mirror: whom it is asked about, when, and what its silence does. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type ApiCrate, apiServer } from '../support/registry-api.ts';
import { databases, type Stage, type StageOptions, stage } from '../support/stage.ts';

const droundy = { id: 102, login: 'droundy' };
const stranger = { id: 103, login: 'stranger', created_at: '2026-08-18T00:00:00Z' };
const oldest = { num: '0.3.9', created_at: '2024-08-01T06:17:14Z', published_by: droundy };
const newest = { num: '0.3.10', created_at: '2026-08-20T06:00:00Z', published_by: stranger };

/** `arrayref` as the API has it, with releases besides the oldest. */
function arrayref(...versions: ApiCrate['versions'][number][]): ApiCrate {
  return { owners: [{ ...droundy, kind: 'user' }], versions: [...versions, oldest] };
}

async function scene(t: TestContext, options: StageOptions = {}) {
  const api = await apiServer({ arrayref: arrayref() });
  t.after(() => api.close());
  const config = `contact = "ops@acme.example"\n[registry-api]\nfrom = "${api.url}"\n`;
  const s = await stage(t, { start: '2026-08-20T06:00:00Z', config, ...options });
  s.publish('arrayref', '0.3.9', { pubtime: oldest.created_at });
  await s.index('arrayref');
  return { s, api };
}

/** A new release that the mirror sees at its next poll. */
async function release(s: Stage): Promise<void> {
  s.publish('arrayref', '0.3.10', { pubtime: newest.created_at });
  await s.pass('10m');
}

/** Does what is due, twice: what the first look brought is asked about in the second. */
async function look(s: Stage, time: string): Promise<void> {
  s.clock.advance(time);
  await s.mirror.settle();
}

async function finding(s: Stage, rule: string) {
  const { verdict } = await s.release('arrayref', '0.3.10');
  return verdict.findings.find((one) => one.rule === rule);
}

for (const { name, skip } of databases) {
  describe(`a registry’s API and a mirror on ${name}`, { skip }, () => {
    const on = (t: TestContext, options: StageOptions = {}) => scene(t, { database: name, ...options });

    it('is asked about a new release, and not about what is old: another publisher is found', async (t) => {
      const { s, api } = await on(t);
      await look(s, '1s');
      assert.deepEqual(api.asked, []);
      api.crates.arrayref = arrayref(newest);
      const answers = api.hold();
      await release(s);
      const before = await finding(s, 'publisher-changed');
      assert.match(before?.message ?? '', /is not known: the registry’s API has not been asked yet/);
      assert.equal((await s.release('arrayref', '0.3.10')).state, 'held', 'a judgement waits for nobody');
      answers();
      await look(s, '1s');
      assert.deepEqual(api.asked, [
        'GET /api/v1/crates/arrayref?include=versions safeguard (ops@acme.example)',
        'GET /api/v1/crates/arrayref/owners safeguard (ops@acme.example)',
      ]);
      assert.match(
        (await finding(s, 'publisher-changed'))?.message ?? '',
        /^stranger published it, .* came from droundy\. They came to the registry 2 days 6 hours before it/,
      );
      assert.equal((await s.release('arrayref', '0.3.10')).state, 'review');
      await look(s, '2d');
      assert.equal(api.asked.length, 2, 'its answer has all that is looked at');
      await s.restart();
      await look(s, '1h');
      assert.equal(api.asked.length, 2, 'and is kept');
    });

    it('that is down leaves it unknown, with the reason; the mirror serves, and asks again', async (t) => {
      const { s, api } = await on(t);
      api.crates.arrayref = arrayref(newest);
      api.faults.push({ status: 429, retryAfter: '120' });
      await release(s);
      await look(s, '1s');
      const { state } = await s.release('arrayref', '0.3.10');
      assert.equal(state, 'held', 'for its age, and nothing else');
      assert.match(
        (await finding(s, 'publisher-changed'))?.message ?? '',
        /not known: upstream answered 429/,
      );
      assert.equal((await s.download('arrayref', '0.3.9')).status, 200);
      await look(s, '118s');
      assert.equal(api.asked.length, 1, 'it is left alone for as long as it said');
      await look(s, '2s');
      assert.match((await finding(s, 'publisher-changed'))?.message ?? '', /^stranger published it/);
    });

    it('that does not have a release yet is asked again, less and less often', async (t) => {
      const { s, api } = await on(t);
      await release(s);
      await look(s, '1s');
      assert.equal(api.asked.length, 2);
      assert.match(
        (await finding(s, 'publisher-changed'))?.message ?? '',
        /the registry’s API does not have the release yet/,
      );
      const asks: number[] = [];
      for (let minute = 1; minute <= 80; minute++) {
        await look(s, '1m');
        if (api.asked.length > 2 + 2 * asks.length) asks.push(minute);
      }
      assert.deepEqual(asks, [20, 60]);
      api.crates.arrayref = arrayref(newest);
      await look(s, '80m');
      assert.match((await finding(s, 'publisher-changed'))?.message ?? '', /^stranger published it/);
    });

    it('is asked about one crate in two seconds, by however many servers', async (t) => {
      const { s, api } = await on(t);
      const mirrors = [s.mirror];
      if (name === 'PostgreSQL') mirrors.push(await s.replica());
      for (const crate of ['one', 'two', 'three']) {
        api.crates[crate] = { owners: [], versions: [{ num: '1.0.0', created_at: '2026-08-19T00:00:00Z' }] };
        s.publish(crate, '1.0.0', { pubtime: '2026-08-19T00:00:00Z' });
        await s.index(crate);
      }
      const asked: number[] = [];
      for (let second = 0; second < 6; second++) {
        await Promise.all(mirrors.map((mirror) => mirror.settle()));
        asked.push(api.asked.length);
        s.clock.advance('1s');
      }
      assert.deepEqual(asked, [2, 2, 4, 4, 6, 6]);
    });
  });
}
