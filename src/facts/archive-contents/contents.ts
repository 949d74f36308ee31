import { createHash } from 'node:crypto';
import type { ArchiveFile, CrateManifest } from '../../cargo/crate-archive.ts';
import type { Base, UnreadBase } from '../base.ts';
import { type Fact, known } from '../fact.ts';
import { buildCode } from './build-code.ts';
import { type FileKind, fileKind } from './kind.ts';
import { manifestDifferences } from './manifests.ts';
import { oddNames } from './names.ts';
import { scriptOf } from './script.ts';
import { type VcsInfo, vcsInfo } from './vcs.ts';

/** What lies in a `.crate` beside Rust source. Judged by the rules `binaries` and `archive-anomaly`. */
export interface ContentsFact {
  /** Executables, linkable files and archives, by content; in the archive's order. */
  readonly binaries: readonly BinaryFile[];
  /** Interpreted scripts. */
  readonly scripts: readonly ScriptFile[];
  /** Binaries and scripts beyond those listed. */
  readonly unlisted: number;
  /** Path of the build script; absent when nothing of it runs before it is compiled. */
  readonly buildScript?: string | undefined;
  /** Its manifest names a build script that is not there. */
  readonly buildScriptMissing: boolean;
  readonly procMacro: boolean;
  /** `absent`: cargo found no repository, or the release is from before 2018. `broken`: cargo did not write it. */
  readonly vcs: VcsInfo | 'absent' | 'broken';
  /** How Cargo.toml differs from Cargo.toml.orig; one clause each. */
  readonly manifest: readonly string[] | 'no-original' | 'unreadable';
  /** Paths that read differently from what they are. */
  readonly oddNames: readonly string[];
  readonly size: ArchiveSize;
  /** The release before it, where there is one and something is to be compared. */
  readonly previous?: PreviousRelease | UnreadBase | undefined;
}

export interface BinaryFile {
  readonly path: string;
  readonly kind: FileKind;
  readonly size: number;
  /** Lower-case hex: what the policy pins an accepted file by. */
  readonly sha256: string;
}

export interface ScriptFile {
  readonly path: string;
  readonly interpreter: string;
  /** Whether its mode lets it run as it lies. */
  readonly executable: boolean;
  readonly sha256: string;
}

export interface ArchiveSize {
  /** Bytes of the compressed archive. */
  readonly packed: number;
  /** Bytes of all files. */
  readonly unpacked: number;
  readonly files: number;
}

export interface PreviousRelease {
  readonly version: string;
  readonly size: ArchiveSize;
  /** Whether anything of it ran at build time. */
  readonly buildScript: boolean;
  readonly procMacro: boolean;
}

/** The contents fact of one release, with the release that it is compared with. */
export function contentsFact(
  contents: ContentsFact,
  base: Base<ContentsFact> | undefined,
  at: number,
): Fact<ContentsFact> {
  if (base === undefined) return known(contents, 'archive', at);
  if ('unread' in base) return known({ ...contents, previous: base }, 'archive', at);
  const { size, buildScript, procMacro } = base.read;
  return known(
    {
      ...contents,
      previous: { version: base.version, size, buildScript: buildScript !== undefined, procMacro },
    },
    'archive',
    at,
  );
}

/** Reads what an archive holds. Never throws. */
export function readContents(
  files: readonly ArchiveFile[],
  manifest: CrateManifest | undefined,
  packed: number,
): ContentsFact {
  const binaries: BinaryFile[] = [];
  const scripts: ScriptFile[] = [];
  let found = 0;
  for (const { path, bytes, size, mode } of files) {
    const kind = fileKind(bytes);
    const script = kind === undefined ? scriptOf(path, bytes) : undefined;
    if (kind === undefined && script === undefined) continue;
    if (++found > maxListed) continue;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (kind !== undefined) binaries.push({ path, kind, size, sha256 });
    else if (script !== undefined)
      scripts.push({ path, interpreter: script.interpreter, executable: (mode & 0o111) !== 0, sha256 });
  }
  return {
    binaries,
    scripts,
    unlisted: Math.max(0, found - maxListed),
    ...buildCode(files, manifest),
    vcs: vcsInfo(files),
    manifest: manifestDifferences(files, manifest),
    oddNames: oddNames(files.map(({ path }) => path)),
    size: {
      packed,
      unpacked: files.reduce((total, { size }) => total + size, 0),
      files: files.length,
    },
  };
}

const maxListed = 200;
