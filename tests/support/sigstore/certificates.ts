/**
 * Certificates as Fulcio gives them (RFC 5280; docs/certificate-specification.md of sigstore/fulcio), octet by octet:
 * those of a moment, with what a CT log says.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { tags, write, writeInteger } from '../../../src/attest/timestamp/der.ts';

/** Who certifies. */
export interface TestCa {
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly spki: Buffer;
}

/** Whom a certificate is of. */
export interface Holder {
  readonly issuer: string;
  /** A workflow's address, or a mail address. */
  readonly subject: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
}

interface Times {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

const algorithm = write(tags.sequence, oid('1.2.840.10045.4.3.2'));

export function testCa(times: Times): TestCa {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = spkiOf(publicKey);
  const body = tbs(spki, name('ca'), times, [
    extension(
      '2.5.29.19',
      true,
      write(tags.sequence, write(tags.boolean, Buffer.of(0xff)), writeInteger(Buffer.of(1))),
    ),
    extension('2.5.29.15', true, Buffer.of(0x03, 2, 1, 0x06)),
    extension('2.5.29.14', false, write(tags.octets, keyId(spki))),
  ]);
  return { der: signed(body, privateKey), key: privateKey, spki };
}

/** A certificate for a key, with the timestamp of a CT log (RFC 6962, section 3.3) where there is one. */
export function certify(
  ca: TestCa,
  spki: Buffer,
  { issuer, subject, repositoryId, ownerId }: Holder,
  times: Times,
  ctKey: KeyObject | undefined,
): Buffer {
  const named = subject.includes('://') ? ([0x86, subject] as const) : ([0x81, subject] as const);
  const own = (number: number, value: string | undefined) =>
    value === undefined
      ? []
      : [extension(`1.3.6.1.4.1.57264.1.${number}`, false, write(0x0c, Buffer.from(value)))];
  const extensions = [
    extension('2.5.29.15', true, Buffer.of(0x03, 2, 7, 0x80)),
    extension('2.5.29.37', false, write(tags.sequence, oid('1.3.6.1.5.5.7.3.3'))),
    extension('2.5.29.14', false, write(tags.octets, keyId(spki))),
    extension('2.5.29.35', false, write(tags.sequence, write(0x80, keyId(ca.spki)))),
    extension('2.5.29.17', true, write(tags.sequence, write(named[0], Buffer.from(named[1])))),
    extension('1.3.6.1.4.1.57264.1.1', false, Buffer.from(issuer)),
    ...own(8, issuer),
    ...own(15, repositoryId),
    ...own(17, ownerId),
  ];
  const serial = randomBytes(12);
  const made = (more: readonly Buffer[]) =>
    tbs(spki, Buffer.alloc(0), times, [...extensions, ...more], serial);
  if (ctKey === undefined) return signed(made([]), ca.key);
  const list = write(tags.octets, seen(made([]), ca, times.from, ctKey));
  return signed(made([extension('1.3.6.1.4.1.11129.2.4.2', false, list)]), ca.key);
}

export function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' });
}

/** What a CT log says of a certificate without what it says. */
function seen(body: Buffer, ca: TestCa, at: number, key: KeyObject): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(at));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const head = Buffer.concat([
    Buffer.of(0, 0),
    time,
    Buffer.of(0, 1),
    sha256(ca.spki),
    size.subarray(1),
    body,
    Buffer.of(0, 0),
  ]);
  const signature = sign('sha256', head, key);
  const logId = sha256(spkiOf(createPublicKey(key)));
  const one = Buffer.concat([Buffer.of(0), logId, time, Buffer.of(0, 0, 4, 3), sized(signature)]);
  return sized(sized(one));
}

function tbs(
  spki: Buffer,
  subject: Buffer,
  { from, to }: Times,
  extensions: readonly Buffer[],
  serial: Buffer = randomBytes(12),
): Buffer {
  return write(
    tags.sequence,
    write(0xa0, writeInteger(Buffer.of(2))),
    writeInteger(serial),
    algorithm,
    write(tags.sequence, name('ca')),
    write(tags.sequence, time(from), time(to)),
    write(tags.sequence, subject),
    spki,
    write(0xa3, write(tags.sequence, ...extensions)),
  );
}

function signed(body: Buffer, key: KeyObject): Buffer {
  const signature = sign('sha256', body, key);
  return write(tags.sequence, body, algorithm, write(0x03, Buffer.of(0), signature));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [write(tags.boolean, Buffer.of(0xff))] : [];
  return write(tags.sequence, oid(id), ...critical, write(tags.octets, value));
}

/** The parts of a distinguished name: an organisation and this one of it. */
function name(common: string): Buffer {
  const part = (id: string, value: string) =>
    write(tags.set, write(tags.sequence, oid(id), write(0x0c, Buffer.from(value))));
  return Buffer.concat([part('2.5.4.10', 'test'), part('2.5.4.3', common)]);
}

function time(at: number): Buffer {
  return write(0x17, Buffer.from(new Date(at).toISOString().replace(/^20|[-:T]|\.\d+/g, '')));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((number) => {
    const own = [number & 0x7f];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      own.unshift((left & 0x7f) | 0x80);
    return own;
  });
  return write(tags.oid, Buffer.from(octets));
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

function keyId(spki: Buffer): Buffer {
  return createHash('sha1').update(spki).digest();
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
