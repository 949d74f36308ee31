import type { CertifiedJob } from '../../attest/provenance.ts';
import type { JobSource } from '../../attest/vouched.ts';
import { type CiIdentity, claimText } from '../build-sessions/ci-identity.ts';

/** What of a token goes into what is signed: whose job it was and what it ran for, and nobody's name or address. */
const told = {
  // GitHub: "OpenID Connect reference", the claims of a token.
  github: [
    'sub',
    'repository',
    'repository_id',
    'repository_owner_id',
    'ref',
    'sha',
    'event_name',
    'environment',
    'workflow_ref',
    'workflow_sha',
    'job_workflow_ref',
    'job_workflow_sha',
    'runner_environment',
    'run_id',
    'run_attempt',
  ],
  // GitLab: "OpenID Connect (OIDC) Authentication Using ID Tokens", token payload.
  gitlab: [
    'sub',
    'project_id',
    'project_path',
    'namespace_id',
    'ref',
    'ref_type',
    'ref_protected',
    'sha',
    'pipeline_source',
    'environment',
    'environment_protected',
    'ci_config_ref_uri',
    'ci_config_sha',
    'runner_environment',
    'pipeline_id',
    'job_id',
  ],
  other: ['sub'],
} as const;

/** The job of a token that was read, and what it is of; `source` is `undefined` where its kind of CI does not say. */
export interface KnownJob {
  readonly job: CertifiedJob;
  readonly source: JobSource | undefined;
}

/** A sentence where a token of a CI that says what its jobs are of does not say it. */
export function jobOf({ ci, claims }: CiIdentity): KnownJob | string {
  const names = [...new Set([...told[ci.kind], ...ci.sign.flatMap((each) => Object.keys(each))])];
  const said = names.flatMap((name) => {
    const value = claimText(claims[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  const job = { issuer: ci.issuer, claims: Object.fromEntries(said) };
  if (ci.kind === 'other') return { job, source: undefined };
  const path = claimText(claims[ci.kind === 'github' ? 'repository' : 'project_path']);
  const commit = claimText(claims.sha);
  if (path === undefined || commit === undefined)
    return 'it does not say of which repository and commit its job is';
  return { job, source: { repository: `https://${hostOf(ci.issuer)}/${path}`, commit } };
}

/** Where the repositories of an issuer are: GitHub's has a host of its own, an Enterprise Server and GitLab have theirs. */
function hostOf(issuer: string): string {
  const { host } = new URL(issuer);
  if (host === 'token.actions.githubusercontent.com') return 'github.com';
  return host.replace(/^token\.actions\./, '');
}
