import { notifyTestedSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { exit } from '../shared/error.ts';
import { type Cell, table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';

export interface TestOptions extends ServerOptions {
  readonly target?: string;
  readonly format: 'text' | 'json';
}

export async function testTargets(options: TestOptions): Promise<void> {
  const server = await findServer(options);
  const body = options.target === undefined ? {} : { target: options.target };
  const request = { method: 'POST', path: '/api/v1/notify/test', body, acts: true } as const;
  const { value, json } = await ask(server, request, notifyTestedSchema);
  if (value.tests.some(({ error }) => error !== null)) process.exitCode = exit.problem;
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  const rows = value.tests.map(({ target, kind, where, error }): Cell[] => [
    printable(target),
    kind,
    error === null ? { text: 'delivered', style: 'green' } : { text: 'failed', style: 'red' },
    printable(error === null ? where : `${where}: ${error}`),
  ]);
  for (const line of table(['TARGET', 'KIND', 'TEST', 'WHERE'], rows)) print(line);
}
