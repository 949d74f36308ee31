import { type AffectedJson, affectedSchema } from '../../server/inventory-contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { CliError, exit } from '../shared/error.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { printLoaded } from './loaded.ts';

export interface AffectedOptions extends ServerOptions {
  readonly loadedAfter?: string;
  readonly format: 'text' | 'json';
  readonly library?: boolean;
  readonly name?: string;
  readonly project?: string;
  readonly target?: string;
  readonly limit?: number;
  readonly after?: string;
}

const codes = { affected: exit.problem, unknown: exit.waiting, none: exit.ok } as const;

/** Prints where an advisory or a release is. Sets the exit code by the answer. */
export async function showAffected(of: string, options: AffectedOptions): Promise<void> {
  const server = await findServer(options);
  const { library, name, project, target, after, loadedAfter, limit } = options;
  const path = `/api/v1/affected${queryText({ of, library: library === true ? 'true' : undefined, name, project, target, after, 'loaded-after': loadedAfter, limit })}`;
  const { value, json } = await ask(server, { path, acts: true }, affectedSchema).catch(refused);
  process.exitCode = codes[value.answer];
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  for (const advisory of value.advisories) printAdvisory(advisory);
  print(answerText(value));
  for (const release of value.releases) printRelease(release);
  for (const artefact of value.artefacts) printArtefact(artefact);
  if (value.next !== null)
    note(`${value.artefacts.length} of ${value.count}; the next page: --after ${value.next}`);
  printLoaded(value.loaded);
  printUnknown(value);
}

/** What cannot be answered is no "affected": exit code 1 is taken. */
function refused(error: unknown): never {
  if (!(error instanceof CliError) || error.code !== 'cli/refused') throw error;
  throw new CliError('cli/refused', error.message, { exit: exit.usage, cause: error });
}

function printAdvisory({ id, title, package: crate, date, severity, fixed, url }: Advisory): void {
  const how = severity === undefined ? '' : `, ${severity}`;
  print(`${paint('bold', printable(id))} of ${date}${how}: ${printable(title)}`);
  print(
    `  ${printable(crate)}; ${fixed === undefined ? 'no release fixes it' : `fixed in ${printable(fixed)}`}`,
  );
  if (url !== '') print(`  ${printable(url)}`);
}

function answerText({ answer, count, total, of, running, loaded }: AffectedJson): string {
  if (total === 0 && loaded.processes === 0 && loaded.installed.length === 0)
    return paint(
      'yellow',
      'Nothing is known: the inventory has no such artefacts (`safeguard inventory add`).',
    );
  switch (answer) {
    case 'affected': {
      const artefacts = `${count} of ${total} ${total === 1 ? 'artefact has' : 'artefacts have'} it.`;
      const loading =
        loaded.processes === 0
          ? ''
          : ` ${countText(loaded)} ${loaded.processes === 1 ? 'has' : 'have'} it loaded.`;
      return paint('red', `${artefacts}${runText(running)}${loading}`);
    }
    case 'unknown':
      return paint('yellow', `No artefact is known to have ${printable(of)}, but not of all is that known:`);
    case 'none':
      return paint('green', `None of ${total} artefacts has ${printable(of)}.`);
  }
}

function runText(running: AffectedJson['running']): string {
  if (running.processes === 0) return ' No host that reports runs one.';
  return ` ${countText(running)} run one.`;
}

function countText({ hosts, processes }: AffectedJson['running']): string {
  return `${processes} ${processes === 1 ? 'process' : 'processes'} on ${hosts} ${hosts === 1 ? 'host' : 'hosts'}`;
}

function printRelease({
  name,
  version,
  artefacts,
  processes,
  fixed,
  next,
}: AffectedJson['releases'][number]): void {
  const release = `${printable(name)} ${version === null ? '(version unknown)' : printable(version)}`;
  const where =
    processes === 0
      ? `${artefacts}`
      : `${artefacts} and ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  print(`  ${release} in ${where}${fixed === null ? '' : `, ended by ${printable(fixed)}`}`);
  if (next !== null) print(`    ${printable(next)}`);
}

function printArtefact({ artefact, since, findings, running }: AffectedJson['artefacts'][number]): void {
  const { name, target, id, commit } = artefact;
  const of = [target, commit?.slice(0, 12)].filter((text) => text !== null && text !== undefined);
  print(
    `${paint('bold', printable(name))} (${[id.slice(0, 12), ...of].map(printable).join(', ')}), since ${sayTime(since)}`,
  );
  for (const finding of findings) {
    const { version, path, scope, relation, confidence, method } = finding;
    const way = path.length > 1 ? path.map(printable).join(' → ') : printable(finding.name);
    const notes = [
      ...(relation === 'unknown' ? [] : [relation]),
      ...(scope === 'build' ? ['only while it was built'] : []),
      ...(confidence === 'stated' ? [] : [`recovered by ${method}, ${confidence} confidence`]),
    ];
    print(
      `  ${way} ${version === null ? '(version unknown)' : printable(version)}${notes.length === 0 ? '' : paint('dim', ` (${notes.join('; ')})`)}`,
    );
  }
  for (const host of running) printHost(host);
}

function printHost({ host, environment, processes, restart, path, tie }: RunningJson): void {
  const of = environment === null ? '' : ` (${printable(environment)})`;
  const notes = [
    ...restartNotes(restart),
    ...(tie === 'digest' ? [] : ['other bytes of the same build: stripped, repackaged, or tampered with']),
  ];
  const many = processes === 1 ? '1 process' : `${processes} processes`;
  print(`  runs on ${printable(host)}${of}: ${many} of ${printable(path)}${noteText(notes)}`);
}

function restartNotes(restart: number): readonly string[] {
  return restart === 0 ? [] : [`restart needed: ${restart} of them run code that is not on disk any more`];
}

function noteText(notes: readonly string[]): string {
  return notes.length === 0 ? '' : paint('yellow', ` (${notes.join('; ')})`);
}

/** What cannot be known, and is not fine. */
function printUnknown({ unknown, partlyKnown, ruledOut, missing }: AffectedJson): void {
  for (const { name, version, artefacts, reason } of unknown)
    print(
      `${paint('yellow', 'Not known:')} ${printable(name)}${version === null ? '' : ` ${printable(version)}`} in ${artefacts}: ${printable(reason)}.`,
    );
  if (partlyKnown > 0)
    print(
      `${paint('yellow', 'Not known:')} ${partlyKnown === 1 ? '1 artefact' : `${partlyKnown} artefacts`} of which not all components are known (\`safeguard inventory list --partly-known\`).`,
    );
  for (const reason of missing) print(`${paint('yellow', 'Not known:')} ${printable(reason)}.`);
  if (ruledOut.length > 0)
    print(`Left out: artefacts for ${ruledOut.map(printable).join(', ')}, which the advisory is not about.`);
}

type Advisory = AffectedJson['advisories'][number];
type RunningJson = AffectedJson['artefacts'][number]['running'][number];
