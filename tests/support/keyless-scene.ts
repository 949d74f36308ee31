/** A project that a job of GitHub's builds and signs without a key, by doubles of the services that it takes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { safeguard } from '../cli/support.ts';
import { testCi } from './ci.ts';
import { gitHubJob } from './github-job.ts';
import { manifest, sealedProject } from './sealed.ts';
import { testServices } from './sigstore/services.ts';

export const issuer = 'https://token.actions.githubusercontent.com';
export const workflow = 'org/app/.github/workflows/release.yml@refs/heads/main';
export const claims = {
  sub: 'repo:org/app:ref:refs/heads/main',
  repository_id: '11',
  repository_owner_id: '22',
  job_workflow_ref: workflow,
};
/** The entry of `identities` in a policy. */
export const who = `issuer = "${issuer}", subject = "https://github.com/${workflow}"`;

export async function keylessScene(t: TestContext) {
  const project = sealedProject(t, {
    'Cargo.toml': manifest('app'),
    'Cargo.lock': 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
    'src/main.rs': 'fn main() {}\n',
  });
  const ci = await testCi(issuer, 'sigstore');
  const services = await testServices(t, issuer, ci.jwks);
  const job = await gitHubJob(t, 'sigstore', () => ci.token(claims, { now: Date.now() }));
  const [config, root] = [join(project.home, 'signing_config.json'), join(project.home, 'trusted_root.json')];
  writeFileSync(root, services.root);
  const build = (versions: readonly (1 | 2)[], env: Readonly<Record<string, string>> = job.env) => {
    writeFileSync(config, services.config(versions, true));
    return project.build(['--keyless', config, '--trusted-root', root], [], env);
  };
  const verify = (app: string, identities: string, ...more: readonly string[]) => {
    writeFileSync(join(project.home, 'release.toml'), `[verify]\nidentities = [{ ${identities} }]\n`);
    const words = ['verify', app, '--policy', join(project.home, 'release.toml'), '--trusted-root', root];
    return safeguard([...words, ...more], { cwd: project.home });
  };
  return { project, ci, services, job, config, root, build, verify };
}
