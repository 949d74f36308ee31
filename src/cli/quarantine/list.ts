import { quarantineListSchema, type ReleaseJson } from '../../server/contract.ts';
import { type Columns, type ListOptions, printList } from '../shared/list.ts';
import { stateCell } from '../shared/release-state.ts';
import { type Cell, table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface QuarantineOptions extends ListOptions {
  readonly state?: string;
  readonly crate?: string;
  readonly registry?: string;
}

/** Lists releases by their state. */
export async function list({ state, crate, registry, ...options }: QuarantineOptions): Promise<void> {
  await printList(options, {
    path: '/api/v1/quarantine',
    query: { state, crate, registry },
    schema: quarantineListSchema,
    acts: false,
    entries: ({ releases }) => releases,
    none:
      state === undefined
        ? 'Nothing is held back.'
        : `No release is in the state ${state.split(',').join(' or ')}.`,
    columns,
    show: (releases) => showReleases(releases, Date.now()),
  });
}

function showReleases(releases: readonly ReleaseJson[], now: number): void {
  const isCounted = releases.some(({ waiting }) => waiting !== undefined);
  const rows = releases.map((release): Cell[] => [
    printable(`${release.crate}@${release.version}`),
    stateCell(release.state),
    sayWhen(release.since, now),
    ...(isCounted ? [String(release.waiting ?? 0)] : []),
    release.until === undefined ? '-' : sayWhen(release.until, now),
    printable(rulesOf(release).join(', ')) || '-',
  ]);
  const head = ['RELEASE', 'STATE', 'SINCE', ...(isCounted ? ['WAITING'] : []), 'UNTIL', 'RULES'];
  for (const line of table(head, rows)) print(line);
}

function rulesOf({ verdict }: ReleaseJson): readonly string[] {
  return [...new Set(verdict.findings.map(({ rule }) => rule))];
}

const columns: Columns<ReleaseJson> = {
  registry: ({ registry }) => registry,
  crate: ({ crate }) => crate,
  version: ({ version }) => version,
  state: ({ state }) => state,
  since: ({ since }) => since,
  until: ({ until }) => until,
  waiting: ({ waiting }) => waiting,
  rules: (release) => rulesOf(release).join(' '),
  finding: ({ verdict }) => verdict.findings[0]?.message,
};
