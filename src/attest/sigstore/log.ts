import { createHash } from 'node:crypto';
import { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { envelopeJson } from '../bundle.ts';
import { type Envelope, preAuthentication } from '../dsse.ts';
import { publicPem, sigstoreKind } from '../keys.ts';
import { type AskService, below, jsonOf, postForJson, refusedBy, unread } from './service.ts';
import type { LogService } from './signing-config.ts';

/** What an entry says that the signature is of: a certificate (DER), or a key (base64 of its SubjectPublicKeyInfo). */
export type LoggedSigner = { readonly certificate: Buffer } | { readonly key: string };

/**
 * Puts an envelope with one signature into a log (Rekor) and returns the entry as bundles have it, with its proof.
 * Nothing of the answer is held against anybody's key here. Throws `AttestError('attest/service')`.
 */
export async function putIntoLog(
  ask: AskService,
  log: LogService,
  envelope: Envelope,
  signer: LoggedSigner,
): Promise<TransparencyLogEntry> {
  return log.version === 1
    ? await first(ask, log.url, envelope, signer)
    : await second(ask, log.url, envelope, signer);
}

/** API 1 (sigstore/rekor, openapi.yaml; types/dsse 0.0.1). What is there already is answered with where it is. */
async function first(
  ask: AskService,
  log: URL,
  envelope: Envelope,
  signer: LoggedSigner,
): Promise<TransparencyLogEntry> {
  const url = below(log, 'api/v1/log/entries');
  const proposed = {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      proposedContent: {
        envelope: JSON.stringify(envelopeJson(envelope)),
        verifiers: [Buffer.from(pemOf(signer)).toString('base64')],
      },
    },
  };
  let answer = await postForJson(ask, url, proposed, [201, 409]);
  if (answer.status === 409) {
    const [, id] = /\/api\/v1\/log\/entries\/([0-9a-f]{64,80})$/.exec(answer.location ?? '') ?? [];
    if (id === undefined) throw refusedBy(url, answer);
    answer = await ask({ url: below(url, id), accept: 'application/json' });
    if (answer.status !== 200) throw refusedBy(url, answer);
  }
  try {
    const [entry] = Object.values(jsonOf(url, answer) as Readonly<Record<string, FirstEntry>>);
    if (entry !== undefined) return entryOf(entry);
  } catch (cause) {
    throw unread(url, 'an entry of a log', cause);
  }
  throw unread(url, 'an entry of a log');
}

interface FirstEntry {
  /** base64 */
  readonly body: string;
  readonly integratedTime: number;
  /** hex, as are the hashes. */
  readonly logID: string;
  /** Over all trees of the log; that of the proof is in its own. */
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

function entryOf({ body, integratedTime, logID, logIndex, verification }: FirstEntry): TransparencyLogEntry {
  const { inclusionProof: proof, signedEntryTimestamp } = verification;
  const { kind, apiVersion } = JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as Readonly<
    Record<'kind' | 'apiVersion', string>
  >;
  return TransparencyLogEntry.fromJSON({
    logIndex: String(logIndex),
    logId: { keyId: fromHex(logID) },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: fromHex(proof.rootHash),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes.map(fromHex),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: body,
  });
}

/**
 * API 2 (sigstore/rekor-tiles), which answers once the entry is in the tree. An envelope is logged by the digest of
 * what was signed (`hashedrekord`, as the specification of clients has it, 6.1.4); by itself (`dsse`) where the key is
 * of Ed25519, whose signatures are over no digest.
 */
async function second(
  ask: AskService,
  log: URL,
  envelope: Envelope,
  signer: LoggedSigner,
): Promise<TransparencyLogEntry> {
  const url = below(log, 'api/v2/log/entries');
  const rawBytes = 'key' in signer ? signer.key : signer.certificate.toString('base64');
  const keyDetails = sigstoreKind('key' in signer ? signer.key : pemOf(signer));
  const named = 'key' in signer ? { publicKey: { rawBytes } } : { x509Certificate: { rawBytes } };
  const verifier = { ...named, keyDetails };
  const answer = await postForJson(
    ask,
    url,
    keyDetails === 'PKIX_ED25519'
      ? { dsseRequestV002: { envelope: envelopeJson(envelope), verifiers: [verifier] } }
      : { hashedRekordRequestV002: hashed(envelope, verifier) },
    [200, 201],
  );
  try {
    return TransparencyLogEntry.fromJSON(jsonOf(url, answer));
  } catch (cause) {
    throw unread(url, 'an entry of a log', cause);
  }
}

function hashed({ payloadType, payload, signatures }: Envelope, verifier: object): object {
  const [signature = Buffer.alloc(0)] = signatures;
  return {
    digest: createHash('sha256').update(preAuthentication(payloadType, payload)).digest('base64'),
    signature: { content: Buffer.from(signature).toString('base64'), verifier },
  };
}

function pemOf(signer: LoggedSigner): string {
  if ('key' in signer) return publicPem(signer.key);
  const lines = signer.certificate.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function fromHex(text: string): string {
  return Buffer.from(text, 'hex').toString('base64');
}
