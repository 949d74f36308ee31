import type { ArchiveFile } from '../../cargo/crate-archive.ts';

/** What cargo noted of the working copy that a release was packed from. The publisher can write anything here. */
export interface VcsInfo {
  /** Lower-case hex. */
  readonly commit: string;
  /** Whether files were packed that the commit does not have (`--allow-dirty`). */
  readonly dirty: boolean;
  /** The crate's folder in the repository; empty for its root. */
  readonly path: string;
}

const vcsFile = '.cargo_vcs_info.json';

/** Reads `.cargo_vcs_info.json`; `absent` without one, `broken` for one that cargo would not have written. */
export function vcsInfo(files: readonly ArchiveFile[]): VcsInfo | 'absent' | 'broken' {
  const file = files.find(({ path }) => path === vcsFile);
  if (file === undefined) return 'absent';
  if (file.size > 64 * 1024) return 'broken';
  try {
    const info = record(JSON.parse(new TextDecoder().decode(file.bytes)));
    const git = record(info.git);
    const path = info.path_in_vcs ?? '';
    // Cargo leaves the commit out where the repository has none yet.
    const commit = git.sha1 ?? '';
    if (typeof commit !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})?$/.test(commit)) return 'broken';
    if (typeof path !== 'string') return 'broken';
    return { commit, dirty: git.dirty === true, path };
  } catch {
    return 'broken';
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
