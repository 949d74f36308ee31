import { createHash } from 'node:crypto';

/**
 * A serial number that is made of what the document says, so that the same contents have the same one: a UUID of version 8
 * (RFC 9562, 5.8) from the SHA-256 of a text, which may come in parts.
 */
export function serialOf(text: string | Iterable<string>): string {
  const hash = createHash('sha256');
  for (const part of typeof text === 'string' ? [text] : text) hash.update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `urn:uuid:${parts.join('-')}`;
}
