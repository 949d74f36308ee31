import { type DecisionJson, decisionListSchema } from '../../server/contract.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { type Cell, table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface DecisionsOptions extends ListOptions {
  readonly crate?: string;
  readonly registry?: string;
}

/** Lists what people decided, the newest first. */
export async function decisions({ crate, registry, ...options }: DecisionsOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/quarantine/decisions',
    query: { crate, registry },
    schema: decisionListSchema,
    acts: false,
    entries: (page) => page.decisions,
    none: 'Nobody has decided on a release.',
    columns,
    show: (list) => {
      for (const line of table(head, rowsOf(list, Date.now()))) print(line);
    },
  });
}

const head = ['RELEASE', 'DECISION', 'BY', 'WHEN', 'STANDS', 'WHY'];

const columns: Columns<DecisionJson> = {
  registry: (one) => one.registry,
  crate: (one) => one.crate,
  version: (one) => one.version,
  checksum: ({ checksum }) => checksum,
  decision: ({ kind }) => kind,
  by: ({ by }) => by,
  at: ({ at }) => at,
  until: ({ until }) => until,
  standing: (one) => one.standing,
  reason: ({ reason }) => reason,
};

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
