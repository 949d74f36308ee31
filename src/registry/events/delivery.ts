import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';

/** The registries that can tell Safeguard of a change. The name is also the last part of the address. */
export type EventSourceName = 'kellnr' | 'cloudsmith' | 'artifactory';

/** What a delivery is checked against. */
export interface EventSettings {
  /** Name of the upstream whose crate is read again. */
  readonly upstream: string;
  /** The shared secret; absent means that unsigned deliveries are believed. */
  readonly secret?: string;
  /** Artifactory only: whether the header carries the secret itself or a signature made with it. */
  readonly mode?: 'secret' | 'hmac';
  /** How old a delivery may be, in milliseconds; absent: the source's own default. */
  readonly tolerance?: number;
}

/** The section of the configuration file that one source has, as parsed; see `resolveSettings`. */
export interface EventSection {
  readonly upstream: string;
  readonly secret?: string | undefined;
  readonly 'secret-env'?: string | undefined;
  readonly mode?: 'secret' | 'hmac' | undefined;
  readonly tolerance?: number | undefined;
}

/**
 * What happened to a release, as its registry tells it. It is a hint to read the crate again: the
 * registry's index, not the event, says what is true. `updated` is a release that stays but looks
 * different (quarantined, a property set); `other` changes nothing that can be downloaded by itself.
 */
export type ReleaseChange = 'published' | 'updated' | 'yanked' | 'unyanked' | 'deleted' | 'other';

/** One change of one crate. */
export interface ReleaseEvent {
  /** The same for every delivery of the same event. Unique within its source only: store both. */
  readonly id: string;
  /**
   * Crate name as the registry spells it. Some send it in lower case, so compare it the way that
   * index paths are compared.
   */
  readonly crate: string;
  /** Absent when the event is about the whole crate. */
  readonly version?: string;
  readonly change: ReleaseChange;
}

/** What became of a delivery. `reason` is one sentence for the log and the answer, free of secrets. */
export type Received = { readonly kind: 'accepted'; readonly events: readonly ReleaseEvent[] } | Refused;

export interface Refused {
  readonly kind: 'refused';
  readonly status: 400 | 401 | 413;
  readonly reason: string;
}

/** One registry's webhooks: how they are configured, verified and read. */
export interface EventSource {
  readonly name: EventSourceName;
  /** Schema of `[events.<name>]` in the configuration file. */
  readonly settings: z.ZodType<EventSection>;
  /**
   * How long an event id must be remembered, in milliseconds: longer than the source retries. For a
   * source without ids of its own it is short, because the same bytes can later be a new event.
   */
  readonly remember: number;
  /** Says why a secret cannot be one of this source's, or `undefined` if it can. */
  refuseSecret(secret: string): string | undefined;
  /** Verifies and reads one delivery. Never throws. `now` is epoch milliseconds. */
  receive(headers: IncomingHttpHeaders, body: Buffer, settings: EventSettings, now: number): Received;
}

/** Bytes; a longer body is refused unread. Real deliveries are a few kilobytes. */
export const maximumBody = 1024 * 1024;

/** A delivery that was believed, and what it says. */
export function accepted(events: readonly ReleaseEvent[]): Received {
  return { kind: 'accepted', events };
}

/** A delivery that leads to nothing. */
export function refused(status: Refused['status'], reason: string): Refused {
  return { kind: 'refused', status, reason };
}
