import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EventSettings } from '../../../src/registry/events/delivery.ts';
import { eventSources } from '../../../src/registry/events/index.ts';
import { hexHmac, kellnrHeaders, now, settings, whsec } from './support.ts';

const sources = Object.values(eventSources);
const secret = 'tell no one';
const secrets: readonly EventSettings[] = [settings({ secret }), settings({ secret, mode: 'secret' })];

/** Bodies from noise to nearly right. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record(
      {
        type: fc.constantFrom('crate_add', 'crate_yank', '__proto__'),
        domain: fc.constantFrom('artifact', 'docker'),
        event_type: fc.string(),
        data: fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              crate_name: fc.oneof(fc.constant('rand'), fc.string({ unit: 'grapheme' })),
              crate_version: fc.oneof(fc.constant('0.9.0'), fc.string()),
              name: fc.string(),
              version: fc.string(),
              format: fc.constantFrom('cargo', 'raw'),
              path: fc.oneof(fc.constant('crates/rand/rand-0.9.0.crate'), fc.string()),
            },
            { requiredKeys: [] },
          ),
        ),
        meta: fc.record({
          event_id: fc.constantFrom('package.synced', 'ping', ''),
          trigger_id: fc.string(),
          event_at: fc.oneof(fc.constant(new Date(now).toISOString()), fc.string()),
        }),
      },
      { requiredKeys: [] },
    )
    .map((value) => Buffer.from(JSON.stringify(value))),
);

const names = fc.constantFrom(
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'x-cloudsmith-signature',
  'x-jfrog-event-auth',
  '__proto__',
);
const values = fc.oneof(
  fc.string(),
  fc.constant(String(now / 1000)),
  fc.string().map((text) => `v1,${Buffer.from(text).toString('base64')}`),
  fc.uint8Array({ minLength: 20, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  fc.array(fc.string()),
);
const headers = fc.dictionary(names, values).map((each) => each as IncomingHttpHeaders);

test('nothing throws, and what is accepted is well formed', () => {
  fc.assert(
    fc.property(headers, bodies, fc.constantFrom(...sources), (given, body, source) => {
      const received = source.receive(given, body, settings(), now);
      if (received.kind === 'refused') return assert.match(received.reason, /^[A-Z][^\n]*\.$/);
      for (const { id, crate, version } of received.events) {
        assert.ok(id.length > 0);
        assert.match(crate, /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
        if (version !== undefined) assert.match(version, /^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/);
      }
    }),
    { numRuns: 3000 },
  );
});

test('with a secret, nothing is accepted that is not signed with it', () => {
  fc.assert(
    fc.property(
      headers,
      bodies,
      fc.constantFrom(...sources),
      fc.constantFrom(...secrets),
      (given, body, source, with_) => {
        const key = source.name === 'kellnr' ? settings({ secret: whsec }) : with_;
        const received = source.receive(given, body, key, now);
        assert.equal(received.kind === 'refused' && received.status, 401);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a signature is for its body alone', () => {
  const signers: Readonly<Record<string, (body: Buffer) => IncomingHttpHeaders>> = {
    kellnr: (body) => kellnrHeaders(body),
    cloudsmith: (body) => ({ 'x-cloudsmith-signature': hexHmac('sha1', secret, body) }),
    artifactory: (body) => ({ 'x-jfrog-event-auth': hexHmac('sha256', secret, body) }),
  };
  fc.assert(
    fc.property(bodies, bodies, fc.constantFrom(...sources), (one, other, source) => {
      const key = settings({ secret: source.name === 'kellnr' ? whsec : secret });
      const sign = signers[source.name] ?? (() => ({}));
      const own = source.receive(sign(one), one, key, now);
      assert.notEqual(own.kind === 'refused' && own.status === 401 && !/ sent /.test(own.reason), true);
      if (one.equals(other)) return;
      const swapped = source.receive(sign(one), other, key, now);
      assert.equal(swapped.kind === 'refused' && swapped.status, 401);
    }),
    { numRuns: 2000 },
  );
});
