import { bundleFromJSON } from '@sigstore/bundle';
import type { X509Certificate } from '@sigstore/core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { AttestError } from './error.ts';
import { documentsIn, jsonIn } from './json.ts';
import { refuseOtherSigner } from './sigstore/entry-signer.ts';
import { refuseUncountedLogs } from './sigstore/log-times.ts';

/** Who a certificate says its holder is (Fulcio, docs/oid-info.md). */
export interface CertifiedIdentity {
  /** Who told the authority so: the `iss` of the token that it was shown. */
  readonly issuer: string;
  /** The subject's alternative name: a workflow, or a mail address. */
  readonly subject: string;
  /** Numbers of the repository that was built and of its owner, where the certificate has them. */
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
}

/** Takes bundles that are signed by a key of minutes, with a certificate for it. */
export interface KeylessVerifier {
  /** Throws `AttestError('attest/signature')` where the roots do not vouch for it. */
  readonly verify: (bundle: string) => CertifiedIdentity;
}

/**
 * A verifier of trusted roots (`trusted_root.json` of sigstore's TUF repository, or each line of what
 * `gh attestation trusted-root` prints). Asks nobody. Throws `AttestError('attest/key')`.
 */
export function keylessVerifier(text: string): KeylessVerifier {
  const roots = trustedRootsIn(text);
  if (roots.length === 0 || roots.some(({ certificateAuthorities }) => certificateAuthorities.length === 0))
    throw new AttestError(
      'attest/key',
      'this is no trusted root of sigstore: it names no certificate authority',
    );
  const verifiers = roots.map((root) => ({
    root,
    // What a root has is asked for: an authority of its own without logs (GitHub's for private repositories) has
    // timestamps alone.
    verifier: new Verifier(toTrustMaterial(root), {
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    }),
  }));
  return {
    verify: (text) => {
      let reason: unknown;
      try {
        const bundle = bundleFromJSON(JSON.parse(text));
        const entity = toSignedEntity(bundle);
        if (entity.key.$case !== 'certificate')
          throw new AttestError('attest/signature', 'it is signed by a key, and has no certificate');
        for (const { root, verifier } of verifiers) {
          try {
            verifier.verify(entity);
            refuseUncountedLogs(entity, root);
            const { certificate } = entity.key;
            for (const { canonicalizedBody } of entity.tlogEntries)
              refuseOtherSigner(canonicalizedBody, certificate.root.toDER());
            return identityOf(certificate);
          } catch (error) {
            reason ??= error;
          }
        }
      } catch (error) {
        if (error instanceof AttestError) throw error;
        reason = error;
      }
      throw new AttestError(
        'attest/signature',
        `the trusted root does not vouch for it: ${reason instanceof Error ? reason.message : String(reason)}`,
        reason,
      );
    },
  };
}

/** The roots in a text: one, or one a line. Throws `AttestError('attest/key')`. */
export function trustedRootsIn(text: string): readonly TrustedRoot[] {
  const documents = documentsIn(text);
  if (documents === undefined) throw new AttestError('attest/key', 'it is no JSON');
  return documents.map((one) => {
    const value = jsonIn(one.text, 'attest/key', 'it');
    try {
      return TrustedRoot.fromJSON(value);
    } catch (cause) {
      throw new AttestError('attest/key', 'this is no trusted root of sigstore', cause);
    }
  });
}

/** Whether a bundle (as JSON) is signed by a certificate. */
export function isKeyless(bundle: string): boolean {
  try {
    const { verificationMaterial: material } = JSON.parse(bundle) as {
      readonly verificationMaterial?: object;
    };
    return material !== undefined && ('certificate' in material || 'x509CertificateChain' in material);
  } catch {
    return false;
  }
}

const prefix = '1.3.6.1.4.1.57264.1';

function identityOf(certificate: X509Certificate): CertifiedIdentity {
  return {
    issuer: textIn(certificate, `${prefix}.8`) ?? plainTextIn(certificate, `${prefix}.1`) ?? '',
    subject: certificate.subjectAltName ?? '',
    repositoryId: textIn(certificate, `${prefix}.15`),
    ownerId: textIn(certificate, `${prefix}.17`),
  };
}

/** A DER UTF8String; the first kind of issuer stands as it is. */
function textIn(certificate: X509Certificate, oid: string): string | undefined {
  return certificate.extension(oid)?.valueObj.subs[0]?.value.toString('utf8');
}

function plainTextIn(certificate: X509Certificate, oid: string): string | undefined {
  return certificate.extension(oid)?.value.toString('utf8');
}
