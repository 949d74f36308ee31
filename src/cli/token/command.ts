import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ServerOptions } from '../shared/address.ts';
import { withExamples, withFormat, withServer } from '../shared/options.ts';
import type { TokenOptions } from './acts.ts';

export function define(command: Command): void {
  command.description(
    'Tokens let people and machines act through the API. Each act is logged under the name of its token, so give each ' +
      'person their own.',
  );
  const create = command
    .command('create')
    .summary('make a token and show it once')
    .description('Makes a token. It is shown this once: the server keeps its digest only.')
    .argument('<name>', 'whose it is', tokenName)
    .addOption(new Option('--only <what>', 'what it opens (default: everything)').choices(['sightings']));
  withFormat(withServer(create)).action(async (name: string, options: CreateOptions) => {
    const { createToken } = await import('./acts.ts');
    await createToken(name, options);
  });
  withExamples(create, [
    ['safeguard token create alice', 'then: export SAFEGUARD_TOKEN=…'],
    ['safeguard token create web-1 --only sightings', 'for `safeguard agent` on a host: it can read nothing'],
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

type CreateOptions = TokenOptions & { readonly only?: 'sightings' };

function tokenName(text: string): string {
  if (text.trim() === '' || text.length > 100) throw new InvalidArgumentError('expected a name.');
  return text;
}
