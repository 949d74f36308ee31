/**
 * What a build leaves of a program, signed or not: the program, its SBOM, provenance and verdict, as `safeguard build`
 * lays them out.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { bundleText } from '../../src/attest/bundle.ts';
import { signEnvelope } from '../../src/attest/dsse.ts';
import { readSigner } from '../../src/attest/keys.ts';
import { payloadType, predicates, type Statement, statement } from '../../src/attest/statement.ts';
import { depV0, elfFile, elfNote } from '../samples/executables.ts';

/** Lists app, serde and itoa, on its own word. */
export const program = elfFile([
  ['.note.gnu.build-id', elfNote('GNU', 3, Buffer.from('abcd', 'hex'))],
  [
    '.dep-v0',
    depV0([
      { name: 'app', version: '1.0.0', source: 'local', root: true, dependencies: [1] },
      { name: 'serde', version: '1.0.2', source: 'crates.io', dependencies: [2] },
      { name: 'itoa', version: '1.0.0', source: 'crates.io' },
    ]),
  ],
]);

export const sha256Of = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** A key that signs statements: `sign` gives a bundle's text, `pem` is its public half, `secret` the private one. */
export function signingKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secret = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const signer = readSigner(secret);
  return {
    secret,
    pem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    sign: (one: Statement) => bundleText(signEnvelope(payloadType, Buffer.from(JSON.stringify(one)), signer)),
  };
}

/** A document with zlib-rs, which the program's own list has not. */
export const document = {
  bomFormat: 'CycloneDX',
  specVersion: '1.7',
  metadata: { component: { type: 'application', 'bom-ref': 'app', name: 'app', version: '1.0.0' } },
  components: [
    {
      type: 'library',
      'bom-ref': 'z',
      name: 'zlib-rs',
      version: '0.5.0',
      purl: 'pkg:cargo/zlib-rs@0.5.0',
    },
  ],
  dependencies: [{ ref: 'app', dependsOn: ['z'] }],
  compositions: [{ aggregate: 'complete', assemblies: ['app'], dependencies: ['app', 'z'] }],
};

export interface SaidBuild {
  readonly commit?: string;
  readonly builder?: string;
  /** SHA-256 of the Cargo.lock. */
  readonly lockfile?: string;
  readonly session?: object;
  readonly verdict?: string;
  /** Of the verdict. */
  readonly at?: string;
  readonly policy?: string;
  readonly about?: string;
}

export const commit = 'c'.repeat(40);

/** The three statements about a program. */
export function statements({
  about = sha256Of(program),
  ...of
}: SaidBuild = {}): Readonly<Record<keyof typeof predicates, Statement>> {
  const subject = [{ name: 'app', digest: { sha256: about } }];
  const verdict = of.verdict ?? 'allow';
  return {
    provenance: statement(subject, predicates.provenance, {
      buildDefinition: {
        buildType: 'urn:safeguard:build:cargo:1',
        externalParameters: {},
        internalParameters: {
          sandbox: { kind: 'bubblewrap' },
          limits: { kind: 'cgroup' },
          ...(of.session === undefined ? {} : { session: of.session }),
        },
        resolvedDependencies: [
          {
            name: 'source',
            uri: 'git+https://git.example/org/app',
            digest: { gitCommit: of.commit ?? commit },
          },
          ...(of.lockfile === undefined ? [] : [{ name: 'Cargo.lock', digest: { sha256: of.lockfile } }]),
        ],
      },
      runDetails: {
        builder: { id: of.builder ?? 'https://ci.example/builder' },
        metadata: { finishedOn: '2026-08-31T10:00:00Z' },
      },
    }),
    sbom: statement(subject, predicates.sbom, document),
    verdict: statement(subject, predicates.verdict, {
      verificationResult: verdict === 'allow' ? 'PASSED' : 'FAILED',
      safeguard_verdict: verdict,
      timeVerified: of.at ?? '2026-08-31T10:00:00Z',
      policy: { digest: { sha256: of.policy ?? 'd'.repeat(64) } },
      inputAttestations: [],
    }),
  };
}
