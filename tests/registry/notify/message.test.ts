import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DeliveryError } from '../../../src/registry/notify/error.ts';
import { afterTry } from '../../../src/registry/notify/notifier.ts';
import { notificationSchema, payloadOf } from '../../../src/registry/notify/payload.ts';
import { slackMessage } from '../../../src/registry/notify/slack.ts';
import { sayNotification } from '../../../src/registry/notify/text.ts';
import type { DeliveryRecord, ToldRecord } from '../../../src/store/records.ts';

const hour = 3_600_000;

function row(key: string, version: string, more: Readonly<Record<string, unknown>> = {}): ToldRecord {
  const body = {
    crate: key,
    state: 'blocked',
    rule: 'vulnerability',
    effect: 'deny',
    message: 'It has a vulnerability.',
    next: 'Use another.',
    ...more,
  };
  return {
    notification: 'msg_1',
    registry: 'crates.io',
    key,
    version,
    finding: String(body.rule),
    body: JSON.stringify(body),
    at: 1_000,
    endedAt: null,
  };
}

const payload = (rows: readonly ToldRecord[]) => notificationSchema.parse(payloadOf(rows, () => undefined));

describe('a notification', () => {
  it('puts what is said alike of several releases together, the strictest first', () => {
    const rows = [
      row('a', '1.0.0', { rule: 'license', effect: 'review', state: 'review' }),
      row('b', '1.0.0'),
      row('b', '1.1.0'),
      row('b', '1.1.0', { rule: 'malicious' }),
    ];
    const { data } = payload(rows);
    assert.deepEqual(
      data.findings.map(({ crate, rule, versions }) => [crate, rule, ...versions]),
      [
        ['b', 'vulnerability', '1.0.0', '1.1.0'],
        ['b', 'malicious', '1.1.0'],
        ['a', 'license', '1.0.0'],
      ],
    );
    assert.deepEqual([data.releases, data.crates], [3, 2]);
    assert.equal(
      data.summary,
      '3 releases of 2 crates are not handed out any more (vulnerability, malicious, license).',
    );
  });

  it('stays of a size that everybody takes, and says what it leaves out', () => {
    const message = 'x'.repeat(300);
    const rows = Array.from({ length: 2000 }, (_, i) => row(`crate-${i % 300}`, `1.${i}.0`, { message }));
    const all = payload(rows);
    assert.deepEqual([all.data.releases, all.data.crates], [2000, 300]);
    assert.deepEqual([all.data.findings.length, all.data.moreFindings], [50, 250]);
    assert.ok(JSON.stringify(all).length < 64 * 1024);
    const { blocks } = slackMessage(all);
    assert.ok(blocks.length <= 50);
    assert.ok(blocks.every(({ text }) => text.text.length <= 3000));
    assert.match(JSON.stringify(blocks), /And 280 more findings/);
  });

  it('lets nothing from outside break out of its line or call anybody', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const rows = [row('a', '1.0.0', { message: `<!channel>${message}\r\nBcc: x@example.com` })];
        const said = sayNotification(payload(rows));
        for (const line of [said.subject, ...said.findings.flatMap(({ head, lines }) => [head, ...lines])])
          assert.doesNotMatch(line, /[\r\n\0\u202e\u2028]/u);
        assert.doesNotMatch(JSON.stringify(slackMessage(payload(rows))), /<!channel>/);
      }),
    );
  });

  it('is the same at every try', () => {
    const rows = [row('a', '1.0.0'), row('b', '2.0.0', { until: '2026-01-01T00:00:00.000Z' })];
    const ended = rows.map((one) => ({ ...one, endedAt: 5 }));
    assert.equal(JSON.stringify(payload(rows)), JSON.stringify(payload(ended)));
  });
});

describe('a delivery that fails', () => {
  const first: DeliveryRecord = {
    notification: 'msg_1',
    target: 'hook',
    at: 0,
    dueAt: 0,
    attempts: 0,
    error: null,
    outcome: 'pending',
    endedAt: null,
  };

  it('is tried later and later, up to every hour, for 24 hours', () => {
    const waits: number[] = [];
    let delivery = first;
    while (delivery.dueAt !== null) {
      const now = delivery.dueAt;
      const claimed = { ...delivery, attempts: delivery.attempts + 1 };
      delivery = afterTry(claimed, new DeliveryError('no'), now);
      if (delivery.dueAt !== null) waits.push(delivery.dueAt - now);
    }
    assert.deepEqual(
      waits.slice(0, 8).map((wait) => wait / 1000),
      [30, 60, 120, 240, 480, 960, 1920, 3600],
    );
    assert.equal(
      waits.reduce((a, b) => a + b),
      24 * hour,
    );
    assert.deepEqual([delivery.outcome, delivery.endedAt, delivery.error], ['given-up', 24 * hour, 'no']);
  });

  it('is left alone as long as the other side asks, and no longer than an hour', () => {
    const claimed = { ...first, attempts: 1 };
    const due = (patience: number) => afterTry(claimed, new DeliveryError('busy', patience), 0).dueAt;
    assert.deepEqual([due(1_000), due(600_000), due(7 * hour)], [30_000, 600_000, hour]);
  });
});
