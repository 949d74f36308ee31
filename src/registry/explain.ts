import { crateKey } from '../cargo/index-path.ts';
import { matches, tryParseRequirement } from '../cargo/requirement.ts';
import { comparePrecedence, parseVersion } from '../cargo/version.ts';
import { type FirstPartyClaim, firstPartyClaims } from '../facts/first-party.ts';
import type { Resemblance } from '../facts/typosquat/resemblance.ts';
import type { AuditSettings } from '../policy/audit-settings.ts';
import { auditYes } from '../policy/audit-yes.ts';
import { type Case, makeCase } from '../policy/case.ts';
import type { Policy } from '../policy/policy.ts';
import { type TrustScore, type TrustWeights, trustOf } from '../policy/trust-score.ts';
import type { ReleaseRecord } from '../store/records.ts';
import { firstPartyOf } from './errands/people.ts';
import { circumstancesOf } from './judgement/circumstances.ts';
import { gatherer } from './judgement/gather.ts';
import { approvalLine, waitsForPerson } from './questions.ts';
import { type Instead, newestAdmitted } from './serve/instead.ts';
import type { Mirror } from './serve/mirror.ts';

/** Everything that is known of a release, and what follows from it. */
export type Explanation =
  | {
      readonly kind: 'release';
      readonly record: ReleaseRecord;
      /** The facts, the policy and the verdict, enough to judge it again elsewhere. */
      readonly case: Case;
      readonly instead: Instead | undefined;
      /** How far the people behind it can be relied on; absent where they are not known. */
      readonly trust: TrustScore | undefined;
      readonly fixes: readonly Fix[];
      /** What a person types to approve of it, where that is what it waits for. */
      readonly approve: string | undefined;
    }
  /** No registry has a crate, or a release, of that name; then the name itself is what there is to speak of. */
  | {
      readonly kind: 'no-such-release';
      readonly crate: string;
      readonly resembles: readonly Resemblance[];
      readonly claims: readonly FirstPartyClaim[];
    };

/** A release that fixes what an advisory says, and whether it may be used yet. */
export interface Fix {
  readonly advisory: string;
  /** Absent where no release fixes it. */
  readonly version?: string | undefined;
  readonly state?: ReleaseRecord['state'] | undefined;
  /** Epoch milliseconds. */
  readonly until?: number | undefined;
}

/**
 * Explains a release, judged in full where that is still to come; without a version, the newest one that is handed out,
 * else the newest at all. Throws `RegistryError` where the upstream fails and nothing is recorded.
 */
export async function explain(
  mirror: Mirror,
  registry: string,
  name: string,
  version?: string,
): Promise<Explanation> {
  const key = crateKey(name);
  const crate = await mirror.crate(registry, key);
  const wanted =
    crate === undefined ? undefined : (version ?? newestAdmitted(crate) ?? [...crate.releases.keys()].at(-1));
  const standing = wanted === undefined ? undefined : await mirror.standing(registry, key, wanted);
  if (standing === undefined) return speakOfName(mirror, name);
  const { record, instead } = standing;
  const releases = await mirror.context.store.releases(registry, key);
  const judged = await caseOf(mirror, record, releases);
  const trust = trustIn(judged, mirror.context.policy.policy);
  const { policy } = mirror.context.policy;
  const isDefault = registry === mirror.context.upstreams.keys().next().value;
  return {
    kind: 'release',
    record,
    case: judged,
    instead,
    trust,
    fixes: fixesOf(judged, releases),
    // In a cache of somebody's own nobody is asked.
    approve:
      waitsForPerson(record, policy) && !mirror.context.isCache
        ? approvalLine(crate?.name ?? name, record, isDefault)
        : undefined,
  };
}

function speakOfName({ context }: Mirror, crate: string): Explanation {
  const { names } = context.people.namespace(context.policy.policy);
  const resembles = names.resemblances({ name: crate });
  return {
    kind: 'no-such-release',
    crate,
    resembles,
    claims: firstPartyClaims(crate, firstPartyOf(context.policy.policy)),
  };
}

async function caseOf(
  { context }: Mirror,
  record: ReleaseRecord,
  releases: readonly ReleaseRecord[],
): Promise<Case> {
  const circumstances = await circumstancesOf(context, record.registry, record.key, releases);
  const { input } = gatherer(circumstances, context.clock.judging())(record);
  const organisation = { file: 'safeguard.toml', text: context.policy.policy.text };
  return makeCase({ ...input, layers: { organisation } });
}

function trustIn({ facts, now }: Case, policy: Policy): TrustScore | undefined {
  if (facts.maintainers?.kind !== 'known') return undefined;
  const { weights } = policy.settings['maintainer-trust'] as { weights: TrustWeights };
  const yes = auditYes(facts, policy.settings.audits as AuditSettings);
  return trustOf(facts.maintainers.value, yes, weights, Date.parse(now));
}

/** For every advisory on it: the oldest handed-out release that fixes it, else the one that will be first. */
function fixesOf({ facts }: Case, releases: readonly ReleaseRecord[]): readonly Fix[] {
  if (facts.advisories?.kind !== 'known') return [];
  return facts.advisories.value.matches.map(({ id, patchedVersions }) => {
    const patched = patchedVersions
      .map(tryParseRequirement)
      .filter((requirement) => requirement !== undefined);
    const fixing = releases
      .map((record) => ({ record, version: parseVersion(record.version) }))
      .filter(
        ({ record, version }) =>
          !record.yanked && patched.some((requirement) => matches(requirement, version)),
      )
      .sort((a, b) => comparePrecedence(a.version, b.version))
      .map(({ record }) => record);
    const best =
      fixing.find(({ state }) => state === 'promoted') ?? fixing.sort((a, b) => endOf(a) - endOf(b))[0];
    return { advisory: id, version: best?.version, state: best?.state, until: best?.until ?? undefined };
  });
}

function endOf({ until }: ReleaseRecord): number {
  return until ?? Number.POSITIVE_INFINITY;
}
