import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { timestampOf } from '../../attest/sigstore/timestamp.ts';
import { type Timestamp, verifyTimestamp } from '../../attest/timestamp/verify.ts';
import { signedBytes } from '../../audit/chain.ts';
import type { AuditHead } from '../../audit/entry.ts';
import type { AnchorPlace } from '../../registry/duties/anchors.ts';
import { serviceAsker } from '../signatures/ask.ts';
import { auditHeadSchema } from './contract.ts';
import { appendLine, linesOf } from './lines.ts';
import { headJson, headOfJson, jsonOf } from './shape.ts';

/** The file of a data folder that heads are kept in with their timestamps: a line of JSON each, of a head and `timestamp`. */
export const timestampsFile = 'audit-timestamps.jsonl';

/** A head, and somebody's word that it was there at a time (TimeStampToken, DER). */
export interface StampedHead {
  readonly head: AuditHead;
  readonly token: Buffer;
}

/**
 * Heads with a timestamp of a service (RFC 3161), kept in a file, each on disk before it counts. What the service
 * answers is held against what was asked, and against `authorities` where some are given. The service sees a digest of
 * the head, nothing of the log.
 */
export function timestampsOfHeads(
  url: URL,
  file: string,
  authorities: readonly X509Certificate[] | undefined,
): AnchorPlace {
  return {
    name: url.host,
    last: async () => stampedIn(await linesOf(file)).at(-1)?.head,
    keep: async (head, signal) => {
      const data = signedBytes(head);
      const { token } = await timestampOf(serviceAsker(signal), url, data);
      if (authorities !== undefined) verifyTimestamp(token, data, authorities);
      await appendLine(file, JSON.stringify({ ...headJson(head), timestamp: token.toString('base64') }));
    },
  };
}

/** The heads of a file that have a timestamp. A line that has none is passed over. */
export function stampedIn(text: string): readonly StampedHead[] {
  return text.split('\n').flatMap((line) => {
    const parsed = stampedSchema.safeParse(jsonOf(line));
    if (!parsed.success) return [];
    const { timestamp, ...head } = parsed.data;
    return [{ head: headOfJson(head), token: Buffer.from(timestamp, 'base64') }];
  });
}

/** When a head was there, as a service says that one of `authorities` vouches for. Throws `AttestError('attest/timestamp')`. */
export function timeOfHead({ head, token }: StampedHead, authorities: readonly X509Certificate[]): Timestamp {
  return verifyTimestamp(token, signedBytes(head), authorities);
}

const stampedSchema = auditHeadSchema.extend({ timestamp: z.base64().min(1) });
