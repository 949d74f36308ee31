/** The web API's description of itself: what it says of each route is what the route answers. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { lockedApp, lockfileText } from '../support/lockfile.ts';
import { withRoutes } from '../support/routes.ts';
import { type Stage, stage } from '../support/stage.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: {
      readonly waiting: { readonly headers: Readonly<Record<string, object>> };
      readonly refused: {
        readonly content: { readonly 'application/problem+json': { readonly schema: object } };
      };
    };
  };
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);

const digest = 'a'.repeat(64);
const artefact = {
  name: 'app',
  file: { sha256: digest },
  knownBy: 'list',
  completeness: 'complete',
  components: [
    {
      purl: 'pkg:cargo/word@1.0.0',
      name: 'word',
      version: '1.0.0',
      scope: 'linked',
      method: 'list',
      confidence: 'stated',
    },
  ],
};
const told = {
  name: 'shop!1',
  file: 'Cargo.lock',
  compared: true,
  lockfile: 'version = 4\n',
  report: { verdict: 'allow', policy: 'p', changes: [], debt: [], commands: [] },
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** The id that it has: of who asked, and what. */
const toldId = sha256(JSON.stringify(['admin', told.name, told.file, sha256(told.lockfile), null]));
const report = { host: 'web-1', bootId: 'b', processes: [], unread: 0 };

/** A request of each route that is well, in an order in which they can be; `path` as it is asked. */
const asks: readonly [route: string, path?: string | undefined, body?: unknown][] = [
  ['GET /api/v1/status'],
  ['POST /api/v1/tokens', undefined, { name: 'anna', role: 'reviewer', until: '2027-01-01' }],
  ['GET /api/v1/session'],
  ['POST /api/v1/sign-in-links', undefined, { name: 'anna' }],
  ['DELETE /api/v1/session'],
  ['GET /api/v1/tokens'],
  ['GET /api/v1/settings'],
  ['DELETE /api/v1/tokens/{name}', '/api/v1/tokens/anna'],
  ['GET /api/v1/releases/{crate}/{version}', '/api/v1/releases/word/1.1.0'],
  ['GET /api/v1/releases/{crate}/{version}/code', '/api/v1/releases/word/1.0.0/code'],
  ['GET /api/v1/explain/{crate}/{version}', '/api/v1/explain/word/1.1.0'],
  ['GET /api/v1/explain/{crate}', '/api/v1/explain/wrod'],
  ['GET /api/v1/quarantine', '/api/v1/quarantine?state=held'],
  ['POST /api/v1/quarantine/block', undefined, { crate: 'word', version: '1.1.0', reason: 'odd' }],
  ['POST /api/v1/quarantine/unblock', undefined, { crate: 'word', version: '1.1.0', reason: 'not' }],
  ['POST /api/v1/quarantine/break-glass', undefined, { crate: 'word', version: '1.1.0', reason: 'urgent' }],
  ['POST /api/v1/requests', undefined, { crate: 'word', version: '1.1.0', reason: 'needed' }],
  ['GET /api/v1/approvals'],
  ['GET /api/v1/policy'],
  ['POST /api/v1/policy/simulate', undefined, { text: '[cooldown]\nrelease = "14d"\n' }],
  ['GET /api/v1/requests', '/api/v1/requests?state=held,review'],
  ['GET /api/v1/quarantine/decisions'],
  [
    'POST /api/v1/facts',
    undefined,
    {
      packages: [
        {
          crate: 'word',
          version: '1.0.0',
          source: 'registry+https://github.com/rust-lang/crates.io-index',
          bytes: false,
        },
      ],
    },
  ],
  [
    'POST /api/v1/changes',
    undefined,
    {
      lockfile: lockfileText(lockedApp('word'), { name: 'word', version: '1.1.0', checksum: 'b'.repeat(64) }),
    },
  ],
  ['POST /api/v1/changes/told', undefined, told],
  ['GET /api/v1/changes', '/api/v1/changes?verdict=allow&name=shop'],
  ['GET /api/v1/changes/{id}', `/api/v1/changes/${toldId}`],
  ['GET /api/v1/graph', `/api/v1/graph?change=${toldId}`],
  ['POST /api/v1/graph', undefined, { lockfile: told.lockfile }],
  ['POST /api/v1/artefacts', undefined, artefact],
  ['POST /api/v1/artefact-uploads'],
  ['GET /api/v1/artefacts'],
  ['GET /api/v1/artefacts/{id}', '/api/v1/artefacts/aaaaaaaa'],
  ['GET /api/v1/artefacts/{id}/diff/{other}', '/api/v1/artefacts/aaaaaaaa/diff/aaaaaaaa'],
  ['GET /api/v1/components', '/api/v1/components?text=wo'],
  ['GET /api/v1/affected', '/api/v1/affected?of=word@1'],
  [
    'POST /api/v1/vex',
    undefined,
    {
      statements: [
        {
          advisory: 'CVE-2026-0001',
          release: 'pkg:cargo/word@1.0.0',
          product: { name: 'app' },
          status: 'fixed',
          until: '2027-01-01T00:00:00Z',
        },
      ],
    },
  ],
  ['GET /api/v1/vex'],
  ['GET /api/v1/vex/document', '/api/v1/vex/document?format=openvex'],
  ['POST /api/v1/vex/withdraw', undefined, { id: '1', reason: 'no' }],
  ['POST /api/v1/sightings', undefined, report],
  ['GET /api/v1/hosts'],
  ['GET /api/v1/sightings'],
  ['GET /api/v1/installed'],
  ['GET /api/v1/exposures'],
  ['POST /api/v1/hosts/retire', undefined, { host: 'web-1', reason: 'gone' }],
  ['POST /api/v1/exploited', undefined, { advisory: 'CVE-2026-0001', reason: 'seen' }],
  ['GET /api/v1/exploited'],
  ['POST /api/v1/exploited/withdraw', undefined, { advisory: 'CVE-2026-0001', reason: 'not' }],
  ['POST /api/v1/deployments', undefined, { artefact: 'aaaaaaaa', environment: 'production' }],
  ['GET /api/v1/deployments'],
  [
    'POST /api/v1/deployments/withdraw',
    undefined,
    { artefact: 'aaaaaaaa', environment: 'production', reason: 'gone' },
  ],
  ['GET /api/v1/events', '/api/v1/events?after=0'],
  ['GET /api/v1/audit'],
  ['POST /api/v1/clock', undefined, { reason: 'it is' }],
];

/** Routes that are well only with what this test has not: their requests are refused in the shape that is said. */
const refused: readonly [route: string, body: unknown][] = [
  ['POST /api/v1/quarantine/approve', { crate: 'word', version: '1.1.0', reason: 'fine' }],
  ['POST /api/v1/quarantine/reject', { crate: 'word', version: '1.1.0', reason: 'bad' }],
  ['POST /api/v1/quarantine/take-back', { crate: 'word', version: '1.1.0', reason: 'hm' }],
  // Nothing that is exploited is in an artefact here: no clock runs.
  ['GET /api/v1/exploited/dossier', undefined],
  ['POST /api/v1/exploited/submitted', { advisory: 'CVE-2026-0001', stage: 'final' }],
  ['POST /api/v1/exploited/measure', { advisory: 'CVE-2026-0001', what: 'an update' }],
  ['POST /api/v1/notify/test', {}],
  ['POST /api/v1/policy', { text: '', reason: 'why', base: 'none' }],
  // No such upload was begun.
  ['GET /api/v1/artefact-uploads/{id}', undefined],
  ['POST /api/v1/artefact-uploads/{id}/parts/{number}', { roots: [0] }],
  [
    'POST /api/v1/artefact-uploads/{id}/end',
    {
      artefact: { name: 'app', knownBy: 'list', completeness: 'complete' },
      parts: ['a'.repeat(64)],
    },
  ],
  ['DELETE /api/v1/artefact-uploads/{id}', undefined],
  // From no page.
  ['POST /api/v1/session', { token: 'sg_x' }],
  ['POST /api/v1/build-sessions', { key: 'sg_none', lockfile: 'version = 4\n' }],
  ['DELETE /api/v1/build-sessions', undefined],
  ['GET /api/v1/signatures', undefined],
  ['POST /api/v1/signatures', { identity: 'x', statements: ['{}'] }],
];

async function served(
  t: Parameters<typeof stage>[0],
): Promise<{ s: Stage; routes: string[]; document: Document }> {
  const { made: s, routes } = await withRoutes(() =>
    stage(t, { policy: '[cooldown]\nbreak-glass = true\n' }),
  );
  s.publish('word', '1.0.0');
  await s.index('word');
  s.publish('word', '1.1.0', { pubtime: s.clock.iso() });
  await s.pass('10m');
  return { s, routes, document: (await (await s.mirror.call('/api/v1/openapi.json')).json()) as Document };
}

const described = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, of]) =>
    Object.keys(of).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The operation that a path is of, as the document has it or filled in. */
function operationOf({ paths }: Document, method: string, path: string): Operation | undefined {
  const found = Object.entries(paths).find(([name]) =>
    new RegExp(`^${name.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return (paths[path] ?? found?.[1])?.[method.toLowerCase()];
}

describe('the web API', () => {
  test('describes each of its routes, and nothing else', async (t) => {
    const { routes, document } = await served(t);
    const own = routes
      .filter(
        (route) => /^[A-Z]+ \/api\/v1\/(?!crates|openapi\.json)/.test(route) && !route.startsWith('HEAD'),
      )
      .map((route) => route.replace(/:([A-Za-z]+)/g, '{$1}'));
    assert.deepEqual(described(document).sort(), own.sort());
    assert.deepEqual([...asks, ...refused].map(([route]) => route).sort(), own.sort(), 'each is asked below');
    assert.equal(document.openapi, '3.1.1');
    const operations = Object.values(document.paths).flatMap((of) => Object.values(of));
    const ids = operations.map(({ operationId }) => operationId);
    assert.deepEqual([...new Set(ids)], ids);
    for (const { summary, parameters, requestBody, responses } of operations) {
      assert.match(summary, /^[A-Z]/);
      for (const { schema } of parameters) ajv.compile(schema);
      if (requestBody !== undefined) ajv.compile(requestBody.content['application/json'].schema);
      for (const { content = {} } of Object.values(responses))
        for (const [type, { schema }] of Object.entries(content)) {
          assert.equal(schema === undefined, type === 'text/event-stream', type);
          if (schema !== undefined) ajv.compile(schema);
        }
    }
  });

  test('answers as it says: each route, when all is well', async (t) => {
    const { s, document } = await served(t);
    for (const [route, asked, body] of asks) {
      const [method = '', path = ''] = route.split(' ');
      const operation = operationOf(document, method, path);
      if (body !== undefined)
        fits(operation?.requestBody?.content['application/json'].schema, body, `${route}: what is sent`);
      const answer = await s.mirror.call(asked ?? path, { method, body, token: s.mirror.token() });
      const text = await answer.text();
      const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
      const said = operation?.responses[String(answer.status)]?.content?.[type];
      assert.ok(said !== undefined, `${route}: ${answer.status} ${text}`);
      if (said.schema !== undefined)
        fits(said.schema, type === 'application/json' ? JSON.parse(text) : text, route);
    }
  });

  test('refuses as it says', async (t) => {
    const { s, document } = await served(t);
    const { schema } = document.components.responses.refused.content['application/problem+json'];
    const tries = [
      ...refused.map(([route, body]) => [route, s.mirror.token(), body] as const),
      ['GET /api/v1/tokens', undefined, undefined] as const,
      ['POST /api/v1/tokens', s.mirror.token(), []] as const,
      ['GET /api/v1/artefacts/none', s.mirror.token(), undefined] as const,
    ];
    for (const [route, token, body] of tries) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await s.mirror.call(path, { method, body, ...(token === undefined ? {} : { token }) });
      assert.ok(answer.status >= 400 && answer.status < 500, `${route}: ${answer.status}`);
      const said = operationOf(document, method, path)?.responses ?? {};
      assert.ok(String(answer.status) in said, `${route}: ${answer.status} is not said`);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, route);
      fits(schema, await answer.json(), route);
    }
  });

  test('says of each route that it may have somebody wait, and for how long', async (t) => {
    const { document } = await served(t);
    const { waiting } = document.components.responses;
    assert.deepEqual(Object.keys(waiting.headers), ['Retry-After']);
    for (const of of Object.values(document.paths))
      for (const { operationId, responses } of Object.values(of))
        assert.deepEqual(responses['429'], { $ref: '#/components/responses/waiting' }, operationId);
  });

  test('has a page of its own that asks nothing of any other place', async (t) => {
    const { s, document } = await served(t);
    const page = await s.mirror.call('/api');
    const text = await page.text();
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
    for (const route of described(document))
      assert.ok(text.includes(route.replace(/\{(\w+)\}/g, ':$1')), route);
    assert.doesNotMatch(text, /https?:|<script|src=/);
  });
});

function fits(schema: object | undefined, value: unknown, what: string): void {
  const validate = ajv.compile(schema ?? false);
  assert.ok(
    validate(value),
    `${what}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 600)}`,
  );
}
