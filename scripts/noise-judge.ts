import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lazyRemote } from '../src/cli/shared/remote.ts';
import type { GateVerdict } from '../src/gate/change.ts';
import { check } from '../src/gate/check.ts';
import type { FactsPort } from '../src/gate/facts-port.ts';
import { commitFiles } from '../src/gate/graphs/commit-files.ts';
import type { ResolveGraphs } from '../src/gate/graphs/judged.ts';
import { readSides } from '../src/gate/graphs/sides.ts';
import { approvalsFrom } from '../src/gate/judgement/approvals.ts';
import { readAround } from '../src/gate/judgement/around.ts';
import { readBase } from '../src/gate/project/base.ts';
import { CargoHome } from '../src/gate/project/cargo-home.ts';
import { diskFiles } from '../src/gate/project/files.ts';
import { commitTree } from '../src/gate/project/git-tree.ts';
import { readLockfile } from '../src/gate/project/lockfile-reader.ts';
import { requirementsIn } from '../src/gate/project/member-requirements.ts';
import { thisMachine } from '../src/gate/project/this-machine.ts';
import { allowListPath } from '../src/policy/allow-list.ts';
import { type Update, writeFiles } from './noise-updates.ts';

/** Where verdicts and what they need are kept. */
export interface Kept {
  readonly folder: string;
  /** Whether what is kept is asked for again. */
  readonly again: boolean;
}

/**
 * What a check says of an update, in a repository of its own whose last commit is how it was, with no list of approvals.
 * Verdicts are kept by the digest of the update.
 */
export async function judge(update: Update, port: FactsPort, kept: Kept): Promise<GateVerdict> {
  const { before, after } = update;
  const key = createHash('sha256')
    .update(JSON.stringify([before, after]))
    .digest('hex');
  const path = join(kept.folder, 'verdicts', `${key}.json`);
  if (!kept.again && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as GateVerdict;
  const folder = mkdtempSync(join(tmpdir(), 'safeguard-noise-'));
  try {
    commitThen(folder, update);
    const verdict = await judgeFolder(folder, port, kept.folder);
    mkdirSync(join(kept.folder, 'verdicts'), { recursive: true });
    writeFileSync(path, JSON.stringify(verdict));
    return verdict;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commitThen(folder: string, { before, after }: Update): void {
  const git = (...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args], { cwd: folder });
  writeFiles(folder, before);
  git('init', '--quiet');
  git('add', '--all', '--force');
  git('commit', '--quiet', '--message', 'as it was');
  for (const path of Object.keys(before)) if (!(path in after)) rmSync(join(folder, path));
  writeFiles(folder, after);
}

async function judgeFolder(folder: string, port: FactsPort, cache: string): Promise<GateVerdict> {
  const [manifest, lockfile] = [join(folder, 'Cargo.toml'), join(folder, 'Cargo.lock')];
  const cargoHome = join(cache, 'home', 'cargo');
  const remote = lazyRemote({ upstream: 'crates.io' });
  try {
    const head = await readLockfile(lockfile, 'Cargo.lock');
    const base = await readBase('HEAD', lockfile, 'Cargo.lock');
    const around = await readAround({
      ...{ folder, lockfile: head.lockfile, commit: base.commit, remote },
      cargoHome: new CargoHome(cargoHome),
    });
    const resolve: ResolveGraphs = async ({ targets, hosts }, told) => {
      const tree = await commitTree(folder, base.commit?.id ?? '');
      const before = await commitFiles(tree, folder).finally(() => tree.close());
      return await readSides({
        ...{ manifestPath: manifest, lockfile, files: diskFiles, before, targets, hosts, told, remote },
        ...{ lockfileBefore: undefined, host: thisMachine(), environments: around.flags, environment: {} },
        ...{ cargoHome, cache: join(cache, 'home', 'extracts') },
        nameOf: (path: string) => path.replace(`${folder}/`, ''),
      });
    };
    const approvals = approvalsFrom({
      ...{ file: allowListPath, text: undefined, before: undefined, compared: true },
    });
    const requirements = requirementsIn(diskFiles, manifest);
    return await check({ head, base: base.lockfile, around, resolve, approvals, requirements }, port);
  } finally {
    await remote.close();
  }
}
