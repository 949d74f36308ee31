import { Argument, type Command } from 'commander';
import { withExamples } from './options.ts';
import { print } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

export function define(command: Command): void {
  command
    .description('Prints completions for a shell: put its output where the shell looks for it, or source it.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action(async (shell: Shell) => {
      // Loaded here: the script needs every command, and `--help` needs none of them.
      const { completionScript } = await import('./completion-script.ts');
      const { buildProgram } = await import('./program.ts');
      const { referenceOf } = await import('./reference.ts');
      print(completionScript(shell, referenceOf(await buildProgram())));
    });
  withExamples(command, [
    ['source <(safeguard completions bash)', 'in ~/.bashrc'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is zsh
    ['safeguard completions zsh > "${fpath[1]}/_safeguard"', 'once, for zsh'],
    ['safeguard completions fish > ~/.config/fish/completions/safeguard.fish', 'once, for fish'],
  ]);
}
