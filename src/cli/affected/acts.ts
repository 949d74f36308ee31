import { placeText } from '../../inventory/place.ts';
import { type AffectedJson, affectedSchema } from '../../server/affected-contract.ts';
import type { SaidJson } from '../../server/vex-contract.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { ask, queryText } from '../shared/api.ts';
import { CliError, exit } from '../shared/error.ts';
import { installedLine, noteText, standingNotes } from '../shared/installed.ts';
import { noteNext } from '../shared/list.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { sayTime } from '../shared/when.ts';
import { printAffectedCsv } from './csv.ts';
import { printLoaded } from './loaded.ts';

export interface AffectedOptions extends ServerOptions {
  readonly loadedAfter?: string;
  readonly format: 'text' | 'json' | 'csv';
  readonly host?: string;
  readonly environment?: string;
  readonly team?: string;
  readonly running?: boolean;
  readonly library?: boolean;
  readonly name?: string;
  readonly project?: string;
  readonly target?: string;
  readonly trust?: string;
  readonly limit?: number;
  readonly after?: string;
}

const codes = { affected: exit.problem, unknown: exit.waiting, none: exit.ok } as const;

/** Prints where an advisory or a release is. Sets the exit code by the answer. */
export async function showAffected(of: string, options: AffectedOptions): Promise<void> {
  const server = await findServer(options);
  const page = async (after: string | undefined, loadedAfter: string | undefined) => {
    const path = `/api/v1/affected${queryText({ of, ...queryOf(options), after, 'loaded-after': loadedAfter })}`;
    return await ask(server, { path, acts: true }, affectedSchema).catch(refused);
  };
  const { value, json } = await page(options.after, options.loadedAfter);
  process.exitCode = codes[value.answer];
  if (options.format === 'csv') return await printAll(value, page);
  if (options.format === 'json') return print(JSON.stringify(json, null, 2));
  for (const advisory of value.advisories) printAdvisory(advisory);
  if (value.exploited != null) printExploited(of, value.exploited);
  print(answerText(value));
  for (const release of value.releases) printRelease(release);
  const told = new Set(value.releases.map(({ next }) => next));
  // What is proven to have no code of it comes last.
  for (const isBehind of [false, true])
    for (const artefact of value.artefacts)
      if (ranksBehind(artefact) === isBehind) printArtefact(artefact, told);
  noteNext(value.next, `${value.artefacts.length} of ${value.count}`);
  printLoaded(value.loaded);
  printUnknown(value);
}

/** Prints all pages, of artefacts and of programs, beginning with one that is there. */
async function printAll(
  first: AffectedJson,
  page: (
    after: string | undefined,
    loadedAfter: string | undefined,
  ) => Promise<{ readonly value: AffectedJson }>,
): Promise<void> {
  printAffectedCsv(first, true);
  for (let last = first; last.next !== null; ) {
    last = (await page(last.next, undefined)).value;
    printAffectedCsv({ ...last, loaded: { ...last.loaded, programs: [] } }, false);
  }
  for (let last = first; last.loaded.next !== null; ) {
    last = (await page(undefined, last.loaded.next)).value;
    printAffectedCsv({ ...last, artefacts: [] }, false);
  }
}

function queryOf(options: AffectedOptions) {
  const { library, running, name, project, target, trust, host, environment, team, limit } = options;
  const flags = {
    library: library === true ? 'true' : undefined,
    running: running === true ? 'yes' : undefined,
  };
  return { ...flags, name, project, target, trust, host, environment, team, limit };
}

/** What cannot be answered is no "affected": exit code 1 is taken. */
function refused(error: unknown): never {
  if (!(error instanceof CliError) || error.code !== 'cli/refused') throw error;
  throw new CliError('cli/refused', error.message, { exit: exit.usage, cause: error });
}

/** That it is exploited, and what is to be reported of it next. */
function printExploited(of: string, { since, by, next }: NonNullable<AffectedJson['exploited']>): void {
  const due = next?.due == null ? '' : `; the ${next.stage} is due by ${sayTime(next.due)}`;
  print(
    `  ${paint('red', 'actively exploited')}, known since ${sayTime(since)}${by.length === 0 ? '' : `, as ${printable(by.join(', '))} ${by.length === 1 ? 'says' : 'say'}`}${due}`,
  );
  if (next !== null) print(`  safeguard exploited show ${printable(of)}`);
}

function printAdvisory({ id, title, package: crate, date, severity, fixed, url }: Advisory): void {
  const how = severity === undefined ? '' : `, ${severity}`;
  print(`${paint('bold', printable(id))} of ${date}${how}: ${printable(title)}`);
  print(
    `  ${printable(crate)}; ${fixed === undefined ? 'no release fixes it' : `fixed in ${printable(fixed)}`}`,
  );
  if (url !== '') print(`  ${printable(url)}`);
}

function answerText(value: AffectedJson): string {
  const { answer, count, total, settled, of, running, loaded } = value;
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
      return paint(
        'red',
        `${artefacts}${settledText(value)}${runText(running)}${installedText(value)}${statedText(value)}${loading}`,
      );
    }
    case 'unknown':
      return paint(
        'yellow',
        settled > 0
          ? `${count} of ${total} have ${printable(of)}, of which statements (VEX) say that it does not strike; but not of all is known what they have:`
          : `No artefact is known to have ${printable(of)}, but not of all is that known:`,
      );
    case 'none':
      return paint(
        'green',
        settled > 0
          ? `${count} of ${total} ${count === 1 ? 'artefact has' : 'artefacts have'} ${printable(of)}, and statements (VEX) say of ${count === 1 ? 'it' : 'all of them'} that it does not strike.`
          : `None of ${total} artefacts has ${printable(of)}.`,
      );
  }
}

function settledText({ settled }: AffectedJson): string {
  return settled === 0 ? '' : ` Of ${settled} statements (VEX) say that it does not strike.`;
}

function runText(running: AffectedJson['running']): string {
  if (running.processes === 0) return ' No host that reports runs one.';
  return ` ${countText(running)} run one.`;
}

function installedText({ installed: { hosts, programs } }: AffectedJson): string {
  if (programs === 0) return '';
  return ` ${programs === 1 ? '1 is' : `${programs} are`} installed on ${hosts === 1 ? '1 host' : `${hosts} hosts`} and not seen running.`;
}

function statedText({ deployed }: AffectedJson): string {
  if (deployed === 0) return '';
  return ` One is stated to be deployed to ${deployed === 1 ? '1 place' : `${deployed} places`}, where nobody looks.`;
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
  obstacle,
}: AffectedJson['releases'][number]): void {
  const release = `${printable(name)} ${version === null ? '(version unknown)' : printable(version)}`;
  const where =
    processes === 0
      ? `${artefacts}`
      : `${artefacts} and ${processes} ${processes === 1 ? 'process' : 'processes'}`;
  print(`  ${release} in ${where}${fixed === null ? '' : `, ended by ${printable(fixed)}`}`);
  if (next !== null) print(`    ${printable(next)}`);
  if (obstacle !== null) print(`    ${paint('yellow', printable(obstacle))}`);
}

function printArtefact(
  { artefact, since, findings, running, installed, deployed, upgrade }: AffectedJson['artefacts'][number],
  told: ReadonlySet<string | null>,
): void {
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
  for (const reason of new Set(findings.flatMap(({ ranked }) => ranked?.reason ?? [])))
    print(`  ${paint('dim', `ranks behind the others: ${printable(reason)}; it is not said to be safe`)}`);
  // What is said of the release is not said again of each artefact.
  if (upgrade !== null && !told.has(upgrade.commands.join(' && ')))
    for (const line of upgrade.commands) print(`  ${printable(line)}`);
  for (const { said } of findings) if (said !== null) printSaid(said);
  for (const host of running) printHost(host);
  for (const program of installed) print(`  ${installedLine(program)}`);
  for (const place of deployed)
    print(
      `  deployed to ${printable(placeText(place))}: stated by ${printable(place.by)}, not seen; since ${sayTime(place.since)}`,
    );
}

function ranksBehind({ findings }: AffectedJson['artefacts'][number]): boolean {
  return findings.length > 0 && findings.every(({ ranked }) => ranked != null);
}

const holds = {
  yes: '',
  expired: 'its time is over: ',
  features: 'of other features than this build has: ',
} as const;

function printSaid({ id, status, justification, impact, action, author, until, holds: how }: SaidJson): void {
  const why = justification === null ? '' : ` (${justification})`;
  const words = [impact, action].filter((text) => text !== null).map((text) => `: ${printable(text)}`);
  const text = `${status}${why}${words.join('')}`;
  const by = paint('dim', ` (statement ${id} by ${printable(author)}, until ${until.slice(0, 10)})`);
  print(`  ${paint(how === 'yes' ? 'green' : 'yellow', `said: ${holds[how]}${text}`)}${by}`);
}

function printHost({ host, environment, processes, restart, path, standing }: RunningJson): void {
  const of = environment === null ? '' : ` (${printable(environment)})`;
  const notes = [...restartNotes(restart), ...standingNotes[standing]];
  const many = processes === 1 ? '1 process' : `${processes} processes`;
  print(`  runs on ${printable(host)}${of}: ${many} of ${printable(path)}${noteText(notes)}`);
}

function restartNotes(restart: number): readonly string[] {
  return restart === 0 ? [] : [`restart needed: ${restart} of them run code that is not on disk any more`];
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
