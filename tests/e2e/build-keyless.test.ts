/**
 * A sealed build that signs without a key of its own: by the job's token, a certificate of minutes and logs; anyone
 * verifies it offline, and no other than what was signed.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jobsWord } from '../support/github-job.ts';
import { claims, issuer, keylessScene, who, workflow } from '../support/keyless-scene.ts';
import { unsealed } from '../support/sealed.ts';

test('safeguard build --keyless: signed for whom the CI says the job is, verified offline, refused for anything else', {
  skip: unsealed,
}, async (t) => {
  const { project, ci, services, job, root, build, verify } = await keylessScene(t);
  const app = join(project.output, 'app');
  for (const versions of [[1], [2]] as const) {
    const built = await build(versions);
    assert.equal(built.code, 0, built.stderr);
    const fine = await verify(app, who);
    assert.equal(fine.code, 0, fine.stdout + fine.stderr);
    const signed = fine.stdout.match(
      /signed by https:\/\/github\.com\/org\/app\/\S+ \(https:\/\/token\.actions\S+ repository-id 11\)/g,
    );
    assert.equal(signed?.length, 3, fine.stdout);
    assert.equal((await verify(app, `issuer = "${issuer}", repository-id = "11", owner-id = "22"`)).code, 0);
  }
  assert.equal(job.given.length, 2, 'one token a build');

  for (const [what, identities] of [
    ['another workflow', `issuer = "${issuer}", subject = "https://github.com/${workflow}x"`],
    ['another repository', `issuer = "${issuer}", repository-id = "12"`],
    ['another owner', `issuer = "${issuer}", repository-id = "11", owner-id = "23"`],
    ['another issuer', `issuer = "https://gitlab.example", repository-id = "11"`],
  ] as const) {
    const refused = await verify(app, identities);
    assert.equal(refused.code, 1, what);
    assert.match(refused.stdout, /which \[verify\] identities does not name/, what);
  }
  // Other bytes, and statements of another build.
  const moved = join(project.home, 'moved');
  mkdirSync(moved);
  cpSync(project.output, moved, { recursive: true });
  writeFileSync(join(moved, 'app'), Buffer.concat([readFileSync(app), Buffer.of(0)]));
  const changed = await verify(join(moved, 'app'), who);
  assert.equal(changed.code, 1);
  assert.match(changed.stdout, /it is about other bytes than this file has/);

  // Neither the token, nor what gave it, nor the key is anywhere in what was built.
  for (const name of readdirSync(project.output)) {
    const text = readFileSync(join(project.output, name)).toString('latin1');
    for (const secret of [...job.given, jobsWord, 'PRIVATE KEY']) assert.ok(!text.includes(secret), name);
  }
  const said = await build([1], { SIGSTORE_ID_TOKEN: await ci.token(claims, { now: Date.now() }) });
  assert.equal(said.code, 0, said.stderr);
  assert.deepEqual(
    [...new Set(services.asked)],
    [
      'POST /authority/api/v2/signingCert',
      'POST /first/api/v1/log/entries',
      'POST /second/api/v2/log/entries',
    ],
  );
  assert.ok(existsSync(root));
});

test('a build whose services fail or lie leaves nothing that was not there', {
  skip: unsealed,
}, async (t) => {
  const { project, ci, services, job, config, root, build } = await keylessScene(t);
  const statements = () =>
    existsSync(project.output) ? readdirSync(project.output).filter((name) => name.includes('sigstore')) : [];
  const refusals: readonly (readonly [
    string,
    () => Promise<Readonly<Record<string, string>> | undefined>,
    RegExp,
    number,
  ])[] = [
    ['no identity', async () => ({}), /nothing here says whose job this is/, 70],
    [
      'a token for others',
      async () => ({ SIGSTORE_ID_TOKEN: await ci.token({ ...claims, aud: 'x' }, { now: Date.now() }) }),
      /nothing was signed: 127\.0\.0\.1:\d+ answers with status 400: unexpected "aud"/,
      70,
    ],
    [
      'a log that proves something else',
      async () => {
        services.logs.first.changes = (entry) => ({
          ...entry,
          integratedTime: String(Number(entry.integratedTime) - 1),
        });
        return job.env;
      },
      /nothing was signed: the trusted root does not vouch for it/,
      70,
    ],
    [
      'a certificate for somebody else',
      async () => {
        services.logs.first.changes = (entry) => entry;
        services.ctKey = undefined;
        return job.env;
      },
      /nothing was signed: the trusted root does not vouch for it/,
      70,
    ],
    [
      'no timestamps',
      async () => {
        services.stamps.isDown = true;
        return job.env;
      },
      /nothing was signed: 127\.0\.0\.1:\d+ answers with status 503/,
      70,
    ],
  ];
  for (const [what, prepare, says, code] of refusals) {
    const refused = await build([1], await prepare());
    assert.equal(refused.code, code, `${what}: ${refused.stderr}`);
    assert.match(refused.stderr, says, what);
    assert.deepEqual(statements(), [], what);
  }
  for (const [options, says] of [
    [['--keyless', config], /--trusted-root/],
    [['--trusted-root', root], /--trusted-root is for what --keyless signs/],
    [['--keyless', config, '--trusted-root', root, '--key', 'x.pem'], /two ways to sign/],
    [['--keyless', root, '--trusted-root', root], /no signing config of sigstore/],
    [['--keyless', config, '--trusted-root', config], /names no certificate authority/],
  ] as const) {
    const refused = await project.build(options, [], job.env);
    assert.equal(refused.code, 64, refused.stderr);
    assert.match(refused.stderr, says);
  }
});
