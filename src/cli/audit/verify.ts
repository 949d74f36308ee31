import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AttestError } from '../../attest/error.ts';
import { publicHalf } from '../../attest/keys.ts';
import { type LogProof, logVerifier } from '../../attest/logged.ts';
import { readAuthorities, type Timestamp } from '../../attest/timestamp/verify.ts';
import { AuditCheck, type AuditReport } from '../../audit/check.ts';
import type { AuditEntry, AuditHead } from '../../audit/entry.ts';
import { auditEntrySchema } from '../../server/audit/contract.ts';
import { publicFile } from '../../server/audit/key.ts';
import { headsFile } from '../../server/audit/places.ts';
import { loggedIn, proofByAny, rekorFile } from '../../server/audit/rekor.ts';
import { entryOf, headJson, headsIn } from '../../server/audit/shape.ts';
import { stampedIn, timeOfHead, timestampsFile } from '../../server/audit/timestamps.ts';
import { findServer, type ServerOptions } from '../shared/address.ts';
import { CliError, exit } from '../shared/error.ts';
import { paint, print, printable } from '../shared/terminal.ts';
import { type Held, heldAgainst, heldJson, ofLogs, ofTimestamps, sayHeld } from './held.ts';
import { pageAfter, wholeLog } from './pages.ts';

export interface VerifyLogOptions extends ServerOptions {
  readonly from?: string;
  readonly key?: readonly string[];
  readonly anchors?: readonly string[];
  readonly timestampCa?: readonly string[];
  readonly trustedRoot?: readonly string[];
  readonly format: 'text' | 'json';
}

/** What a log is held against. */
interface Proofs {
  /** As entries carry them. */
  readonly keys: readonly string[];
  readonly anchors: readonly AuditHead[];
  readonly stamps: Held<Timestamp>;
  readonly logged: Held<LogProof>;
  /** Files of heads that were read. */
  readonly files: readonly string[];
}

/** Goes through a log and says what of it can be relied on. Sets the exit code. */
export async function verifyAudit(options: VerifyLogOptions): Promise<void> {
  const proofs = await proofsFor(options);
  const check = new AuditCheck(proofs.keys, proofs.anchors);
  let head: AuditHead | null | undefined;
  if (options.from === undefined) {
    const server = await findServer(options);
    head = await wholeLog(
      (after) => pageAfter(server, after),
      (entry) => check.add(entry),
    );
  } else for (const entry of await entriesOf(options.from)) check.add(entry);
  const report = check.end(head);
  process.exitCode = isWhole(report, proofs) ? exit.ok : exit.problem;
  if (options.format === 'json') return print(JSON.stringify(reportJson(report, proofs), null, 2));
  for (const line of sayReport(report, proofs)) print(line);
}

async function proofsFor(options: VerifyLogOptions): Promise<Proofs> {
  const { key, anchors, data } = options;
  const own = async (name: string) =>
    (await readIfThere(join(data, name))) === undefined ? [] : [join(data, name)];
  const keyFiles = key ?? (await own(publicFile));
  const files = anchors ?? [
    ...(await own(headsFile)),
    ...(await own(timestampsFile)),
    ...(await own(rekorFile)),
  ];
  const texts = await Promise.all(files.map(textOf));
  const authorities = await Promise.all(
    (options.timestampCa ?? []).map((file) => readFrom(file, readAuthorities)),
  );
  const logs = await Promise.all((options.trustedRoot ?? []).map((file) => readFrom(file, logVerifier)));
  return {
    keys: await Promise.all(keyFiles.map((file) => readFrom(file, publicHalf))),
    anchors: texts.flatMap(headsIn),
    stamps: heldAgainst(texts.flatMap(stampedIn), authorities, (one) => timeOfHead(one, authorities.flat())),
    logged: heldAgainst(texts.flatMap(loggedIn), logs, (one) => proofByAny(one, logs)),
    files,
  };
}

/** What a file of keys or certificates holds. */
async function readFrom<T>(file: string, read: (pem: string) => T): Promise<T> {
  const pem = await textOf(file);
  try {
    return read(pem);
  } catch (cause) {
    if (!(cause instanceof AttestError)) throw cause;
    throw new CliError('cli/file', `${file}: ${cause.message}`, { cause });
  }
}

/** Whether nothing is wrong with a log, nor with what was to prove it. */
function isWhole({ faults }: AuditReport, { stamps, logged }: Proofs): boolean {
  return [faults, stamps.faults, logged.faults].every(({ length }) => length === 0);
}

async function entriesOf(file: string): Promise<readonly AuditEntry[]> {
  const lines = (await textOf(file)).split('\n').filter((line) => line !== '');
  return lines.map((line, at) => {
    try {
      return entryOf(auditEntrySchema.parse(JSON.parse(line)));
    } catch (cause) {
      const next = '`safeguard audit export` writes such a file.';
      throw new CliError('cli/file', `${file}: line ${at + 1} is no entry of an audit log`, { next, cause });
    }
  });
}

async function textOf(file: string): Promise<string> {
  const text = await readIfThere(file);
  if (text === undefined) throw new CliError('cli/file', `there is no readable ${file}`);
  return text;
}

async function readIfThere(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

function sayReport(report: AuditReport, { keys, files, stamps, logged }: Proofs): readonly string[] {
  const { entries, anchored, faults, strangers } = report;
  const lines = faults.map(({ message }) => `${paint('red', '✖')} ${printable(message)}`);
  if (keys.length === 0)
    lines.push(
      '! no key was given: signatures were held against the keys that the log itself names, which whoever wrote it could choose (--key)',
    );
  else if (strangers.length > 0)
    lines.push(
      `! signed by a key that was not given: ${strangers.map(printable).join(', ')} (another replica’s? --key)`,
    );
  if (files.length === 0)
    lines.push(
      '! no heads were given that were kept elsewhere: entries at the end may have been taken away unseen (--anchors)',
    );
  const rest = entries - anchored;
  if (anchored > 0)
    lines.push(
      `${anchored} ${anchored === 1 ? 'entry is' : 'entries are'} as when a head of them was kept elsewhere.`,
    );
  lines.push(...sayHeld(stamps, anchored, ofTimestamps), ...sayHeld(logged, anchored, ofLogs));
  if (rest > 0 && faults.length === 0)
    lines.push(
      `${rest} since then ${rest === 1 ? 'follows' : 'follow'} from them, and no head of ${rest === 1 ? 'it' : 'theirs'} is kept elsewhere yet.`,
    );
  lines.push(
    faults.length === 0
      ? `${paint('green', '✓')} ${entries} ${entries === 1 ? 'entry' : 'entries'}: nothing was edited.`
      : `The audit log is not what was written: nothing from entry ${Math.min(...faults.map(({ seq }) => seq))} on can be relied on.`,
  );
  return lines;
}

function reportJson(report: AuditReport, proofs: Proofs): object {
  const { entries, anchored, faults, strangers, head } = report;
  const { keys, files, stamps, logged } = proofs;
  return {
    verified: isWhole(report, proofs),
    entries,
    anchored,
    faults,
    keys,
    strangers,
    anchors: files,
    timestamps: heldJson(stamps, anchored),
    logged: heldJson(logged, anchored),
    head: head === undefined ? null : headJson(head),
  };
}
