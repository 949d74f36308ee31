import { type StatementJson, statementsSchema } from '../../server/vex-contract.ts';
import { findServer } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { noteNext } from '../shared/list.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import type { ListVexOptions } from './acts.ts';

/** Things that a statement is about that are named of it. */
const maxCovers = 10;

/** Lists statements, the newest first. */
export async function listVex(options: ListVexOptions): Promise<void> {
  const server = await findServer(options);
  const { advisory, crate, state, project, target, name, after, limit } = options;
  const path = `/api/v1/vex${queryText({ advisory, crate, state, project, target, name, after, limit })}`;
  const { value, json } = await ask(server, { path, acts: true }, statementsSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.statements.length === 0) return print('Nothing is said. `safeguard vex add` says something.');
  for (const statement of value.statements) printStatement(statement);
  noteNext(value.next, `${value.statements.length} shown`);
}

function printStatement(one: StatementJson): void {
  const { id, advisory, component, status, justification, impact, action, author, until, covers, about } =
    one;
  const state =
    one.state === 'valid'
      ? `until ${until.slice(0, 10)}`
      : paint(
          'yellow',
          one.state === 'expired'
            ? `ended ${until.slice(0, 10)}`
            : `withdrawn: ${printable(one.withdrawn?.reason ?? '')}`,
        );
  print(
    `${paint('bold', `${id}: ${printable(advisory)}`)} in ${printable(component)}: ${status}${justification === null ? '' : ` (${justification})`}`,
  );
  print(`  by ${printable(author)}, ${state}`);
  for (const text of [impact, action]) if (text !== null) print(`  ${printable(text)}`);
  for (const { name, target, project, artefact } of covers.slice(0, maxCovers))
    print(
      artefact === null
        ? `  ${printable(name)} for ${printable(target ?? '')} of ${printable(project ?? '')}`
        : `  ${printable(name)} (${artefact.slice(0, 12)}) alone`,
    );
  if (about > maxCovers) print(`  and ${about - maxCovers} more`);
}
