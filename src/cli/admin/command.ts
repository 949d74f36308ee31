import { type Command, Option } from 'commander';
import { groupRoles } from '../../server/identity/oidc-config.ts';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { LinkOptions } from './create.ts';

export function define(command: Command): void {
  command.description('Lets the first person in, before there is a provider to sign in with.');
  const create = command
    .command('create')
    .summary('print a link that signs somebody in once')
    .description(
      'Prints a link that signs whoever opens it in on the pages, once, within a quarter of an hour, for twelve hours: as an ' +
        'admin unless another role is named. It needs a token of the role admin; run it where the server keeps its data folder.',
    )
    .argument('<name>', 'who it is for; what they do stands in the log under it')
    .addOption(new Option('--role <role>', 'what they may do').choices(groupRoles).default('admin'));
  withFormat(withServer(create)).action(async (name: string, options: LinkOptions) => {
    const { createLink } = await import('./create.ts');
    await createLink(name, options);
  });
  withExamples(create, [['safeguard admin create anna', 'and open the link in a browser']]);
  withExamples(command, [['safeguard admin create anna', 'the first admin of a new server']]);
}
