import type { Command } from 'commander';

/** What of a project is built, for what, and where crates that are not on this machine are asked for. */
export interface BuildOptions {
  readonly manifestPath?: string;
  readonly target?: string;
  readonly host?: string;
  readonly package?: readonly string[];
  readonly workspace?: true;
  readonly exclude?: readonly string[];
  readonly features?: readonly string[];
  readonly allFeatures?: true;
  /** Commander's reading of `--no-default-features`. */
  readonly defaultFeatures: boolean;
  readonly allTargets?: true;
  readonly server?: string;
  readonly upstream: string;
  readonly offline?: true;
}

/** The options of `cargo build` that decide what is compiled, and who is asked for crates. */
export function withBuild(command: Command): Command {
  return command
    .option('--manifest-path <path>', 'the Cargo.toml (default: the one of this folder, or above)')
    .option(
      '--target <triple>',
      'what it is built for (default: what cargo is configured for, else this machine)',
    )
    .option('--host <triple>', 'the machine that builds (default: this one)')
    .option('-p, --package <spec>', 'a package to build; may be given several times', collect)
    .option('--workspace', 'build all members')
    .option('--exclude <spec>', 'with --workspace, all but these', collect)
    .option('-F, --features <features>', 'features to turn on', collect)
    .option('--all-features', 'turn all features on')
    .option('--no-default-features', 'leave the default ones off')
    .option('--all-targets', 'tests, examples and benchmarks too, with dev-dependencies')
    .option('--server <url>', 'ask this mirror for crates that are not on this machine')
    .option('--upstream <name|url>', 'ask this registry for them', 'crates.io')
    .option('--offline', 'ask nobody');
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
