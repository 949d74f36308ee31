import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { InspectOptions } from './acts.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Says what an executable or library says of itself: its build id, the libraries it needs, the notes of its packager, ' +
        'and the crates in it. Those are read from the list that its builder left (`.dep-v0`); without one they are ' +
        'recovered from the paths in its panics, and from the names of its functions, which have no version and are gone where it was stripped. ' +
        'Reads ELF, PE, Mach-O and WebAssembly; runs nothing.',
    )
    .argument('<file>', 'the executable or library')
    .option('--no-recover', 'take crates from a list alone')
    .action(async (file: string, options: InspectOptions) =>
      (await import('./acts.ts')).inspect(file, options),
    );
  withExamples(command, [
    ['safeguard inspect target/release/app', 'what is in this program'],
    ['safeguard inspect app.exe --format json', 'for another program'],
  ]);
}
