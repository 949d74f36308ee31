import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, run, safeguard } from './support.ts';

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** What bash would offer for a line whose last word is being typed. */
const bashTry = `
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
_safeguard
printf '%s\\n' "\${COMPREPLY[@]}"`;

for (const { line, offers } of [
  { line: ['safeguard', 'q'], offers: ['quarantine'] },
  {
    line: ['safeguard', 'quarantine', ''],
    offers: [
      'list',
      'show',
      'approve',
      'reject',
      'request',
      'take-back',
      'decisions',
      'block',
      'unblock',
      'break-glass',
    ],
  },
  { line: ['safeguard', 'quarantine', 'list', '--s'], offers: ['--state', '--server'] },
  { line: ['safeguard', 'quarantine', 'list', '--state', 'w'], offers: ['withdrawn'] },
  { line: ['safeguard', 'mirror', 'status', '--format', ''], offers: ['text', 'json'] },
  { line: ['safeguard', 'completions', ''], offers: ['bash', 'zsh', 'fish'] },
  { line: ['safeguard', 'mirror', 'prefetch', '--lockfile', 'Cargo'], offers: ['Cargo.lock'] },
  { line: ['safeguard', 'serve', '--listen', ''], offers: [''] },
]) {
  test(`bash completes: ${line.join(' ')}`, async (t) => {
    const cwd = folder(t, { 'Cargo.lock': '' });
    const { stdout: script } = await safeguard(['completions', 'bash'], { cwd });
    writeFileSync(join(cwd, 'script'), script);
    const { stdout, stderr } = await run('bash', ['--norc', '-c', bashTry, 'bash', './script', ...line], {
      cwd,
    });
    assert.equal(stderr, '');
    assert.deepEqual(stdout.replace(/\n$/, '').split('\n').sort(), offers.sort());
  });
}

test('bash knows the command once the script is sourced', async (t) => {
  const cwd = folder(t);
  const { stdout: script } = await safeguard(['completions', 'bash'], { cwd });
  writeFileSync(join(cwd, 'script'), script);
  const { code, stdout } = await run('bash', ['-c', 'source ./script; complete -p safeguard'], { cwd });
  assert.deepEqual([code, stdout], [0, 'complete -F _safeguard safeguard\n']);
});

test('zsh reads its script', { skip: !has('zsh') }, async (t) => {
  const cwd = folder(t);
  const { stdout: script } = await safeguard(['completions', 'zsh'], { cwd });
  writeFileSync(join(cwd, '_safeguard'), script);
  const line = 'autoload -Uz compinit; compinit -u -D; source ./_safeguard; print -r -- $_comps[safeguard]';
  const { stdout, stderr } = await run('zsh', ['-f', '-c', line], { cwd });
  assert.deepEqual([stdout, stderr], ['_safeguard\n', '']);
});

test('fish completes by its script', { skip: !has('fish') }, async (t) => {
  const cwd = folder(t);
  const { stdout: script } = await safeguard(['completions', 'fish'], { cwd });
  writeFileSync(join(cwd, 'script.fish'), script);
  const ask = (line: string) =>
    run('fish', ['--no-config', '-c', `source script.fish; complete -C '${line}'`], { cwd }).then(
      ({ stdout }) => stdout.split('\n').map((text) => text.split('\t')[0]),
    );
  assert.ok((await ask('safeguard quar')).includes('quarantine'));
  assert.deepEqual((await ask('safeguard quarantine list --state w')).filter(Boolean), ['withdrawn']);
  assert.ok((await ask('safeguard quarantine ')).includes('break-glass'));
});
