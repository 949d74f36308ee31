import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** Whether a text was signed by an id. Ids are ed25519 public keys; they and signatures are base64url, unpadded. */
export function isSignedBy(id: string, body: string, signature: string): boolean {
  const key = keyOf(id);
  if (key === undefined || !isBase64url(signature, 64)) return false;
  return verify(null, Buffer.from(body), key, Buffer.from(signature, 'base64url'));
}

/** Whether a text has the form of an id. */
export function isId(text: string): boolean {
  return isBase64url(text, 32);
}

function keyOf(id: string): KeyObject | undefined {
  if (!isId(id)) return undefined;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: id }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** One spelling only: `Buffer` would let padding, other alphabets and stray bits pass. */
function isBase64url(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64url');
  return decoded.length === bytes && decoded.toString('base64url') === text;
}
