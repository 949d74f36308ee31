import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { durationSetting } from '../../policy/duration.ts';
import { crateName, crateVersion, type Read, readBody, readShape } from './body.ts';
import {
  accepted,
  type EventSettings,
  type EventSource,
  type Refused,
  type ReleaseChange,
  type ReleaseEvent,
  refused,
} from './delivery.ts';
import { onlyOneSecret, sharedKeys, twoSecrets } from './settings.ts';
import { headerValue, hexDigest, hmac, sameDigest } from './signature.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** How far ahead Cloudsmith's clock may be. */
const ahead = 5 * minute;

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const identifier = z.string().regex(/^[!-~]{1,128}$/, 'expected an identifier');

const delivery = z.object({
  data: z.unknown().optional(),
  meta: z.object({
    // Despite its name the kind of event, `package.synced`; the unique one is `trigger_id`.
    event_id: identifier,
    trigger_id: identifier,
    event_at: moment,
    // When this try was sent; a retry has a new one.
    attempt_at: moment.nullish(),
  }),
});

/** Webhooks belong to a repository, which may hold other formats besides crates. */
const format = z.object({ format: z.string() });
const crate = z.object({ name: crateName, version: crateVersion.nullish() });

const changes: Readonly<Record<string, ReleaseChange>> = {
  // `package.created` comes before the package can be downloaded, `package.synced` when it can.
  'package.synced': 'published',
  'package.restored': 'published',
  'package.quarantined': 'updated',
  'package.released': 'updated',
  'package.deleted': 'deleted',
};

/** Cloudsmith: signed by HMAC-SHA1 of the body, which has the time within; one event or an array of them. */
export const cloudsmith: EventSource = {
  name: 'cloudsmith',
  settings: z
    .strictObject({
      ...sharedKeys('The HMAC signature key of the webhook.'),
      tolerance: durationSetting('24h').describe(
        'How long ago a delivery may have been sent. A delivery sent again is known by its id within that time.',
      ),
    })
    .refine(onlyOneSecret, twoSecrets),
  remember: 4 * day,
  refuseSecret: () => undefined,
  receive(headers, bytes, settings, now) {
    const json = readBody(bytes, () => refuseSignature(headers, bytes, settings));
    if (json.kind === 'refused') return json;
    const all: unknown = Array.isArray(json.value) ? json.value : [json.value];
    const read = readShape(all, z.array(delivery), 'a Cloudsmith event');
    if (read.kind === 'refused') return read;
    const events = new Map<string, ReleaseEvent>();
    for (const each of read.value) {
      const untimely = refuseTime(each.meta.attempt_at ?? each.meta.event_at, settings, now);
      if (untimely !== undefined) return untimely;
      const event = releaseEvent(each);
      if (event?.kind === 'refused') return event;
      if (event !== undefined) events.set(event.value.id, event.value);
    }
    return accepted([...events.values()]);
  },
};

/** The event of a crate; nothing for `ping` and for packages that are no crates. */
function releaseEvent(each: z.output<typeof delivery>): Read<ReleaseEvent> | undefined {
  const kind = each.meta.event_id;
  if (!kind.startsWith('package.')) return undefined;
  const of = readShape(each.data, format, 'a Cloudsmith package event');
  if (of.kind === 'refused') return of;
  if (of.value.format.toLowerCase() !== 'cargo') return undefined;
  const read = readShape(each.data, crate, 'a Cloudsmith event of a crate');
  if (read.kind === 'refused') return read;
  const { name, version } = read.value;
  return {
    kind: 'read',
    value: {
      // By content, not by place in the array: a retry may be grouped differently.
      id: [each.meta.trigger_id, kind, name, ...(version == null ? [] : [version])].join('/'),
      crate: name,
      ...(version == null ? {} : { version }),
      change: Object.hasOwn(changes, kind) ? (changes[kind] ?? 'other') : 'other',
    },
  };
}

function refuseSignature(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  settings: EventSettings,
): Refused | undefined {
  if (settings.secret === undefined) return undefined;
  if (settings.secret === '') return refused(401, 'The configured secret is empty.');
  const header = headerValue(headers, 'x-cloudsmith-signature');
  if (header === undefined) return refused(401, 'The delivery is not signed, and a secret is configured.');
  const given = hexDigest(header, 'sha1');
  return given !== undefined && sameDigest(given, hmac('sha1', settings.secret, bytes))
    ? undefined
    : refused(401, 'The signature of the delivery is not valid.');
}

function refuseTime(sentAt: number, settings: EventSettings, now: number): Refused | undefined {
  if (now - sentAt > (settings.tolerance ?? day)) return refused(401, 'The delivery was sent too long ago.');
  if (sentAt - now > ahead) return refused(401, "The delivery was sent in this machine's future.");
  return undefined;
}
