import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { AttestError } from './error.ts';

/** Whoever signs: a key on this machine, or a service that has one. */
export interface Signer {
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** A key that signatures are held against. */
export interface Verifier {
  readonly verify: (bytes: Uint8Array, signature: Uint8Array) => boolean;
}

const kinds = 'ECDSA on P-256, or Ed25519';

/** A private key as PEM (PKCS #8 or SEC 1); `passphrase` opens an encrypted one. Throws `AttestError('attest/key')`. */
export function readSigner(pem: string, passphrase?: string): Signer {
  if (/BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY/.test(pem))
    throw new AttestError(
      'attest/key',
      'the key is in cosign’s own format, which only cosign opens; give one as PEM (PKCS #8)',
    );
  const key = read(() => createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }));
  const digest = digestFor(key);
  return { sign: (bytes) => sign(digest, bytes, key) };
}

/** A public key as PEM. Throws `AttestError('attest/key')`. */
export function readVerifier(pem: string): Verifier {
  if (pem.includes('PRIVATE KEY'))
    throw new AttestError(
      'attest/key',
      'this is a private key, and a signature is held against the public one',
    );
  const key = read(() => createPublicKey(pem));
  const digest = digestFor(key);
  return {
    verify: (bytes, signature) => {
      try {
        return verify(digest, bytes, key, signature);
      } catch {
        // Bytes that are no signature at all.
        return false;
      }
    },
  };
}

/** The public half of a private key, as base64 of its SubjectPublicKeyInfo (DER, RFC 5280 section 4.1). Throws as `readSigner`. */
export function publicHalf(pem: string): string {
  const key = read(() => createPublicKey(pem));
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** A public key as PEM (RFC 7468), of what `publicHalf` gives. */
export function publicPem(half: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${half.replace(/(.{64})(?=.)/g, '$1\n')}\n-----END PUBLIC KEY-----\n`;
}

/**
 * What Sigstore calls the kind of a public key (PublicKeyDetails of sigstore_common.proto): of PEM, or of what
 * `publicHalf` gives. Throws as `readSigner`.
 */
export function sigstoreKind(key: string): 'PKIX_ED25519' | 'PKIX_ECDSA_P256_SHA_256' {
  const read = createPublicKey(key.includes('-----') ? key : publicPem(key));
  return digestFor(read) === null ? 'PKIX_ED25519' : 'PKIX_ECDSA_P256_SHA_256';
}

function read(make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    const reason = /PASSPHRASE|BAD_DECRYPT/i.test(`${code} ${String(cause)}`)
      ? 'the key is encrypted, and not by this passphrase'
      : `this is no key as PEM: ${kinds} is wanted`;
    throw new AttestError('attest/key', reason, cause);
  }
}

/** The digest that goes with a key; Ed25519 has its own. */
function digestFor(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return 'sha256';
  throw new AttestError('attest/key', `the key is of another kind than ${kinds}`);
}
