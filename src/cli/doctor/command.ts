import type { Command } from 'commander';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { DoctorOptions } from './diagnose.ts';

export function define(command: Command): void {
  command.description(
    'Checks this machine and this folder: the toolchain, the server, the clock, which configuration cargo really uses ' +
      'here, and what goes around the mirror. Changes nothing. Exits with 1 where there is a problem.',
  );
  withFormat(withServer(command)).action(async (options: DoctorOptions) => {
    const { diagnose } = await import('./diagnose.ts');
    await diagnose(options);
  });
  withExamples(command, [
    ['safeguard doctor', 'with a next step for everything that is not well'],
    ['safeguard doctor --format json', 'for a script'],
  ]);
}
