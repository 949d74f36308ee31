/**
 * One enforcement point (artifact-keeper 2264, Verdaccio 5412): every route that the server has is walked while
 * releases are held, blocked, withdrawn and under review, their bytes all in the blob store. A route that is added
 * fails this test until somebody says here how it is asked.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseIndexLine } from '../../src/cargo/index-entry.ts';
import { pageAddresses } from '../../src/server/routes/pages.ts';
import type { ReleaseState } from '../../src/store/records.ts';
import type { Crate } from '../support/crate.ts';
import { get, type HttpOptions, type HttpResponse } from '../support/http.ts';
import { cratesIo, lockedApp, lockfileText } from '../support/lockfile.ts';
import { withRoutes } from '../support/routes.ts';
import { type Scene, startScene, usableVersions } from '../support/scene.ts';

const withheld: Readonly<Record<string, ReleaseState>> = {
  '1.1.0': 'held',
  '1.2.0': 'blocked',
  '1.3.0': 'withdrawn',
  '1.4.0': 'review',
};
const registries = ['upstream', 'second'];
const good = '1.0.0';

type Ask = { readonly path: string; readonly options?: HttpOptions };
type Expect = (answer: HttpResponse, version: string) => void;

const json = { 'content-type': 'application/json' };
const isStatus =
  (status: number): Expect =>
  (answer) =>
    assert.equal(answer.status, status, answer.text);

/** An artefact that has every withheld release in it. */
const artefactText = JSON.stringify({
  name: 'app',
  file: { sha256: 'a'.repeat(64) },
  knownBy: 'list',
  completeness: 'complete',
  components: Object.keys(withheld).map((version) => ({
    purl: `pkg:cargo/gate@${version}`,
    name: 'gate',
    version,
    scope: 'linked',
    method: 'list',
    confidence: 'stated',
  })),
});

/** How each route is asked about one release, and what it says beside nothing usable. */
const decisions: Readonly<Record<string, { ask: (version: string) => Ask[]; expect: Expect }>> = {
  ...forRegistry('', 'upstream'),
  ...forRegistry('/registries/second', 'second'),
  // The same for every address of theirs, and only where they were built.
  ...Object.fromEntries(
    pageAddresses.map((path) => [
      `GET ${path}`,
      {
        ask: () => [{ path }],
        expect: (answer: HttpResponse) => assert.ok([200, 404].includes(answer.status)),
      },
    ]),
  ),
  'GET /releases/:crate/:version': {
    ask: (version) => [{ path: `/releases/gate/${version}` }],
    expect: isStatus(302),
  },
  // There is no provider here.
  'GET /sign-in/oidc': { ask: () => [{ path: '/sign-in/oidc' }], expect: isStatus(404) },
  'GET /sign-in/oidc/callback': { ask: () => [{ path: '/sign-in/oidc/callback' }], expect: isStatus(404) },
  'POST /api/v1/sign-in-links': {
    ask: () => [
      { path: '/api/v1/sign-in-links', options: { method: 'POST', headers: json, body: '{"name":"anna"}' } },
    ],
    expect: isStatus(201),
  },
  'GET /assets/:name': { ask: () => [{ path: '/assets/none.js' }], expect: isStatus(404) },
  'GET /api': { ask: () => [{ path: '/api' }], expect: isStatus(200) },
  'GET /api/v1/openapi.json': { ask: () => [{ path: '/api/v1/openapi.json' }], expect: isStatus(200) },
  'GET /healthz': { ask: () => [{ path: '/healthz' }], expect: isStatus(200) },
  'GET /readyz': { ask: () => [{ path: '/readyz' }], expect: isStatus(200) },
  'GET /metrics': { ask: () => [{ path: '/metrics' }], expect: isStatus(200) },
  'GET /api/v1/status': { ask: () => [{ path: '/api/v1/status' }], expect: isStatus(200) },
  'GET /api/v1/releases/:crate/:version': {
    ask: (version) =>
      registries.map((name) => ({ path: `/api/v1/releases/gate/${version}?registry=${name}` })),
    expect: (answer, version) => {
      assert.equal(answer.json<{ release: { state: string } }>().release.state, withheld[version]);
    },
  },
  // To be read, not to be built.
  'GET /api/v1/releases/:crate/:version/code': {
    ask: (version) =>
      registries.map((name) => ({ path: `/api/v1/releases/gate/${version}/code?registry=${name}` })),
    expect: (answer) => assert.ok([200, 404].includes(answer.status), answer.text),
  },
  'GET /api/v1/explain/:crate': {
    ask: () => registries.map((name) => ({ path: `/api/v1/explain/gate?registry=${name}` })),
    // Without a version it speaks of what is handed out, never of what is not.
    expect: (answer) => assert.equal(answer.json<{ release: { state: string } }>().release.state, 'promoted'),
  },
  'GET /api/v1/explain/:crate/:version': {
    ask: (version) =>
      registries.map((name) => ({ path: `/api/v1/explain/gate/${version}?registry=${name}` })),
    expect: (answer, version) => {
      assert.equal(answer.json<{ release: { state: string } }>().release.state, withheld[version]);
    },
  },
  'POST /api/v1/facts': {
    ask: (version) =>
      [cratesIo, 'registry+https://nobody.example/'].map((source) => ({
        path: '/api/v1/facts',
        options: {
          method: 'POST',
          headers: json,
          body: JSON.stringify({
            packages: [{ crate: 'gate', version, source, bytes: true }],
            crates: [{ crate: 'gate', source }],
          }),
        },
      })),
    expect: (answer, version) => {
      const { crates } = answer.json<{ crates: { version: string; state: string }[][] }>();
      const [listed] = crates[0]?.filter((release) => release.version === version) ?? [];
      assert.equal(listed?.state, crates[0]?.length === 0 ? undefined : withheld[version]);
    },
  },
  'POST /api/v1/changes': {
    ask: (version) => [
      {
        path: '/api/v1/changes',
        options: {
          method: 'POST',
          headers: json,
          body: JSON.stringify({
            lockfile: lockfileText(lockedApp('gate'), { name: 'gate', version }),
            manifests: [
              {
                file: 'Cargo.toml',
                text: '[package]\nname = "app"\nversion = "0.1.0"\n[dependencies]\ngate = "1"\n',
              },
            ],
          }),
        },
      },
    ],
    expect: (answer, version) => {
      const verdict = answer.json<{ verdict: string; commands: string[] }>();
      assert.notEqual(verdict.verdict, 'allow');
      // Of the review the store alone was told: of that release the gate finds the missing checksum, which another one
      // does not end.
      const wayOut = withheld[version] === 'review' ? [] : [`cargo update gate@${version} --precise ${good}`];
      assert.deepEqual(verdict.commands, wayOut);
    },
  },
  'GET /api/v1/quarantine': {
    ask: (version) => [
      { path: '/api/v1/quarantine?crate=gate' },
      { path: `/api/v1/quarantine?crate=gate&state=${withheld[version]}` },
    ],
    expect: (answer, version) => {
      const { releases } = answer.json<{ releases: { version: string; state: string }[] }>();
      assert.ok(
        releases.some((release) => release.version === version && release.state === withheld[version]),
      );
    },
  },
  'POST /api/v1/quarantine/block': act('block', 200),
  'POST /api/v1/quarantine/unblock': act('unblock', 200),
  'POST /api/v1/quarantine/break-glass': act('break-glass', 409),
  // Nothing of these versions waits for a person: there is nothing to decide, and nothing was decided.
  'POST /api/v1/quarantine/approve': act('approve', 409),
  'POST /api/v1/quarantine/reject': act('reject', 409),
  'POST /api/v1/quarantine/take-back': act('take-back', 409),
  'GET /api/v1/quarantine/decisions': {
    ask: () => [{ path: '/api/v1/quarantine/decisions' }],
    expect: isStatus(200),
  },
  'GET /api/v1/approvals': { ask: () => [{ path: '/api/v1/approvals' }], expect: isStatus(200) },
  'GET /api/v1/policy': { ask: () => [{ path: '/api/v1/policy' }], expect: isStatus(200) },
  'POST /api/v1/policy': {
    ask: () => [{ path: '/api/v1/policy', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'POST /api/v1/policy/simulate': {
    ask: () => [
      { path: '/api/v1/policy/simulate', options: { method: 'POST', headers: json, body: '{"text":""}' } },
    ],
    expect: isStatus(200),
  },
  'GET /api/v1/settings': { ask: () => [{ path: '/api/v1/settings' }], expect: isStatus(200) },
  'GET /api/v1/graph': { ask: () => [{ path: '/api/v1/graph?change=none' }], expect: isStatus(404) },
  // It says where a release stands, and hands nothing out.
  'POST /api/v1/graph': {
    ask: (version) => [
      {
        path: '/api/v1/graph',
        options: {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ lockfile: lockfileText(lockedApp('gate'), { name: 'gate', version }) }),
        },
      },
    ],
    expect: (answer, version) => {
      const { nodes } = answer.json<{ nodes: { name: string; state: string }[] }>();
      assert.equal(nodes.find(({ name }) => name === 'gate')?.state, withheld[version]);
    },
  },
  // What was said of a change when it was judged; none is kept here.
  'GET /api/v1/changes': { ask: () => [{ path: '/api/v1/changes' }], expect: isStatus(200) },
  'GET /api/v1/changes/:id': { ask: () => [{ path: '/api/v1/changes/none' }], expect: isStatus(404) },
  'POST /api/v1/changes/told': {
    ask: () => [{ path: '/api/v1/changes/told', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'GET /api/v1/requests': { ask: () => [{ path: '/api/v1/requests' }], expect: isStatus(200) },
  // To ask for one hands nothing out; of what was withdrawn nobody can.
  'POST /api/v1/requests': {
    ask: (version) =>
      registries.map((registry) => ({
        path: '/api/v1/requests',
        options: {
          method: 'POST',
          headers: json,
          body: JSON.stringify({ registry, crate: 'gate', version, reason: 'needed' }),
        },
      })),
    expect: (answer, version) =>
      assert.equal(answer.status, withheld[version] === 'withdrawn' ? 409 : 200, answer.text),
  },
  // No clock is in doubt, and it says so.
  'POST /api/v1/clock': {
    ask: () => [
      { path: '/api/v1/clock', options: { method: 'POST', headers: json, body: '{"reason":"looked"}' } },
    ],
    expect: isStatus(200),
  },
  'POST /api/v1/notify/test': {
    ask: () => [{ path: '/api/v1/notify/test', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  // What artefacts are made of is no release; none of these hands one out.
  'POST /api/v1/artefacts': {
    ask: () => [
      { path: '/api/v1/artefacts', options: { method: 'POST', headers: json, body: artefactText } },
    ],
    expect: (answer) => assert.ok([200, 201].includes(answer.status), answer.text),
  },
  // No upload of that id was begun.
  'POST /api/v1/artefact-uploads': {
    ask: () => [{ path: '/api/v1/artefact-uploads', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(201),
  },
  'GET /api/v1/artefact-uploads/:id': {
    ask: () => [{ path: '/api/v1/artefact-uploads/none' }],
    expect: isStatus(404),
  },
  'POST /api/v1/artefact-uploads/:id/parts/:number': {
    ask: () => [
      {
        path: '/api/v1/artefact-uploads/none/parts/1',
        options: { method: 'POST', headers: json, body: '{"roots":[0]}' },
      },
    ],
    expect: isStatus(404),
  },
  'POST /api/v1/artefact-uploads/:id/end': {
    ask: () => [
      {
        path: '/api/v1/artefact-uploads/none/end',
        options: {
          method: 'POST',
          headers: json,
          body: JSON.stringify({
            artefact: { name: 'app', knownBy: 'list', completeness: 'complete' },
            parts: ['a'.repeat(64)],
          }),
        },
      },
    ],
    expect: isStatus(404),
  },
  'DELETE /api/v1/artefact-uploads/:id': {
    ask: () => [{ path: '/api/v1/artefact-uploads/none', options: { method: 'DELETE' } }],
    expect: isStatus(404),
  },
  'GET /api/v1/artefacts': {
    ask: () => [{ path: '/api/v1/artefacts?crate=gate' }],
    expect: isStatus(200),
  },
  'GET /api/v1/artefacts/:id': {
    ask: () => [{ path: '/api/v1/artefacts/aaaaaaaa' }],
    expect: isStatus(200),
  },
  'GET /api/v1/artefacts/:id/diff/:other': {
    ask: () => [{ path: '/api/v1/artefacts/aaaaaaaa/diff/aaaaaaaa' }],
    expect: isStatus(200),
  },
  'GET /api/v1/affected': {
    ask: (version) => [{ path: `/api/v1/affected?of=gate@${version}` }],
    expect: isStatus(200),
  },
  'POST /api/v1/sightings': {
    ask: () => [{ path: '/api/v1/sightings', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'GET /api/v1/exposures': { ask: () => [{ path: '/api/v1/exposures' }], expect: isStatus(200) },
  'GET /api/v1/hosts': { ask: () => [{ path: '/api/v1/hosts' }], expect: isStatus(200) },
  'POST /api/v1/hosts/retire': {
    ask: () => [{ path: '/api/v1/hosts/retire', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'GET /api/v1/deployments': { ask: () => [{ path: '/api/v1/deployments' }], expect: isStatus(200) },
  'POST /api/v1/deployments': {
    ask: () => [{ path: '/api/v1/deployments', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'POST /api/v1/deployments/withdraw': {
    ask: () => [
      { path: '/api/v1/deployments/withdraw', options: { method: 'POST', headers: json, body: '{}' } },
    ],
    expect: isStatus(400),
  },
  'GET /api/v1/vex': { ask: () => [{ path: '/api/v1/vex' }], expect: isStatus(200) },
  'GET /api/v1/vex/document': {
    ask: () => [{ path: '/api/v1/vex/document?format=csaf' }],
    expect: isStatus(404),
  },
  'POST /api/v1/vex': {
    ask: () => [{ path: '/api/v1/vex', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'POST /api/v1/vex/withdraw': {
    ask: () => [{ path: '/api/v1/vex/withdraw', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'GET /api/v1/exploited': { ask: () => [{ path: '/api/v1/exploited' }], expect: isStatus(200) },
  'GET /api/v1/exploited/dossier': {
    ask: () => [{ path: '/api/v1/exploited/dossier?advisory=CVE-2026-0001&stage=final' }],
    expect: isStatus(404),
  },
  'POST /api/v1/exploited': {
    ask: () => [{ path: '/api/v1/exploited', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'POST /api/v1/exploited/withdraw': {
    ask: () => [
      { path: '/api/v1/exploited/withdraw', options: { method: 'POST', headers: json, body: '{}' } },
    ],
    expect: isStatus(400),
  },
  'POST /api/v1/exploited/submitted': {
    ask: () => [
      { path: '/api/v1/exploited/submitted', options: { method: 'POST', headers: json, body: '{}' } },
    ],
    expect: isStatus(400),
  },
  'POST /api/v1/exploited/measure': {
    ask: () => [
      { path: '/api/v1/exploited/measure', options: { method: 'POST', headers: json, body: '{}' } },
    ],
    expect: isStatus(400),
  },
  'GET /api/v1/sightings': { ask: () => [{ path: '/api/v1/sightings' }], expect: isStatus(200) },
  'GET /api/v1/installed': { ask: () => [{ path: '/api/v1/installed' }], expect: isStatus(200) },
  'GET /api/v1/components': {
    ask: () => [{ path: '/api/v1/components?text=gate' }],
    expect: isStatus(200),
  },
  'GET /api/v1/events': { ask: () => [{ path: '/api/v1/events?after=0' }], expect: isStatus(200) },
  'GET /api/v1/audit': { ask: () => [{ path: '/api/v1/audit' }], expect: isStatus(200) },
  'GET /api/v1/session': { ask: () => [{ path: '/api/v1/session' }], expect: isStatus(200) },
  'POST /api/v1/session': {
    ask: () => [
      { path: '/api/v1/session', options: { method: 'POST', headers: json, body: '{"token":"sg_x"}' } },
    ],
    expect: isStatus(403),
  },
  'DELETE /api/v1/session': {
    ask: () => [{ path: '/api/v1/session', options: { method: 'DELETE' } }],
    expect: isStatus(200),
  },
  'GET /api/v1/tokens': { ask: () => [{ path: '/api/v1/tokens' }], expect: isStatus(200) },
  'POST /api/v1/tokens': {
    ask: () => [
      { path: '/api/v1/tokens', options: { method: 'POST', headers: json, body: '{"name":"admin"}' } },
    ],
    expect: isStatus(400),
  },
  'DELETE /api/v1/tokens/:name': {
    ask: () => [{ path: '/api/v1/tokens/nobody', options: { method: 'DELETE' } }],
    expect: isStatus(404),
  },
  'POST /api/v1/build-sessions': {
    ask: () => [{ path: '/api/v1/build-sessions', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'GET /api/v1/signatures': { ask: () => [{ path: '/api/v1/signatures' }], expect: isStatus(404) },
  'POST /api/v1/signatures': {
    ask: () => [{ path: '/api/v1/signatures', options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(400),
  },
  'DELETE /api/v1/build-sessions': {
    ask: () => [{ path: '/api/v1/build-sessions', options: { method: 'DELETE' } }],
    expect: isStatus(401),
  },
  'POST /events/kellnr': event('kellnr'),
  'POST /events/cloudsmith': event('cloudsmith'),
  'POST /events/artifactory': event('artifactory'),
};

function forRegistry(prefix: string, registry: string): typeof decisions {
  const refused = {
    ask: (version: string) => [{ path: `${prefix}/crates/gate/${version}/download` }],
    expect: (answer: HttpResponse, version: string) => {
      assert.equal(answer.status, 403);
      assert.match(answer.text, new RegExp(`^gate ${version.replaceAll('.', '\\.')} `));
      assert.match(answer.text, /^ {2}cargo update gate@\S+ --precise 1\.0\.0$/m);
    },
  };
  const write = (method: string, path: string) => ({
    ask: (version: string) => [
      { path: prefix + path.replace(':crate', 'gate').replace(':version', version), options: { method } },
    ],
    expect: isStatus(403),
  });
  return {
    [`GET ${prefix}/index/config.json`]: {
      ask: () => [{ path: `${prefix}/index/config.json` }],
      expect: isStatus(200),
    },
    [`GET ${prefix}/index/*`]: {
      ask: () => [
        { path: `${prefix}/index/ga/te/gate` },
        { path: `${prefix}/index/ga/te/gate`, options: { headers: { 'accept-encoding': 'gzip' } } },
      ],
      expect: (answer) => assert.deepEqual(usableVersions(answer), [good], registry),
    },
    [`GET ${prefix}/crates/:crate/:version/download`]: refused,
    [`GET ${prefix}/api/v1/crates`]: {
      ask: () => ['gate', 'shut', ''].map((query) => ({ path: `${prefix}/api/v1/crates?q=${query}` })),
      expect: (answer) => {
        const { crates } = answer.json<{ crates: { name: string; max_version: string }[] }>();
        for (const { name, max_version } of crates) {
          assert.notEqual(name, 'shut');
          assert.equal(max_version, good);
        }
      },
    },
    ...Object.fromEntries(
      [
        ['PUT', '/api/v1/crates/new'],
        ['DELETE', '/api/v1/crates/:crate/:version/yank'],
        ['PUT', '/api/v1/crates/:crate/:version/unyank'],
        ['GET', '/api/v1/crates/:crate/owners'],
        ['PUT', '/api/v1/crates/:crate/owners'],
        ['DELETE', '/api/v1/crates/:crate/owners'],
      ].map(([method = '', path = '']) => [`${method} ${prefix}${path}`, write(method, path)]),
    ),
  };
}

function act(name: string, status: number): (typeof decisions)[string] {
  const body = JSON.stringify({ crate: 'bystander', version: good, reason: 'a test' });
  return {
    ask: () => [{ path: `/api/v1/quarantine/${name}`, options: { method: 'POST', headers: json, body } }],
    expect: isStatus(status),
  };
}

function event(source: string): (typeof decisions)[string] {
  return {
    ask: () => [{ path: `/events/${source}`, options: { method: 'POST', headers: json, body: '{}' } }],
    expect: isStatus(404),
  };
}

test('every route there is has a decision here', async (t) => {
  const { routes } = await startGate(t);
  const named = new Set(Object.keys(decisions));
  const unnamed = routes.filter((route) => !named.has(route.replace(/^HEAD /, 'GET ')));
  assert.deepEqual(unnamed, [], 'say in `decisions` how the new route is asked');
  const gone = [...named].filter((route) => !routes.includes(route));
  assert.deepEqual(gone, [], 'routes that are no more');
});

for (const temperature of ['cold', 'warm']) {
  test(`no route hands out a withheld release, from a ${temperature} cache`, async (t) => {
    const { scene, crates, routes, review } = await startGate(t);
    const token = scene.mirror.token();
    for (const version of Object.keys(withheld)) {
      for (const [route, { ask, expect }] of Object.entries(decisions)) {
        for (const { path, options = {} } of ask(version)) {
          await review();
          if (temperature === 'cold') scene.mirror.server.mirror.context.cache.clear();
          const headers = { authorization: `Bearer ${token}`, ...options.headers };
          const answer = await get(scene.mirror.url + path, { ...options, headers });
          await t.test(`${route} for the ${withheld[version]} one: ${path}`, () => {
            assertNothingUsable(answer, crates);
            expect(answer, version);
          });
          if (routes.includes(route.replace('GET', 'HEAD')) && route.startsWith('GET')) {
            const head = await get(scene.mirror.url + path, { ...options, headers, method: 'HEAD' });
            assert.deepEqual([head.status, head.body.length], [answer.status, 0], `HEAD ${path}`);
          }
        }
      }
    }
  });
}

test('a withheld release that a client holds by its ETag is not confirmed', async (t) => {
  const { scene, crates, review } = await startGate(t);
  await review();
  for (const version of Object.keys(withheld)) {
    const etag = `"${crates.find((crate) => crate.version === version)?.checksum}"`;
    for (const tag of [etag, '*'])
      assert.equal(
        (await scene.download('gate', version, { headers: { 'if-none-match': tag } })).status,
        403,
      );
  }
});

test('a range, a query or another spelling of the name is no way around', async (t) => {
  const { scene, crates, review } = await startGate(t);
  await review();
  for (const version of Object.keys(withheld)) {
    for (const path of [
      `/crates/GATE/${version}/download`,
      `/crates/gate/${version}/download?force=true&token=admin`,
      `/crates/gate/${version}/download/`,
      `//crates/gate/${version}/download`,
      `/crates/gate/${version}%2Bx/download`,
      `/crates/gate/v${version}/download`,
      `/crates/%67ate/${version}/download`,
    ]) {
      const answer = await get(scene.mirror.url + path, { headers: { range: 'bytes=0-' } });
      assert.ok([403, 404].includes(answer.status), `${path}: ${answer.status}`);
      assertNothingUsable(answer, crates);
    }
  }
});

/** One crate with a release in every state, on two upstreams, and one of which no release is promoted. */
async function startGate(t: TestContext) {
  const { made: scene, routes } = await withRoutes(async () => {
    const second = await startScene(t);
    const first = await startScene(t, { mirror: { others: { second: second.upstream.indexUrl } } });
    return { ...first, second: second.upstream };
  });
  const { upstream, second, mirror, clock } = scene;
  const publish = (name: string, version: string, pubtime?: string) => {
    const crate = scene.publish({ name, version }, pubtime === undefined ? {} : { pubtime });
    second.publish(crate, pubtime === undefined ? {} : { pubtime });
    return crate;
  };
  const crates = [good, '1.2.0', '1.3.0', '1.4.0'].map((version) => publish('gate', version));
  publish('bystander', good);
  publish('shut', good, clock.iso());
  for (const prefix of ['', '/registries/second'])
    for (const { version, bytes } of crates)
      assert.deepEqual((await get(`${mirror.url}${prefix}/crates/gate/${version}/download`)).body, bytes);
  crates.push(publish('gate', '1.1.0', clock.iso()));
  for (const each of [upstream, second]) each.deleteRelease('gate', '1.3.0');
  clock.advance('10m');
  await mirror.tick();
  for (const registry of registries) {
    const body = { registry, crate: 'gate', version: '1.2.0', reason: 'a test' };
    await mirror.call('/api/v1/quarantine/block', { method: 'POST', body, token: mirror.token() });
  }
  return { scene, crates, routes, review: () => putUnderReview(scene) };
}

/** No rule asks for a review yet: the store is told that one did. */
async function putUnderReview(scene: Scene): Promise<void> {
  const { store, mirror } = scene.mirror.server;
  for (const registry of registries) {
    const record = (await store.releases(registry, 'gate')).find(({ version }) => version === '1.4.0');
    assert.ok(record);
    if (record.state === 'review') continue;
    await store.write(async (tx) => {
      const finding = { rule: 'some-rule', effect: 'review' as const, subject: 'gate@1.4.0', evidence: {} };
      const verdict = {
        decision: 'review' as const,
        findings: [{ ...finding, message: 'A person decides.', next: 'Wait.' }],
      };
      await tx.putReleases([{ ...record, state: 'review', verdict }]);
    });
    mirror.context.cache.forget(registry, 'gate');
  }
}

function assertNothingUsable(answer: HttpResponse, crates: readonly Crate[]): void {
  const body = answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.body) : answer.body;
  for (const crate of crates) {
    if (withheld[crate.version] === undefined) continue;
    assert.ok(!body.includes(crate.bytes), `the bytes of ${crate.version}`);
    // Nor any good part of them.
    assert.ok(!body.includes(crate.bytes.subarray(64, 128)), `a part of the bytes of ${crate.version}`);
  }
  const text = body.toString('utf8');
  for (const line of text.split('\n')) {
    if (!line.includes('"cksum"')) continue;
    const { vers, yanked } = parseIndexLine(line);
    assert.ok(yanked || withheld[vers] === undefined, `an unyanked line of ${vers}`);
  }
  for (const version of advised(text))
    assert.equal(withheld[version], undefined, `${version} named as usable`);
}

/** Versions that an answer says one can use. */
function advised(text: string): string[] {
  const inJson = text.matchAll(
    /"(?:max_version|max_stable_version|newest_version|default_version)":"([^"]+)"/g,
  );
  const instead = text.matchAll(/"instead":\{"version":"([^"]+)"/g);
  const inText = text.matchAll(/--precise (\S+)|allowed: (\S+)/g);
  return [...inJson, ...instead, ...inText]
    .map(([, a, b]) => a ?? b ?? '')
    .map((each) => each.split('"')[0] ?? '');
}
