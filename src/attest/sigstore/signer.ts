import { generateKeyPairSync, sign } from 'node:crypto';
import { loggedBundle } from '../bundle.ts';
import { signEnvelope } from '../dsse.ts';
import { certificateFor, type MomentaryKey } from './certificate.ts';
import { putIntoLog } from './log.ts';
import type { AskService } from './service.ts';
import type { SigningServices } from './signing-config.ts';
import { timestampOf } from './timestamp.ts';

/** Signs payloads of one kind: bundles as JSON, in their order. */
export type SignPayloads = (
  payloadType: string,
  payloads: readonly Uint8Array[],
) => Promise<readonly string[]>;

/**
 * Signs for whom a token of OpenID Connect is of, by a key that lives as long as this call, in memory alone: an
 * authority certifies it for minutes, services of timestamps and logs say that it was used in them. Throws
 * `AttestError`.
 */
export function keylessSigner(
  ask: AskService,
  services: SigningServices,
  token: () => Promise<string>,
): SignPayloads {
  return async (payloadType, payloads) => {
    const key = momentaryKey();
    const certificate = await certificateFor(ask, services.authority, await token(), key);
    const bundles: string[] = [];
    for (const payload of payloads) {
      const envelope = signEnvelope(payloadType, payload, key);
      const [signature = Buffer.alloc(0)] = envelope.signatures;
      const timestamps = [];
      for (const url of services.timestamps) timestamps.push((await timestampOf(ask, url, signature)).answer);
      const entries = [];
      for (const log of services.logs) entries.push(await putIntoLog(ask, log, envelope, { certificate }));
      bundles.push(loggedBundle(envelope, { certificate }, entries, timestamps));
    }
    return bundles;
  };
}

/** ECDSA on P-256: what every service of Sigstore takes. */
function momentaryKey(): MomentaryKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => sign('sha256', bytes, privateKey),
  };
}
