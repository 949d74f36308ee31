import { printable } from '../../gate/report/printable.ts';
import type { RunningPackages } from './pending.ts';
import { note, paint } from './terminal.ts';

/** Packages that are named of those with the same reason. */
const maxNamed = 3;

/** Tells of releases of which nobody knows what they run: a line for each reason, to standard error. */
export function tellUnknown(label: string, unknown: RunningPackages['unknown']): void {
  for (const [reason, list] of Map.groupBy(unknown, ({ reason }) => reason)) {
    const names = list.slice(0, maxNamed).map(({ pkg: { name, version } }) => `${name} ${version}`);
    const more = list.length > maxNamed ? ` and ${list.length - maxNamed} more` : '';
    note(
      `${paint('yellow', `${label}:`, process.stderr)} ${printable(`${names.join(', ')}${more}: ${reason}`)}.`,
    );
  }
}
