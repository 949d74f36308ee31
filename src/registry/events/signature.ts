import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A header's single value, or `undefined` when it is absent, empty or not one value. */
export function headerValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  if (!Object.hasOwn(headers, name)) return undefined;
  const value: unknown = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** HMAC over the parts, one after the other. */
export function hmac(
  algorithm: 'sha1' | 'sha256',
  key: Buffer | string,
  ...parts: readonly (Buffer | string)[]
): Buffer {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

/** Whether two digests are equal, in a time that does not depend on where they differ. */
export function sameDigest(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Whether two secrets are equal. Their digests are compared, so that the time tells no length either. */
export function sameSecret(given: Buffer, expected: Buffer): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

/**
 * The digest that a header carries as hex, bare or after `<algorithm>=`; `undefined` when it is not
 * exactly that. `Buffer.from(…, 'hex')` alone would stop quietly at the first stray character.
 */
export function hexDigest(header: string, algorithm: 'sha1' | 'sha256'): Buffer | undefined {
  const prefix = `${algorithm}=`;
  const hex = header.toLowerCase().startsWith(prefix) ? header.slice(prefix.length) : header;
  const length = algorithm === 'sha1' ? 40 : 64;
  return hex.length === length && /^[0-9a-f]+$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

/** An id for a delivery that brings none: the same bytes, the same id. */
export function bodyId(body: Buffer): string {
  return `sha256:${sha256(body).toString('hex')}`;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
