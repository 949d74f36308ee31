/** People who sign crev proofs, for tests. */

import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { cratesIoSource } from '../../src/facts/crev/proofs.ts';

export interface Reviewer {
  /** As proofs write it. */
  readonly id: string;
  /** A proof file's text with one new-style proof. */
  proof(kind: string, fields: string): string;
  review(crate: string, version: string, more?: string): string;
  trust(level: string, whom: readonly Reviewer[], more?: string): string;
  sign(body: string): string;
}

/** The same name has the same key, always. */
export function reviewer(name: string, date = '2024-05-05T00:00:00+00:00'): Reviewer {
  const seed = createHash('sha256').update(name).digest();
  // PKCS #8 around a raw ed25519 seed (RFC 8410).
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const id = idOf(key);
  const self: Reviewer = {
    id,
    sign: (body) => sign(null, Buffer.from(body), key).toString('base64url'),
    proof(kind, fields) {
      const body = `kind: ${kind}\nversion: -1\ndate: "${date}"\nfrom:\n  id-type: crev\n  id: ${id}\n  url: "https://${name}.invalid"\n${fields}`;
      return envelope(body, self.sign(body));
    },
    review: (
      crate,
      version,
      more = 'review:\n  thoroughness: low\n  understanding: medium\n  rating: positive\n',
    ) => self.proof('package review', `${packageOf(crate, version)}${more}`),
    trust: (level, whom, more = '') =>
      self.proof(
        'trust',
        `ids:\n${whom.map((each) => `  - id-type: crev\n    id: ${each.id}\n`).join('')}trust: ${level}\n${more}`,
      ),
  };
  return self;
}

export function envelope(body: string, signature: string): string {
  return `----- BEGIN CREV PROOF -----\n${body}----- SIGN CREV PROOF -----\n${signature}\n----- END CREV PROOF -----\n`;
}

export function packageOf(crate: string, version: string, key = 'package'): string {
  const digest = createHash('sha256').update(`${crate} ${version}`).digest('base64url');
  return `${key}:\n  source: "${cratesIoSource}"\n  name: ${crate}\n  version: ${version}\n  digest: ${digest}\n`;
}

function idOf(key: KeyObject): string {
  return String(createPublicKey(key).export({ format: 'jwk' }).x);
}
