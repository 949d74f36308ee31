/**
 * A sealed build whose statements a server signs: the job brings GitHub's token, never has the key, and anyone verifies
 * it offline.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { environment, run, safeguard } from '../cli/support.ts';
import { testCi } from '../support/ci.ts';
import { gitHubJob, jobsWord } from '../support/github-job.ts';
import { manifest, sealedProject, triple, unsealed } from '../support/sealed.ts';
import { stage } from '../support/stage.ts';
import { tempDir } from '../support/temp.ts';

const issuer = 'https://token.actions.githubusercontent.com';
const [audience, builder] = ['https://crates.invalid', 'https://crates.invalid/builder'];

test('safeguard build --sign-by-server: signed with whose job it was, and refused for anything else', {
  skip: unsealed,
}, async (t) => {
  const project = sealedProject(t, {
    'Cargo.toml': manifest('app'),
    'Cargo.lock': 'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
    'src/main.rs': 'fn main() {}\n',
  });
  for (const words of [
    ['init', '-q'],
    ['remote', 'add', 'origin', 'https://mirror.invalid/copy.git'],
    ['add', '-A'],
    ['-c', 'user.name=a', '-c', 'user.email=a@b.invalid', 'commit', '-qm', 'x'],
  ])
    assert.equal((await run('git', words, { cwd: project.dir })).code, 0);
  const sha = (await run('git', ['rev-parse', 'HEAD'], { cwd: project.dir })).stdout.trim();

  const ci = await testCi(issuer, audience);
  const keys = tempDir(t);
  writeFileSync(join(keys, 'jwks.json'), ci.jwks);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(join(keys, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const who = 'repository_id = "11", repository_owner_id = "22"';
  const s = await stage(t, {
    config: `[signing]\nkey = "${join(keys, 'key.pem')}"\nbuilder-id = "${builder}"\n[[ci]]\nname = "github"\nkind = "github"\nissuer = "${issuer}"\naudience = "${audience}"\njwks-file = "${join(keys, 'jwks.json')}"\nallow = [{ ${who} }]\nsign = [{ ${who}, ref = "refs/heads/main" }]\n`,
  });
  let said: Readonly<Record<string, string>> = { ref: 'refs/heads/main', sha };
  const job = await gitHubJob(t, audience, () =>
    ci.token(
      { repository_id: '11', repository_owner_id: '22', repository: 'org/app', sub: 'repo:org/app', ...said },
      { now: s.clock.now() },
    ),
  );
  const build = (options: readonly string[], env: Readonly<Record<string, string>> = job.env) =>
    safeguard(['build', '--sign-by-server', '--audience', audience, ...options, '--', 'cargo', 'build'], {
      cwd: project.dir,
      env: {
        ...environment(project.dir),
        HOME: project.home,
        CARGO_HOME: join(project.home, 'cargo'),
        ...env,
      },
    });
  const built = await build(['--server', s.mirror.url, '--exchange']);
  assert.equal(built.code, 0, built.stderr);
  assert.match(built.stderr, /^write .*, signed by https:\/\/crates\.invalid\/builder$/m);
  assert.equal(job.given.length, 2, 'one for what is fetched, one for what is signed');

  const signer = (await (await s.mirror.call('/api/v1/signatures')).json()) as { readonly key: string };
  writeFileSync(join(keys, 'release.pub'), signer.key);
  const app = join(project.dir, 'safeguard-out', triple, 'app');
  const verify = async (policy: string) => {
    writeFileSync(join(keys, 'release.toml'), `[verify]\n${policy}`);
    const words = ['verify', app, '--key', join(keys, 'release.pub'), '--policy', join(keys, 'release.toml')];
    return await safeguard(words, { cwd: keys });
  };
  const wanted = `builders = ["${builder}"]\nsources = ["https://github.com/org/app"]\nclean-source = true\n`;
  const fine = await verify(`${wanted}jobs = [{ ${who}, iss = "${issuer}" }]\n`);
  assert.equal(fine.code, 0, fine.stdout);
  assert.match(fine.stdout, /job: repo:org\/app \(https:\/\/token\.actions\.githubusercontent\.com\)/);
  const other = await verify(`${wanted}jobs = [{ repository_id = "12" }]\n`);
  assert.equal(other.code, 1);
  assert.match(other.stdout, /\[verify\] jobs names another/);

  // Neither the token nor what gave it is in what was built.
  const bundle = readFileSync(`${app}.provenance.sigstore.json`, 'utf8');
  const { payload } = (JSON.parse(bundle) as { dsseEnvelope: { payload: string } }).dsseEnvelope;
  const text = Buffer.from(payload, 'base64').toString('utf8');
  for (const secret of [...job.given, jobsWord, 'mirror.invalid'])
    assert.ok(!text.includes(secret), secret.slice(0, 12));

  const refusals: readonly (readonly [
    string,
    readonly string[],
    RegExp,
    number,
    Readonly<Record<string, string>>?,
  ])[] = [
    ['no server', [], /--sign-by-server is for a sealed build/, 64],
    [
      'a key of its own',
      ['--server', s.mirror.url, '--key', 'key.pem'],
      /leave out --key, --keyless, --builder-id/,
      64,
    ],
    [
      'another builder',
      ['--server', s.mirror.url, '--builder-id', 'x'],
      /leave out --key, --keyless, --builder-id/,
      64,
    ],
    [
      'nothing held',
      ['--server', s.mirror.url, '--no-sandbox'],
      /--sign-by-server is for a sealed build/,
      64,
    ],
    ['no identity', ['--server', s.mirror.url], /nothing here says whose job this is/, 70, {}],
    ['a key', ['--server', s.mirror.url], /a key alone signs nothing/, 70, { SAFEGUARD_BUILD_KEY: 'sg_x' }],
  ];
  for (const [name, options, says, code, env] of refusals) {
    const refused = await build(options, env);
    assert.equal(refused.code, code, `${name}: ${refused.stderr}`);
    assert.match(refused.stderr, says, name);
  }
  said = { ref: 'refs/heads/main', sha: 'c'.repeat(40) };
  const moved = await build(['--server', s.mirror.url]);
  assert.equal(moved.code, 1, moved.stderr);
  assert.match(moved.stderr, /and its job is of cccccccccccc/);
  assert.equal((await verify(wanted)).code, 0, 'what was built before is left');
});
