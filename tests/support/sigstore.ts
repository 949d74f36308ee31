/**
 * Doubles of sigstore's services, in files: a certificate authority (by openssl), and a transparency log (Rekor 1) of
 * one entry. What they make is what `gh attestation download` brings, under a root of its own.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preAuthentication } from '../../src/attest/dsse.ts';
import { payloadType, type Statement } from '../../src/attest/statement.ts';
import { type Cleanup, tempDir } from './temp.ts';

export interface TestSigstore {
  /** The text of a trusted_root.json. */
  readonly root: string;
  /** A bundle 0.3 by whoever has that name at that issuer. */
  readonly bundle: (statement: Statement, holder?: Partial<Holder>) => string;
}

export interface Holder {
  readonly issuer: string;
  readonly subject: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  /** Epoch seconds at which the log took it: certificates are good for a day from now. */
  readonly logged: number;
}

const host = 'https://rekor.invalid';

export function testSigstore(t: Cleanup): TestSigstore {
  const folder = tempDir(t);
  const at = (name: string) => join(folder, name);
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ca.key');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-days',
    '30',
    '-subj',
    '/O=test/CN=ca',
    '-out',
    'ca.pem',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  const log = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = log.publicKey.export({ type: 'spki', format: 'der' });
  const logId = sha256(spki);
  const validFor = { start: '2020-01-01T00:00:00Z' };
  return {
    root: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [
        {
          baseUrl: host,
          hashAlgorithm: 'SHA2_256',
          publicKey: { rawBytes: spki.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
          logId: { keyId: logId.toString('base64') },
        },
      ],
      certificateAuthorities: [
        {
          subject: { organization: 'test', commonName: 'ca' },
          uri: 'https://fulcio.invalid',
          certChain: { certificates: [{ rawBytes: der(readFileSync(at('ca.pem'), 'utf8')) }] },
          validFor,
        },
      ],
      ctlogs: [],
      timestampAuthorities: [],
    }),
    bundle: (statement, holder = {}) => {
      const { issuer, subject, repositoryId, ownerId, logged }: Holder = {
        issuer: 'https://token.actions.githubusercontent.com',
        subject: 'https://github.com/org/app/.github/workflows/release.yml@refs/heads/main',
        repositoryId: '11',
        ownerId: '22',
        logged: Math.floor(Date.now() / 1000) + 60,
        ...holder,
      };
      const extension = (number: number, value: string) =>
        `1.3.6.1.4.1.57264.1.${number}=ASN1:UTF8String:${value}`;
      writeFileSync(
        at('leaf.cnf'),
        [
          'keyUsage=critical,digitalSignature',
          'extendedKeyUsage=codeSigning',
          `subjectAltName=critical,URI:${subject}`,
          extension(8, issuer),
          extension(15, repositoryId),
          extension(17, ownerId),
        ].join('\n'),
      );
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'leaf.key');
      openssl('req', '-new', '-key', 'leaf.key', '-subj', '/', '-out', 'leaf.csr');
      openssl(
        'x509',
        '-req',
        '-in',
        'leaf.csr',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-days',
        '1',
        '-extfile',
        'leaf.cnf',
        '-out',
        'leaf.pem',
      );
      const certificate = readFileSync(at('leaf.pem'), 'utf8');
      const payload = Buffer.from(JSON.stringify(statement));
      const key = createPrivateKey(readFileSync(at('leaf.key')));
      const signature = sign('sha256', preAuthentication(payloadType, payload), key).toString('base64');
      const body = Buffer.from(
        JSON.stringify({
          apiVersion: '0.0.1',
          kind: 'dsse',
          spec: {
            envelopeHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
            payloadHash: { algorithm: 'sha256', value: sha256(payload).toString('hex') },
            signatures: [{ signature, verifier: Buffer.from(certificate).toString('base64') }],
          },
        }),
      );
      const promise = {
        body: body.toString('base64'),
        integratedTime: logged,
        logID: logId.toString('hex'),
        logIndex: 0,
      };
      return JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: {
          certificate: { rawBytes: der(certificate) },
          tlogEntries: [
            {
              logIndex: '0',
              logId: { keyId: logId.toString('base64') },
              kindVersion: { kind: 'dsse', version: '0.0.1' },
              integratedTime: String(logged),
              inclusionPromise: { signedEntryTimestamp: signed(JSON.stringify(promise), log.privateKey) },
              inclusionProof: proofOf(body, logId, log.privateKey),
              canonicalizedBody: body.toString('base64'),
            },
          ],
          timestampVerificationData: { rfc3161Timestamps: [] },
        },
        dsseEnvelope: {
          payload: payload.toString('base64'),
          payloadType,
          signatures: [{ sig: signature, keyid: '' }],
        },
      });
    },
  };
}

/** Of a tree that has this leaf alone (RFC 6962, section 2.1), with a checkpoint as a signed note. */
function proofOf(body: Buffer, logId: Buffer, key: KeyObject): object {
  const rootHash = sha256(Buffer.concat([Buffer.from([0]), body])).toString('base64');
  const note = `rekor.invalid\n1\n${rootHash}\n`;
  const word = Buffer.concat([logId.subarray(0, 4), Buffer.from(signed(note, key), 'base64')]).toString(
    'base64',
  );
  return {
    logIndex: '0',
    rootHash,
    treeSize: '1',
    hashes: [],
    checkpoint: { envelope: `${note}\n— rekor.invalid ${word}\n` },
  };
}

function signed(text: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(text), key).toString('base64');
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function der(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}
