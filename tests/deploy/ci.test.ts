/** Runs the steps of the action and the GitLab job as a runner would, against an API on loopback. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { commentBody, marker } from '../../scripts/ci-forge.ts';
import { tempDir } from '../support/temp.ts';

const root = join(import.meta.dirname, '../..');
const sha = 'a'.repeat(40);

interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  readonly body: Readonly<Record<string, string>>;
}

/** An API that has some comments, and keeps what it is asked. */
async function forge(
  t: TestContext,
  answers: (call: Call) => unknown,
): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += String(piece);
    const call = {
      method: request.method ?? '',
      path: request.url ?? '',
      token: String(request.headers.authorization ?? request.headers['private-token']),
      body: text === '' ? {} : JSON.parse(text),
    };
    calls.push(call);
    const answer = answers(call);
    response.writeHead(answer === undefined ? 403 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'Resource not accessible' }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** A `safeguard` that says its options and ends as it is told. */
function fakeCheck(folder: string, code: number): string {
  const file = join(folder, 'fake-safeguard');
  const text = `#!/bin/sh\nprintf '%s\\n' "$*"\necho "\${SAFEGUARD_TOKEN-none}" >>tokens\nexit ${code}\n`;
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const lines = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n');

function run(
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const [program = '', ...args] = command;
  const PATH = `${join(process.execPath, '..')}:${process.env.PATH}`;
  const child = spawn(program, args, { cwd, env: { PATH, HOME: cwd, ...env } });
  const [out, err] = [[] as Buffer[], [] as Buffer[]];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((done) =>
    child.on('close', (code) =>
      done({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    ),
  );
}

describe('the GitHub Action', () => {
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
  const [step] = action.runs.steps;

  /** Runs the one step with inputs, as the runner fills them in. */
  async function act(
    t: TestContext,
    url: string,
    code: number,
    inputs: Readonly<Record<string, string>> = {},
  ) {
    const folder = tempDir(t);
    const html_url = 'https://github.example/o/r/pull/7';
    const event = { pull_request: { number: 7, html_url, base: { sha }, head: { sha: 'b'.repeat(40) } } };
    writeFileSync(join(folder, 'event.json'), JSON.stringify(event));
    const values = Object.fromEntries(
      Object.entries(action.inputs as Record<string, { default: string }>).map(([name, input]) => [
        name,
        inputs[name] ?? input.default.replace(/^\$\{\{ github\.token \}\}$/, 'the-token'),
      ]),
    );
    const env = Object.fromEntries(
      Object.entries(step.env as Record<string, string>).map(([name, value]) => [
        name,
        value.replace(
          /\$\{\{ inputs\.([\w-]+) \}\}/,
          (_, input: string) => values[input] ?? assert.fail(input),
        ),
      ]),
    );
    const result = await run([step.shell, '-e', '-c', step.run], folder, {
      ...env,
      GITHUB_ACTION_PATH: root,
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      SAFEGUARD_COMMAND: fakeCheck(folder, code),
    });
    return { ...result, folder };
  }

  const others = Array.from({ length: 100 }, (_, id) => ({
    id,
    body: `${marker}\nnot ours`,
    user: { login: 'somebody' },
  }));

  it('comments once, and ends as the check does', async (t) => {
    const { url, calls } = await forge(t, ({ method }) => (method === 'GET' ? [] : {}));
    const { code, stdout, folder } = await act(t, url, 1);
    assert.equal(code, 1);
    assert.equal(stdout, `check --base ${sha} --format github\n`);
    assert.deepEqual(
      calls.map(({ method, path, token, body }) => [method, path, token, body.body]),
      [
        ['GET', '/repos/o/r/issues/7/comments?per_page=100&page=1', 'Bearer the-token', undefined],
        [
          'POST',
          '/repos/o/r/issues/7/comments',
          'Bearer the-token',
          `${marker}\ncheck --base ${sha} --format markdown\n`,
        ],
      ],
    );
    assert.match(readFileSync(join(folder, 'summary.md'), 'utf8'), /--format markdown/);
    assert.match(readFileSync(join(folder, 'safeguard.sarif'), 'utf8'), /--format sarif/);
  });

  it('writes over its own comment, wherever it is, and over nobody else’s', async (t) => {
    const own = { id: 500, body: `${marker}\nold`, user: { login: 'github-actions[bot]' } };
    const { url, calls } = await forge(t, ({ path }) => (path.endsWith('page=1') ? others : [own]));
    assert.equal((await act(t, url, 0)).code, 0);
    assert.deepEqual(calls.map(({ method, path }) => `${method} ${path}`).slice(1), [
      'GET /repos/o/r/issues/7/comments?per_page=100&page=2',
      'PATCH /repos/o/r/issues/comments/500',
    ]);
  });

  it('a token that may not comment changes no verdict', async (t) => {
    const { url } = await forge(t, () => undefined);
    const { code, stderr } = await act(t, url, 2);
    assert.equal(code, 2);
    assert.match(stderr, /the comment was not written: GET .* 403/);
  });

  it('hands the findings to code scanning where asked', async (t) => {
    const { url, calls } = await forge(t, () => ({}));
    await act(t, url, 0, {
      comment: 'false',
      sarif: 'true',
      base: 'b1',
      'manifest-path': 'x/Cargo.toml',
      server: 'http://s',
    });
    const [call, ...more] = calls;
    assert.deepEqual(more, []);
    assert.equal(call?.path, '/repos/o/r/code-scanning/sarifs');
    assert.equal(call?.body.ref, 'refs/pull/7/head');
    assert.equal(
      gunzipSync(Buffer.from(call?.body.sarif ?? '', 'base64')).toString(),
      'check --base b1 --manifest-path x/Cargo.toml --server http://s --format sarif\n',
    );
  });

  it('has the verdict kept once where the server has a token, which alone it gets to see', async (t) => {
    const { url } = await forge(t, () => []);
    const inputs = { server: 'http://s', 'server-token': 'the-server’s' };
    const { stdout, folder } = await act(t, url, 0, inputs);
    const kept = `--keep https://github.example/o/r/pull/7 --head-commit ${'b'.repeat(40)}`;
    assert.equal(stdout, `check --base ${sha} --server http://s --format github ${kept}\n`);
    assert.doesNotMatch(readFileSync(join(folder, 'summary.md'), 'utf8'), /--keep/);
    assert.deepEqual(new Set(lines(folder, 'tokens')), new Set(['the-server’s']));
    const without = await act(t, url, 0, { server: 'http://s' });
    assert.doesNotMatch(without.stdout, /--keep/);
    assert.deepEqual(
      new Set(lines(without.folder, 'tokens')),
      new Set(['none']),
      'the forge’s is for the forge',
    );
  });

  it('a check that failed by itself says nothing to anybody', async (t) => {
    const { url, calls } = await forge(t, () => []);
    assert.equal((await act(t, url, 70)).code, 70);
    assert.deepEqual(calls, []);
  });

  it('a comment that is too long is cut', () => {
    const body = commentBody('x'.repeat(1000), 200);
    assert.equal(body.length, 200);
    assert.match(body, /^<!-- safeguard -->\nx+\n\n\*Cut here/);
  });
});

describe('the GitLab job', () => {
  const { safeguard: job } = parse(readFileSync(join(root, 'deploy/gitlab/safeguard.yml'), 'utf8'));
  const runJob = (folder: string, url: string, more: Readonly<Record<string, string>>) =>
    run(['bash', '-e', '-c', job.script.join('\n')], folder, {
      ...job.variables,
      SAFEGUARD_HOME: root,
      SAFEGUARD_COMMAND: fakeCheck(folder, 2),
      CI_API_V4_URL: url,
      CI_PROJECT_ID: '3',
      CI_MERGE_REQUEST_IID: '9',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: sha,
      ...more,
    });

  it('keeps one note of its own', async (t) => {
    const notes = [
      { id: 1, body: `${marker}\nnot ours`, author: { id: 5 } },
      { id: 2, body: `${marker}\nold`, author: { id: 6 } },
    ];
    const { url, calls } = await forge(t, ({ path }) => (path === '/user' ? { id: 6 } : notes));
    const folder = tempDir(t);
    const { code, stdout } = await runJob(folder, url, { SAFEGUARD_TOKEN: 'secret' });
    assert.equal(code, job.allow_failure.exit_codes);
    assert.equal(stdout, `check --base ${sha} --format terminal\n`);
    assert.deepEqual(
      calls.map(({ method, path, token }) => `${method} ${path} ${token}`),
      [
        'GET /user secret',
        'GET /projects/3/merge_requests/9/notes?per_page=100&page=1 secret',
        'PUT /projects/3/merge_requests/9/notes/2 secret',
      ],
    );
    assert.match(readFileSync(join(folder, job.variables.SAFEGUARD_SARIF), 'utf8'), /sarif/);
  });

  it('has the verdict kept under the merge request’s page', async (t) => {
    const { url } = await forge(t, () => []);
    const folder = tempDir(t);
    const { stdout } = await runJob(folder, url, {
      SAFEGUARD_SERVER: 'http://s',
      SAFEGUARD_SERVER_TOKEN: 'the-server’s',
      CI_MERGE_REQUEST_PROJECT_URL: 'https://gitlab.example/o/r',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: 'b'.repeat(40),
    });
    const kept = `--keep https://gitlab.example/o/r/-/merge_requests/9 --head-commit ${'b'.repeat(40)}`;
    assert.equal(stdout, `check --base ${sha} --server http://s --format terminal ${kept}\n`);
    assert.deepEqual(new Set(lines(folder, 'tokens')), new Set(['the-server’s']));
  });

  it('without a token only judges', async (t) => {
    const { url, calls } = await forge(t, () => []);
    assert.equal((await runJob(tempDir(t), url, {})).code, 2);
    assert.deepEqual(calls, []);
  });
});

describe('the hooks', () => {
  async function repository(
    t: TestContext,
  ): Promise<{ folder: string; git: (...args: string[]) => Promise<string> }> {
    const folder = tempDir(t);
    const git = async (...args: string[]) => {
      const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t.example'];
      const { code, stdout, stderr } = await run(['git', ...identity, ...args], folder, {});
      assert.equal(code, 0, stderr);
      return stdout.trim();
    };
    await git('init', '-q');
    mkdirSync(join(folder, 'src'));
    for (const file of ['Cargo.lock', 'src/lib.rs']) writeFileSync(join(folder, file), '1');
    await git('add', '.');
    await git('commit', '-qm', 'one');
    return { folder, git };
  }
  const hook = (name: string, folder: string, code: number, input = '') =>
    run(
      [join(root, 'deploy/hooks', name), 'origin', 'url'],
      folder,
      { SAFEGUARD_COMMAND: fakeCheck(folder, code) },
      input,
    );

  for (const [file, code, expected, said] of [
    ['src/lib.rs', 1, 0, ''],
    ['Cargo.lock', 0, 0, 'check --base HEAD\n'],
    ['Cargo.lock', 1, 1, 'check --base HEAD\n'],
    ['Cargo.lock', 2, 0, 'check --base HEAD\n'],
    ['Cargo.lock', 70, 70, 'check --base HEAD\n'],
    ['x/.cargo/config.toml', 1, 1, 'check --base HEAD\n'],
  ] as const) {
    it(`pre-commit: ${file}, and the check ends with ${code}`, async (t) => {
      const { folder, git } = await repository(t);
      mkdirSync(join(folder, 'x/.cargo'), { recursive: true });
      writeFileSync(join(folder, file), '2');
      await git('add', file);
      const result = await hook('pre-commit', folder, code);
      assert.deepEqual([result.code, result.stdout], [expected, said]);
    });
  }

  it('pre-push judges what is checked out, against what is there already', async (t) => {
    const { folder, git } = await repository(t);
    const first = await git('rev-parse', 'HEAD');
    await git('commit', '-q', '--allow-empty', '-m', 'two');
    const head = await git('rev-parse', 'HEAD');
    const none = '0'.repeat(40);
    for (const [local, remote, code, said] of [
      [head, first, 1, `check --base ${first}\n`],
      [head, none, 1, 'check\n'],
      [head, sha, 1, 'check\n'],
      [first, none, 0, ''],
    ] as const) {
      const result = await hook('pre-push', folder, 1, `refs/heads/a ${local} refs/heads/a ${remote}\n`);
      assert.deepEqual([result.code, result.stdout], [code, said]);
    }
  });
});
