import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { AttestError } from './error.ts';
import { trustedRootsIn } from './keyless.ts';
import { refuseOtherSigner } from './sigstore/entry-signer.ts';

/** That something is in a public log, as the log says. */
export interface LogProof {
  /** The address of the log. */
  readonly log: string;
  readonly index: number;
  /** Epoch milliseconds: when it took it; `undefined`: it does not say (API 2 of Rekor). */
  readonly at: number | undefined;
}

/** Takes bundles of what a known key signed and a log has. */
export interface LogVerifier {
  /** `key` as base64 of its SubjectPublicKeyInfo. Throws `AttestError('attest/signature')` where no log of the roots has it. */
  readonly verify: (bundle: string, key: string) => LogProof;
}

/** A verifier of trusted roots that name logs. Asks nobody. Throws `AttestError('attest/key')`. */
export function logVerifier(text: string): LogVerifier {
  const roots = trustedRootsIn(text).filter(({ tlogs }) => tlogs.length > 0);
  if (roots.length === 0)
    throw new AttestError('attest/key', 'this is no trusted root of sigstore: it names no transparency log');
  return {
    verify: (text, key) => {
      let reason: unknown;
      const der = Buffer.from(key, 'base64');
      for (const root of roots)
        try {
          const bundle = bundleFromJSON(JSON.parse(text));
          const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
          const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
          const wanted = { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 };
          const entity = toSignedEntity(bundle);
          if (entity.key.$case !== 'public-key') throw new Error('it is signed by a certificate');
          new Verifier(material, wanted).verify(entity);
          for (const { canonicalizedBody } of entity.tlogEntries) refuseOtherSigner(canonicalizedBody, der);
          const [entry] = entity.tlogEntries;
          if (entry === undefined) throw new Error('it names no entry');
          const log = root.tlogs.find(({ logId }) => logId?.keyId.equals(entry.logId.keyId));
          // The proof counts within a tree, and is what was verified; only a promise covers the number over all trees,
          // and the time.
          const { inclusionPromise: promise, inclusionProof: proof } = entry;
          return {
            log: log?.baseUrl ?? '',
            index: Number(promise === undefined ? proof?.logIndex : entry.logIndex),
            at: promise === undefined ? undefined : Number(entry.integratedTime) * 1000,
          };
        } catch (error) {
          reason ??= error;
        }
      const why = reason instanceof Error ? reason.message : String(reason);
      throw new AttestError('attest/signature', `no log of the trusted root has it: ${why}`, reason);
    },
  };
}
