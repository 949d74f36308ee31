import type { InstalledPlaceJson } from '../../server/sighting-contract.ts';
import { paint, printable } from './terminal.ts';

/** What starts a program that is installed. */
export const starters = {
  unit: 'systemd',
  cron: 'cron',
  path: '--paths',
  container: 'a container',
  other: 'something that only a newer agent knows',
} as const;

/** What is said of how a program stands to its artefact, beside that it does. */
export const standingNotes: Readonly<Record<InstalledPlaceJson['standing'], readonly string[]>> = {
  tampered: ['TAMPERED WITH: other code or data than the signed build'],
  known: [],
  stripped: ['stripped or repackaged after the build'],
  changed: ['other bytes of the same build: whether they were tampered with cannot be told'],
  unknown: [],
};

/** Where a binary is installed that no process runs, in one line. */
export function installedLine({ host, environment, path, named, by, standing }: InstalledPlaceJson): string {
  const of = environment === null ? '' : ` (${printable(environment)})`;
  const starter = `${starters[named]}: ${printable(by)}`;
  return `installed on ${printable(host)}${of}, not seen running: ${printable(path)} (${starter})${noteText(standingNotes[standing])}`;
}

/** Notes behind a line. */
export function noteText(notes: readonly string[]): string {
  return notes.length === 0 ? '' : paint('yellow', ` (${notes.join('; ')})`);
}
