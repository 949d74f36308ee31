/** Traces: off unless somebody names a collector, then a span of each request with what was done for it. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { traceSettings } from '../../src/server/tracing/settings.ts';
import { stage } from '../support/stage.ts';
import type { Cleanup } from '../support/temp.ts';

interface SpanJson {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

/** A collector on loopback. */
async function collector(t: Cleanup, status = 200) {
  const got: { path: string; headers: NodeJS.Dict<string | string[]>; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    got.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) });
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const spans = () =>
    got.flatMap(({ body }) => {
      const { resourceSpans } = body as { resourceSpans: { scopeSpans: { spans: SpanJson[] }[] }[] };
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, spans };
}

test('a download is one trace: the request, the judgement, the upstream, the store', async (t) => {
  const { url, got, spans } = await collector(t);
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b',
    OTEL_SERVICE_NAME: 'mirror',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  };
  const s = await stage(t, { env });
  s.publish('word', '1.0.0');
  await s.index('word');
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  assert.equal((await s.download('word', '1.0.0', { traceparent })).status, 200);
  await s.download('word', '1.0.0', { traceparent: `00-${'c'.repeat(32)}-${'b'.repeat(16)}-00` });
  await s.mirror.call('/healthz');
  await s.mirror.call('/api/v1/quarantine/block', {
    method: 'POST',
    token: s.mirror.token(),
    body: { crate: 'word', reason: 'odd' },
  });
  await s.mirror.close();

  const all = spans();
  const ours = all.filter(({ traceId }) => traceId === 'a'.repeat(32));
  const root = ours.find(({ kind }) => kind === 2);
  assert.deepEqual(
    [root?.name, root?.parentSpanId],
    ['GET /crates/:crate/:version/download', 'b'.repeat(16)],
  );
  assert.deepEqual(root?.attributes.find(({ key }) => key === 'http.response.status_code')?.value, {
    intValue: '200',
  });
  const parents = new Map(ours.map((span) => [span.spanId, span]));
  const way = (span: SpanJson | undefined): string[] =>
    span === undefined ? [] : [span.name, ...way(parents.get(span.parentSpanId ?? ''))];
  const last = (name: string) => way(ours.find((span) => span.name === name));
  assert.deepEqual(last('upstream GET'), ['upstream GET', 'judge', root?.name]);
  assert.deepEqual(last('store write'), ['store write', 'settle', 'judge', root?.name]);
  for (const { startTimeUnixNano, endTimeUnixNano, spanId, traceId } of all) {
    assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
    assert.match(`${traceId} ${spanId}`, /^[0-9a-f]{32} [0-9a-f]{16}$/);
  }
  const act = all.find(({ name }) => name === 'POST /api/v1/quarantine/block');
  const below = all.filter(({ parentSpanId }) => parentSpanId === act?.spanId).map(({ name }) => name);
  assert.ok(below.includes('settle') || below.includes('store write'), 'what comes after a body as well');
  assert.ok(
    all.every(({ traceId }) => traceId !== 'c'.repeat(32)),
    'a client that is not traced is not',
  );
  assert.ok(all.every(({ name }) => !name.includes('/healthz')));
  assert.deepEqual([got[0]?.path, got[0]?.headers['x-key']], ['/v1/traces', 'a b']);
  const said = JSON.stringify(got[0]?.body);
  for (const word of ['"service.name","value":{"stringValue":"mirror"}', 'deployment.environment.name'])
    assert.ok(said.includes(word), said);
});

test('where nothing is to be traced, no client has its request traced', async (t) => {
  const { url, got } = await collector(t);
  const s = await stage(t, { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_TRACES_SAMPLER: 'always_off' } });
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
  assert.equal((await s.mirror.call('/api/v1/status', { headers })).status, 200);
  await s.mirror.close();
  assert.deepEqual(got, []);
});

test('a collector that refuses is said once, and holds nothing up', async (t) => {
  const { url, got } = await collector(t, 503);
  const s = await stage(t, { env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/elsewhere` } });
  for (let i = 0; i < 3; i++) assert.equal((await s.mirror.call('/api/v1/status')).status, 200);
  await s.mirror.close();
  assert.equal(got[0]?.path, '/elsewhere');
  assert.equal(s.mirror.log.filter((line) => line.includes('spans are lost')).length, 1);
});

test('the variables mean what OpenTelemetry says', () => {
  const of = (env: Record<string, string>) =>
    traceSettings(
      Object.fromEntries(Object.entries(env).map(([name, value]) => [`OTEL_${name}`, value])),
      '1',
    );
  const to = { EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4318/' };
  assert.equal(of({}), undefined);
  assert.equal(of({ ...to, SDK_DISABLED: 'TRUE' }), undefined);
  assert.equal(of({ ...to, TRACES_EXPORTER: 'none' }), undefined);
  assert.equal(of(to)?.url, 'http://collector.invalid:4318/v1/traces');
  assert.equal(of({ ...to, EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b.invalid/x' })?.url, 'http://b.invalid/x');
  assert.equal(of(to)?.resource['service.name'], 'safeguard');
  assert.equal(of({ ...to, RESOURCE_ATTRIBUTES: 'service.name=a' })?.resource['service.name'], 'a');
  assert.equal(of({ ...to, EXPORTER_OTLP_TIMEOUT: '5' })?.timeout, 5);
  assert.deepEqual(of(to)?.sampling, { ratio: 1, byClient: true });
  const samplings = {
    always_on: { ratio: 1, byClient: false },
    always_off: { ratio: 0, byClient: false },
    parentbased_always_off: { ratio: 0, byClient: true },
    parentbased_traceidratio: { ratio: 0.25, byClient: true },
  };
  for (const [name, sampling] of Object.entries(samplings))
    assert.deepEqual(of({ ...to, TRACES_SAMPLER: name, TRACES_SAMPLER_ARG: '0.25' })?.sampling, sampling);
  for (const wrong of [
    { EXPORTER_OTLP_PROTOCOL: 'grpc' },
    { EXPORTER_OTLP_ENDPOINT: 'collector:4317' },
    { TRACES_SAMPLER: 'some' },
    { EXPORTER_OTLP_TIMEOUT: 'soon' },
  ])
    assert.throws(() => of({ ...to, ...wrong }), { code: 'registry/bad-config' }, JSON.stringify(wrong));
});
