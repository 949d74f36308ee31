import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reproducedFile } from '../../attest/provenance.ts';
import type { BuildError } from '../../build/error.ts';
import type { Limits } from '../../build/limits/cell.ts';
import type { Heard } from '../../build/oracle/ask.ts';
import type { Recorder } from '../../build/record/recorder.ts';
import type { RefusalReport } from '../../build/record/report.ts';
import type { Bubblewrap } from '../../build/sandbox/bubblewrap.ts';
import { terminalLines } from '../../gate/report/terminal.ts';
import { exits } from '../check/acts.ts';
import type { JudgedProject } from '../check/judge.ts';
import { type CliError, exit } from '../shared/error.ts';
import { note, paint, print, printable } from '../shared/terminal.ts';
import { differenceLines, type Reproduced } from './reproduce.ts';
import type { BuiltFile } from './results.ts';

// What a build says: on stderr a line for each phase, on stdout the results.

export function sandboxText(bubblewrap: Bubblewrap | undefined): string {
  if (bubblewrap === undefined)
    return paint('yellow', 'none: build scripts and macros can do what you can', process.stderr);
  return `bubblewrap ${bubblewrap.version}: no network, nothing to write to but the target folder`;
}

export function recorderText(recorder: Recorder): string {
  if (recorder.kind === 'strace')
    return `strace ${recorder.version}: what is refused is told of whose code it was`;
  return paint('yellow', `none: ${recorder.reason}; whose code is refused cannot be told`, process.stderr);
}

/** What does not hold the build's appetite, and why. */
export function limitsText(limits: Exclude<Limits, { readonly kind: 'cgroup' }>): string {
  return limits.kind === 'none'
    ? `none: ${limits.reason}`
    : `${limits.processes} processes and threads, and none of memory: ${limits.reason}`;
}

/** Whose lists of crates were held against the resolver's. */
export function agreedText({ asked, unasked }: Heard): string {
  const fine = `what is built is the same by ${['the lockfile and manifests', ...asked].join(', ')}`;
  return unasked.length === 0 ? fine : `${fine}; ${paint('yellow', unasked.join(', '), process.stderr)}`;
}

/** What a build that failed leaves: its log, and what was refused. */
export function keepFailed(
  output: string,
  target: string,
  log: string,
  refused: readonly RefusalReport[],
): void {
  const folder = failedFolder(output, target);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  copyFileSync(log, join(folder, 'build.log'));
  writeFileSync(join(folder, 'refused.json'), `${JSON.stringify(refused, null, 2)}\n`);
}

/** A build that came to no end: why, on stdout for programs. Who reads is told on stderr, by whoever catches it. */
export function tellFailed(
  { code, message, next }: BuildError | CliError,
  about: { readonly target: string | undefined; readonly refused: readonly RefusalReport[] },
  format: 'text' | 'json',
): void {
  if (format === 'json')
    print(JSON.stringify({ built: false, ...about, error: { code, message, next } }, null, 2));
}

export function failedFolder(output: string, target: string): string {
  return join(output, `${target}.failed`);
}

export function tellDenied({ verdict, files, comparedWith }: JudgedProject, format: 'text' | 'json'): void {
  const about = { file: files.join(', '), comparedWith, all: false, width: undefined, now: Date.now() };
  if (format === 'json') print(JSON.stringify({ built: false, verdict }, null, 2));
  else for (const line of terminalLines(verdict, about, paint)) print(line);
  note('Nothing was compiled.');
  process.exitCode = exit.problem;
}

/** Whether a second build made the same, and where it did not. */
export function tellReproduced(reproduced: Reproduced): void {
  const [first, second] = reproduced.varied.jobs ?? [];
  if (reproduced.same)
    phase(
      'again',
      `the same bytes: from a copy, by another user of another host, ${second} at a time for ${first}`,
    );
  else
    for (const line of differenceLines(reproduced))
      phase('again', paint('red', printable(line), process.stderr));
}

export function tellResults(
  {
    files,
    target,
    judged,
    refused,
    reproduced,
  }: {
    readonly files: readonly BuiltFile[];
    readonly target: string;
    readonly judged: JudgedProject;
    readonly refused: readonly RefusalReport[];
    readonly reproduced: Reproduced | undefined;
  },
  format: 'text' | 'json',
): void {
  const { verdict, policy } = judged.verdict;
  const isOther = reproduced?.same === false;
  process.exitCode = isOther ? exit.problem : exits[verdict];
  if (format === 'json') {
    const said = { built: true, target, verdict: { decision: verdict, policy }, files, refused };
    print(JSON.stringify({ ...said, ...(reproduced === undefined ? {} : { reproduced }) }, null, 2));
    return;
  }
  for (const { file, sha256 } of files) print(`${sha256}  ${printable(file)}`);
  if (isOther)
    note(
      `It was built, and a second build made other bytes: what stands there shows what of its surroundings is compiled in; all of it is in ${reproducedFile}.`,
    );
  if (verdict !== 'allow')
    note(`It was built, and the verdict is ${verdict}: \`safeguard check\` says what it waits for.`);
}

/** One line for a phase, on stderr. */
export function phase(name: string, text: string): void {
  note(`${paint('bold', name.padEnd(8), process.stderr)} ${text}`);
}
