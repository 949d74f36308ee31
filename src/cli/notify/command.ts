import type { Command } from 'commander';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { TestOptions } from './test.ts';

export function define(command: Command): void {
  command.description(
    'The server tells people and programs when a release that had been handed out is not any more: by [[notify]] in ' +
      'its server.toml.',
  );
  const test = command
    .command('test')
    .summary('send a message that is marked as a test')
    .description(
      'Sends a message that is marked as a test to every target, or to one, and says what came of it. Exits with 1 where ' +
        'one could not be reached.',
    )
    .option('--target <name>', 'only this one');
  withFormat(withServer(test)).action(async (options: TestOptions) => {
    const { testTargets } = await import('./test.ts');
    await testTargets(options);
  });
  withExamples(test, [
    ['safeguard notify test', 'to all of them'],
    ['safeguard notify test --target ops', 'to one'],
  ]);
  withExamples(command, [['safeguard notify test', 'see whether everybody can be reached']]);
}
