import type { Command } from 'commander';
import { collect, withExamples, withFormat } from '../shared/options.ts';
import type { VerifyOptions } from './acts.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Holds a program against what was said of it when it was built: that a key signed it, that it is about these very bytes, ' +
        'that the SBOM beside it is the signed one, and that the verdict was to let it in. Asks nobody: no network is used. Exit ' +
        'code 1 where anything does not hold, or is not there.',
    )
    .argument('<file>', 'the program')
    .option('--key <file>', 'the public key as PEM, P-256 or Ed25519')
    .option(
      '--trusted-root <file>',
      'who vouches for certificates: sigstore’s trusted_root.json, or what `gh attestation trusted-root` prints; who may sign says the policy',
    )
    .option('--policy <file>', 'a safeguard.toml whose [verify] says what must be signed, by whom, of what')
    .option(
      '--bundle <file>',
      'a signed statement, or several, one a line; `-` is standard input; may be given several times (default: those beside the program)',
      collect,
    )
    .option('--sbom <file>', 'the SBOM (default: the one beside the program, if there is one)')
    .option('--builder-id <uri>', 'who must have built it')
    .action(async (file: string, options: VerifyOptions) =>
      (await import('./acts.ts')).verify(file, options),
    );
  withExamples(command, [
    [
      'safeguard verify safeguard-out/x86_64-unknown-linux-gnu/app --key release.pub',
      'all that was said of it',
    ],
    [
      'safeguard verify app --key release.pub --bundle app.provenance.sigstore.json',
      'where it comes from alone',
    ],
    [
      'safeguard verify app --policy release.toml --trusted-root trusted_root.jsonl --bundle sha256-….jsonl',
      'what `gh attestation download` brought',
    ],
  ]);
}
