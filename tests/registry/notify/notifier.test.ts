import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Notifier } from '../../../src/registry/notify/notifier.ts';
import type { Target } from '../../../src/registry/notify/target.ts';
import type { DeliveryRecord, ToldRecord } from '../../../src/store/records.ts';
import { databases, withStore } from '../../store/databases.ts';

const delivery = (notification: string): DeliveryRecord => ({
  notification,
  target: 'hook',
  at: 0,
  dueAt: 0,
  attempts: 0,
  error: null,
  outcome: 'pending',
  endedAt: null,
});

const told = (notification: string): ToldRecord => ({
  notification,
  registry: 'crates.io',
  key: 'a',
  version: '1.0.0',
  finding: 'malicious deny',
  body: JSON.stringify({
    crate: 'a',
    state: 'blocked',
    rule: 'malicious',
    effect: 'deny',
    message: '',
    next: '',
  }),
  at: 0,
  endedAt: null,
});

for (const database of databases) {
  describe(`deliveries on ${database.name}`, { skip: database.skip }, () => {
    it('go past a damaged one, which is given up like any other', () =>
      withStore(database, async (store, place) => {
        const sent: string[] = [];
        const alarms: string[] = [];
        const target: Target = {
          name: 'hook',
          kind: 'webhook',
          where: 'here',
          secrets: [],
          send: async ({ id }) => void sent.push(id),
        };
        await store.write(async (tx) => {
          await tx.putToldFindings([told('msg_bad'), told('msg_good')]);
          await tx.putDeliveries([delivery('msg_bad'), delivery('msg_good')]);
        });
        await place.tamper("update told_findings set body = '{' where notification = 'msg_bad'");
        let now = 0;
        const notifier = new Notifier({
          store,
          journal: {
            decision: () => {},
            trouble: () => {},
            standing: () => {},
            alarm: (message) => alarms.push(message),
          },
          now: () => now,
          targets: new Map([['hook', target]]),
          pageOf: () => undefined,
        });
        await notifier.turn();
        assert.deepEqual(sent, ['msg_good']);
        const [delivered, pending] = await store.deliveryCounts();
        assert.deepEqual([delivered?.outcome, delivered?.count], ['delivered', 1]);
        assert.match(pending?.error ?? '', /"told_findings" with notification="msg_bad".* is damaged/);
        now = 24 * 3_600_000;
        await notifier.turn();
        assert.equal(alarms.length, 1);
        assert.equal(await store.nextDelivery(), null);
        assert.deepEqual(sent, ['msg_good']);
      }));
  });
}
