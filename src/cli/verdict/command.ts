import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';
import type { ReplayOptions } from './acts.ts';

export function define(command: Command): void {
  command.description(
    'A verdict follows from facts, a policy and a time. Recorded, it can be made again and compared.',
  );
  const replay = command
    .command('replay')
    .summary('judge a recorded case again')
    .description(
      'Judges again what `safeguard explain --format json` recorded, with the rules of this program, and says whether the ' +
        'verdict is the same. Exit code 0: the same; 1: another.',
    )
    .argument('<file>', 'the recorded case');
  withFormat(replay).action(async (file: string, options: ReplayOptions) =>
    (await import('./acts.ts')).replayFile(file, options),
  );
  withExamples(replay, [['safeguard verdict replay arrayref.json', 'does it still follow?']]);
  withExamples(command, [['safeguard verdict replay arrayref.json', 'does it still follow?']]);
}
