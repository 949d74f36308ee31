import { type DecisionJson, decisionListSchema } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { type Cell, table } from '../shared/table.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface DecisionsOptions extends ServerOptions {
  readonly crate?: string;
  readonly registry?: string;
  readonly limit: number;
  readonly format: 'text' | 'json';
}

export async function decisions(options: DecisionsOptions): Promise<void> {
  const server = await findServer(options);
  const query = new URLSearchParams({ limit: String(options.limit) });
  if (options.crate !== undefined) query.set('crate', options.crate);
  if (options.registry !== undefined) query.set('registry', options.registry);
  const path = `/api/v1/quarantine/decisions?${query}`;
  const { value, json } = await ask(server, { path }, decisionListSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  if (value.decisions.length === 0) return print('Nobody has decided on a release.');
  const now = Date.now();
  for (const line of table(
    ['RELEASE', 'DECISION', 'BY', 'WHEN', 'STANDS', 'WHY'],
    rowsOf(value.decisions, now),
  ))
    print(line);
  if (value.decisions.length === options.limit)
    print(paint('dim', `The first ${options.limit}; there may be more: --limit.`));
}

function rowsOf(list: readonly DecisionJson[], now: number): Cell[][] {
  return list.map((one) => [
    printable(`${one.crate}@${one.version}`),
    one.kind === 'approve' ? 'approved' : 'rejected',
    printable(one.by),
    sayWhen(one.at, now),
    standing(one, now),
    printable(one.reason),
  ]);
}

/** Whether a decision counts, and until when or since when not. */
export function standing({ standing: stands, until, takenBack }: DecisionJson, now: number): string {
  switch (stands) {
    case 'stands':
      return until === undefined ? 'yes' : `until ${sayWhen(until, now)}`;
    case 'ended':
      return 'no: its time is over';
    case 'taken-back':
      return `no: taken back by ${printable(takenBack?.by ?? '')}`;
  }
}
