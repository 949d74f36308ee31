import type { Resource } from './statement.ts';

/** A verdict (SLSA 1.2, verification summary, `https://slsa.dev/verification_summary/v1`). */
export interface VerificationSummary {
  readonly verifier: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  /** RFC 3339, in UTC. */
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: Resource;
  readonly inputAttestations: readonly Resource[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
  readonly slsaVersion: '1.2';
  /** The verdict in our own words; an extension, named as the specification asks. */
  readonly safeguard_verdict: 'allow' | 'hold' | 'review' | 'deny';
}

/** Who gives verdicts. */
export const verifierId = 'urn:safeguard:gate';

/** A verdict as a summary: it passed where it is `allow`, and nothing is said of levels where it did not. */
export function verificationSummary(said: {
  readonly verdict: VerificationSummary['safeguard_verdict'];
  /** SHA-256, lower-case hex. */
  readonly policy: string;
  readonly resourceUri: string;
  /** RFC 3339, in UTC. */
  readonly at: string;
  readonly version: string;
  readonly provenance: Resource;
}): VerificationSummary {
  const passed = said.verdict === 'allow';
  return {
    verifier: { id: verifierId, version: { safeguard: said.version } },
    timeVerified: said.at,
    resourceUri: said.resourceUri,
    policy: { digest: { sha256: said.policy } },
    inputAttestations: [said.provenance],
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: passed ? ['SLSA_BUILD_LEVEL_1'] : ['FAILED'],
    slsaVersion: '1.2',
    safeguard_verdict: said.verdict,
  };
}

/** What a verification summary says, of ours or of others'. */
export interface ReadSummary {
  /** `PASSED` or `FAILED`; `undefined`: neither, which is no yes. */
  readonly result: VerificationSummary['verificationResult'] | undefined;
  /** In our own words, where the gate gave it. */
  readonly verdict: VerificationSummary['safeguard_verdict'] | undefined;
  /** SHA-256 (hex) of the policy. */
  readonly policy: string | undefined;
  /** When it was given: epoch milliseconds. */
  readonly at: number | undefined;
  /** SHA-256 (hex) of the statements that it was given by. */
  readonly inputs: readonly string[];
}

const verdicts: readonly unknown[] = ['allow', 'hold', 'review', 'deny'];

/** Reads a predicate of the kind; what it does not say, or not in the form of the specification, is `undefined`. */
export function summaryIn(predicate: unknown): ReadSummary {
  const { verificationResult, safeguard_verdict, policy, timeVerified, inputAttestations } = (predicate ??
    {}) as Readonly<Record<string, unknown>>;
  const { digest } = (policy ?? {}) as { readonly digest?: { readonly sha256?: unknown } | null };
  const at = typeof timeVerified === 'string' ? Date.parse(timeVerified) : Number.NaN;
  const isResult = verificationResult === 'PASSED' || verificationResult === 'FAILED';
  return {
    result: isResult ? verificationResult : undefined,
    verdict: verdicts.includes(safeguard_verdict) ? (safeguard_verdict as ReadSummary['verdict']) : undefined,
    policy: isSha256(digest?.sha256) ? digest.sha256 : undefined,
    at: Number.isFinite(at) ? at : undefined,
    inputs: Array.isArray(inputAttestations)
      ? inputAttestations.map((one: Partial<Resource> | null) => one?.digest?.sha256).filter(isSha256)
      : [],
  };
}

function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
