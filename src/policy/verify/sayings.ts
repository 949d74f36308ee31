import { builderIn, type InternalParameters, jobIn, reproducedIn } from '../../attest/provenance.ts';
import { repositoryOf, sourceIn } from '../../attest/source.ts';
import { kindOf, type Statement } from '../../attest/statement.ts';
import { summaryIn } from '../../attest/summary.ts';
import type { VerifySettings } from './settings.ts';

/** One thing that was looked at; `problem` is why it does not hold. */
export interface Finding {
  readonly about: string;
  readonly said: string;
  readonly problem: string | undefined;
  /** The problem is no doubt of what is said: what is signed says that the program is not to be used. */
  readonly isRefusal?: boolean;
}

/** What is wanted of a statement beside a signature. */
export interface Wanted {
  readonly builderId?: string | undefined;
  /** `undefined`: nothing is asked of source, job, sandbox, and of the policy of a verdict. */
  readonly settings: VerifySettings | undefined;
  /** Whether an SBOM is used, so that it has to be signed. */
  readonly hasSbom?: boolean;
  /** Whether the SBOM that is used is the one that was signed. */
  readonly sbom: (predicate: unknown) => Omit<Finding, 'about'>;
}

/** What a statement says, by its kind. Nothing of it is trusted before its signature. */
export function sayings({ predicateType, predicate }: Statement, wanted: Wanted): readonly Finding[] {
  const value = (predicate ?? {}) as Record<string, unknown>;
  switch (kindOf(predicateType)) {
    case 'provenance': {
      const id = builderIn(predicate) ?? 'nobody';
      return [
        { about: 'builder', said: id, problem: builderProblem(id, wanted) },
        ...jobFindings(predicate, wanted.settings),
        ...sourceFindings(predicate, wanted.settings),
        { about: 'sandbox', ...heldBy(value.buildDefinition, wanted.settings?.sandbox === true) },
        ...againFindings(predicate, wanted.settings?.reproduced === true),
      ];
    }
    case 'verdict':
      return verdictFindings(predicate, wanted.settings?.policies ?? []);
    case 'sbom':
      return [{ about: 'SBOM', ...wanted.sbom(predicate) }];
    case undefined:
      return [{ about: 'statement', said: predicateType, problem: undefined }];
  }
}

function verdictFindings(predicate: unknown, policies: readonly string[]): readonly Finding[] {
  const { result, verdict, policy } = summaryIn(predicate);
  const by = `by policy ${policy?.slice(0, 12) ?? 'of no digest'}`;
  const said = `${verdict ?? result ?? 'none'} ${by}`;
  const isAllowed = result === 'PASSED' && (verdict === undefined || verdict === 'allow');
  const isKnown = policies.length === 0 || policies.includes(policy ?? '');
  return [
    {
      about: 'verdict',
      said,
      ...(isAllowed ? { problem: undefined } : { problem: `it was ${said}, and not allow`, isRefusal: true }),
    },
    ...(isKnown
      ? []
      : [
          {
            about: 'policy',
            said: by,
            problem: `the verdict was given ${by}, which [verify] policies does not name`,
          },
        ]),
  ];
}

function builderProblem(id: string, { builderId, settings }: Wanted): string | undefined {
  if (builderId !== undefined && builderId !== id) return `${id} built it, and not ${builderId}`;
  const builders = settings?.builders ?? [];
  return builders.length === 0 || builders.includes(id)
    ? undefined
    : `${id} built it, which [verify] builders does not name`;
}

/** Whose job it was, where the server that signed it says so, or a policy asks. */
function jobFindings(predicate: unknown, settings: VerifySettings | undefined): readonly Finding[] {
  const job = jobIn(predicate);
  const jobs = settings?.jobs ?? [];
  if (job === undefined && jobs.length === 0) return [];
  const claims: Readonly<Record<string, string>> =
    job === undefined ? {} : { ...job.claims, iss: job.issuer };
  const said = job === undefined ? 'no job is named' : `${claims.sub ?? 'a job'} (${job.issuer})`;
  const isNamed =
    jobs.length === 0 ||
    jobs.some((one) => Object.entries(one).every(([name, value]) => claims[name] === value));
  return [
    {
      about: 'job',
      said,
      problem: isNamed ? undefined : `${said}: [verify] jobs names another`,
    },
  ];
}

/** What it was built from, where a policy asks. */
function sourceFindings(predicate: unknown, settings: VerifySettings | undefined): readonly Finding[] {
  if (settings === undefined) return [];
  const { sources, 'clean-source': isClean } = settings;
  const source = sourceIn(predicate);
  const { repository, commit, dirty = false } = source ?? {};
  const said = `${repository ?? 'no repository'} at ${commit ?? 'no commit'}${dirty ? ', changed' : ''}`;
  const problem =
    source === undefined && (isClean || sources.length > 0)
      ? 'it is a kind of build whose source is not known'
      : sources.length > 0 && !sources.some((one) => repositoryOf(one) === repository)
        ? `it was built from ${repository ?? 'no repository'}, which [verify] sources does not name`
        : isClean && (commit === undefined || dirty)
          ? `it was built from ${said}, and [verify] clean-source wants a commit as it is`
          : undefined;
  return [{ about: 'source', said, problem }];
}

/** What held the build, in words: `bubblewrap, limits by cgroup`. */
function heldBy(definition: unknown, isWanted: boolean): Pick<Finding, 'said' | 'problem'> {
  const { internalParameters } = (definition ?? {}) as { internalParameters?: Partial<InternalParameters> };
  const { sandbox, limits } = internalParameters ?? {};
  const kind = limits?.kind ?? 'not said';
  const held = kind === 'cgroup' ? 'by cgroup' : kind === 'rlimit' ? 'of processes alone' : kind;
  const said = `${sandbox?.kind ?? 'not said'}, limits ${held}`;
  const isHeld = sandbox?.kind === 'bubblewrap' && limits?.kind === 'cgroup';
  return {
    said,
    problem: isWanted && !isHeld ? `it was kept in by: ${said}; [verify] sandbox wants both` : undefined,
  };
}

/** What a second build came to, where there was one or one is wanted. */
function againFindings(predicate: unknown, isWanted: boolean): readonly Finding[] {
  const same = reproducedIn(predicate);
  if (same === undefined && !isWanted) return [];
  const said =
    same === undefined ? 'not built again' : `built again, with ${same ? 'the same' : 'other'} bytes`;
  const problem =
    same === true || !isWanted ? undefined : `it was ${said}; [verify] reproduced wants the same bytes`;
  return [{ about: 'reproduced', said, problem }];
}
