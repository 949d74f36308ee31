import type { TrustedRoot } from '@sigstore/protobuf-specs';
import type { SignedEntity } from '@sigstore/verify';
import { AttestError } from '../error.ts';

/**
 * Holds what is logged without a time of the log's own (API 2 of Rekor) to it that the root counts that log for each
 * time at which the signature was there: @sigstore/verify asks that of promises alone. `entity` was verified by the
 * root. Throws `AttestError('attest/signature')`.
 */
export function refuseUncountedLogs({ tlogEntries, timestamps }: SignedEntity, { tlogs }: TrustedRoot): void {
  const times = timestamps.flatMap((one) =>
    one.$case === 'timestamp-authority' ? [one.timestamp.signingTime] : [],
  );
  for (const { logId, inclusionPromise } of tlogEntries) {
    if (inclusionPromise !== undefined) continue;
    const counted = tlogs.some((log) => {
      const ids = [log.logId?.keyId, log.checkpointKeyId?.keyId];
      const { start, end } = log.publicKey?.validFor ?? {};
      return (
        ids.some((id) => id?.equals(logId.keyId) === true) &&
        times.every((at) => (start === undefined || start <= at) && (end === undefined || at <= end))
      );
    });
    if (!counted)
      throw new AttestError(
        'attest/signature',
        'it is in a log that the trusted root does not count for that time',
      );
  }
}
