import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { builderIn, type InternalParameters, jobIn, reproducedIn } from '../../attest/provenance.ts';
import { repositoryOf, sourceIn } from '../../attest/source.ts';
import { predicates, type Statement } from '../../attest/statement.ts';
import type { VerifySettings } from '../../policy/verify-settings.ts';
import { bytesOf } from './files.ts';

/** One thing that was looked at; `problem` is why it does not hold. */
export interface Finding {
  readonly about: string;
  readonly said: string;
  readonly problem: string | undefined;
}

/** What is wanted of a statement beside a signature. */
export interface Wanted {
  readonly sbom?: string;
  readonly builderId?: string;
  readonly settings: VerifySettings | undefined;
}

/** What a statement says, by its kind. Nothing of it is trusted before its signature. */
export function sayings(
  { predicateType, predicate }: Statement,
  wanted: Wanted,
  file: string,
): readonly Finding[] {
  const value = (predicate ?? {}) as Record<string, unknown>;
  switch (predicateType) {
    case predicates.provenance: {
      const id = builderIn(predicate) ?? 'nobody';
      return [
        { about: 'builder', said: id, problem: builderProblem(id, wanted) },
        ...jobFindings(predicate, wanted.settings),
        ...sourceFindings(predicate, wanted.settings),
        { about: 'sandbox', ...heldBy(value.buildDefinition, wanted.settings?.sandbox === true) },
        ...againFindings(predicate, wanted.settings?.reproduced === true),
      ];
    }
    case predicates.verdict: {
      const { verificationResult, safeguard_verdict: verdict, policy } = value as Record<string, unknown>;
      const { digest } = (policy ?? {}) as { digest?: { sha256?: unknown } };
      const by = `by policy ${String(digest?.sha256).slice(0, 12)}`;
      const passed = verificationResult === 'PASSED';
      const policies = wanted.settings?.policies ?? [];
      const isKnown = policies.length === 0 || policies.includes(String(digest?.sha256));
      return [
        {
          about: 'verdict',
          said: `${String(verdict ?? verificationResult)} ${by}`,
          problem: passed
            ? isKnown
              ? undefined
              : `it was given ${by}, which [verify] policies does not name`
            : `it was ${String(verdict ?? verificationResult)} ${by}, and not allow`,
        },
      ];
    }
    case predicates.sbom: {
      const sbom = wanted.sbom ?? `${file}.cdx.json`;
      if (wanted.sbom === undefined && !existsSync(sbom))
        return [{ about: 'SBOM', said: 'signed; there is none beside the file', problem: undefined }];
      const isSame = isDeepStrictEqual(jsonOf(sbom), predicate);
      return [
        {
          about: 'SBOM',
          said: `${basename(sbom)} is the signed one`,
          problem: isSame ? undefined : `${basename(sbom)} is not the one that was signed`,
        },
      ];
    }
    default:
      return [{ about: 'statement', said: predicateType, problem: undefined }];
  }
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
  const said = `${sandbox?.kind ?? 'not said'}, limits ${limits?.kind === 'cgroup' ? 'by cgroup' : (limits?.kind ?? 'not said')}`;
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

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(bytesOf(file).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
