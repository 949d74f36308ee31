import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { durationSetting } from '../../policy/duration.ts';
import { signingKeys, webhookSignature } from '../standard-webhooks.ts';
import { crateName, crateVersion, readBody, readShape } from './body.ts';
import {
  accepted,
  type EventSettings,
  type EventSource,
  type Refused,
  type ReleaseChange,
  refused,
} from './delivery.ts';
import { onlyOneSecret, sharedKeys, twoSecrets } from './settings.ts';
import { bodyId, headerValue, sameDigest } from './signature.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const event = z.object({
  type: z.string(),
  data: z.object({
    // In lower case up to 6.x; 7.x adds the name as it was published.
    crate_name: crateName,
    original_name: crateName.nullish(),
    crate_version: crateVersion.nullish(),
  }),
});

const changes: Readonly<Record<string, ReleaseChange>> = {
  crate_add: 'published',
  crate_update: 'published',
  crate_yank: 'yanked',
  crate_unyank: 'unyanked',
};

/**
 * Kellnr: one event a delivery; signed from 6.13 on as Standard Webhooks say, unsigned before.
 * It tries again with the same `webhook-id` and a new `webhook-timestamp`, so a late retry is fresh
 * and is known by its id. An unsigned delivery has no id; its body carries the moment of the change, so
 * that the digest of the body is one.
 */
export const kellnr: EventSource = {
  name: 'kellnr',
  settings: z
    .strictObject({
      ...sharedKeys(
        'The secret that the webhook was registered with in Kellnr: base64, with or without whsec_ before it; several, separated by spaces, where each webhook has its own.',
      ),
      tolerance: durationSetting('5m').describe(
        "How far the time that a delivery was signed at may be from this machine's clock, either way.",
      ),
    })
    .refine(onlyOneSecret, twoSecrets),
  // The waits between Kellnr's tries add up to more than three days, the last one being 24 hours.
  remember: 4 * day,
  refuseSecret: (secret) =>
    signingKeys(secret) === undefined
      ? 'is not base64, with or without whsec_ before it, as the webhook was registered with'
      : undefined,
  receive(headers, bytes, settings, now) {
    const json = readBody(bytes, () => refuseSignature(headers, bytes, settings, now));
    if (json.kind === 'refused') return json;
    // What Kellnr sends to test a webhook: a bare JSON string.
    if (typeof json.value === 'string') return accepted([]);
    const read = readShape(json.value, event, 'a Kellnr event');
    if (read.kind === 'refused') return read;
    const { type, data } = read.value;
    return accepted([
      {
        id: deliveryId(headers) ?? bodyId(bytes),
        crate: data.original_name ?? data.crate_name,
        ...(data.crate_version == null ? {} : { version: data.crate_version }),
        change: Object.hasOwn(changes, type) ? (changes[type] ?? 'other') : 'other',
      },
    ]);
  },
};

function refuseSignature(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  settings: EventSettings,
  now: number,
): Refused | undefined {
  if (settings.secret === undefined) return undefined;
  const keys = signingKeys(settings.secret);
  if (keys === undefined) return refused(401, 'The configured secret is not base64.');
  const id = deliveryId(headers);
  const timestamp = headerValue(headers, 'webhook-timestamp');
  const signatures = headerValue(headers, 'webhook-signature');
  if (id === undefined || timestamp === undefined || signatures === undefined) {
    return refused(401, 'The delivery is not signed, and a secret is configured.');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return refused(401, 'The webhook-timestamp is not a Unix time.');
  const expected = keys.map((key) => Buffer.from(webhookSignature(key, id, timestamp, bytes)));
  // Several while a secret is being replaced; all are compared, so that the time says nothing.
  const valid = signatures
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice(3)))
    .flatMap((given) => expected.map((one) => sameDigest(given, one)))
    .includes(true);
  if (!valid) return refused(401, 'No signature of the delivery is valid.');
  const age = now - Number(timestamp) * 1000;
  const tolerance = settings.tolerance ?? 5 * minute;
  if (age > tolerance) return refused(401, 'The delivery was signed too long ago.');
  if (age < -tolerance) return refused(401, "The delivery was signed in this machine's future.");
  return undefined;
}

function deliveryId(headers: IncomingHttpHeaders): string | undefined {
  const id = headerValue(headers, 'webhook-id');
  return id !== undefined && /^[!-~]{1,256}$/.test(id) ? id : undefined;
}
