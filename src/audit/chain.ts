import { type Envelope, preAuthentication } from '../attest/dsse.ts';
import type { Signer } from '../attest/keys.ts';
import { canonicalJson, digestOfJson } from '../policy/canonical-json.ts';
import type { AuditEntry, AuditEvent, AuditHead } from './entry.ts';

/** Whoever signs the heads of the log. */
export interface AuditKey extends Signer {
  /** The public half, as base64 of its SubjectPublicKeyInfo (DER). */
  readonly id: string;
}

/** What the first entry follows. */
export const beginning = '0'.repeat(64);

/** What the signature of a head is over, beside its own bytes. */
const headType = 'application/vnd.safeguard.audit-head+json';

/** Gives an act its place after the head of the log, with a hash over all that came before and a signed head of its own. */
export function chained(event: AuditEvent, head: AuditHead | undefined, key: AuditKey): AuditEntry {
  const seq = (head?.count ?? 0) + 1;
  const hash = hashOf({ ...event, seq }, head?.hash ?? beginning);
  const signature = key.sign(signedBytes({ count: seq, hash, at: event.at }));
  return { ...event, seq, hash, key: key.id, signature: Buffer.from(signature).toString('base64') };
}

/** The head that an entry made. */
export function headOf({ seq, hash, at, key, signature }: AuditEntry): AuditHead {
  return { count: seq, hash, at, key, signature };
}

/** SHA-256 (hex) of an entry: of its canonical JSON, with the hash of the entry before. */
export function hashOf(entry: AuditEvent & Pick<AuditEntry, 'seq'>, previous: string): string {
  const { seq, at, actor, role, address, action, subject, before, after } = entry;
  const said = { seq, at, actor, role, address, action, subject, before, after, previous };
  return digestOfJson(said);
}

/** What a head's signature is over (DSSE's pre-authentication encoding). */
export function signedBytes(head: Pick<AuditHead, 'count' | 'hash' | 'at'>): Uint8Array {
  return preAuthentication(headType, payloadOf(head));
}

/** A head as the envelope (DSSE) that its signature makes of it. */
export function headEnvelope(head: AuditHead): Envelope {
  return {
    payloadType: headType,
    payload: payloadOf(head),
    signatures: [Buffer.from(head.signature, 'base64')],
  };
}

function payloadOf({ count, hash, at }: Pick<AuditHead, 'count' | 'hash' | 'at'>): Buffer {
  return Buffer.from(canonicalJson({ count, hash, at }));
}
