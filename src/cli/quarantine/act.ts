import { actedSchema, type DecisionActJson, type QuarantineAct } from '../../server/contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask } from '../shared/api.ts';
import { CliError } from '../shared/error.ts';
import { parseCrateOrRelease, parseRelease } from '../shared/release-id.ts';
import { stateCell } from '../shared/release-state.ts';
import { table } from '../shared/table.ts';
import { print, printable } from '../shared/terminal.ts';
import { sayWhen } from '../shared/when.ts';

export interface ActOptions extends ServerOptions {
  readonly reason: string;
  readonly registry?: string;
  /** A day or a time, as it was checked. */
  readonly until?: string;
  readonly format: 'text' | 'json';
}

export type ActKind = 'approve' | 'reject' | 'take-back' | 'block' | 'unblock' | 'break-glass' | 'request';

/** Acts on whole crates; all others are on one release. */
export const onCrates: readonly ActKind[] = ['block', 'unblock'];

/** Carries out one act and says what became of the releases it touched. */
export async function act(kind: ActKind, subject: string, options: ActOptions): Promise<void> {
  const named = onCrates.includes(kind) ? parseCrateOrRelease(subject) : parseRelease(subject);
  const reason = options.reason.trim();
  if (reason === '' || reason.length > 2000)
    throw new CliError('cli/usage', '--reason must be a text of at most 2,000 characters');
  const body: QuarantineAct | DecisionActJson = {
    ...named,
    reason,
    ...(options.registry === undefined ? {} : { registry: options.registry }),
    ...(options.until === undefined ? {} : { until: options.until }),
  };
  const server = await findServer(options);
  const path = kind === 'request' ? '/api/v1/requests' : `/api/v1/quarantine/${kind}`;
  const { value, json } = await ask(server, { method: 'POST', path, body, acts: true }, actedSchema);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  print(printable(value.message));
  const now = Date.now();
  const rows = value.releases.map((release) => [
    printable(`${release.crate}@${release.version}`),
    stateCell(release.state),
    release.until === undefined ? '' : `until ${sayWhen(release.until, now)}`,
  ]);
  for (const line of table([], rows)) print(`  ${line}`);
}
