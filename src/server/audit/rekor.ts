import { z } from 'zod';
import { loggedBundle, readBundle } from '../../attest/bundle.ts';
import { preAuthentication } from '../../attest/dsse.ts';
import { AttestError } from '../../attest/error.ts';
import type { LogProof, LogVerifier } from '../../attest/logged.ts';
import { putIntoLog } from '../../attest/sigstore/log.ts';
import type { LogService } from '../../attest/sigstore/signing-config.ts';
import { headEnvelope, signedBytes } from '../../audit/chain.ts';
import type { AuditHead } from '../../audit/entry.ts';
import type { AnchorPlace } from '../../registry/duties/anchors.ts';
import { serviceAsker } from '../signatures/ask.ts';
import { auditHeadSchema } from './contract.ts';
import { appendLine, linesOf } from './lines.ts';
import { headJson, headOfJson, jsonOf } from './shape.ts';

/**
 * The file of a data folder that heads are kept in with their entries in a public log: a line of JSON each, of a head
 * and `bundle`, which is Sigstore's.
 */
export const rekorFile = 'audit-rekor.jsonl';

/** A head, and the bundle (JSON) that says where it is logged. */
export interface LoggedHead {
  readonly head: AuditHead;
  readonly bundle: string;
}

/**
 * Heads put into a transparency log (Rekor) as they are signed, with the log's proof kept in a file, each on disk
 * before it counts. The log sees a digest of the head, its signature and the public key. Nothing counts for which the
 * trusted root does not vouch.
 */
export function logOfHeads(log: LogService, file: string, verifier: LogVerifier): AnchorPlace {
  return {
    name: log.url.host,
    last: async () => loggedIn(await linesOf(file)).at(-1)?.head,
    keep: async (head, signal) => {
      const envelope = headEnvelope(head);
      const entry = await putIntoLog(serviceAsker(signal), log, envelope, { key: head.key });
      const bundle = loggedBundle(envelope, { hint: '' }, [entry], []);
      proofOfHead({ head, bundle }, verifier);
      await appendLine(file, JSON.stringify({ ...headJson(head), bundle: JSON.parse(bundle) as unknown }));
    },
  };
}

/** The heads of a file that are logged. A line of another kind is passed over. */
export function loggedIn(text: string): readonly LoggedHead[] {
  return text.split('\n').flatMap((line) => {
    const parsed = loggedSchema.safeParse(jsonOf(line));
    if (!parsed.success) return [];
    const { bundle, ...head } = parsed.data;
    return [{ head: headOfJson(head), bundle: JSON.stringify(bundle) }];
  });
}

/** Where a head is logged, as a log says for which the roots vouch. Throws `AttestError`. */
export function proofOfHead({ head, bundle }: LoggedHead, verifier: LogVerifier): LogProof {
  const proof = verifier.verify(bundle, head.key);
  const { payloadType, payload } = readBundle(bundle);
  if (Buffer.compare(preAuthentication(payloadType, payload), signedBytes(head)) !== 0)
    throw new AttestError('attest/signature', 'what is logged is another head');
  return proof;
}

/** The same, by whichever of several verifiers takes it. Throws what the first one says. */
export function proofByAny(head: LoggedHead, verifiers: readonly LogVerifier[]): LogProof {
  let reason: unknown;
  for (const verifier of verifiers)
    try {
      return proofOfHead(head, verifier);
    } catch (error) {
      reason ??= error;
    }
  throw reason;
}

const loggedSchema = auditHeadSchema.extend({ bundle: z.record(z.string(), z.unknown()) });
