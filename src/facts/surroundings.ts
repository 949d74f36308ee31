import { type Fact, known } from './fact.ts';

/** What decides a build beside the graph and stands in one file of the project: what is new or other than before. */
export interface SurroundingsFact {
  readonly items: readonly Surrounding[];
}

export type Surrounding =
  | BuildSetting
  | PatchEntry
  | ToolchainPin
  | OwnBuildCode
  | CargoCommand
  | BuiltTarget
  | UnreadableFile;

/** How it differs from the state before; `present` where there is no state before to compare with. */
export type Difference = 'added' | 'changed' | 'removed' | 'present';

/** Where it stands, below the project's folder; for what was removed, where it stood. */
interface Placed {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

interface Compared extends Placed {
  readonly difference: Difference;
  /** As a person reads it, secrets left out; absent where there is none. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** What a key of cargo's configuration has its hands on. */
export type SettingTopic =
  | 'source'
  | 'path-override'
  | 'lockfile'
  | 'program'
  | 'flags'
  | 'environment'
  | 'registry'
  | 'credentials'
  | 'network'
  | 'git-client'
  | 'unstable'
  | 'alias';

/** A key of `.cargo/config.toml` that decides a build. */
export interface BuildSetting extends Compared {
  readonly kind: 'setting';
  readonly topic: SettingTopic;
  /** Dotted, as in `build.rustc-wrapper`. */
  readonly key: string;
  /** What it does: the end of a sentence that begins with cargo, as in `runs it in place of rustc`. */
  readonly does: string;
  /** For `source`, the index address that crates then come from, and came from before; absent for no registry. */
  readonly index?: string | undefined;
  readonly indexBefore?: string | undefined;
  /** The files whose value this one covers, where cargo is run in its folder. */
  readonly covers: readonly string[];
}

/** An entry of `[patch]` or `[replace]`. */
export interface PatchEntry extends Compared {
  readonly kind: 'patch';
  readonly table: 'patch' | 'replace';
  /** The source that is patched, as written: `crates-io`, a URL, a registry's name; empty for `[replace]`. */
  readonly source: string;
  /** The crate; for `[replace]` with its version. */
  readonly name: string;
}

/** What a toolchain file asks rustup for. */
export interface ToolchainPin extends Compared {
  readonly kind: 'toolchain';
  readonly pin: 'path' | 'custom' | 'nightly' | 'release' | 'component';
}

/** Code of the project's own packages that runs when they are built. */
export interface OwnBuildCode extends Compared {
  readonly kind: 'build-code';
  readonly code: 'build-script' | 'proc-macro';
  /** Name of the package; its folder where the manifest does not say. */
  readonly package: string;
}

/** A cargo command in a file that CI runs, which takes other releases than the lockfile names where the two differ. */
export interface CargoCommand extends Compared {
  readonly kind: 'command';
  /** `cargo`, or a program that runs it. */
  readonly program: string;
  /** As in `install`; aliases spelled out. */
  readonly subcommand: string;
  /** Where `--locked` would stand: among its flags, or behind `--`; `never`: it is for changing the lockfile. */
  readonly locks: 'with-flag' | 'behind-dashes' | 'never';
}

/** A target that the project is built for, by its configuration or a file of CI, and the policy does not name. */
export interface BuiltTarget extends Placed {
  readonly kind: 'target';
  /** `present` for one that was there before, too. */
  readonly difference: 'added' | 'present';
  /** How it is said: an option, a variable or a key. */
  readonly by: string;
  /** A triple, or the path of a JSON file; absent where the file does not tell. */
  readonly target: string | undefined;
}

/** A file that decides a build, or would, and cannot be read. */
export interface UnreadableFile extends Placed {
  readonly kind: 'unreadable';
  readonly difference: Difference;
  /** One clause. */
  readonly reason: string;
}

/** The surroundings fact of one file. */
export function surroundingsFact(items: readonly Surrounding[], at: number): Fact<SurroundingsFact> {
  return known({ items }, 'project', at);
}
