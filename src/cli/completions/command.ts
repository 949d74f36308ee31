import { Argument, type Command } from 'commander';
import { withExamples } from '../shared/options.ts';
import { print } from '../shared/terminal.ts';
import type { Shell } from './script.ts';

const shells = ['bash', 'zsh', 'fish'] as const satisfies readonly Shell[];

export function define(command: Command, whole: () => Promise<Command>): void {
  command
    .description('Prints completions for a shell: put its output where the shell looks for it, or source it.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./script.ts');
      const { referenceOf } = await import('../reference.ts');
      print(completionScript(shell, referenceOf(await whole())));
    });
  withExamples(command, [
    ['source <(safeguard completions bash)', 'in ~/.bashrc'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is zsh
    ['safeguard completions zsh > "${fpath[1]}/_safeguard"', 'once, for zsh'],
    ['safeguard completions fish > ~/.config/fish/completions/safeguard.fish', 'once, for fish'],
  ]);
}
