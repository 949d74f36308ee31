import { createHash } from 'node:crypto';
import { AttestError } from '../error.ts';
import { expect, malformed, partsOf, readAll, readOne, tags, write, writeInteger } from './der.ts';
import { tokenInfo } from './token.ts';

const sha256 = Buffer.from('608648016503040201', 'hex');

/**
 * A TimeStampReq (RFC 3161, 2.4.1) for some bytes: their SHA-256, `nonce` (any bytes, which the answer has to repeat), and that the
 * certificate of whoever answers is wanted with it.
 */
export function timestampRequest(data: Uint8Array, nonce: Uint8Array): Buffer {
  const algorithm = write(tags.sequence, write(tags.oid, sha256), Buffer.of(0x05, 0));
  const imprint = createHash('sha256').update(data).digest();
  return write(
    tags.sequence,
    writeInteger(Buffer.of(1)),
    write(tags.sequence, algorithm, write(tags.octets, imprint)),
    writeInteger(nonce),
    write(tags.boolean, Buffer.of(0xff)),
  );
}

/**
 * The token in a TimeStampResp (RFC 3161, 2.4.2) to that request. Whose signature it has is not asked here. Throws
 * `AttestError('attest/timestamp')` where it was refused, or is about other bytes or another request.
 */
export function tokenInResponse(response: Buffer, data: Uint8Array, nonce: Uint8Array): Buffer {
  const [said, token] = partsOf(readOne(response), tags.sequence);
  const [status, ...why] = partsOf(said, tags.sequence);
  const granted = expect(status, tags.integer).value;
  if (granted.length !== 1 || (granted[0] ?? 2) > 1) {
    const words = why
      .filter(({ tag }) => tag === tags.sequence)
      .flatMap(({ value }) => readAll(value).map((text) => text.value.toString('utf8')));
    throw new AttestError(
      'attest/timestamp',
      `the service gives no timestamp (status ${granted.toString('hex')}${words.length === 0 ? '' : `: ${words.join(' ').slice(0, 200)}`})`,
    );
  }
  if (token === undefined) throw malformed('the answer has no token');
  const info = tokenInfo(token.raw);
  if (!info.isOver(data)) throw new AttestError('attest/timestamp', 'the timestamp is of other bytes');
  if (info.nonce === undefined || !writeInteger(info.nonce).equals(writeInteger(nonce)))
    throw new AttestError('attest/timestamp', 'the timestamp answers another request');
  return token.raw;
}
