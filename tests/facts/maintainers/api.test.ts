import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { type ApiResult, apiAddress, MaintainersApi } from '../../../src/facts/maintainers/api.ts';
import { httpFetch } from '../../../src/facts/maintainers/fetch.ts';
import { maintainersFromApi } from '../../../src/facts/maintainers/from-api.ts';
import { testClock } from '../../support/clock.ts';
import { apiServer } from '../../support/registry-api.ts';

const server = await apiServer({
  arrayref: {
    owners: [
      { id: 102, login: 'droundy', kind: 'user' },
      { id: 7, login: 'github:acme:team', kind: 'team' },
    ],
    versions: [
      {
        num: '0.3.10',
        created_at: '2026-08-20T07:11:00.123456Z',
        published_by: { id: 103, login: 'stranger', created_at: '2026-08-01T00:00:00Z' },
      },
      { num: '0.3.9', created_at: '2024-08-01T00:00:00Z', published_by: { id: 102, login: 'droundy' } },
      { num: '0.3.8', created_at: '2023-08-01T00:00:00Z', published_by: { id: 102, login: 'droundy' } },
      { num: '0.1.0', created_at: '2015-03-10T00:00:00Z' },
    ],
  },
  robot: {
    trustpub_only: true,
    owners: [{ id: 1, login: 'a', kind: 'user' }],
    versions: [
      { num: '1.0.1', created_at: '2026-08-01T00:00:00Z', trustpub_data: { provider: 'github' } },
      { num: '1.0.0', created_at: '2026-07-01T00:00:00Z', published_by: { id: 1, login: 'a' } },
    ],
  },
});
after(() => server.close());

function client() {
  const clock = testClock('2026-08-20T12:00:00Z');
  const waits: number[] = [];
  const api = new MaintainersApi({
    registry: 'r',
    api: server.url,
    contact: 'ops@acme.example',
    fetch: httpFetch(),
    now: clock.now,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      clock.advance(milliseconds);
    },
  });
  return { api, clock, waits };
}

beforeEach(() => {
  server.asked.length = 0;
  server.faults.length = 0;
});

describe('the registry’s API', () => {
  it('is found by the registry’s name, or where its config.json says', () => {
    assert.equal(apiAddress('registry.example'), 'https://registry.example');
    assert.equal(apiAddress('registry.example', 'https://api.example/x/'), 'https://api.example/x');
    assert.equal(apiAddress('registry.example', null), 'https://registry.example');
  });

  it('is asked twice for a crate, a second apart, by somebody who says who they are', async () => {
    const { api, waits } = client();
    assert.equal((await api.ask('arrayref')).kind, 'answer');
    assert.deepEqual(server.asked, [
      'GET /api/v1/crates/arrayref?include=versions safeguard (ops@acme.example)',
      'GET /api/v1/crates/arrayref/owners safeguard (ops@acme.example)',
    ]);
    assert.deepEqual(waits, [1000]);
  });

  it('is asked at most once a second, however many ask', async () => {
    const { api, clock, waits } = client();
    const before = clock.now();
    await Promise.all(['arrayref', 'robot'].map((crate) => api.ask(crate)));
    assert.equal(server.asked.length, 4);
    assert.deepEqual(waits, [1000, 1000, 1000]);
    assert.equal(clock.now() - before, 3000);
  });

  it('that is down is left alone for a while, and says until when', async () => {
    const { api, clock } = client();
    server.faults.push({ status: 503 });
    const down = await api.ask('arrayref');
    assert.deepEqual(down, { kind: 'none', reason: 'r answered 503', retryAt: clock.now() + 60_000 });
    assert.deepEqual(await api.ask('robot'), down);
    assert.equal(server.asked.length, 1, 'nothing was asked while it is left alone');
    clock.advance('61s');
    assert.equal((await api.ask('robot')).kind, 'answer');
  });

  const faults: [
    name: string,
    fault: { status: number; body?: string; retryAfter?: string },
    reason: RegExp,
  ][] = [
    ['a limit', { status: 429, retryAfter: '120' }, /answered 429/],
    ['another page', { status: 200, body: '<html>' }, /no answer of its API/],
    ['JSON of another shape', { status: 200, body: '{"crate":{}}' }, /no answer of its API/],
    ['a crate that there is not', { status: 404 }, /no such crate/],
  ];
  for (const [name, fault, reason] of faults) {
    it(`that answers with ${name} gives a reason`, async () => {
      const { api, clock } = client();
      server.faults.push(fault);
      const answer: ApiResult = await api.ask('arrayref');
      assert.ok(answer.kind === 'none' && reason.test(answer.reason), JSON.stringify(answer));
      clock.advance('119s');
      const again = await api.ask('arrayref');
      assert.equal(again.kind, fault.retryAfter === undefined ? 'answer' : 'none');
    });
  }

  it('that cannot be reached gives a reason', async () => {
    const clock = testClock('2026-08-20T12:00:00Z');
    const api = new MaintainersApi({
      registry: 'r',
      api: 'http://127.0.0.1:1',
      contact: 'x',
      fetch: httpFetch(),
      now: clock.now,
      wait: async () => {},
    });
    const answer = await api.ask('a');
    assert.ok(answer.kind === 'none' && /r cannot be reached/.test(answer.reason));
  });
});

describe('what the API says of a release', () => {
  async function fact(crate: string, version: string) {
    const answer = await client().api.ask(crate);
    assert.ok(answer.kind === 'answer');
    return maintainersFromApi(answer.answer, version);
  }

  it('by a stranger', async () => {
    assert.deepEqual(await fact('arrayref', '0.3.10'), {
      owners: [
        { id: 102, login: 'droundy', kind: 'user', name: undefined },
        { id: 7, login: 'github:acme:team', kind: 'team', name: undefined },
      ],
      publisher: {
        id: 103,
        login: 'stranger',
        registered: Date.parse('2026-08-01T00:00:00Z'),
        earlierReleases: 0,
      },
      previousPublisher: { id: 102, login: 'droundy' },
      earlierReleases: 3,
      trustedPublishingOnly: false,
      trustedPublishing: false,
      published: Date.parse('2026-08-20T07:11:00.123Z'),
    });
  });

  it('by the usual one', async () => {
    const told = await fact('arrayref', '0.3.9');
    assert.equal(told?.publisher?.earlierReleases, 1);
    assert.equal(told?.earlierReleases, 2);
  });

  it('that nobody is recorded for', async () => {
    const told = await fact('arrayref', '0.1.0');
    assert.equal(told?.publisher, undefined);
    assert.equal(told?.previousPublisher, undefined);
  });

  it('by a trusted publisher', async () => {
    const told = await fact('robot', '1.0.1');
    assert.equal(told?.publisher, null);
    assert.deepEqual([told?.trustedPublishing, told?.trustedPublishingOnly], [true, true]);
    assert.deepEqual(told?.previousPublisher, { id: 1, login: 'a' });
  });

  it('that it does not have', async () => assert.equal(await fact('robot', '9.9.9'), undefined));
});
