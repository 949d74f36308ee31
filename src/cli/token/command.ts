import { type Command, InvalidArgumentError, Option } from 'commander';
import { roleWords } from '../../server/identity/roles.ts';
import { roles } from '../../store/records.ts';
import type { ServerOptions } from '../shared/address.ts';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { NewTokenOptions, TokenOptions } from './acts.ts';

export function define(command: Command): void {
  command.description(
    'Tokens let people and machines act through the API. Each act is logged under the name of its token, so give each ' +
      'person their own.',
  );
  const create = command
    .command('create')
    .summary('make a token and show it once')
    .description(
      'Makes a token. It is shown this once: the server keeps its digest only. Its role says what it opens:\n\n' +
        roles.map((role) => `  ${role.padEnd(9)} ${roleWords[role]}`).join('\n'),
    )
    .argument('<name>', 'whose it is', tokenName)
    .addOption(new Option('--role <role>', 'what it is for').choices(roles).default('reviewer'))
    .option(
      '--owner <person>',
      'the person whose it is, where he has another already: acts are his, and count once (default: its name)',
    )
    .option('--until <date>', 'when it ends by itself: a day (its beginning, UTC) or a time');
  withFormat(withServer(create)).action(async (name: string, options: NewTokenOptions) => {
    const { createToken } = await import('./acts.ts');
    await createToken(name, options);
  });
  withExamples(create, [
    ['safeguard token create alice', 'then: export SAFEGUARD_TOKEN=…'],
    ['safeguard token create alice-laptop --owner alice', 'a second one: what is done with it is alice’s'],
    ['safeguard token create ci-main --role ci --until 2027-03-01', 'for a pipeline, until March'],
    ['safeguard token create web-1 --role agent', 'for `safeguard agent` on a host: it can read nothing'],
  ]);

  const list = command
    .command('list')
    .summary('list tokens')
    .description('Lists tokens by name; never the tokens themselves.');
  withFormat(withServer(list)).action(async (options: TokenOptions) => {
    const { listTokens } = await import('./acts.ts');
    await listTokens(options);
  });
  withExamples(list, [['safeguard token list', 'those in force and those revoked']]);

  const revoke = command
    .command('revoke')
    .summary('end a token')
    .description('Ends a token at once. What was done with it stays in the log.')
    .argument('<name>', 'whose it is', tokenName);
  withServer(revoke).action(async (name: string, options: ServerOptions) => {
    const { revokeToken } = await import('./acts.ts');
    await revokeToken(name, options);
  });
  withExamples(revoke, [['safeguard token revoke alice', 'it is refused from now on']]);
  withExamples(command, [
    ['safeguard token create alice', 'one for each person'],
    ['safeguard token list', 'who has one'],
  ]);
}

function tokenName(text: string): string {
  if (text.trim() === '' || text.length > 100) throw new InvalidArgumentError('expected a name.');
  return text;
}
