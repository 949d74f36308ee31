import { X509Certificate } from 'node:crypto';
import { AttestError } from '../error.ts';
import { type AskService, below, jsonOf, postForJson, unread } from './service.ts';

/** A key that lives for one build. */
export interface MomentaryKey {
  /** SubjectPublicKeyInfo as PEM. */
  readonly pem: string;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/**
 * The certificate (DER) that an authority (Fulcio, API 2: fulcio.proto) gives for a key to whom a token of OpenID
 * Connect is of. That the key is there is shown by a signature over who that is. Throws
 * `AttestError('attest/service')`.
 */
export async function certificateFor(
  ask: AskService,
  authority: URL,
  token: string,
  key: MomentaryKey,
): Promise<Buffer> {
  const url = below(authority, 'api/v2/signingCert');
  const answer = await postForJson(
    ask,
    url,
    {
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: {
        publicKey: { algorithm: 'ECDSA', content: key.pem },
        proofOfPossession: Buffer.from(key.sign(Buffer.from(subjectOf(token)))).toString('base64'),
      },
    },
    [200, 201],
  );
  const { signedCertificateEmbeddedSct: embedded, signedCertificateDetachedSct: detached } = (jsonOf(
    url,
    answer,
  ) ?? {}) as Readonly<Record<string, { readonly chain?: { readonly certificates?: unknown } } | undefined>>;
  const certificates = (embedded ?? detached)?.chain?.certificates;
  try {
    if (Array.isArray(certificates)) return new X509Certificate(String(certificates[0])).raw;
  } catch (cause) {
    throw unread(url, 'a certificate', cause);
  }
  throw unread(url, 'a certificate');
}

/** Whom a token names to the authority: a mail address that was confirmed, or its `sub`. Nothing of it is trusted here. */
function subjectOf(token: string): string {
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'),
    ) as typeof claims;
  } catch (cause) {
    throw new AttestError('attest/service', 'the token of the job is no JWT', cause);
  }
  const { email, email_verified: isVerified, sub } = claims;
  if (typeof email === 'string' && (isVerified === true || isVerified === 'true')) return email;
  if (typeof sub === 'string') return sub;
  throw new AttestError('attest/service', 'the token of the job says of nobody whose it is (`sub`)');
}
