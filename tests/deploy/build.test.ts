/** The action and the job that build: what they type, by what the job has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import { tempDir } from '../support/temp.ts';

const root = join(import.meta.dirname, '../..');
const action = parse(readFileSync(join(root, 'deploy/build/action.yml'), 'utf8'));
const { 'safeguard-build': job } = parse(readFileSync(join(root, 'deploy/gitlab/build.yml'), 'utf8'));

function typed(t: TestContext, line: string, env: Readonly<Record<string, string>>) {
  const folder = tempDir(t);
  const command = join(folder, 'typed');
  writeFileSync(command, '#!/bin/sh\nprintf "<%s>" "$@"\nexit 2\n');
  chmodSync(command, 0o755);
  const variables = { PATH: process.env.PATH ?? '', SAFEGUARD_COMMAND: command, ...env };
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', line], {
    encoding: 'utf8',
    cwd: folder,
    env: variables,
  });
  return { status, words: stdout.slice(1, -1).split('><'), stderr };
}

/** The one step with inputs, as the runner fills them in. */
function act(
  t: TestContext,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
) {
  const [step] = action.runs.steps;
  const filled = Object.entries(step.env as Record<string, string>).map(([name, value]) => [
    name,
    value.replace(
      /\$\{\{ inputs\.([\w-]+) \}\}/,
      (_, input: string) => inputs[input] ?? action.inputs[input].default,
    ),
  ]);
  return typed(t, step.run, {
    ...Object.fromEntries(filled),
    GITHUB_ACTION_PATH: join(root, 'deploy/build'),
    ...env,
  });
}

describe('the action that builds', () => {
  it('builds what its words say, by itself', (t) => {
    const { status, words } = act(t, {
      build: '--release -p app --features a,b',
      key: 'a key.pem',
      reproduce: 'true',
    });
    assert.equal(status, 2);
    assert.deepEqual(words, [
      ...['build', '--output-dir', 'safeguard-out', '--reproduce', '--key', 'a key.pem'],
      ...['--', 'cargo', 'build', '--release', '-p', 'app', '--features', 'a,b'],
    ]);
  });

  it('exchanges what the job is known by for a session of the server, and says where it is known by nothing', (t) => {
    const server = 'https://crates.example.invalid';
    const known = act(t, { server }, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' });
    assert.deepEqual(known.words.slice(3, 6), ['--server', server, '--exchange']);
    const signed = act(t, { server, 'sign-by-server': 'true' }, { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' });
    assert.deepEqual(signed.words.slice(3, 7), ['--server', server, '--sign-by-server', '--exchange']);
    const unknown = act(t, { server });
    assert.ok(!unknown.words.includes('--exchange'));
    assert.match(unknown.stderr, /no identity to exchange/);
  });

  it('signs without a key by the services that it is told of', (t) => {
    const { words } = act(t, { keyless: 'signing config.json', 'trusted-root': 'trusted_root.json' });
    const signed = ['--keyless', 'signing config.json', '--trusted-root', 'trusted_root.json'];
    assert.deepEqual(words.slice(3, 7), signed);
  });

  it('takes no word of its inputs for a pattern or a command', (t) => {
    const { words } = act(t, { build: '--features * $(id) `id`' });
    assert.deepEqual(words.slice(-4), ['--features', '*', '$(id)', '`id`']);
  });
});

describe('the GitLab job that builds', () => {
  it('has a token for the server, and keeps what was made', (t) => {
    assert.equal(job.id_tokens.SAFEGUARD_ID_TOKEN.aud, '$SAFEGUARD_SERVER');
    assert.deepEqual(job.artifacts.paths, ['$SAFEGUARD_OUTPUT']);
    const { words } = typed(t, job.script.join('\n'), {
      ...job.variables,
      SAFEGUARD_HOME: root,
      SAFEGUARD_SERVER: 'https://crates.example.invalid',
      SAFEGUARD_ID_TOKEN: 'x',
    });
    assert.deepEqual(words, [
      ...[
        'build',
        '--output-dir',
        'safeguard-out',
        '--server',
        'https://crates.example.invalid',
        '--exchange',
      ],
      ...['--', 'cargo', 'build', '--release'],
    ]);
  });
});
