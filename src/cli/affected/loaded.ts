import type { AffectedJson } from '../../server/affected-contract.ts';
import { starters } from '../shared/installed.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';

type LoadedJson = AffectedJson['loaded'];
type ProgramJson = LoadedJson['programs'][number];
type InstalledJson = LoadedJson['installed'][number];

/** Prints where packages of distributions are loaded: host, process, program, library, package. */
export function printLoaded({ programs, installed, possible, next }: LoadedJson): void {
  for (const program of programs) printProgram(program);
  if (next !== null)
    note(`${programs.length} programs shown; the next page: --loaded-after '${printable(next)}'`);
  for (const program of installed) printInstalled(program);
  if (possible.processes > 0)
    print(
      `${paint('yellow', 'Possible:')} ${possible.processes} ${possible.processes === 1 ? 'process' : 'processes'} on ${possible.hosts} ${possible.hosts === 1 ? 'host' : 'hosts'} can open it, and had not when the host was looked at.`,
    );
}

function printProgram(program: ProgramJson): void {
  const { processes, pids, restart } = program;
  const which = processes === 1 ? `process ${pids[0] ?? ''}` : `${processes} processes`;
  const notes =
    restart === 0
      ? ''
      : paint('yellow', ` (restart needed: ${restart} of them run code that is not on disk any more)`);
  print(`${hostText(program)} → ${which} → ${printable(program.path)}${notes}`);
  printObjects(program);
}

function printInstalled(program: InstalledJson): void {
  print(
    `${hostText(program)} → ${printable(program.path)}, which ${starters[program.named]} starts (${printable(program.by)})`,
  );
  printObjects(program);
}

function hostText({ host, environment }: Pick<ProgramJson, 'host' | 'environment'>): string {
  return `${paint('bold', printable(host))}${environment === null ? '' : ` (${printable(environment)})`}`;
}

const ways = { loaded: '', needed: 'the loader brings it', possible: 'it has its name in it' } as const;
const gone = {
  present: '',
  replaced: 'replaced on disk',
  deleted: 'gone from disk',
  unpackaged: 'unpacked by itself',
} as const;

function printObjects({ objects }: Pick<ProgramJson, 'objects'>): void {
  for (const { path, component, state, how } of objects) {
    const notes = [ways[how], gone[state]].filter((text) => text !== '');
    print(
      `  → ${printable(path)}: ${printable(component)}${notes.length === 0 ? '' : paint('dim', ` (${notes.join('; ')})`)}`,
    );
  }
}
