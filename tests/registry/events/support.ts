import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { EventSettings, Received } from '../../../src/registry/events/delivery.ts';

export const now = Date.parse('2026-08-20T07:30:00Z');
export const minute = 60_000;
export const hour = 60 * minute;

export const whsec = `whsec_${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`;
export const otherWhsec = `whsec_${Buffer.from('vutsrqponmlkjihgfedcba9876543210').toString('base64')}`;

/** What Kellnr sends along. Signed over the bytes: the Standard Webhooks library signs decoded text. */
export function kellnrHeaders(body: Buffer, secret = whsec, at = now, id = 'msg_1'): IncomingHttpHeaders {
  const seconds = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'));
  const signature = mac.update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

export function hexHmac(algorithm: 'sha1' | 'sha256', secret: string, body: Buffer): string {
  return createHmac(algorithm, secret).update(body).digest('hex');
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function settings(more: Partial<EventSettings> = {}): EventSettings {
  return { upstream: 'other', ...more };
}

/** The short form that the tables compare: a status, or what each event says. */
export function told(received: Received): number | readonly string[] {
  if (received.kind === 'refused') return received.status;
  return received.events.map(({ crate, version, change }) => `${crate} ${version ?? '*'} ${change}`);
}

export function ids(received: Received): readonly string[] {
  return received.kind === 'accepted' ? received.events.map(({ id }) => id) : [];
}

/** Bodies that no source may read, with the status each gets once it is believed. */
export const malformed: readonly (readonly [name: string, body: Buffer, status: number])[] = [
  ['nothing', Buffer.alloc(0), 400],
  ['not JSON', Buffer.from('payload=%7B%7D'), 400],
  ['cut off', Buffer.from('{"type":"crate_add","data":{'), 400],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
  ['null', json(null), 400],
  ['a number', json(7), 400],
  ['an empty object', json({}), 400],
  ['an array of the wrong things', json([1, 'two', null]), 400],
  ['200,000 arrays in each other', Buffer.from('['.repeat(200_000) + ']'.repeat(200_000)), 400],
  ['100,000 objects in each other', Buffer.from(`${'{"data":'.repeat(100_000)}1${'}'.repeat(100_000)}`), 400],
  [
    'everything under __proto__',
    Buffer.from(
      '{"__proto__":{"type":"crate_add","domain":"artifact","event_type":"deployed",' +
        '"data":{"crate_name":"a","path":"crates/a"},"meta":{"event_id":"package.synced"}}}',
    ),
    400,
  ],
  ['1 MiB and a byte', Buffer.alloc(1024 * 1024 + 1, 0x20), 413],
];
