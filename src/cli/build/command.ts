import { type Command, InvalidArgumentError } from 'commander';
import { collect, countUpTo, withExamples, withFormat, withJudge } from '../shared/options.ts';
import type { BuildCommandOptions } from './options.ts';

export function define(command: Command): void {
  withJudge(
    withFormat(command)
      .description(
        'Builds a project sealed off from the machine: judges its Cargo.lock first (a denied one is not compiled), fetches what ' +
          'it names, then compiles without any network, with source, toolchain and crates to be read alone, and no home, variables or ' +
          'processes of this machine in sight. Leaves each program in a folder for the target, with its SBOM, its SLSA provenance and the verdict, signed by a key, a server, or without one of one’s own (Sigstore). Needs Linux and ' +
          'bubblewrap.',
      )
      .argument('<command...>', 'the build: `cargo build`, with its options')
      // What stands behind the first word of the build is the build's, also without `--`.
      .passThroughOptions()
      .option('--output-dir <dir>', 'where the results go, in a folder for each target', 'safeguard-out'),
  )
    .option('--offline', 'judge and fetch by what is on this machine alone', false)
    .option(
      '--exchange',
      'exchange the token of the CI’s job, or the key in SAFEGUARD_BUILD_KEY, for a session of --server that fetches for this build alone',
      false,
    )
    .option('--audience <text>', 'whom that token is for (default: the server’s address)')
    .option('--env <name>', 'let this variable reach the build; may be given several times', collect)
    .option('--read <dir>', 'let the build read this folder; may be given several times', collect)
    .option('--max-processes <n>', 'processes and threads at once', countUpTo(1_000_000), 8192)
    .option('--max-memory <size>', 'memory, such as 8GiB (default: nine tenths of this machine’s)', size)
    .option('--max-disk <size>', 'what it may write', size, 64 * 1024 ** 3)
    .option('--creator <address>', 'who answers for the SBOM: an e-mail address or a URL')
    .option('--key <file>', 'sign what is said of the results: a private key as PEM, P-256 or Ed25519')
    .option(
      '--sign-by-server',
      'have --server sign what is said of the results, by a key that this job never has, with whose job it was by the token of the CI',
      false,
    )
    .option(
      '--keyless <file>',
      'sign by a key of this moment, for which the services of a Sigstore signing config (JSON, 0.2) certify whose job it is; nobody else is asked',
    )
    .option(
      '--trusted-root <file>',
      'with --keyless: the trusted_root.json that has to vouch for what they answer',
    )
    .option('--keyless-audience <text>', 'whom the token of the CI’s job is for, with --keyless', 'sigstore')
    .option('--builder-id <uri>', 'who builds, in the provenance (default: a machine of one’s own)')
    .option(
      '--reproduce',
      'build it a second time, from a copy and as another user of another host, and fail where the bytes differ',
      false,
    )
    .option('--no-sandbox', 'keep nothing in: for machines without bubblewrap, and recorded as such')
    .action(async (words: string[], options: BuildCommandOptions) =>
      (await import('./acts.ts')).buildProject(words, options),
    );
  withExamples(command, [
    ['safeguard build -- cargo build --release', 'this project, for this machine'],
    [
      'safeguard build --server https://crates.corp.example -- cargo build --release --target x86_64-unknown-linux-musl',
      'for another target, by the organisation’s policy',
    ],
    [
      'safeguard build --env OPENSSL_DIR --read /opt/openssl -- cargo build --release',
      'with a library from elsewhere',
    ],
    [
      'safeguard build --keyless signing_config.json --trusted-root trusted_root.json -- cargo build --release',
      'signed for whom the CI says that this job is',
    ],
  ]);
}

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes of `8GiB`, `512M`. */
function size(text: string): number {
  const [, number = '', unit = ''] = /^([1-9]\d{0,8})([KMGT])?(?:iB)?$/.exec(text) ?? [];
  if (number === '') throw new InvalidArgumentError('Expected a size, such as 8GiB.');
  return Number(number) * (units[unit] ?? 1);
}
