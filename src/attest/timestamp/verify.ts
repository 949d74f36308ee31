import {
  constants,
  createHash,
  verify as isSigned,
  type KeyObject,
  type VerifyKeyObjectInput,
  X509Certificate,
} from 'node:crypto';
import { AttestError } from '../error.ts';
import { type Der, expect, oidOf, partsOf, readOne, tags } from './der.ts';
import { hashes, oids, type TokenInfo, tokenInfo } from './token.ts';

/** That some bytes were there at a time, as somebody says who is believed. */
export interface Timestamp {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The name in the certificate of who says so. */
  readonly authority: string;
}

/** What certificates of services that give timestamps are for, critically (RFC 3161, 2.3). */
const timestamping = '1.3.6.1.5.5.7.3.8';
const anyPurpose = '2.5.29.37.0';
const extendedUsage = '2.5.29.37';
/** The extensions among the parts of a certificate: `[3]`. */
const extensionsTag = 0xa3;
/** Certificates from who signed to who is believed. */
const longestChain = 8;

/** Certificates of authorities, as PEM, one after the other. Throws `AttestError('attest/key')`. */
export function readAuthorities(pem: string): readonly X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (found.length > 0) return found.map((one) => new X509Certificate(one));
  } catch (cause) {
    throw new AttestError('attest/key', 'a certificate in it does not read', cause);
  }
  throw new AttestError('attest/key', 'there is no certificate in it: give the one of the authority as PEM');
}

/**
 * Whether a token (RFC 3161) is of these bytes and signed by a service that one of `authorities` vouches for: offline,
 * at the time that it says. Whether a certificate was revoked is not asked. Throws `AttestError('attest/timestamp')`
 * with what is not so.
 */
export function verifyTimestamp(
  token: Buffer,
  data: Uint8Array,
  authorities: readonly X509Certificate[],
): Timestamp {
  const info = tokenInfo(token);
  if (!info.isOver(data)) throw refused('it is of other bytes');
  const { attributes, digest, signed } = info.signer;
  if (oidOf(attributes.get(oids.contentType)) !== oids.timestampInfo)
    throw refused('it is signed as something else');
  const own = createHash(digest).update(info.content).digest();
  if (!expect(attributes.get(oids.messageDigest), tags.octets).value.equals(own))
    throw refused('what it says is not what was signed');
  const pool = info.certificates.map(certificate);
  const signer = [...pool, ...authorities].find((one) => isOf(one, info));
  if (signer === undefined) throw refused('the certificate of who signed it is not there');
  if (!isMeant(attributes, signer)) throw refused('it was signed with another certificate than it says');
  const key = keyOf(signer);
  if (key === undefined || !hasSignature(info, key, signed)) throw refused('its signature is another’s');
  const usage = extendedUsageOf(signer);
  if (usage?.isCritical !== true || usage.purposes.join(' ') !== timestamping)
    throw refused('the certificate of who signed it is not for timestamps alone');
  vouch(signer, pool, authorities, info.at);
  return { at: info.at, authority: nameOf(signer) };
}

/** Whether the signed attribute names this very certificate (ESS, RFC 2634 and RFC 5035). */
function isMeant(attributes: ReadonlyMap<string, Der>, signer: X509Certificate): boolean {
  const second = attributes.get(oids.signingCertificateV2);
  const first = attributes.get(oids.signingCertificate);
  const ids = partsOf(partsOf(second ?? first, tags.sequence)[0], tags.sequence);
  const parts = partsOf(ids[0], tags.sequence);
  const [head] = parts;
  const isNamed = second !== undefined && head?.tag === tags.sequence;
  const hash = isNamed
    ? hashes[oidOf(partsOf(head, tags.sequence)[0])]
    : second === undefined
      ? 'sha1'
      : 'sha256';
  if (hash === undefined) return false;
  const digest = expect(isNamed ? parts[1] : head, tags.octets).value;
  return createHash(hash).update(signer.raw).digest().equals(digest);
}

/** What a certificate says that its key is for (RFC 5280, 4.2.1.12); `undefined`: nothing. */
function extendedUsageOf(
  one: X509Certificate,
): { readonly purposes: readonly string[]; readonly isCritical: boolean } | undefined {
  const wrapped = bodyOf(one).find(({ tag }) => tag === extensionsTag);
  if (wrapped === undefined) return undefined;
  for (const extension of partsOf(partsOf(wrapped, extensionsTag)[0], tags.sequence)) {
    const [name, ...rest] = partsOf(extension, tags.sequence);
    if (oidOf(name) !== extendedUsage) continue;
    const isCritical = rest[0]?.tag === tags.boolean && rest[0].value.equals(Buffer.of(0xff));
    const value = readOne(expect(rest.at(-1), tags.octets).value);
    return { purposes: partsOf(value, tags.sequence).map(oidOf), isCritical };
  }
  return undefined;
}

/** The parts of what is signed of a certificate (RFC 5280, 4.1). */
function bodyOf({ raw }: X509Certificate): readonly Der[] {
  return partsOf(partsOf(readOne(raw), tags.sequence)[0], tags.sequence);
}

/** Whether a certificate has the issuer and the serial number that a token names. */
function isOf(one: X509Certificate, { signer }: TokenInfo): boolean {
  const parts = bodyOf(one);
  // A version stands before the rest, but in certificates of the first one.
  const [serial, , issuer] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  return serial?.value.equals(signer.serial) === true && issuer?.raw.equals(signer.issuer) === true;
}

function hasSignature({ signer }: TokenInfo, key: KeyObject, signed: Buffer): boolean {
  const { algorithm, digest, signature } = signer;
  const scheme = schemes[algorithm];
  if (scheme === undefined) throw refused(`it is signed by an algorithm that is not taken (${algorithm})`);
  if (key.asymmetricKeyType !== scheme.key) return false;
  const input: VerifyKeyObjectInput =
    scheme.padding === undefined
      ? { key }
      : {
          key,
          padding: scheme.padding,
          ...(scheme.padding === constants.RSA_PKCS1_PSS_PADDING
            ? { saltLength: constants.RSA_PSS_SALTLEN_AUTO }
            : {}),
        };
  return isSigned(scheme.key === 'ed25519' ? null : (scheme.digest ?? digest), signed, input, signature);
}

interface Scheme {
  readonly key: 'rsa' | 'ec' | 'ed25519';
  /** Absent: that of the attributes. */
  readonly digest?: string;
  readonly padding?: number;
}

const pkcs1 = constants.RSA_PKCS1_PADDING;
const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.1': { key: 'rsa', padding: pkcs1 },
  '1.2.840.113549.1.1.11': { key: 'rsa', digest: 'sha256', padding: pkcs1 },
  '1.2.840.113549.1.1.12': { key: 'rsa', digest: 'sha384', padding: pkcs1 },
  '1.2.840.113549.1.1.13': { key: 'rsa', digest: 'sha512', padding: pkcs1 },
  '1.2.840.113549.1.1.10': { key: 'rsa', padding: constants.RSA_PKCS1_PSS_PADDING },
  '1.2.840.10045.4.3.2': { key: 'ec', digest: 'sha256' },
  '1.2.840.10045.4.3.3': { key: 'ec', digest: 'sha384' },
  '1.2.840.10045.4.3.4': { key: 'ec', digest: 'sha512' },
  '1.3.101.112': { key: 'ed25519' },
};

/**
 * Follows certificates from who signed to one of the authorities, each valid at that time. Of several that issued one,
 * one that was valid counts.
 */
function vouch(
  signer: X509Certificate,
  pool: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  at: number,
): void {
  let current = signer;
  for (let length = 0; length < longestChain; length++) {
    if (!isValid(current, at)) throw refused(`the certificate of ${nameOf(current)} was not valid then`);
    if (authorities.some((one) => one.raw.equals(current.raw))) return;
    const issuers = [...authorities, ...pool].filter((one) => hasIssued(one, current));
    const next = issuers.find((one) => isValid(one, at)) ?? issuers[0];
    if (next === undefined) break;
    current = next;
  }
  throw refused(`no authority that was given vouches for ${nameOf(signer)}`);
}

/** A time that does not read is none at which it was valid. */
function isValid({ validFromDate, validToDate }: X509Certificate, at: number): boolean {
  return at >= validFromDate.getTime() && at <= validToDate.getTime();
}

/** Whether a certificate is of an authority that issued another one, and may have others say when something was there. */
function hasIssued(one: X509Certificate, issued: X509Certificate): boolean {
  if (!one.ca || one.raw.equals(issued.raw) || !issued.checkIssued(one)) return false;
  const { purposes } = extendedUsageOf(one) ?? {};
  if (purposes !== undefined && !purposes.some((each) => each === timestamping || each === anyPurpose))
    return false;
  const key = keyOf(one);
  return key !== undefined && issued.verify(key);
}

/** The key of a certificate; `undefined`: of a kind that is not known here. */
function keyOf(one: X509Certificate): KeyObject | undefined {
  try {
    return one.publicKey;
  } catch {
    return undefined;
  }
}

function certificate(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (cause) {
    throw new AttestError('attest/timestamp', 'a certificate in the timestamp does not read', cause);
  }
}

function nameOf({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}

function refused(why: string): AttestError {
  return new AttestError('attest/timestamp', `the timestamp proves nothing: ${why}`);
}
