import type { Command } from 'commander';
import { withExamples, withFormat } from '../shared/options.ts';

export function define(command: Command): void {
  withFormat(command)
    .description(
      'Replays the attack of 2026-08-20 on arrayref with harmless stand-ins, layer by layer: offline, in a temporary folder, ' +
        'on a clock that it turns itself. Nothing is compiled or installed.',
    )
    .action(async (options: { readonly format: 'text' | 'json' }) => {
      const { demonstrate } = await import('./demonstrate.ts');
      await demonstrate(options.format);
    });
  withExamples(command, [['safeguard demo', 'what each layer of the defence would have done that day']]);
}
