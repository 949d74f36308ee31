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
    .requiredOption('--key <file>', 'the public key as PEM, P-256 or Ed25519')
    .option(
      '--bundle <file>',
      'a signed statement; may be given several times (default: the three beside the program)',
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
  ]);
}
