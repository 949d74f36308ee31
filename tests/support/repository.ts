/** A git repository of a test, apart from whatever git is set up to do on this machine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Cleanup, tempDir } from './temp.ts';

export type Repository = {
  readonly dir: string;
  write(files: Readonly<Record<string, string | Buffer>>): void;
  /** Writes the files and commits everything; the commit's id. */
  commit(files: Readonly<Record<string, string | Buffer>>, message?: string): string;
  git(...args: readonly string[]): string;
};

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
  // One history, one id: reports name it.
  GIT_AUTHOR_DATE: '2026-08-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-08-01T00:00:00Z',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

export function repository(t: Cleanup, dir = tempDir(t, 'safeguard-git-')): Repository {
  const git = (...args: readonly string[]) => {
    const ran = spawnSync('git', args, { cwd: dir, env: { ...process.env, ...identity }, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout.trim();
  };
  git('init', '--quiet', '--initial-branch=main');
  const write = (files: Readonly<Record<string, string | Buffer>>) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
  };
  return {
    dir,
    write,
    commit: (files, message = 'a change') => {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', `--message=${message}`);
      return git('rev-parse', 'HEAD');
    },
    git,
  };
}
