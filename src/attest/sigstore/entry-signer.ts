import { AttestError } from '../error.ts';

interface Signature {
  /** base64 of PEM, in entries of API 1. */
  readonly verifier?: string | Verifier;
  readonly publicKey?: { readonly content?: string };
}

interface Verifier {
  readonly x509Certificate?: { readonly rawBytes?: string };
  readonly publicKey?: { readonly rawBytes?: string };
}

interface Body {
  readonly kind?: string;
  readonly spec?: {
    readonly signatures?: readonly Signature[];
    readonly signature?: Signature;
    readonly dsseV002?: { readonly signatures?: readonly Signature[] };
    readonly hashedRekordV002?: { readonly signature?: Signature };
  };
}

/**
 * Holds an entry of a log to it that it names this signer (a certificate, or a SubjectPublicKeyInfo, DER): one key may
 * be in certificates of several names, and only what was logged under this one is seen by whoever watches for it.
 * Entries of the kinds `dsse` and `hashedrekord`. Throws `AttestError('attest/signature')`.
 */
export function refuseOtherSigner(canonicalBody: Uint8Array, signer: Uint8Array): void {
  let body: Body;
  try {
    body = JSON.parse(Buffer.from(canonicalBody).toString('utf8')) as Body;
  } catch (cause) {
    throw new AttestError('attest/signature', 'its entry in the log is no JSON', cause);
  }
  const { kind, spec = {} } = body;
  if (kind !== 'dsse' && kind !== 'hashedrekord') return;
  const signatures = [
    ...(spec.signatures ?? spec.dsseV002?.signatures ?? []),
    ...[spec.signature ?? spec.hashedRekordV002?.signature ?? []].flat(),
  ];
  if (signatures.some((one) => signerOf(one).equals(signer))) return;
  throw new AttestError('attest/signature', 'its entry in the log names another signer than it has');
}

function signerOf({ verifier, publicKey }: Signature): Buffer {
  if (typeof verifier === 'object')
    return Buffer.from((verifier.x509Certificate ?? verifier.publicKey)?.rawBytes ?? '', 'base64');
  const pem = Buffer.from(verifier ?? publicKey?.content ?? '', 'base64').toString('latin1');
  const [, block = ''] = /-----BEGIN [A-Z ]+-----([^-]+)-----END/.exec(pem) ?? [];
  return Buffer.from(block, 'base64');
}
