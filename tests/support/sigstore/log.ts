/**
 * A transparency log in memory: a Merkle tree (RFC 6962, section 2.1), with checkpoints as signed notes (C2SP,
 * tlog-checkpoint), and entries as both APIs of Rekor have them.
 */
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyEnvelope } from '../../../src/attest/dsse.ts';
import { readVerifier } from '../../../src/attest/keys.ts';
import { canonicalJson } from '../../../src/policy/canonical-json.ts';
import { sha256, spkiOf } from './certificates.ts';

interface JsonEnvelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** An entry as bundles have it; tests bend it. */
export interface LoggedEntry {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime: string;
  canonicalizedBody: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof: {
    logIndex: string;
    rootHash: string;
    treeSize: string;
    hashes: string[];
    checkpoint: { envelope: string };
  };
}

export interface TestLog {
  readonly version: 1 | 2;
  readonly key: KeyObject;
  readonly id: Buffer;
  /** What clients ask, below its address: status, body, and where it is. */
  answer(method: string, path: string, body: string): { status: number; json: unknown; location?: string };
  /** An entry with its proof in the tree as it is now, as bundles have it; a promise where the API has one. */
  entry(index: number): LoggedEntry;
  /** Puts in whatever it is told; returns its number. */
  put(body: string): number;
  /** Epoch seconds that the next entries get. */
  time: () => number;
  /** What it does with an entry before it is sent. */
  changes: (entry: LoggedEntry) => LoggedEntry;
}

/** `host` is what its checkpoints are signed as. It has some entries of others already. */
export function testLog(version: 1 | 2, host: string): TestLog {
  const { publicKey, privateKey } =
    version === 1 ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const spki = spkiOf(publicKey);
  // API 1 names a log by its key, API 2 as checkpoints do (C2SP, signed-note: key IDs of Ed25519).
  const id =
    version === 1
      ? sha256(spki)
      : sha256(Buffer.concat([Buffer.from(`${host}\n`), Buffer.of(1), spki.subarray(-32)]));
  const bodies: string[] = [];
  const times: number[] = [];
  const digest = version === 1 ? 'sha256' : null;
  const signed = (text: string) => sign(digest, Buffer.from(text), privateKey);
  /** The first tree's entries are elsewhere: numbers over all trees go on from theirs. */
  const before = version === 1 ? 1000 : 0;
  const leaves = () => bodies.map((body) => sha256(Buffer.concat([Buffer.of(0), Buffer.from(body)])));
  const log: TestLog = {
    version,
    key: privateKey,
    id,
    time: () => Math.floor(Date.now() / 1000),
    changes: (entry) => entry,
    put: (body) => {
      times.push(log.time());
      return bodies.push(body) - 1;
    },
    entry: (index) => {
      const body = bodies[index] ?? '';
      const { kind, apiVersion } = JSON.parse(body) as { kind: string; apiVersion: string };
      const all = leaves();
      const rootHash = root(all).toString('base64');
      const note = `${version === 1 ? `${host} - 7` : host}\n${all.length}\n${rootHash}\n`;
      const word = Buffer.concat([id.subarray(0, 4), signed(note)]).toString('base64');
      const promise = {
        body: Buffer.from(body).toString('base64'),
        integratedTime: times[index],
        logID: id.toString('hex'),
        logIndex: before + index,
      };
      return log.changes({
        logIndex: String(before + index),
        logId: { keyId: id.toString('base64') },
        kindVersion: { kind, version: apiVersion },
        integratedTime: version === 1 ? String(times[index]) : '0',
        ...(version === 1
          ? { inclusionPromise: { signedEntryTimestamp: signed(JSON.stringify(promise)).toString('base64') } }
          : {}),
        inclusionProof: {
          logIndex: String(index),
          rootHash,
          treeSize: String(all.length),
          hashes: path(all, index).map((hash) => hash.toString('base64')),
          checkpoint: { envelope: `${note}\n— ${host} ${word}\n` },
        },
        canonicalizedBody: promise.body,
      });
    },
    answer: (method, at, text) => {
      const [, asked] = /^\/api\/v1\/log\/entries\/([0-9a-f]{64})$/.exec(at) ?? [];
      if (method === 'GET' && asked !== undefined) {
        const found = leaves().findIndex((leaf) => leaf.toString('hex') === asked);
        return found < 0
          ? { status: 404, json: { code: 404, message: 'none' } }
          : { status: 200, json: first(log, found, asked) };
      }
      if (method !== 'POST' || at !== `/api/v${version}/log/entries`) return { status: 404, json: {} };
      let body: string;
      try {
        body = version === 1 ? firstBody(text) : secondBody(text);
      } catch (error) {
        return { status: 400, json: { code: 400, message: (error as Error).message } };
      }
      const uuid = sha256(Buffer.concat([Buffer.of(0), Buffer.from(body)])).toString('hex');
      if (bodies.includes(body))
        return version === 1
          ? {
              status: 409,
              json: { code: 409, message: 'an equivalent entry already exists' },
              location: `${at}/${uuid}`,
            }
          : { status: 409, json: { code: 6, message: 'an equivalent entry already exists' } };
      const index = log.put(body);
      return { status: 201, json: version === 1 ? first(log, index, uuid) : log.entry(index) };
    },
  };
  for (let i = 0; i < 5; i++)
    log.put(JSON.stringify({ apiVersion: version === 1 ? '0.0.1' : '0.0.2', kind: 'dsse', spec: { of: i } }));
  return log;
}

/** The same entry in the form of API 1: hashes in hex, by the name of the entry. */
function first(log: TestLog, index: number, uuid: string): object {
  const entry = log.entry(index);
  const { inclusionProof: proof } = entry;
  const hex = (text: string) => Buffer.from(text, 'base64').toString('hex');
  return {
    [uuid]: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logID: hex(entry.logId.keyId),
      logIndex: Number(entry.logIndex),
      verification: {
        ...entry.inclusionPromise,
        inclusionProof: {
          checkpoint: proof.checkpoint.envelope,
          hashes: proof.hashes.map(hex),
          logIndex: Number(proof.logIndex),
          rootHash: hex(proof.rootHash),
          treeSize: Number(proof.treeSize),
        },
      },
    },
  };
}

/** What API 1 keeps of an envelope (types/dsse, 0.0.1), after it looked at its signature. */
function firstBody(text: string): string {
  const { apiVersion, kind, spec } = JSON.parse(text) as {
    apiVersion: string;
    kind: string;
    spec: { proposedContent: { envelope: string; verifiers: string[] } };
  };
  if (apiVersion !== '0.0.1' || kind !== 'dsse') throw new Error('another kind');
  const { envelope, verifiers } = spec.proposedContent;
  const read = JSON.parse(envelope) as JsonEnvelope;
  const [verifier = ''] = verifiers;
  refuseUnsigned(read, Buffer.from(verifier, 'base64').toString('utf8'));
  const hash = (bytes: Uint8Array) => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
  return JSON.stringify({
    apiVersion,
    kind,
    spec: {
      envelopeHash: hash(Buffer.from(envelope)),
      payloadHash: hash(Buffer.from(read.payload, 'base64')),
      signatures: [{ signature: read.signatures[0]?.sig, verifier }],
    },
  });
}

interface JsonVerifier {
  readonly keyDetails: string;
  readonly x509Certificate?: { readonly rawBytes: string };
  readonly publicKey?: { readonly rawBytes: string };
}

/**
 * What API 2 keeps of one (rekor/v2/dsse.proto, DSSELogEntryV002), or of a signature over a digest
 * (hashedrekord.proto), in the canonical form of RFC 8785: clients such as cosign make these bytes themselves and hold
 * their hash against the tree.
 */
function secondBody(text: string): string {
  const { dsseRequestV002: asked, hashedRekordRequestV002: hashed } = JSON.parse(text) as {
    dsseRequestV002?: { envelope: JsonEnvelope; verifiers: JsonVerifier[] };
    hashedRekordRequestV002?: { digest: string; signature: { content: string; verifier: JsonVerifier } };
  };
  if (hashed !== undefined) return hashedBody(hashed);
  if (asked === undefined) throw new Error('another kind');
  const [verifier] = asked.verifiers;
  refuseUnsigned(asked.envelope, pemOf(verifier));
  const digest = sha256(Buffer.from(asked.envelope.payload, 'base64')).toString('base64');
  return canonicalJson({
    apiVersion: '0.0.2',
    kind: 'dsse',
    spec: {
      dsseV002: {
        payloadHash: { algorithm: 'SHA2_256', digest },
        signatures: [{ content: asked.envelope.signatures[0]?.sig, verifier }],
      },
    },
  });
}

function hashedBody({
  digest,
  signature,
}: {
  digest: string;
  signature: { content: string; verifier: JsonVerifier };
}): string {
  const pem = pemOf(signature.verifier);
  const key = pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ec' || !isOverDigest(key, digest, signature.content))
    throw new Error('the signature is not over this digest');
  return canonicalJson({
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } },
  });
}

/** By OpenSSL: Node has no verification of a digest that is there already. */
function isOverDigest(key: KeyObject, digest: string, signature: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-test-'));
  const put = (name: string, bytes: string | Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const pub = put('key.pem', key.export({ type: 'spki', format: 'pem' }));
  const [input, sig] = [
    put('digest', Buffer.from(digest, 'base64')),
    put('sig', Buffer.from(signature, 'base64')),
  ];
  const words = ['pkeyutl', '-verify', '-pubin', '-inkey', pub, '-in', input, '-sigfile', sig];
  const { status } = spawnSync('openssl', words);
  rmSync(folder, { recursive: true });
  return status === 0;
}

function pemOf(verifier: JsonVerifier | undefined): string {
  const { rawBytes = '' } = verifier?.x509Certificate ?? verifier?.publicKey ?? {};
  const kind = verifier?.x509Certificate === undefined ? 'PUBLIC KEY' : 'CERTIFICATE';
  return `-----BEGIN ${kind}-----\n${rawBytes}\n-----END ${kind}-----\n`;
}

function refuseUnsigned({ payload, payloadType, signatures }: JsonEnvelope, pem: string): void {
  const key = pem.includes('CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  verifyEnvelope(
    {
      payloadType,
      payload: Buffer.from(payload, 'base64'),
      signatures: signatures.map(({ sig }) => Buffer.from(sig, 'base64')),
    },
    readVerifier(key.export({ type: 'spki', format: 'pem' }).toString()),
  );
}

/** The hash of a tree (RFC 6962, 2.1). */
function root(leaves: readonly Buffer[]): Buffer {
  if (leaves.length < 2) return leaves[0] ?? sha256(Buffer.alloc(0));
  const at = split(leaves.length);
  return sha256(Buffer.concat([Buffer.of(1), root(leaves.slice(0, at)), root(leaves.slice(at))]));
}

/** The audit path of a leaf (RFC 6962, 2.1.1). */
function path(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length < 2) return [];
  const at = split(leaves.length);
  return index < at
    ? [...path(leaves.slice(0, at), index), root(leaves.slice(at))]
    : [...path(leaves.slice(at), index - at), root(leaves.slice(0, at))];
}

/** The largest power of two below. */
function split(size: number): number {
  let at = 1;
  while (at * 2 < size) at *= 2;
  return at;
}
