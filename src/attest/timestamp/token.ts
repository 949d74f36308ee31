import { createHash, timingSafeEqual } from 'node:crypto';
import { type Der, expect, malformed, oidOf, partsOf, readOne, tags } from './der.ts';

/** What a TimeStampToken (RFC 3161, 2.4.2) says, and how it is signed (RFC 5652). Nothing of it is proved yet. */
export interface TokenInfo {
  /** Epoch milliseconds. */
  readonly at: number;
  /** As it came, most significant first. */
  readonly nonce: Buffer | undefined;
  /** The TSTInfo itself: what the signed digest is of. */
  readonly content: Buffer;
  /** Certificates that came along, DER. */
  readonly certificates: readonly Buffer[];
  readonly signer: {
    /** Of the certificate: its issuer's name and its serial number, DER. */
    readonly issuer: Buffer;
    readonly serial: Buffer;
    readonly digest: string;
    /** Attributes that are signed, by identifier, and all of them as they are signed. */
    readonly attributes: ReadonlyMap<string, Der>;
    readonly signed: Buffer;
    readonly algorithm: string;
    readonly signature: Buffer;
  };
  /** Whether it is of these bytes. */
  isOver(data: Uint8Array): boolean;
}

export const oids = {
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** Hashes that are taken, by identifier: what can be collided at will proves nothing. */
export const hashes: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The first of a value's own tags: `[0]`. */
const zero = 0xa0;

/** Reads a token. Throws `AttestError('attest/timestamp')` where it is none. */
export function tokenInfo(token: Buffer): TokenInfo {
  const [kind, wrapped] = partsOf(readOne(token), tags.sequence);
  if (oidOf(kind) !== oids.signedData) throw malformed('it is not signed');
  const parts = partsOf(partsOf(wrapped, zero)[0], tags.sequence);
  const [contentKind, contentWrapped] = partsOf(parts[2], tags.sequence);
  if (oidOf(contentKind) !== oids.timestampInfo) throw malformed('something else is signed');
  const content = expect(partsOf(contentWrapped, zero)[0], tags.octets).value;
  const certificates = parts.slice(3).find(({ tag }) => tag === zero);
  const signers = partsOf(parts.at(-1), tags.set);
  if (signers.length !== 1) throw malformed('it is signed by several, or by nobody');
  return {
    ...infoOf(content),
    content,
    certificates: certificates === undefined ? [] : partsOf(certificates, zero).map(({ raw }) => raw),
    signer: signerOf(signers[0]),
  };
}

/** TSTInfo: version, policy, imprint, serial, time, then what may be left out. */
function infoOf(content: Buffer): Pick<TokenInfo, 'at' | 'nonce' | 'isOver'> {
  const parts = partsOf(readOne(content), tags.sequence);
  const [algorithm, imprint] = partsOf(parts[2], tags.sequence);
  const hash = hashes[oidOf(partsOf(algorithm, tags.sequence)[0])];
  const digest = expect(imprint, tags.octets).value;
  return {
    at: timeOf(expect(parts[4], tags.generalizedTime).value.toString('latin1')),
    nonce: parts.slice(5).find(({ tag }) => tag === tags.integer)?.value,
    isOver: (data) => {
      if (hash === undefined) return false;
      const own = createHash(hash).update(data).digest();
      return own.length === digest.length && timingSafeEqual(own, digest);
    },
  };
}

function signerOf(der: Der | undefined): TokenInfo['signer'] {
  const [, sid, digest, attributes, algorithm, signature] = partsOf(der, tags.sequence);
  // RFC 3161 names the certificate by its issuer, as all services do; a key's identifier alone is not taken.
  const [issuer, serial] = partsOf(sid, tags.sequence);
  const name = hashes[oidOf(partsOf(digest, tags.sequence)[0])];
  if (name === undefined) throw malformed('it is signed over a hash that is not taken');
  const signed = expect(attributes, zero);
  return {
    issuer: expect(issuer, tags.sequence).raw,
    serial: expect(serial, tags.integer).value,
    digest: name,
    attributes: new Map(
      partsOf(signed, zero).map((attribute) => {
        const [kind, values] = partsOf(attribute, tags.sequence);
        const [value, ...more] = partsOf(values, tags.set);
        if (value === undefined || more.length > 0) throw malformed('an attribute of it has not one value');
        return [oidOf(kind), value];
      }),
    ),
    // They are signed as the SET that they are, not as the part that they stand in (RFC 5652, 5.4).
    signed: Buffer.concat([Buffer.of(tags.set), signed.raw.subarray(1)]),
    algorithm: oidOf(partsOf(algorithm, tags.sequence)[0]),
    signature: expect(signature, tags.octets).value,
  };
}

/** `20261129221500.25Z` as epoch milliseconds (RFC 3161, 2.4.2: in UTC, without trailing zeros). */
function timeOf(text: string): number {
  const [, year, month, day, hour, minute, second, rest = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${rest.slice(0, 4)}Z`);
  if (Number.isNaN(time)) throw malformed('its time is none');
  return time;
}
